"""What leaves the notebook as one file that other notebooks read."""

"""Template tags of the notebook."""

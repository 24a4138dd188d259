"""The bench: one thing to do at a time, and what was really weighed, done and seen."""

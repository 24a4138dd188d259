"""Pages of projects, members and tokens."""

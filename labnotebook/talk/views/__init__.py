"""Pages of comments and tasks."""

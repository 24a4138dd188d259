"""Comments and tasks over the API."""

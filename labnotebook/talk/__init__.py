"""What people say to one another about the records: it stands beside them, never in them."""

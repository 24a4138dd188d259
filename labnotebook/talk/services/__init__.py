"""What people say about records: kept for good, read by everybody who reads the record."""

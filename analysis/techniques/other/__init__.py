"""Any other file: kept as it came, never read."""

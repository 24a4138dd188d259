"""Tables to take away: one statement, streamed as CSV, Parquet, Excel or JSON Lines."""

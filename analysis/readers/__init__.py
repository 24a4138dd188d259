"""What the reader of any text file needs: decoding, tables, heads, columns, scans. Pure, no Django."""

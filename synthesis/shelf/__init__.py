"""A shelf of bottles as a table: read from CSV and Excel as people keep it, and written so that it reads again.

Pure: no database. ``sheets`` runs in a child process, where alone pandas is imported.
"""

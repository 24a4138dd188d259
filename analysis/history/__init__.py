"""The history: one row per batch with everything that can be asked for, kept by the database itself."""

"""Use-cases: every write that is more than one row's own method."""

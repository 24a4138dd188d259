"""Readers of sphere measurements."""

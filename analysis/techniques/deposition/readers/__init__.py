"""Readers of lifetime traces."""

"""Readers of quantification tables."""

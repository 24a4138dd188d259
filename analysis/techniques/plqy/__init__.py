"""Absolute photoluminescence quantum yield by an integrating sphere."""

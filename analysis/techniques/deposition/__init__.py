"""Logged depositions of layers: rate and thickness of a quartz crystal over time."""

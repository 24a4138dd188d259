"""Measurements, readers, methods, outcomes, history and the phase forecast."""

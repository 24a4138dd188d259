"""Readers of UPS spectra."""

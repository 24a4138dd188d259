"""Readers of photoelectron spectra."""

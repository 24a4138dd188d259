"""Absorbance spectra."""

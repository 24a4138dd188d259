"""Photoluminescence and electroluminescence spectra."""

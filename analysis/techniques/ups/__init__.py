"""Ultraviolet photoelectron spectroscopy: Fermi level and band edges against the vacuum."""

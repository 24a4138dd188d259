"""Raman spectra: an example of a technique that a package brings."""

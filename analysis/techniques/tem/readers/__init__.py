"""Readers of particle lists and micrographs."""

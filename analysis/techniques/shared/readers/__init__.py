"""Formats that several techniques are written in."""

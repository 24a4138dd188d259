"""Readers of instrument files: bytes in, a `analysis.reading.Reading` out. Pure, no Django."""

from analysis.readers.registry import TECHNIQUES, read

__all__ = ["TECHNIQUES", "read"]

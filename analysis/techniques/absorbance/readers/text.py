"""Absorbance as text, JCAMP-DX or PerkinElmer .sp; a spectrum of transmittance becomes one of absorbance."""

from __future__ import annotations

from analysis.readers.columns import read_columns
from analysis.reading import Reading
from analysis.technique import InstrumentFile, Reader, Technique
from analysis.techniques.absorbance.readers.transmittance import as_absorbance
from analysis.techniques.shared.readers import jcamp, perkin_elmer_sp
from analysis.techniques.shared.readers.two_columns import reading_of


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read a spectrum of absorbance or transmittance."""
    return reading_of(read_columns(file, technique), technique, as_absorbance)


def read_jcamp(file: InstrumentFile, technique: Technique) -> Reading:
    """Read a JCAMP-DX spectrum of absorbance or transmittance."""
    return jcamp.read(file, technique, as_absorbance)


def read_sp(file: InstrumentFile, technique: Technique) -> Reading:
    """Read a PerkinElmer .sp of absorbance or transmittance."""
    return perkin_elmer_sp.read(file, technique, as_absorbance)


JCAMP = Reader(jcamp.WHAT, read_jcamp, jcamp.knows)
PERKIN_ELMER_SP = Reader(perkin_elmer_sp.WHAT, read_sp, perkin_elmer_sp.knows, binary=True)
TEXT = Reader("a spectrum as text", read)

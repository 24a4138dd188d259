"""Choose the reader of a file by what it contains; the file's name only settles ties."""

from __future__ import annotations

from analysis.readers import becker_hickl, fluoracle, jvl, picoquant, spectrum, uxd, xrdml
from analysis.readers.sniffing import TECHNIQUE_NAMES, check_content, refuse
from analysis.readers.text import decode, split_lines
from analysis.reading import Reading, UnreadableFile

TECHNIQUES = tuple(TECHNIQUE_NAMES)


def read(content: bytes, filename: str, technique: str) -> Reading:
    """Return what an instrument file says, as channels with names and units.

    Parameters
    ----------
    content
        the whole file, at most 64 MiB.
    filename
        as uploaded; only its extension is looked at, and only where the content leaves a choice.
    technique
        one of `TECHNIQUES`.

    Raises
    ------
    UnreadableFile
        with a sentence that says what the file looks like and how to mend it.

    >>> reading = read(b"2theta,counts\\n" + b"\\n".join(b"%d,%d" % (a, a * a) for a in range(5, 15)), "a.xy", "xrd")
    >>> reading.x.name, reading.x.unit, len(reading.x.values)
    ('two_theta', 'deg', 10)
    """
    if technique not in TECHNIQUES:
        raise UnreadableFile(
            f'Files of the technique "{technique}" are kept but not read in this version; read are '
            f"{', '.join(TECHNIQUES)}."
        )
    check_content(content, filename, technique)
    if xrdml.sniff(content):
        if technique != "xrd":
            raise refuse("a PANalytical XRDML diffraction file", technique)
        return xrdml.read(content, technique)
    text = decode(content, technique)
    start = text[:400].lstrip("\ufeff \t\r\n")
    if start.startswith(("<?xml", "<!DOCTYPE")):
        raise refuse("an XML file of a kind that is not read here", technique)
    if start.startswith(("{", "[{")):
        raise refuse("a JSON file", technique)
    return _read_text(split_lines(text), technique)


def _read_text(lines: list[str], technique: str) -> Reading:
    if becker_hickl.sniff(lines) or picoquant.sniff(lines):
        if technique != "trpl":
            raise refuse("a histogram of photon counts over time (TRPL)", technique)
        if becker_hickl.sniff(lines):
            return becker_hickl.read(lines, technique)
        return picoquant.read(lines, technique)
    if uxd.sniff(lines):
        if technique != "xrd":
            raise refuse("a Bruker UXD diffraction file", technique)
        return uxd.read(lines, technique)
    if fluoracle.sniff(lines):
        return fluoracle.read(lines, technique)
    if technique == "jvl":
        return jvl.read(lines, technique)
    return spectrum.read(lines, technique)

"""Choose the reader of a file by what it contains; the file's name only settles ties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from analysis.readers.preview import preview_of
from analysis.readers.sniffing import check_size, name_of_foreign_content
from analysis.readers.text import decode, name_of_markup, split_lines
from analysis.readers.unpacking import unpacked
from analysis.reading import Reading, UnreadableFile
from analysis.technique import COLUMNS, InstrumentFile, Reader, Technique
from analysis.techniques.registry import TECHNIQUES


def read(
    content: bytes,
    filename: str,
    technique: str,
    told: Mapping[str, str] | None = None,
    scan: str = "",
    mappings: Mapping[str, str] | None = None,
) -> Reading:
    """Return what an instrument file says, as channels with names and units.

    Parameters
    ----------
    content
        the whole file, at most 64 MiB.
    filename
        as uploaded; only its extension is looked at, and only where the content leaves a choice.
    technique
        the name of one of `TECHNIQUES`.
    told
        what a person says where the file says nothing: ``x_unit``, ``y_unit``, ``columns``.
    mappings
        what was said of the columns of earlier files, by kind (`analysis.readers.preview`); asked only
        where the file says too little.
    scan
        the key of one of the file's scans; left out, no scan of several is chosen.

    Raises
    ------
    UnreadableFile
        with a sentence that says what the file looks like and how to mend it.

    >>> reading = read(b"2theta,counts\\n" + b"\\n".join(b"%d,%d" % (a, a * a) for a in range(5, 15)), "a.xy", "xrd")
    >>> reading.x.name, reading.x.unit, len(reading.x.values)
    ('two_theta', 'deg', 10)
    """
    wanted = TECHNIQUES.get(technique)
    if wanted is None:
        raise UnreadableFile(
            f'Files of the technique "{technique}" are kept but not read in this version; read are '
            f"{', '.join(TECHNIQUES)}."
        )
    check_size(content)
    file = InstrumentFile(content, filename, told=told or {})
    file = unpacked(file)
    check_size(file.content)
    reader = _reader_that_knows(file, wanted, binary=True)
    if reader is None:
        file = replace(file, lines=_lines(file, wanted))
        reader = _reader_that_knows(file, wanted, binary=False) or _reader_of_any_text(wanted)
    reading = _read_with(reader, file, wanted, mappings or {})
    return reading.of(scan) if scan else reading


def _read_with(
    reader: Reader, file: InstrumentFile, technique: Technique, mappings: Mapping[str, str]
) -> Reading:
    """Read a file; one that says too little with what was said of the columns of another of its kind."""
    try:
        return reader.read(file, technique)
    except UnreadableFile as refusal:
        if reader.knows is not None or reader.binary:
            raise
        refusal.preview = preview_of(file.lines)
        said = mappings.get(refusal.preview.kind)
        if not said or file.told.get(COLUMNS):
            raise
    told = {**file.told, COLUMNS: said}
    reading = reader.read(replace(file, told=told), technique)
    warning = f"The columns were taken as was said of an earlier file with the same head: {said}."
    return replace(reading, columns=said, warnings=(warning, *reading.warnings))


def _lines(file: InstrumentFile, technique: Technique) -> list[str]:
    """Return the lines of a text; refuse in words what is none."""
    what = name_of_foreign_content(file.content, file.name)
    if what:
        raise technique.refusal(what)
    text = decode(file.content, technique)
    what = name_of_markup(text)
    if what:
        raise technique.refusal(what)
    return split_lines(text)


def _reader_that_knows(
    file: InstrumentFile, technique: Technique, *, binary: bool
) -> Reader | None:
    """Return the reader whose format this is; raise `UnreadableFile` when only other techniques have it."""
    for reader in technique.readers:
        if _knows(reader, file, binary=binary):
            return reader
    for other in TECHNIQUES.values():
        for reader in other.readers:
            if _knows(reader, file, binary=binary):
                raise technique.refusal(reader.what)
    return None


def _knows(reader: Reader, file: InstrumentFile, *, binary: bool) -> bool:
    return reader.binary is binary and reader.knows is not None and reader.knows(file)


def _reader_of_any_text(technique: Technique) -> Reader:
    for reader in technique.readers:
        if reader.knows is None:
            return reader
    raise technique.refusal("a text of a kind that is not read here")

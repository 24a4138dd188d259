"""PerkinElmer's block files .sp (``PEPE``): one spectrum, in even steps, with the labels of its axes.

A file is four letters, 40 bytes of description, then blocks of a number, a length and that many bytes. The block of
the data set holds members of the same form, each with a code of its type. Little-endian, no checksum of the file, so
the number of points must agree with range, step and length.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.readers.heads import identify
from analysis.readers.scans import make_reading
from analysis.readers.text import MAX_ROWS
from analysis.reading import Reading, Scan, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique
from analysis.techniques.shared.readers.labelled import axis_and_ordinate

READER = "perkinelmer sp 1"
WHAT = "a PerkinElmer spectrum (.sp)"
_FIRST = 44
_DATA_SET = 120
_RANGE, _STEP, _POINTS, _X_LABEL, _Y_LABEL, _VALUES, _NAME, _ALIAS = (
    -29838, -29836, -29835, -29833, -29832, -29828, -29827, -29823,
)  # fmt: skip
_NUMBERS, _TEXT = {_RANGE: "<2d", _STEP: "<d", _POINTS: "<i"}, (_X_LABEL, _Y_LABEL, _NAME, _ALIAS)
_BLOCK = struct.Struct("<hi")
_MOST_BLOCKS = 10_000


@dataclass(slots=True)
class _DataSet:
    """What the members of a data set say, by their number."""

    numbers: dict[int, tuple[Any, ...]]
    texts: dict[int, str]
    values: NDArray[np.float64] | None = None


def knows(file: InstrumentFile) -> bool:
    """Return True for the mark of a block file."""
    return file.content.startswith(b"PEPE") and b"\x00" in file.content[:256]


def read(
    file: InstrumentFile,
    technique: Technique,
    finish: Callable[[list[Scan], list[str]], list[Scan]] = lambda scans, warnings: scans,
) -> Reading:
    """Read the spectrum; raise `UnreadableFile` when it is damaged, or of another kind.

    ``finish`` adds what only one technique knows, as in `two_columns.reading_of`.
    """
    found = _data_set(file.content)
    warnings: list[str] = []
    converted: set[str] = set()
    x, y = _abscissae(found), found.values
    assert y is not None  # `_abscissae` looked
    heads = [identify(found.texts.get(label, ""), technique) for label in (_X_LABEL, _Y_LABEL)]
    axis, measured = axis_and_ordinate(
        "PerkinElmer", heads, (x, y), technique, file.told, warnings, converted
    )
    name = found.texts.get(_ALIAS) or found.texts.get(_NAME, "")
    metadata: dict[str, Any] = {"header": {"name": name} if name else {}}
    if converted:
        metadata["converted"] = sorted(converted)
    scans = finish([Scan(axis, (measured,), name)], warnings)
    return make_reading(technique, READER, scans, metadata, warnings)


def _damaged(what: str, place: int) -> UnreadableFile:
    return UnreadableFile(
        f"This PerkinElmer file is damaged: {what} at byte {place}. Copy it again, or export the spectrum as text."
    )


def _data_set(content: bytes) -> _DataSet:
    """Return the members of the first data set."""
    for number, place, length in _blocks(content, _FIRST, len(content)):
        if number == _DATA_SET:
            found = _DataSet({}, {})
            for member, at, size in _blocks(content, place, place + length):
                _take(found, member, content, at, size)
            return found
    raise UnreadableFile(
        "This PerkinElmer file holds no spectrum, or is cut off. Copy it again, or export the spectrum as text."
    )


def _blocks(content: bytes, place: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield number, place and length of each block between two places."""
    for _ in range(_MOST_BLOCKS):
        if place + _BLOCK.size > end:
            return
        number, length = _BLOCK.unpack_from(content, place)
        place += _BLOCK.size
        if not 0 <= length <= end - place:
            raise _damaged(f"a block of {length} bytes begins", place - _BLOCK.size)
        yield number, place, length
        place += length


def _take(found: _DataSet, member: int, content: bytes, place: int, length: int) -> None:
    """Add a member to a data set; the first two bytes are the code of its type."""
    body, size = place + 2, length - 2
    if member in _NUMBERS:
        if size != struct.calcsize(_NUMBERS[member]):
            raise _damaged(f"a member of {length} bytes has another length than its kind", place)
        found.numbers[member] = struct.unpack_from(_NUMBERS[member], content, body)
    elif member in _TEXT:
        said = struct.unpack_from("<h", content, body)[0] if size >= 2 else -1
        if not 0 <= said <= size - 2:
            raise _damaged(f"a text of {said} bytes stands", body)
        text = content[body + 2 : body + 2 + said].decode("latin-1")
        found.texts[member] = "".join(sign for sign in text if sign.isprintable()).strip()[:200]
    elif member == _VALUES:
        said = struct.unpack_from("<i", content, body)[0] if size >= 4 else -1
        if said != size - 4 or said % 8 or said > 8 * MAX_ROWS:
            raise _damaged(f"points of {said} bytes stand", body)
        found.values = np.frombuffer(content, "<f8", said // 8, body + 4)


def _abscissae(found: _DataSet) -> NDArray[np.float64]:
    """Return the axis, shape (points,), once range, step, number and length agree."""
    if found.values is None or _RANGE not in found.numbers:
        raise UnreadableFile(
            "This PerkinElmer file has no points or no range of its axis: it is cut off. Copy it again, or export the"
            " spectrum as text."
        )
    first, last = found.numbers[_RANGE]
    points = len(found.values)
    (said,) = found.numbers.get(_POINTS, (points,))
    (step,) = found.numbers.get(_STEP, (np.nan,))
    even = (last - first) / (points - 1) if points > 1 else np.nan
    agrees = said == points and np.isfinite([first, last]).all() and first != last
    # The range may be written from low to high where the step says that the points fall.
    if not agrees or not (np.isnan(step) or abs(abs(step) - abs(even)) <= 0.01 * abs(even)):
        raise UnreadableFile(
            f"This PerkinElmer file has {points} points and says it has {said}, from {first:g} to {last:g} by {step:g}:"
            " it is damaged. Copy it again, or export the spectrum as text."
        )
    return (
        np.linspace(first, last, points)
        if step * even >= 0 or np.isnan(step)
        else np.linspace(last, first, points)
    )


PERKIN_ELMER_SP = Reader(WHAT, read, knows, binary=True)

"""A list of particles as text: the results table of ImageJ and of other programs, or one size a line."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from analysis.readers.cells import Style, cells_of, number_of
from analysis.readers.heads import printed_names, split_unit, unit_of
from analysis.readers.tables import Block, find_tables
from analysis.reading import Channel, Reading, Scan, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique
from analysis.techniques.tem.distribution import Floats

READER = "particle list 2"
LEAST_ROWS = 5

# What the head of a column means (lower case, without its unit). The first that fits counts.
_COLUMNS = (
    ("circularity", r"circ(\.|ularity)?|roundness|round|solidity|ar"),
    ("min_feret", r"min\w*[ _]?feret|feret\w*[ _]?min\w*|breadth|width"),
    ("feret", r"(max\w*[ _]?)?feret('s)?([ _]?(diameter|max\w*))?"),
    ("edge", r".*\b(edge|side)\b.*|edge\w*|kantenlänge.*|seitenlänge.*|ar[êe]te.*|arista.*"),
    ("radius", r".*\bradius\b.*|r|rayon.*|radio"),
    (
        "diameter",
        r".*\bdia(meter|m)?\.?(\b.*|s)|ecd|d|ø|.*durchmesser.*|.*di[aáà]m[eèé]t(re|ro)\b.*|.*直径.*",
    ),
    ("area", r"(particle[ _]?)?area|fläche.*|aire|área|面积|面積"),
    ("length", r"(particle[ _]?)?(length|size)s?\b.*"),
)
# Columns of a results table that begin like a size and are none.
_NO_SIZE = re.compile(r"feret ?(x|y|angle)|%area|.*(angle|intden|rawintden|std ?dev|error|±).*")
_COUNT = re.compile(
    r"(particle |rel(ative|\.) )?(counts?|freq(uency|uencies|\.)?|numbers?|n|occurrences?|anzahl|häufigkeit|nombre)"
    r"( of particles| \(%\)| \[%\]| \(#\))?",
    re.IGNORECASE,
)
_SQUARE = re.compile(r"(.*?)\s*(\^?\s*2|²|sq(uared)?\.?)$", re.IGNORECASE)
_PIXELS = ("px", "pixel", "pixels", "pix")


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read sizes, one particle a row; raise `UnreadableFile` when no column is a size."""
    alone = _single_column(file.lines)
    if alone is not None:
        head, values = alone
        named = _named(head) or ("length", "")
        parts, warnings = [[Channel(*named, values, head)]], list[str]()
    else:
        table = find_tables(file.lines)
        block = max(table.blocks, key=lambda one: one.columns.shape[1])
        heads = _heads(block, table.style)
        _refuse_histogram(block, heads)
        parts, warnings = _samples(block, heads), table.warnings
        if not any(one.name != "circularity" for part in parts for one in part):
            printed = printed_names(heads)
            what = f"has the columns {printed}" if printed else "has no names above its columns"
            raise UnreadableFile(
                f"This table {what}; a list of particles needs a column called area, diameter, edge, Feret or length. "
                "Choose the technique that fits the file, or export the results table with its heads."
            )
    labels = [part[0].label for part in parts] if len(parts) > 1 else ["particles"]
    scans = tuple(
        replace(_scan(part, warnings), key=str(number), label=label)
        for number, (part, label) in enumerate(zip(parts, labels, strict=True), 1)
    )
    first = scans[0]
    reading = Reading(
        technique.name,
        READER,
        (first.x, *first.ys),
        {"kind": "list"},
        tuple(warnings),
        scans,
    )
    return reading.of(first.key) if len(scans) == 1 else reading


def _scan(channels: list[Channel], warnings: list[str]) -> Scan:
    """Return the particles of one sample; a row without its size is left out and counted."""
    sized = np.isfinite(channels[0].values)
    if sized.sum() < LEAST_ROWS:
        raise UnreadableFile(
            f"Only {int(sized.sum())} rows of this list have a size; at least {LEAST_ROWS} are needed. Check the export."
        )
    if not sized.all():
        warnings.append(f"{int((~sized).sum())} rows have no {channels[0].name} and were left out.")
        channels = [replace(one, values=one.values[sized]) for one in channels]
    number = Channel("particle", "", np.arange(1.0, len(channels[0].values) + 1), "Particle")
    return Scan(number, tuple(channels))


def _single_column(lines: list[str]) -> tuple[str, Floats] | None:
    """Return head and numbers of a file with one number a line, None when it is a table."""
    filled = [line.strip().strip(",;") for line in lines if line.strip(" \t,;")]
    comma = any(re.fullmatch(r"\d+,\d+", line) for line in filled)
    numbers = [number_of(line, Style(None, comma)) for line in filled]
    rows = [n for n in numbers if n is not None and np.isfinite(n)]
    if len(rows) < LEAST_ROWS or len(rows) < len(filled) - 3 or numbers[-1] is None:
        return None
    head = next((line for line, n in zip(filled, numbers, strict=True) if n is None), "")
    return head, np.array(rows)


def _heads(block: Block, style: Style) -> list[str]:
    """Return the names above a table, one a column, "" where there is none."""
    width = block.columns.shape[0]
    unknown = [""] * width
    for line in reversed(block.above):
        cells = (
            [cell.strip().strip('"') for cell in line.split(style.delimiter)]
            if style.delimiter
            else re.split(r"\t|\s{2,}", line.strip())
        )
        if style.delimiter is None and len(cells) < width - 1:
            cells = cells_of(line, style)
        if len(cells) == width - 1:
            cells = ["", *cells]  # the numbers of the rows have no head
        if len(cells) >= width and any(map(_named, cells)):
            return cells[:width]
        if len(cells) >= width and not any(unknown):
            unknown = cells[:width]
    return unknown


def _named(head: str) -> tuple[str, str] | None:
    """Return quantity and unit of a column, None when it is no size."""
    words, raw = split_unit(head)
    square = _SQUARE.match(raw)
    unit = _unit(square[1] if square else raw)
    if unit is None or not words:
        words, unit = re.sub(r"[(\[].*$", "", head), _unit(raw) or ""
        bracket = re.search(r"[(\[]([^)\]]+)[)\]]", head)
        if bracket:
            inner = _SQUARE.match(bracket[1].strip())
            unit = _unit(inner[1] if inner else bracket[1]) or ""
    plain = words.lower().replace("_", " ").strip().strip("\"'*:;#.")
    for ending in ("nm", "px", "um", "µm"):
        plain = plain.removesuffix(f" {ending}")
    if _NO_SIZE.fullmatch(plain):
        return None
    name = next((name for name, pattern in _COLUMNS if re.fullmatch(pattern, plain)), None)
    if name is None or name == "circularity":
        return (name, "") if name else None
    return name, f"{unit}2" if unit and name == "area" else unit


def _unit(text: str) -> str | None:
    plain = text.strip().strip("[]()").lower()
    if plain in _PIXELS:
        return "px"
    known = unit_of(plain)
    return known if known in ("nm", "um", "angstrom", "m") else None


def _refuse_histogram(block: Block, heads: list[str]) -> None:
    """Refuse sizes with a count beside each: a row is a bin there and no particle."""
    for column, head in enumerate(heads):
        counts = block.columns[column]
        if not _COUNT.fullmatch(head.strip()) or not np.array_equal(counts, np.round(counts)):
            continue
        if (np.diff(counts) == 1).all():
            continue  # the number of the row
        for other, name in enumerate(heads):
            steps = np.diff(block.columns[other])
            if _named(name) and np.ptp(steps) <= 0.01 * abs(steps[0]):
                raise UnreadableFile(
                    f'This is a histogram ("{name}" with "{head}" in each bin), not a list of particles. Upload the list of the '
                    "single sizes: a bin does not say where in it they lie."
                )


def _samples(block: Block, heads: list[str]) -> list[list[Channel]]:
    """Return the columns of each sample: a quantity that comes again begins another one."""
    parts: list[dict[str, Channel]] = [{}]
    for column, head in enumerate(heads):
        named = _named(head) if head else None
        if named and column not in block.text_columns:
            values = np.where(np.isfinite(block.columns[column]), block.columns[column], np.nan)
            part = next((one for one in parts if named[0] not in one), None)
            if part is None:
                parts.append(part := {})
            part[named[0]] = Channel(*named, values, head)
    return [
        sorted(part.values(), key=lambda one: one.name == "circularity")  # a size first
        for part in parts
        if len(parts) == 1 or any(name != "circularity" for name in part)
    ]


PARTICLE_LIST = Reader("a list of particles", read)

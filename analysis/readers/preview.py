"""What a text that could not be read looks like: the lines in question, and its columns to be named by a person."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from analysis.readers.cells import cells_of
from analysis.readers.heads import Head, identify
from analysis.readers.tables import Table, find_tables
from analysis.reading import UnreadableFile
from analysis.technique import Technique

NOT_USED = "-"
SEPARATOR = "|"
LINES_ABOVE, ROWS, LINES_WITHOUT_TABLE = 8, 3, 12
LONGEST_LINE, LONGEST_CELL = 200, 40
HEAD_LINES = 3  # that tell one kind of file from another
MOST_COLUMNS = 40


@dataclass(frozen=True, slots=True)
class Preview:
    """The lines around the table with their numbers, its columns, and what tells files of this kind.

    ``columns`` holds the head and the first cells of each column; without a table it is empty. ``kind`` is
    empty where nothing stands above the numbers that another file of the kind would have too.
    """

    lines: tuple[tuple[int, str], ...]
    columns: tuple[tuple[str, ...], ...]
    kind: str


def preview_of(lines: list[str]) -> Preview:
    """Return what a person has to see of a text to say which column is what."""
    try:
        table = find_tables(lines)
    except UnreadableFile:
        shown = ((n, line) for n, line in enumerate(lines, 1) if line.strip())
        kept = [next(shown, None) for _ in range(LINES_WITHOUT_TABLE)]
        return Preview(tuple(_cut(*one) for one in kept if one), (), "")
    main = max(table.blocks, key=lambda block: block.columns.shape[1])
    width, first = main.columns.shape[0], main.first_line - 1
    start = max(0, first - LINES_ABOVE)
    shown_lines = tuple(_cut(n + 1, lines[n]) for n in range(start, first + ROWS) if n < len(lines))
    above = [line for line in main.above if line.strip()]
    heads = cells_of(above[-1], table.style) if above else []
    heads = heads if len(heads) == width else [""] * width
    rows = [cells_of(row, table.style) for row in main.rows[:ROWS]]
    columns = tuple(
        tuple(cell.strip()[:LONGEST_CELL] for cell in (heads[c], *(_nth(row, c) for row in rows)))
        for c in range(min(width, MOST_COLUMNS))
    )
    return Preview(shown_lines, columns if width <= MOST_COLUMNS else (), _kind(above, width))


def _nth(row: list[str], column: int) -> str:
    return row[column] if column < len(row) else ""


def _cut(number: int, line: str) -> tuple[int, str]:
    plain = "".join(sign if sign.isprintable() or sign == "\t" else "?" for sign in line)
    return number, plain[:LONGEST_LINE]


def _kind(above: list[str], width: int) -> str:
    """Return the same text for files of one kind: the lines above the numbers, whatever numbers they hold."""
    words = [re.sub(r"\d+", "#", " ".join(line.lower().split())) for line in above[-HEAD_LINES:]]
    if not any(re.search(r"[^\W\d_]", line) for line in words):
        return ""
    return hashlib.sha256("\n".join([str(width), *words]).encode()).hexdigest()


def with_said_heads(table: Table, said: str, technique: Technique) -> list[Head]:
    """Return the heads that a person gave the columns of a table; take those not used out of it.

    Raises `UnreadableFile` when there are more or fewer than the table has columns.
    """
    names = [name.strip() for name in said.split(SEPARATOR)]
    width = table.blocks[0].columns.shape[0]
    if len(names) != width:
        raise UnreadableFile(
            f'The setting "columns" names {len(names)} columns; the table in this file has {width}. Say one name'
            f' for each, parted by {SEPARATOR}, and "{NOT_USED}" for one that is not used.'
        )
    keep = [c for c, name in enumerate(names) if name and name != NOT_USED]
    if len(keep) < 2:
        raise UnreadableFile(
            'The setting "columns" names fewer than two columns: an axis and what was measured at it are needed.'
        )
    for block in table.blocks:
        block.columns = block.columns[keep]
        block.text_columns = frozenset()
    return [identify(names[c], technique) for c in keep]

"""A document of facts, tables and sentences, said once for every way in which it is shown.

All text is plain; formulas in it are typeset by who shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column, and how its cells stand.

    weight: its width, relative to the others. strong: its cells are what was really read.
    """

    head: str
    weight: float = 1.0
    numeric: bool = False
    strong: bool = False


SHORT, SHORT_NUMBER = (
    14,
    40,
)  # letters: what is no longer is a code, a day or a number with its unit


class Cell(NamedTuple):
    """One text of a table, and the column that it stands in."""

    column: Column
    text: str

    @property
    def stays_whole(self) -> bool:
        """Whether it is so short that it should not break over two lines."""
        of_number = self.column.numeric or self.column.strong
        return len(self.text) < (SHORT_NUMBER if of_number else SHORT)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of as many texts as there are columns; ``empty`` is what is said when there are none."""

    kind: ClassVar[str] = "table"
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    empty: str = ""

    @property
    def cells(self) -> list[list[Cell]]:
        """Each row as its cells."""
        return [list(map(Cell, self.columns, row)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with what they are."""

    kind: ClassVar[str] = "facts"
    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph. One that warns stands out."""

    kind: ClassVar[str] = "words"
    text: str
    warns: bool = False


class Picture(NamedTuple):
    """A photo: where the browser finds it, what stands under it, and its bytes, read by who prints them.

    read raises `OSError` when the bytes are not there or damaged.
    """

    address: str
    name: str
    caption: str
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Pictures:
    """Photos beside one another."""

    kind: ClassVar[str] = "pictures"
    rows: Sequence[Picture]


Block = Table | Facts | Words | Pictures


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Document:
    """All of it. ``foot`` stands at the foot of every page, beside the page's number."""

    title: str
    subtitle: str
    foot: str
    author: str
    sections: Sequence[Section]

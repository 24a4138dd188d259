"""A table of bottles, read and understood by its headings; it travels to the page and back as JSON."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from .cells import Habits, writes_commas
from .columns import BY_NAME, Cell, Header, read_header
from .sheets import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS

Word = Annotated[str, Field(max_length=LONGEST_CELL)]
Place = Annotated[int, Field(ge=1, le=1_048_576)]  # as many rows as a spreadsheet has
_NUMBERS = [name for name, column in BY_NAME.items() if column.dimension not in ("", "day")]


class UnreadableTable(ValueError):
    """A heading that cannot be understood, or JSON that is no table of ours."""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row, by the names of the columns."""

    number: Place
    cells: Mapping[str, Word | float]


@dataclass(frozen=True, slots=True)
class Table:
    """A heading, the rows below it, and where they come from."""

    heading: Annotated[Sequence[Word | float], Field(max_length=MOST_COLUMNS)]
    rows: Annotated[Sequence[Row], Field(max_length=MOST_ROWS)]
    name: Word = ""  # of the file
    sheet: Word = ""
    others: Annotated[Sequence[Word], Field(max_length=MOST_COLUMNS)] = ()  # sheets not read

    @classmethod
    def of(cls, answer: Mapping[str, Any], name: str) -> Table:
        """Return the table that `sheets.read_sheet` found. Raises UnreadableTable."""
        (_number, heading), *rows = answer["rows"]
        header = read_header(heading)
        if header.faults:
            raise UnreadableTable(" ".join(header.faults))
        found = []
        for number, cells in rows:
            named = {
                one.name: cells[one.place]
                for one in header.headings
                if one.place < len(cells) and cells[one.place] != ""
            }
            if named:
                found.append(Row(number, named))
        if not found:
            raise UnreadableTable("There is no bottle below the heading.")
        return cls(heading, found, name, answer["sheet"], answer["others"])

    @classmethod
    def from_json(cls, text: str) -> Table:
        """Return a table as the page sent it back. Raises UnreadableTable."""
        try:
            table = _TABLES.validate_json(text)
        except ValidationError:
            table = None
        if table is None or table.header.faults:
            raise UnreadableTable("The table got lost on the way. Choose the file again.")
        return table

    def as_json(self) -> str:
        """Return the table as text for `from_json`."""
        return _TABLES.dump_json(self).decode()

    @property
    def header(self) -> Header:
        """The headings, understood."""
        return read_header(self.heading)

    def habits(self, decimal: str, dates: str) -> Habits:
        """Return how this table writes numbers and days: as somebody said, and as it shows itself."""
        numbers: list[Cell] = [row.cells.get(name, "") for row in self.rows for name in _NUMBERS]
        return Habits(decimal, dates, writes_commas(numbers))

    def mended(self, cells: Mapping[tuple[int, str], str]) -> Table:
        """Return the table with other texts in some cells, by row and column."""
        rows = []
        for row in self.rows:
            typed = {name: text for (number, name), text in cells.items() if number == row.number}
            rows.append(Row(row.number, {**row.cells, **typed}) if typed else row)
        return replace(self, rows=rows)

    def only(self, numbers: Collection[int]) -> Table:
        """Return the table with these rows alone."""
        return replace(self, rows=[row for row in self.rows if row.number in numbers])


_TABLES = TypeAdapter(Table)

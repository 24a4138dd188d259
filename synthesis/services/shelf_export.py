"""Write a shelf of bottles as a table: the same columns that the import reads."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from labnotebook.records.models import Project
from synthesis.models import Material
from synthesis.services.shelf import CheckedRow
from synthesis.shelf.columns import COLUMNS, WRONG
from synthesis.shelf.table import Table
from synthesis.shelf.writing import Written

SIMULATED = "simulated"


def shelf_of(project: Project) -> list[list[Written]]:
    """Return the bottles of a project that were bought and not archived, below their heading.

    What batches made, and vials filled from a bottle, are entered by what made them, not by a table.
    """
    bottles = Material.objects.filter(
        project=project,
        kind=Material.Kind.PURCHASED,
        aliquot_of=None,
        archived_at=None,
    )
    heading: list[Written] = [column.name for column in COLUMNS]
    rows = bottles.select_related("chemical").order_by("pk")
    values = [[_value(bottle, column.name) for column in COLUMNS] for bottle in rows]
    if project.is_simulated:
        place = heading.index("note")
        for row in values:
            row[place] = _simulated(str(row[place]))
    return [heading, *values]


def _simulated(note: str) -> str:
    """Return the note of a bottle that does not exist: it says so wherever the table is read in."""
    return note if SIMULATED in note.lower() else f"{SIMULATED}. {note}".strip()


def _value(bottle: Material, name: str) -> Written:
    if name == "chemical":
        return bottle.chemical.name
    if name == "cas":
        return bottle.chemical.cas
    value = getattr(bottle, name)
    if isinstance(value, Decimal):
        return value.normalize()
    return "" if value is None else value


def faulty_rows(table: Table, rows: Iterable[CheckedRow]) -> list[list[Written]]:
    """Return the rows that were not saved as they came, each with what is wrong or asked in its last column."""
    headings = table.header.headings
    said: list[list[Written]] = [[*(one.title for one in headings), WRONG]]
    for one in rows:
        wrong = [
            f"{table.header.title(fault.field)}: {fault.sentence}"
            if fault.field
            else fault.sentence
            for fault in one.row.faults
        ]
        cells = [one.row.cells.get(heading.name, "") for heading in headings]
        said.append([*cells, " ".join([*wrong, one.question]).strip()])
    return said

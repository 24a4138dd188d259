"""Bring a shelf of bottles in from a table: read, check every row, save what is good."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from labnotebook.records.files import HashedUpload, clean_name
from labnotebook.records.models import Project
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal
from labnotebook.records.sandbox import ChildRefused, ChildStopped, run_in_child
from synthesis.models import Chemical, Material
from synthesis.services.materials import bottle_of, enter_bottles
from synthesis.shelf.matching import Listed, Shelf
from synthesis.shelf.rows import Fault, ReadRow, read_row
from synthesis.shelf.table import Table, UnreadableTable

SECONDS, MEMORY_MB = 30, 1024
GOOD, ASKED, FAULTY = "good", "asked", "faulty"
# Two bottles are alike when they agree in what does not change while a bottle stands on its shelf.
_ALIKE = ("supplier", "catalogue_number", "amount_received", "amount_unit", "received_date")
_NOT_OF_THE_BOTTLE = ("code", "chemical", "cas", "formula")


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """One row with what becomes of it.

    ``bottle`` is not saved yet, and None of a faulty row. ``question`` is asked where the bottle seems to
    be there already: it is saved only when somebody says that it is another one.
    """

    row: ReadRow
    bottle: Material | None
    question: str = ""

    @property
    def state(self) -> str:
        """``good``, ``asked`` or ``faulty``."""
        return FAULTY if self.bottle is None else ASKED if self.question else GOOD


def read_shelf(upload: HashedUpload) -> Table:
    """Read a table in a child process with limits; refuses in words what is none."""
    name = clean_name(upload.name)
    upload.writer.file.flush()
    try:
        answer = run_in_child(
            "synthesis.shelf.sheets:read_sheet",
            {"path": str(upload.writer.path)},
            reads=[str(upload.writer.path)],
            refusals=("synthesis.shelf.sheets.UnreadableSheet",),
            seconds=SECONDS,
            memory_mb=MEMORY_MB,
        )
        return Table.of(answer, name)
    except (ChildRefused, UnreadableTable) as refusal:
        raise Refusal(f"{name}: {refusal}", field="file") from None
    except ChildStopped as stop:
        if stop.reason == "fault":
            raise RuntimeError(stop.detail) from stop
        raise Refusal(
            f"Reading {name} took more than a list of bottles may ({stop.reason}), and was stopped; nothing"
            " was saved. Save the list alone as CSV, and import that.",
            field="file",
        ) from None


def check_shelf(
    *, by: Any, project: Project, table: Table, decimal: str = "", dates: str = ""
) -> list[CheckedRow]:
    """Say of every row what it becomes, what is wrong with it, or what it is asked; saves nothing."""
    require_editor(by, project)
    chemicals = {one.slug: one for one in Chemical.objects.all()}
    shelf = Shelf(Listed(c.slug, c.name, c.formula, c.cas) for c in chemicals.values())
    habits, header = table.habits(decimal, dates), table.header
    there = _Known(Material.objects.filter(project=project, aliquot_of=None, produced_by=None))
    checked = []
    for one in table.rows:
        row = read_row(one.number, one.cells, header, habits, shelf)
        code = str(row.said.get("code", ""))
        bottle = None
        if not row.faults and row.chemical is not None:
            strange = "" if code in there.by_code else code
            bottle = _bottle(by, project, row, chemicals[row.chemical.slug], strange)
        question = "" if bottle is None else there.twin_of(bottle, code)
        if bottle is not None:
            there.alike.setdefault(_likeness(bottle), f"Row {row.number}")
        checked.append(CheckedRow(row, bottle, question))
    return checked


def _bottle(
    by: Any, project: Project, row: ReadRow, chemical: Chemical, strange: str
) -> Material | None:
    """Return the bottle of a row; a code that another list gave it stays in its note."""
    said = {name: value for name, value in row.said.items() if name not in _NOT_OF_THE_BOTTLE}
    if strange:
        note = f"{strange} in the table that it was imported from."
        said["note"] = "\n".join(part for part in (str(said.get("note", "")), note) if part)
    try:
        return bottle_of(
            by=by,
            project=project,
            chemical=chemical,
            formula=str(row.said.get("formula", "")),
            **said,
        )
    except Refusal as refusal:
        row.faults.append(Fault(refusal.field, refusal.sentence))
        return None


class _Known:
    """The bottles that are there, and those of the rows above, to be asked about instead of doubled."""

    def __init__(self, bottles: Iterable[Material]) -> None:
        self.by_code: dict[str, Material] = {}
        self.alike: dict[tuple[Any, ...], str] = {}
        for bottle in bottles.select_related("chemical"):
            self.by_code[bottle.code] = bottle
            self.alike.setdefault(_likeness(bottle), bottle.code)

    def twin_of(self, bottle: Material, code: str) -> str:
        """Ask whether this is the bottle that is there already; empty when there is none like it."""
        coded = self.by_code.get(code)
        if coded is not None:
            return (
                f"{coded.code} is in the notebook already ({coded.name}). Is this another bottle?"
            )
        where = self.alike.get(_likeness(bottle))
        if where is None:
            return ""
        lot = f"of lot {bottle.lot_number}" if bottle.lot_number else "with the same label"
        return f"{where} is {bottle.name} {lot} as well. Is this another bottle?"


def _likeness(bottle: Material) -> tuple[Any, ...]:
    if bottle.lot_number:
        return (bottle.chemical_id, bottle.formula, bottle.lot_number.casefold())
    return (bottle.chemical_id, bottle.formula, *(getattr(bottle, name) for name in _ALIKE))


def chosen(rows: Iterable[CheckedRow], another: Collection[int]) -> list[CheckedRow]:
    """Return the rows to save: the good ones, and those that somebody says are another bottle."""
    return [
        one
        for one in rows
        if one.state == GOOD or (one.state == ASKED and one.row.number in another)
    ]


def save_shelf(
    *, by: Any, project: Project, rows: Iterable[CheckedRow], name: str
) -> list[Material]:
    """Enter these bottles under new codes, all or none; the name of the table stays in their history."""
    require_editor(by, project)
    bottles = [one.bottle for one in rows if one.bottle is not None]
    enter_bottles(by=by, bottles=bottles, reason=f"imported from {name}"[:300])
    return bottles

"""One row of a table of bottles: what it says, and what is wrong in which of its cells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from labnotebook.records.spreadsheets import unguarded

from .cells import CellFault, Habits, read_cas, read_day, read_number
from .columns import Cell, Header
from .matching import Listed, Shelf

Said = str | Decimal | date
_LONGEST: Mapping[str, int] = {
    "code": 20, "chemical": 200, "formula": 80, "supplier": 120, "catalogue_number": 60,
    "lot_number": 60, "place": 120, "note": 4000,
}  # fmt: skip
_SHOWN_DIGITS: Mapping[str, tuple[int, int]] = {  # of the columns: digits in all, of them decimals
    "assay_percent": (9, 5), "assay_high_percent": (9, 5), "assay_uncertainty_percent": (9, 5),
    "density_g_ml": (9, 5), "amount_received": (14, 4),
}  # fmt: skip
_KINDS: Mapping[str, str] = {
    "massfraction": "mass_fraction", "massfractionofthenamedsalt": "mass_fraction", "wt": "mass_fraction",
    "byweight": "mass_fraction", "massenanteil": "mass_fraction", "hplc": "mass_fraction",
    "titration": "titration", "titriert": "titration", "complexometric": "titration",
    "tracemetals": "trace_metals", "tracemetalsbasis": "trace_metals",
    "tracemetalsbasisnotanassay": "trace_metals", "metalsbasis": "trace_metals",
    "spurenmetalle": "trace_metals", "bezogenaufmetalle": "trace_metals",
    "unknown": "unknown", "notknown": "unknown", "unbekannt": "unknown",
}  # fmt: skip
_KIND_WORDS = "mass fraction, titration, trace metals or unknown"
_RANGE = re.compile(r"(?P<low>\d[\d.,]*)\s*%?\s*(?:-|–|to|bis)\s*(?P<high>\d[\d.,]*)\s*%?")
FRACTION = Decimal("1.05")  # up to here a percentage may be a fraction of one
LARGEST_DENSITY = Decimal(100)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one cell. ``field`` is the column, empty for the row; ``to_add`` fills in a form."""

    field: str
    sentence: str
    to_add: str = ""

    @property
    def told(self) -> str:
        """The sentence, with the address of the form where there is one to fill in."""
        return f"{self.sentence} (/chemicals/new/?{self.to_add})" if self.to_add else self.sentence


@dataclass(slots=True)
class ReadRow:
    """What one row says: ``said`` by the names of the columns, with numbers and days as such."""

    number: int
    cells: Mapping[str, Cell]
    said: dict[str, Said] = field(default_factory=dict)
    chemical: Listed | None = None
    faults: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read_row(
    number: int, cells: Mapping[str, Cell], header: Header, habits: Habits, shelf: Shelf
) -> ReadRow:
    """Read one row; every fault is told, not only the first."""
    row = ReadRow(number, cells)
    reading = _Reading(row, header, habits)
    for name in _LONGEST:
        reading.words(name)
    reading.cas()
    reading.range_of_the_assay()
    reading.number("assay_percent", "%")
    reading.number("assay_high_percent", "%")
    reading.number("assay_uncertainty_percent", "%")
    reading.number("density_g_ml", "g/cm3")
    reading.density()
    reading.assay()
    reading.amount()
    for name in ("received_date", "opened_date", "expires_date"):
        reading.day(name)
    if not any(fault.field in ("chemical", "cas", "formula") for fault in row.faults):
        reading.chemical(shelf)
    return row


class _Reading:
    """Reads the cells of one row, and writes down what cannot be read."""

    def __init__(self, row: ReadRow, header: Header, habits: Habits) -> None:
        self.row, self.header, self.habits = row, header, habits

    def _cell(self, name: str) -> Cell:
        cell = self.row.cells.get(name, "")
        return cell.strip() if isinstance(cell, str) else cell

    def _text(self, name: str) -> str:
        cell = self._cell(name)
        return cell if isinstance(cell, str) else f"{Decimal(f'{cell:.15g}'):f}"

    def _refuse(self, name: str, sentence: str, to_add: str = "") -> None:
        self.row.faults.append(Fault(name, sentence, to_add))

    def words(self, name: str) -> None:
        text = unguarded(self._text(name))
        literal = re.fullmatch(r'="([^"]*)"', text)  # how people keep Excel from reading a number
        text = literal[1] if literal else text
        if name != "note":
            text = " ".join(text.split())
        text = "".join(c for c in text if c.isprintable() or c in "\n\t").strip()
        if len(text) > _LONGEST[name]:
            self._refuse(
                name, f"This has {len(text)} characters; at most {_LONGEST[name]} fit. Shorten it."
            )
        elif text:
            self.row.said[name] = text

    def cas(self) -> None:
        cell = self._cell("cas")
        if isinstance(cell, str):
            literal = re.fullmatch(r'="([^"]*)"', cell)
            cell = literal[1] if literal else unguarded(cell)
        if cell == "" or cell in ("-", "–", "n/a", "N/A"):
            return
        try:
            self.row.said["cas"] = read_cas(cell)
        except CellFault as fault:
            self._refuse("cas", str(fault))

    def range_of_the_assay(self) -> None:
        """Take “80-90 %” apart: its upper end has a column of its own."""
        found = _RANGE.fullmatch(self._text("assay_percent"))
        if found and not self._text("assay_high_percent"):
            ends = {"assay_percent": found["low"], "assay_high_percent": found["high"]}
            self.row.cells = {**self.row.cells, **ends}

    def number(self, name: str, unit: str) -> None:
        cell = self._cell(name)
        if name == "assay_percent" and isinstance(cell, str):
            cell = self._without_basis(cell)
        if cell == "":
            return
        try:
            value = read_number(cell, unit, typed_unit=self.header.unit(name), habits=self.habits)
        except CellFault as fault:
            self._refuse(name, str(fault))
            return
        self._keep(name, value)

    def _keep(self, name: str, value: Decimal) -> None:
        digits, decimals = _SHOWN_DIGITS[name]
        value = value.normalize()
        exponent = value.as_tuple().exponent
        if (
            not isinstance(exponent, int)
            or -exponent > decimals
            or value.adjusted() >= digits - decimals
        ):
            self._refuse(
                name,
                f"{value:f} has more digits than a label: at most {digits - decimals} before the point and"
                f" {decimals} behind it. Check the number and its unit.",
            )
            return
        self.row.said[name] = value

    def _without_basis(self, text: str) -> str:
        """Return the number of “99.99 % trace metals basis”; its words say which kind of assay it is."""
        found = re.fullmatch(r"([+-]?[\d.,]+\s*%?)\s*[,(]?\s*([^\W\d][^)]*)\)?", text)
        if found and (kind := _kind(found[2])):
            self.row.said["assay_kind"] = kind
            return found[1]
        return text

    def assay(self) -> None:
        text = self._text("assay_kind")
        if text:
            kind = _kind(text)
            if kind is None:
                self._refuse(
                    "assay_kind", f"“{text[:40]}” is no kind of assay. Write {_KIND_WORDS}."
                )
                return
            self.row.said["assay_kind"] = kind
        percent = self.row.said.get("assay_percent")
        if isinstance(percent, Decimal) and 0 <= percent <= FRACTION:
            self._refuse(
                "assay_percent",
                f"This reads as {percent:f} %. Is {percent:f} % or {(percent * 100).normalize():f} % meant?"
                " Write the percentage, such as 99.",
            )
        elif isinstance(percent, Decimal) and "assay_kind" not in self.row.said:
            self.row.remarks.append("What the assay is stays unknown, so it corrects no mass.")

    def density(self) -> None:
        density = self.row.said.get("density_g_ml")
        if isinstance(density, Decimal) and not 0 < density < LARGEST_DENSITY:
            self._refuse("density_g_ml", "A density lies above 0 and below 100 g/mL.")

    def amount(self) -> None:
        """Read the amount in mg or in mL: by the unit in the cell, beside it, or in the heading."""
        cell = self._cell("amount_received")
        if cell == "":
            return
        unit = self._text("amount_unit") or self.header.unit("amount_received")
        heading = self.header.title("amount_received")
        if not unit and not (isinstance(cell, str) and re.search(r"[^\W\d]", cell)):
            self._refuse(
                "amount_received",
                f"“{self._text('amount_received')}” has no unit. Write it with the number, such as 5 g, or in"
                f" the heading: {heading} (g).",
            )
            return
        refusals = []
        for kept in ("mg", "mL"):
            try:
                value = read_number(cell, kept, typed_unit=unit, habits=self.habits)
            except CellFault as fault:
                refusals.append(str(fault))
                continue
            if not value:
                self._refuse(
                    "amount_received", "A bottle that came held more than 0. Leave it empty."
                )
                return
            self.row.said["amount_unit"] = kept.lower()
            self._keep("amount_received", value)
            return
        self._refuse("amount_received", refusals[0])

    def day(self, name: str) -> None:
        cell = self._cell(name)
        if cell == "" or cell in ("-", "–"):
            return
        try:
            self.row.said[name] = read_day(cell, self.habits)
        except CellFault as fault:
            self._refuse(name, str(fault))

    def chemical(self, shelf: Shelf) -> None:
        name, cas, formula = (
            str(self.row.said.get(key, "")) for key in ("chemical", "cas", "formula")
        )
        match = shelf.find(name, cas, formula)
        self.row.chemical = match.listed
        if match.sentence:
            self._refuse(match.field, match.sentence, match.to_add)
        if match.remark:
            self.row.remarks.append(match.remark)


def _kind(text: str) -> str | None:
    return _KINDS.get(re.sub(r"[\W_]+", "", text.casefold()))

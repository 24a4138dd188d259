"""The columns of a table of bottles, and the headings that people give them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from synthesis.chemistry.units import find_unit

Cell = str | float  # as the table holds it: text, or a number of a spreadsheet
FIRST_ROWS = 20  # a heading stands among these
_PERCENT = frozenset({"%", "percent", "prozent", "wt%", "wt.%", "wt.-%", "ma%", "w/w", "w/w%"})


@dataclass(frozen=True, slots=True)
class Column:
    """What one column says of a bottle.

    ``dimension`` is what its numbers measure: ``percent``, ``density``, ``amount`` (a mass or a volume),
    ``day``, or empty for words. ``unit`` is what it is kept in.
    """

    name: str
    title: str
    spellings: tuple[str, ...]
    dimension: str = ""
    unit: str = ""


# In the order in which they are written. English and German, as lists in labs are headed.
COLUMNS = (
    Column("code", "Code", ("bottle", "bottle code", "notebook code")),
    Column(
        "chemical",
        "Chemical",
        ("name", "chemical name", "substance", "compound", "material", "product", "product name",
         "chemikalie", "substanz", "bezeichnung", "stoff", "verbindung"),
    ),
    Column("cas", "CAS number", ("cas", "cas no", "cas nr", "cas rn", "cas nummer", "cas #")),
    Column(
        "formula",
        "Formula",
        ("molecular formula", "chemical formula", "sum formula", "summenformel", "formel", "mf"),
    ),
    Column(
        "supplier",
        "Supplier",
        ("vendor", "manufacturer", "company", "brand", "lieferant", "hersteller", "anbieter", "firma"),
    ),
    Column(
        "catalogue_number",
        "Catalogue number",
        ("catalog number", "catalogue no", "catalog no", "cat no", "cat nr", "cat #", "product number",
         "product no", "order number", "order no", "article number", "article no", "sku", "ref",
         "artikelnummer", "art nr", "artikel nr", "bestellnummer", "bestell nr", "produktnummer"),
    ),
    Column(
        "lot_number",
        "Lot number",
        ("lot", "lot no", "lot nr", "lot #", "batch number", "batch no", "charge", "chargennummer",
         "ch b", "chargen nr"),
    ),
    Column(
        "assay_percent",
        "Assay",
        ("purity", "content", "gehalt", "reinheit"),
        dimension="percent",
        unit="%",
    ),
    Column(
        "assay_high_percent",
        "Upper end of the assay",
        ("assay high", "assay to", "purity to", "max purity"),
        dimension="percent",
        unit="%",
    ),
    Column(
        "assay_uncertainty_percent",
        "Uncertainty of the assay",
        ("assay uncertainty", "uncertainty", "unsicherheit", "assay u"),
        dimension="percent",
        unit="%",
    ),
    Column(
        "assay_kind",
        "What the assay is",
        ("kind of assay", "assay type", "assay basis", "purity basis", "basis", "grade basis"),
    ),
    Column("density_g_ml", "Density", ("dichte",), dimension="density", unit="g/mL"),
    Column(
        "amount_received",
        "Amount",
        ("quantity", "size", "pack size", "package size", "amount received", "mass", "volume", "menge",
         "packungsgröße", "gebinde", "gebindegröße", "inhalt", "masse", "volumen", "einwaage"),
        dimension="amount",
    ),
    Column("amount_unit", "Unit of the amount", ("unit", "units", "einheit", "mengeneinheit")),
    Column(
        "received_date",
        "Received",
        ("date received", "received on", "delivered", "delivery date", "arrival", "eingang",
         "eingangsdatum", "erhalten", "geliefert", "lieferdatum"),
        dimension="day",
    ),
    Column(
        "opened_date",
        "Opened",
        ("date opened", "opened on", "opening date", "geöffnet", "anbruch", "anbruchsdatum",
         "öffnungsdatum"),
        dimension="day",
    ),
    Column(
        "expires_date",
        "Use before",
        ("expires", "expiry", "expiry date", "expiration", "expiration date", "exp", "exp date",
         "best before", "use by", "retest date", "ablauf", "ablaufdatum", "verfall", "verfallsdatum",
         "haltbar bis", "verwendbar bis", "mhd"),
        dimension="day",
    ),
    Column(
        "place",
        "Place",
        ("location", "storage", "storage location", "stored in", "shelf", "cabinet", "room", "lagerort",
         "standort", "ort", "regal", "schrank", "raum"),
    ),
    Column(
        "note",
        "Note",
        ("notes", "comment", "comments", "remark", "remarks", "bemerkung", "bemerkungen", "kommentar",
         "notiz", "anmerkung"),
    ),
)  # fmt: skip
BY_NAME = {column.name: column for column in COLUMNS}
IDENTITY = frozenset({"chemical", "cas", "formula"})  # one of them says what is in the bottle
WRONG = "What is wrong"  # the last column of rows that are given back; read past when they return

_UNIT = re.compile(
    r"(?P<base>.*?\S)\s*(?:[(\[](?P<bracket>[^()\[\]]+)[)\]]|/\s*(?P<slash>[^/]+(?:/[^/]+)?)"
    r"|\bin\s+(?P<word>\S+)|(?<=\s)(?P<bare>\S+)|(?P<percent>%))"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of a table that is understood: its place, its heading as written, the unit in it."""

    name: str
    place: int
    title: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """The headings of a table; ``unread`` are those that say nothing of a bottle, ``faults`` sentences."""

    headings: tuple[Heading, ...]
    unread: tuple[str, ...]
    faults: tuple[str, ...] = ()

    def title(self, name: str) -> str:
        """Return how the table heads a column, else how we do."""
        found = (one.title for one in self.headings if one.name == name)
        return next(found, BY_NAME[name].title)

    def unit(self, name: str) -> str:
        """Return the unit that the heading of a column names, empty for none."""
        return next((one.unit for one in self.headings if one.name == name), "")


def spelled(text: str) -> str:
    """Return a heading without case, spaces and signs, so that spellings can be compared."""
    return re.sub(r"[^\w#]|_", "", text.casefold())


_SPELLINGS = {
    spelled(text): column
    for column in COLUMNS
    for text in (column.name, column.title, *column.spellings)
}


def read_header(cells: Sequence[Cell]) -> Header:
    """Understand the headings of a table.

    >>> [(h.name, h.unit) for h in read_header(["Chemical", "Amount (g)", "GHS"]).headings]
    [('chemical', ''), ('amount_received', 'g')]
    """
    found: dict[str, Heading] = {}
    unread, faults = [], []
    for place, cell in enumerate(cells):
        title = " ".join(str(cell).split())
        if not title or title == WRONG:
            continue
        column, unit = _read_heading(title)
        if column is None:
            unread.append(title)
            continue
        if column.name in found:
            faults.append(
                f"The columns “{found[column.name].title}” and “{title}” both say the same ({column.title})."
                " Keep one of them, or head the other differently."
            )
            continue
        if unit is None:
            faults.append(
                f"The heading “{title}” names no unit of a density that is known. Write it like"
                f" {column.title} (g/mL)."
            )
            unit = ""
        found[column.name] = Heading(column.name, place, title, unit)
    if not IDENTITY & found.keys():
        faults.append(
            "No column says what is in the bottles. Head one of them Chemical, CAS number or Formula."
        )
    return Header(tuple(found.values()), tuple(unread), tuple(faults))


def find_header(rows: Sequence[Sequence[Cell]]) -> int:
    """Return which of the first rows is the heading: the one of which most is understood."""
    known = [len(read_header(cells).headings) for cells in rows[:FIRST_ROWS]]
    return known.index(max(known)) if known else 0


def _read_heading(title: str) -> tuple[Column | None, str | None]:
    """Return the column and the unit in its heading; None for a unit that it cannot have."""
    column = _SPELLINGS.get(spelled(title))
    if column is not None and "%" not in title:
        return column, ""
    split = _UNIT.fullmatch(title)
    if split is None:
        return None, ""
    column = _SPELLINGS.get(spelled(split["base"]))
    unit = next(part for part in split.groups()[1:] if part).strip()
    if column is None or (split["bare"] and not _unit_for(column, unit)):
        return None, ""
    known = _unit_for(column, unit)
    # Place (room), Purity (HPLC), Amount (as bought): words. Of a density they would be guessed at.
    return column, known if known or column.dimension == "density" else ""


def _unit_for(column: Column, unit: str) -> str | None:
    """Return a unit as the calculator reads it, None when numbers of this column have none such."""
    if column.dimension == "percent":
        return "%" if unit.casefold().replace(" ", "") in _PERCENT else None
    if column.dimension not in ("density", "amount"):
        return None
    wanted = ("mass", "volume") if column.dimension == "amount" else (column.dimension,)
    for dimension in wanted:
        found = find_unit(unit, dimension)
        if found is not None and found.dimension == dimension:
            return unit
    return None

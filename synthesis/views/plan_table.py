"""The table of the planner: what to weigh, and what is then in the flask, for each R side by side."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from labnotebook.records.presentation.numbers import Quantity, format_quantity
from synthesis.views.plan_columns import Column

SYMBOLS = {"oa": "OA", "ola": "OLA", "oh": "OH", "b": "B"}
LEAD_ROWS = ("ratio_ca_pb", "ratio_ca_pb_effective", "ratio_i_pb", "ratio_cs_pb")
EVIDENCE = {"stated": "", "inferred": ", inferred"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of one column."""

    quantity: Quantity | None = None
    word: str = ""
    phase: str = ""
    note: str = ""
    same: bool = False  # as in the chosen column, so a phone may leave it out

    @property
    def text(self) -> str:
        """The value in words, without its unit."""
        if self.quantity is None:
            return self.word or "—"
        bare = Quantity(self.quantity.value, self.quantity.uncertainty, self.quantity.interval)
        return bare.text


@dataclass(frozen=True, slots=True)
class Row:
    """One reagent, or one number of the flask."""

    name: str
    note: str = ""
    bottle: str = ""
    bottle_note: str = ""
    chosen: Cell = Cell()
    others: tuple[tuple[str, Cell], ...] = ()  # R, value


def reagent_groups(columns: list[Column]) -> list[tuple[str, list[Row]]]:
    """Return the reagents by the stage at which they go in, in the recipe's order."""
    groups: dict[str, list[Row]] = {}
    body = columns[0].body or {"reagents": [], "balance": {}}
    places = _places(body["balance"].get("resolution_mg", "0.1"))
    for line in body["reagents"]:
        row = _row(
            columns,
            lambda column, key=line["key"]: _amount(column.lines.get(key), places),
            name=line["formula"]
            if line["role"].endswith("source") and line["formula"]
            else line["name"],
            note=line["role"],
            bottle=line["lot"] or "",
            bottle_note=_purity(line),
        )
        groups.setdefault(line["group"] or "", []).append(row)
    return list(groups.items())


def _places(resolution: str) -> int:
    return max(0, -Decimal(resolution).normalize().as_tuple().exponent)


def _amount(line: dict[str, Any] | None, places: int) -> Cell:
    if line is None:
        return Cell()
    if line["measured_by"] == "mass":
        weigh, exact = line["weigh_mg"], line["mass_mg"]
        if weigh is None:
            return Cell()
        if not exact:
            return Cell(format_quantity(0, unit="mg"))
        note = _("%(mass)s calculated") % {"mass": f"{exact:.{places + 1}f}"}
        return Cell(format_quantity(float(weigh), unit="mg", places=places), note=note)
    return Cell(_volume(line["volume_ml"]))


def _volume(volume_ml: float | None) -> Quantity | None:
    """Return a volume with three digits, as a syringe or cylinder gives it."""
    if volume_ml is None:
        return None
    size = math.floor(math.log10(volume_ml)) if volume_ml > 0 else 0
    return format_quantity(float(volume_ml), unit="mL", places=max(0, 2 - size))


def _purity(line: dict[str, Any]) -> str:
    known = line["concentrations_mol_l" if line["lot"] else "planned_concentrations_mol_l"]
    if known:
        return ", ".join(f"{value:.3g} M {element}" for element, value in known.items())
    if line["assay_range"]:
        low, high = line["assay_range"]
        return f"{low * 100:g}–{high * 100:g} %"
    return f"{line['assay'] * 100:.6g} %" if line["assay"] else ""


def flask_rows(columns: list[Column]) -> list[Row]:
    """Return what is then in the flask: ratios with what the balance resolves, yield, what to expect."""
    body = columns[0].body
    if body is None:
        return []
    rows = [
        _row(columns, lambda c, key=key: _known(c, key), name=ratio_words(key), note=_meaning(key))
        for key in _shown_keys(body["composition"])
    ]
    if any(c.body and c.body["theoretical_yield"] for c in columns):
        rows.append(
            _row(columns, _limit, name=_("At most"), note=_("what the limiting ion allows"))
        )
    if any(c.body and c.body["expected"] for c in columns):
        rows.append(_row(columns, _precursor, name=_("Precursor, in the paper")))
        rows.append(_row(columns, _phase, name=_("Phase, in the paper")))
    return rows


def _shown_keys(composition: dict[str, Any]) -> list[str]:
    first = [key for key in LEAD_ROWS if key in composition]
    if first:
        ligands = [key for key in ("ratio_oa_pb", "ratio_ola_pb") if key in composition]
        return [*first, *ligands]
    return [key for key in composition if not key.endswith("_effective")]


def ratio_words(key: str) -> str:
    """Return how a number of the flask is written: ``ratio_cs_pb`` -> ``Cs : Pb``."""
    if key == "ratio_ca_pb":
        return _("R as it will be")
    if key == "ratio_ca_pb_effective":
        return _("R with the assay")
    name = key.removesuffix("_effective")
    if name.startswith("ratio_"):
        parts = name.removeprefix("ratio_").split("_")
        return " : ".join(SYMBOLS.get(part, part.capitalize()) for part in parts)
    words, concentration, rest = name.partition("_mol_l")
    if concentration:
        return f"{words.capitalize()} / mol L⁻¹{rest.replace('_', ' ')}"
    return name.replace("_", " ")


def _meaning(key: str) -> str:
    return {
        "ratio_ca_pb": _("± from the balance alone"),
        "ratio_ca_pb_effective": _("masses times their assay"),
    }.get(key, "")


def _known(column: Column, key: str) -> Cell:
    known = (column.body or {}).get("composition", {}).get(key)
    if known is None:
        return Cell()
    return Cell(
        format_quantity(
            known["value"], known["uncertainty"], low=known.get("low"), high=known.get("high")
        )
    )


def _limit(column: Column) -> Cell:
    found = (column.body or {}).get("theoretical_yield")
    if not found:
        return Cell()
    note = _("%(ion)s limits") % {"ion": found["limiting_element"]}
    return Cell(format_quantity(found["mass_mg"], unit=f"mg {found['product']}"), note=note)


def _precursor(column: Column) -> Cell:
    return Cell(word=((column.body or {}).get("expected") or {}).get("precursor_appearance", ""))


def _phase(column: Column) -> Cell:
    expected = (column.body or {}).get("expected") or {}
    if not expected.get("phase"):
        return Cell(word=_("not in the paper"))
    return Cell(
        phase=expected["phase"], note=_("inferred") if expected["evidence"] == "inferred" else ""
    )


def _row(columns: list[Column], cell: Callable[[Column], Cell], **said: str) -> Row:
    chosen = cell(columns[0])
    others = []
    for column in columns[1:]:
        other = cell(column)
        same = (other.text, other.phase) == (chosen.text, chosen.phase)
        others.append(
            (column.ratio, Cell(other.quantity, other.word, other.phase, other.note, same))
        )
    return Row(chosen=chosen, others=tuple(others), **said)

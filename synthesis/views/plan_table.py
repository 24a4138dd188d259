"""The table of the planner: what to weigh, and what is then in the flask, plans side by side."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from labnotebook.records.presentation.formulas import formula_text
from labnotebook.records.presentation.numbers import Quantity, format_quantity
from synthesis.chemistry.charges import is_metal
from synthesis.chemistry.planning import Plan
from synthesis.chemistry.ratios import Known, Ratio
from synthesis.chemistry.reagent_lines import ReagentLine
from synthesis.views.plan_columns import Column

SOLUTIONS = ("stock_solution", "layer_solution")


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
    """One reagent, or one number of the flask. ``symbol`` stands before the name, in italics."""

    name: str
    symbol: str = ""
    note: str = ""
    bottle: str = ""
    bottle_note: str = ""
    chosen: Cell = Cell()
    others: tuple[tuple[str, Cell], ...] = ()  # value of the compared input, cell


def reagent_groups(columns: list[Column]) -> list[tuple[str, list[Row]]]:
    """Return the reagents by the stage at which they go in, in the recipe's order."""
    groups: dict[str, list[Row]] = {}
    plan = columns[0].plan
    if plan is None:
        return []
    places = places_of(plan.balance.resolution_mg)
    for line in plan.reagents:
        reagent = line.reagent
        row = _row(
            columns,
            lambda other, key=line.key: _amount(_line(other, key), places),
            name=reagent.formula if any(map(is_metal, reagent.per_mmol)) else reagent.name,
            note=line.ingredient.role,
            bottle=reagent.source.code if reagent.source else "",
            bottle_note=_purity(line),
        )
        groups.setdefault(line.ingredient.stage, []).append(row)
    return list(groups.items())


def _line(plan: Plan, key: str) -> ReagentLine | None:
    return next((line for line in plan.reagents if line.key == key), None)


def places_of(resolution: Decimal) -> int:
    """Return how many decimals a reading with these steps has."""
    return max(0, -int(resolution.normalize().as_tuple().exponent))


def _amount(line: ReagentLine | None, places: int) -> Cell:
    if line is None:
        return Cell()
    if line.measured_by == "volume":
        return Cell(_volume(line.volume_ml))
    if line.weigh_mg is None:
        return Cell()
    if not line.mass_mg:
        return Cell(format_quantity(0, unit="mg"))
    note = _("%(mass)s calculated") % {"mass": f"{float(line.mass_mg):.{places + 1}f}"}
    return Cell(format_quantity(float(line.weigh_mg), unit="mg", places=places), note=note)


def _volume(volume_ml: Decimal | None) -> Quantity | None:
    """Return a volume with three digits, as a syringe or cylinder gives it."""
    if volume_ml is None:
        return None
    size = math.floor(math.log10(volume_ml)) if volume_ml > 0 else 0
    return format_quantity(float(volume_ml), unit="mL", places=max(0, 2 - size))


def _purity(line: ReagentLine) -> str:
    reagent, purity = line.reagent, line.reagent.purity
    if reagent.stock is not None:
        return ", ".join(
            f"{float(value):.3g} M {name}" for name, value in reagent.stock.drawn.items()
        )
    if purity.low is not None and purity.high is not None:
        return f"{float(purity.low * 100):g}–{float(purity.high * 100):g} %"
    return f"{float(purity.low * 100):.6g} %" if purity.low is not None else ""


def flask_rows(columns: list[Column]) -> list[Row]:
    """Return what is then in the flask: ratios with all that is uncertain, yield, what to expect."""
    plan = columns[0].plan
    if plan is None:
        return []
    rows = []
    for ratio in plan.ratios:
        if ratio.asked:
            rows += _asked_rows(columns, ratio)
        elif ratio.below == (plan.reference,):
            rows.append(
                _row(columns, lambda p, key=ratio.key: _with_effective(p, key), name=_name(ratio))
            )
    if plan.recipe.kind in SOLUTIONS:
        rows += [
            _row(columns, lambda p, key=key: _known(p.composition.get(key)), name=_strength(key))
            for key in plan.composition
            if "_mol_l" in key
        ]
    plans = [column.plan for column in columns if column.plan]
    if any(one.theoretical_yield for one in plans):
        rows.append(
            _row(columns, _limit, name=_("At most"), note=_("what the limiting species allows"))
        )
    if any(one.expected for one in plans):
        rows.append(_row(columns, _precursor, name=_("Precursor, in the source")))
        rows.append(_row(columns, _phase, name=_("Phase, in the source")))
    return [row for row in rows if row.chosen != Cell() or any(c != Cell() for _, c in row.others)]


def _asked_rows(columns: list[Column], ratio: Ratio) -> list[Row]:
    symbol = "R" if ratio.is_first else ""
    name = _name(ratio) if not symbol else f"= {_name(ratio)}"
    as_asked = _row(
        columns,
        lambda plan: _known(plan.composition.get(ratio.key)),
        name=name,
        symbol=symbol,
        note=_("as asked, ± from weighing and measuring"),
    )
    in_flask = _row(
        columns,
        lambda plan: _known(plan.effective(ratio.key)),
        name=_("in the flask") if symbol else _("%(ratio)s in the flask") % {"ratio": name},
        symbol=symbol,
        note=_("assay and titre counted"),
    )
    return [as_asked, in_flask]


def _name(ratio: Ratio) -> str:
    """Return how a ratio is written on the page: ``Cs : Pb``, ``Mn : (Pb+Mn)``."""
    return ratio.label.replace("/", " : ")


def _strength(key: str) -> str:
    words, _separator, rest = key.partition("_mol_l")
    return f"{words.replace('_', ' ').capitalize()} / mol L⁻¹{rest.replace('_', ' ')}"


def _known(known: Known | None) -> Cell:
    return Cell() if known is None else Cell(_quantity(known))


def _quantity(known: Known) -> Quantity:
    low, high = (None if x is None else float(x) for x in (known.low, known.high))
    return format_quantity(float(known.value), float(known.uncertainty), low=low, high=high)


def _with_effective(plan: Plan, key: str) -> Cell:
    """A ratio as planned; where the flask will differ by more than its uncertainty, that beside it."""
    known, real = plan.composition.get(key), plan.effective(key)
    if known is None:
        return Cell()
    note = ""
    if real is not None and abs(real.value - known.value) > real.uncertainty:
        note = _("%(value)s in the flask") % {"value": _quantity(real).text}
    return Cell(_quantity(known), note=note)


def _limit(plan: Plan) -> Cell:
    found = plan.theoretical_yield
    if found is None:
        return Cell()
    note = _("%(species)s limits") % {"species": found.limiting_element}
    unit = f"mg {formula_text(found.product)}"
    return Cell(format_quantity(float(found.mass_mg), unit=unit), note=note)


def _precursor(plan: Plan) -> Cell:
    return Cell(word=(plan.expected or {}).get("precursor_appearance", ""))


def _phase(plan: Plan) -> Cell:
    expected = plan.expected or {}
    if not expected.get("phase"):
        return Cell(word=_("not in the source"))
    note = _("inferred") if expected["evidence"] == "inferred" else ""
    return Cell(phase=expected["phase"], note=note)


def _row(columns: list[Column], cell: Callable[[Plan], Cell], **said: str) -> Row:
    chosen, *rest = [cell(column.plan) if column.plan else Cell() for column in columns]
    others = []
    for column, other in zip(columns[1:], rest, strict=True):
        same = (other.text, other.phase) == (chosen.text, chosen.phase)
        others.append(
            (column.value, Cell(other.quantity, other.word, other.phase, other.note, same))
        )
    return Row(chosen=chosen, others=tuple(others), **said)

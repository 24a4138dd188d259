"""Solve one recipe for several values of one input: the plan that was asked for, and those beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from labnotebook.records.refusals import Refusal
from synthesis.chemistry.planning import Plan
from synthesis.chemistry.recipe import RecipeDefinition, RecipeInput
from synthesis.models import Material
from synthesis.services.cautions import BottleWatch, needed_of
from synthesis.services.plans import Planner

MOST_COLUMNS = 4  # as many as a card holds
MOST_BOTTLES = 500
LONGEST_VALUE = 20
COMPARED_FIRST = ("ratio", "amount", "scale", "condition", "choice")
LOTS, LOT = "lots.", "lot_"  # how a refusal names a bottle, and how the form does


@dataclass(frozen=True, slots=True)
class Column:
    """One plan of the table; without a plan it was refused. ``about`` is the form's field."""

    value: str = ""  # of the compared input, as understood
    plan: Plan | None = None
    refusal: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The input that is compared side by side; none when the recipe asks for nothing."""

    one: RecipeInput | None
    is_first_ratio: bool = False

    @classmethod
    def of(cls, definition: RecipeDefinition, key: str) -> Comparison:
        """Compare the named input, else the recipe's R, else the first that can be varied."""
        kinds = {kind: place for place, kind in enumerate(COMPARED_FIRST)}
        ranked = sorted(
            (one for one in definition.inputs if one.kind in kinds), key=lambda i: kinds[i.kind]
        )
        named = [one for one in ranked if one.key == key] or ranked
        first = next(iter(definition.ratios), None)
        return cls(named[0], named[0] is first) if named else cls(None)

    @property
    def key(self) -> str:
        """The input's key, empty without one."""
        return self.one.key if self.one else ""

    @property
    def name(self) -> str:
        """What stands before the values of a ratio or an input."""
        if self.one is None:
            return ""
        return "R" if self.is_first_ratio else self.one.name

    def words(self, value: str) -> str:
        """Return a value as a heading has it, with its unit or as the option's label."""
        if self.one is None:
            return value
        if self.one.kind == "choice":
            return self.one.options.get(value, value)
        return value if self.one.unit == "1" else f"{value} {self.one.unit}"

    def usual(self, value: str) -> list[str]:
        """Return what to compare with when nobody says: the other options, or the source's nearest values."""
        if self.one is None:
            return []
        if self.one.kind == "choice":
            return [key for key in self.one.options if key != value]
        others = [tried for tried in self.one.tested if f"{tried:f}" != value]
        try:
            nearest = sorted(others, key=lambda tried: abs(tried - Decimal(value)))
        except InvalidOperation:
            nearest = others
        return [f"{tried:f}" for tried in others if tried in nearest[: MOST_COLUMNS - 1]]


def solve_columns(
    planner: Planner,
    comparison: Comparison,
    targets: Mapping[str, str],
    lots: Mapping[str, str],
    compared: Iterable[str] | None,
    *,
    correct_for_assay: bool,
    instruments: Mapping[str, str],
) -> list[Column]:
    """Return the plan asked for, then those to compare; by default what the recipe's source tried."""

    def column(targets: Mapping[str, str]) -> Column:
        value = targets.get(comparison.key, "")
        try:
            plan = planner.plan(
                targets, lots, correct_for_assay=correct_for_assay, instruments=instruments
            ).plan
        except Refusal as refusal:
            about = refusal.field
            if about.startswith(LOTS):
                about = LOT + about.removeprefix(LOTS)
            return Column(value, None, refusal.sentence, about)
        return Column(plan.targets.typed.get(comparison.key, ""), plan)

    chosen = column(targets)
    if comparison.one is None:
        return [chosen]
    asked = comparison.usual(chosen.value) if compared is None else compared
    columns = {chosen.value: chosen}
    for text in asked:
        if text.strip() and len(text) <= LONGEST_VALUE and len(columns) < MOST_COLUMNS:
            other = column({**targets, comparison.key: text})
            if other.plan:
                columns.setdefault(other.value, other)
    return list(columns.values())


def fitting_bottles(user: Any, definition: RecipeDefinition) -> list[Material]:
    """Return the bottles and stocks that may go into this recipe, newest first."""
    substances = [
        s.chemical
        for one in definition.ingredients
        for s in (one.substance, *one.options.values())
        if s is not None
    ]
    stocks = [one.stock for one in definition.ingredients if one.stock]
    rows = Material.objects.visible_to(user).fitting(substances, stocks)
    return list(rows.select_related("chemical", "recipe", "aliquot_of")[:MOST_BOTTLES])


def bottle_cautions(column: Column, bottles: Mapping[str, Material], today: date) -> list[str]:
    """Say which chosen bottle is past its date, or holds less than the plan takes."""
    lines = column.plan.reagents if column.plan else ()
    chosen = {
        line.key: bottles[line.reagent.source.code]
        for line in lines
        if line.reagent.source and line.reagent.source.code in bottles
    }
    watch = BottleWatch(chosen.values(), today)
    return [caution.message for caution in watch.cautions(chosen, needed_of(lines))]

"""Solve one recipe for several targets at once: the plan that was asked for, and those beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from labnotebook.records.refusals import Refusal
from synthesis.chemistry.recipe import RecipeDefinition, RecipeInput
from synthesis.models import Material, RecipeVersion
from synthesis.services.plans import RATIO, Planner

MOST_COLUMNS = 4  # as many as a card holds
MOST_BOTTLES = 500


@dataclass(slots=True)
class Column:
    """One plan of the table; without a body it was refused."""

    ratio: str  # as understood, empty when the recipe asks for none
    body: dict[str, Any] | None = None
    refusal: str = ""
    about: str = ""  # the form's field that the refusal is about
    lines: dict[str, dict[str, Any]] = field(default_factory=dict)


def fitting_bottles(user: Any, definition: RecipeDefinition) -> list[Material]:
    """Return the bottles and stocks that may go into this recipe, with what was taken from each."""
    substances = [
        s.chemical
        for one in definition.ingredients
        for s in (one.substance, *one.options.values())
        if s is not None
    ]
    stocks = [one.stock for one in definition.ingredients if one.stock]
    rows: QuerySet[Material] = Material.objects.visible_to(user).filter(
        Q(chemical__slug__in=substances) | Q(recipe__slug__in=stocks)
    )
    taken = Sum("additions__weighed_value", filter=Q(additions__unit=F("amount_unit")))
    return list(rows.select_related("chemical", "recipe").annotate(taken=taken)[:MOST_BOTTLES])


class Solver:
    """Solves for one person and recipe; what it needs from the database is read once."""

    def __init__(self, user: Any, version: RecipeVersion, bottles: Iterable[Material]) -> None:
        self.planner = Planner(user, version, bottles)
        self.definition = self.planner.definition
        self.bottles = self.planner.bottles

    def column(
        self, targets: Mapping[str, str], lots: Mapping[str, str], *, correct_for_assay: bool
    ) -> Column:
        """Return the plan for these targets, or the sentence why there is none."""
        column = Column(targets.get(RATIO, ""))
        try:
            solved = self.planner.plan(targets, lots, correct_for_assay=correct_for_assay)
        except Refusal as refusal:
            column.refusal, column.about = refusal.sentence, refusal.field.replace("lots.", "lot_")
            return column
        column.body = solved.plan.as_dict()
        column.lines = {line["key"]: line for line in column.body["reagents"]}
        column.ratio = column.body["targets"].get(RATIO, "")
        return column

    def columns(
        self,
        targets: Mapping[str, str],
        lots: Mapping[str, str],
        compared: Iterable[str] | None,
        *,
        correct_for_assay: bool,
    ) -> list[Column]:
        """Return the plan asked for, then those to compare; by default what the recipe's source tried."""
        chosen = self.column(targets, lots, correct_for_assay=correct_for_assay)
        one = self.definition.input(RATIO)
        if one is None:
            return [chosen]
        asked = _nearest(one, chosen.ratio) if compared is None else compared
        columns = {chosen.ratio: chosen}
        for text in asked:
            if text.strip() and len(text) <= 20 and len(columns) < MOST_COLUMNS:
                other = self.column(
                    {**targets, RATIO: text}, lots, correct_for_assay=correct_for_assay
                )
                if other.body:
                    columns.setdefault(other.ratio, other)
        return list(columns.values())


def _nearest(one: RecipeInput, ratio: str) -> list[str]:
    """Return the source's own values, those nearest to ``ratio`` when there are too many."""
    others = [value for value in one.tested if f"{value:f}" != ratio]
    try:
        nearest = sorted(others, key=lambda value: abs(value - Decimal(ratio)))
    except InvalidOperation:
        nearest = others
    return [f"{value:f}" for value in others if value in nearest[: MOST_COLUMNS - 1]]


def bottle_cautions(column: Column, bottles: Mapping[str, Material], today: date) -> list[str]:
    """Say which chosen bottle is past its date, or holds less than the plan takes."""
    sentences = []
    for line in column.lines.values():
        bottle = bottles.get(line["lot"] or "")
        if bottle is None:
            continue
        if bottle.expires_date and bottle.expires_date < today:
            sentences.append(
                _("%(code)s was to be used before %(day)s.")
                % {"code": bottle.code, "day": f"{bottle.expires_date:%-d %b %Y}"}
            )
        if bottle.amount_received is None:
            continue
        left = bottle.amount_received - (bottle.taken or 0)
        by_mass = bottle.amount_unit == "mg"
        needed = (line["weigh_mg"] or line["mass_mg"]) if by_mass else line["volume_ml"]
        if needed is not None and Decimal(str(needed)) > left:
            sentences.append(
                _("%(code)s has %(left)s %(unit)s left; this plan takes %(needed)s %(unit)s.")
                % {
                    "code": bottle.code,
                    "left": f"{left.normalize():f}".replace("-", "−"),
                    "needed": f"{needed:g}",
                    "unit": "mg" if by_mass else "mL",
                }
            )
    return sentences

"""What a field of the bench asks: its unit, the plan, and how far off is off."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from synthesis.chemistry.operations import shipped_operations, step_number
from synthesis.chemistry.tolerances import MAJOR_TIMES, of_amount, of_number
from synthesis.chemistry.typed import UnreadableQuantity, names_a_unit, parse_quantity
from synthesis.views.batch_lines import Line
from synthesis.views.step_words import set_point, shown_in


@dataclass(frozen=True, slots=True)
class Asked:
    """One number: it is typed in the unit in which its plan is said, and kept in another.

    ``planned`` and ``allowed`` are in the unit it is kept in; one ``unit`` holds ``per`` of those.
    """

    unit: str
    kept_unit: str
    per: Decimal
    planned: Decimal | None
    allowed: Decimal | None
    plan: str  # as people say it

    @property
    def far(self) -> Decimal | None:
        """From how far off it is asked about before it is recorded."""
        return None if self.allowed is None else self.allowed * MAJOR_TIMES

    def complete(self, typed: str) -> str:
        """Return what was typed with the unit of the field, when it was typed without one.

        >>> Asked("min", "s", Decimal(60), None, None, "").complete("60")
        '60 min'
        """
        text = typed.strip()
        if self.unit in ("", "×", self.kept_unit) or names_a_unit(text) or not _is_number(text):
            return text
        return f"{text} {self.unit}"

    def understood(self, typed: str) -> str:
        """Return what was understood, in the unit of the field, where it was typed in another way."""
        try:
            read = parse_quantity(typed, self.kept_unit or "1")
        except UnreadableQuantity:
            return ""
        if not names_a_unit(typed) or read.typed_unit == self.unit:
            return ""
        return f"{plain(read.value / self.per)} {self.unit}".strip()


def asked_amount(line: Line) -> Asked:
    """Return what the field of a reagent asks."""
    planned = line.addition.planned_value
    allowed = of_amount(planned, line.addition.unit).allowed if planned else None
    return Asked(line.unit, line.unit, Decimal(1), planned, allowed, line.planned.text)


def asked_number(
    operation: str, name: str, planned: Decimal | None, allowed: Decimal | None = None
) -> Asked:
    """Return what the field of a number of a step asks; ``allowed`` is the recipe's own tolerance."""
    number = step_number(name)
    unit, per = shown_in(name, planned)
    if planned is None and number and number.measure.unit == "s":
        shown = shipped_operations().shown_unit(operation, number.name)
        unit, per = shown, {"min": Decimal(60), "h": Decimal(3600)}.get(shown, Decimal(1))
    kept = number.unit if number else ""
    tolerance = of_number(name, planned, allowed)
    plan = "" if planned is None else set_point(name, planned)
    return Asked(unit, kept, per, planned, tolerance.allowed if tolerance else None, plan)


def _is_number(text: str) -> bool:
    try:
        parse_quantity(text, "1", negative=True)
    except UnreadableQuantity:
        return False
    return True


def plain(value: Decimal) -> str:
    """Return a number without the zeros that only arithmetic has."""
    return f"{round(value, 4).normalize():f}"

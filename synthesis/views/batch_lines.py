"""The reagents of one batch: planned, weighed, how far apart, and how much that is in mmol."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from labnotebook.records.presentation.numbers import Quantity, format_quantity
from synthesis.chemistry.typed import names_a_unit
from synthesis.models import NOT_RECORDED, Addition, Batch
from synthesis.views.plan_table import places_of


@dataclass(frozen=True, slots=True)
class Line:
    """One reagent: planned, weighed, and how far apart."""

    addition: Addition
    difference: Decimal | None  # relative to the plan
    amount_mmol: float | None  # of what was weighed, taken at face value
    places: int = 1  # of a mass in mg, as the plan's balance shows it

    @property
    def title(self) -> str:
        """What chemists call it: a salt by its formula, a liquid by its name."""
        salt = self.addition.formula and "source" in self.addition.role
        return self.addition.formula if salt else self.addition.name

    @property
    def unit(self) -> str:
        """The unit as written on paper."""
        return "mL" if self.addition.unit == "ml" else "mg"

    @property
    def planned(self) -> Quantity:
        """The planned amount: masses to the balance's digits, volumes to the syringe's."""
        value = self.addition.planned_value
        if value is None:
            return Quantity("—")
        places = (
            self.places
            if self.addition.unit == "mg"
            else max(0, 2 - (value.adjusted() if value else 0))
        )
        return format_quantity(value, unit=self.unit, places=places)

    @property
    def bare(self) -> bool:
        """Whether the weighed amount was typed without its unit."""
        return not names_a_unit(self.addition.weighed_text)

    @property
    def told(self) -> list[str]:
        """The bottle and the instrument of what was recorded, as far as they were said."""
        bottle, instrument = self.addition.material, self.addition.instrument
        return [*([bottle.code] if bottle else []), *([instrument.name] if instrument else [])]

    @property
    def is_open(self) -> bool:
        """Whether the bench has yet to say something about it."""
        return bool(self.addition.planned_value) and not self.addition.is_recorded

    @property
    def stays_empty(self) -> bool:
        """Whether nobody recorded it by the time the batch was finished."""
        return self.addition.stays_empty

    @property
    def why(self) -> str:
        """Why nothing was weighed, in the words of whoever left it out."""
        return self.addition.skipped_reason.removeprefix(NOT_RECORDED).strip()

    @property
    def percent(self) -> str:
        """The difference in words, empty when nothing was weighed."""
        if self.difference is None:
            return ""
        percent = round(self.difference * 100, 1) + 0  # no minus before a zero
        return f"{percent:+.1f} %".replace("-", "−")


def lines_of(batch: Batch) -> list[Line]:
    """Return the reagents with how far the weighed amount is from the planned one."""
    planned = {line["key"]: line.get("amount_mmol") for line in batch.plan["reagents"]}
    places = places_of(Decimal(batch.plan["balance"]["resolution_mg"]))
    lines = []
    for addition in batch.additions.select_related("material__aliquot_of", "instrument"):
        difference = amount = None
        if addition.weighed_value is not None and addition.planned_value:
            difference = addition.weighed_value / addition.planned_value - 1
            if planned.get(addition.key) is not None:
                amount = planned[addition.key] * (1 + float(difference))
        lines.append(Line(addition, difference, amount, places))
    return lines


@dataclass(frozen=True, slots=True)
class Unweighed:
    """The reagents that share one reason for having no weighed amount."""

    stays_empty: bool
    why: str
    names: list[str]


def unweighed_of(lines: list[Line]) -> list[Unweighed]:
    """Return each reason once, with the reagents it was given for, in their order."""
    found: dict[tuple[bool, str], Unweighed] = {}
    for line in lines:
        if line.why:
            key = (line.stays_empty, line.why)
            names = found.setdefault(key, Unweighed(*key, [])).names
            if line.title not in names:  # toluene goes in twice
                names.append(line.title)
    return list(found.values())

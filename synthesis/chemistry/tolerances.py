"""How far from the plan is still as planned, what is off, and what is far off.

Tolerances are ours, not a paper's: 2 % for a mass, 5 % for a volume (a syringe); those of a step's
numbers stand with the number in ``synthesis/operations.toml``. A recipe may say its own at a step.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from .operations import step_number

MAJOR_TIMES = 5  # that many tolerances off are a major deviation, and are asked about
AMOUNT_TOLERANCE = {"mg": Decimal("0.02"), "ml": Decimal("0.05")}
_NEAR_A_POWER = Decimal("0.022")  # of log10: within 5 % of 10, 100, 1/10 ...

Severity = Literal["", "minor", "major"]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What was planned, and how far off is still as planned; both in one unit."""

    planned: Decimal
    allowed: Decimal

    def severity(self, actual: Decimal) -> Severity:
        """Return how much a value is off: not at all, a little (minor), or far (major)."""
        off = abs(actual - self.planned)
        if off <= self.allowed:
            return ""
        return "minor" if off <= MAJOR_TIMES * self.allowed else "major"

    def slip(self, actual: Decimal) -> str:
        """Return the words for a slipped decimal point: ``10 times``, ``1/100 of``; else nothing."""
        if not (self.planned > 0 and actual > 0):
            return ""
        factor = actual / self.planned
        exponent = factor.log10()
        nearest = exponent.to_integral_value()
        if not nearest or abs(exponent - nearest) >= _NEAR_A_POWER:
            return ""
        return f"{factor:.0f} times" if factor > 1 else f"1/{1 / factor:.0f} of"

    @property
    def as_planned_uncertainty(self) -> Decimal:
        """Standard uncertainty of "as planned", said without a reading: anywhere within the tolerance."""
        return self.allowed / Decimal(3).sqrt()


def of_amount(planned: Decimal, unit: str) -> Tolerance:
    """Return the tolerance of a planned amount in ``mg`` or ``ml``."""
    return Tolerance(planned, planned * AMOUNT_TOLERANCE[unit])


def of_number(name: str, planned: Decimal | None, said: Decimal | None = None) -> Tolerance | None:
    """Return the tolerance of a step's number: the recipe's when it says one, else that of its kind.

    None where nothing is planned, or any value is as good.
    """
    number = step_number(name)
    if planned is None or number is None:
        return None
    allowed = number.measure.allowed(planned) if said is None else said
    return None if allowed is None else Tolerance(planned, allowed)

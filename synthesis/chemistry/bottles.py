"""What is left in a bottle: amounts in mg and mL added up, with the density between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .amounts import mass_mg_from_volume_ml, volume_ml_from_mass_mg

SHOWN_UNIT = {"mg": "mg", "ml": "mL"}
MINUS = "\N{MINUS SIGN}"
# unit -> (from how much on, word, how many of the unit), the largest first
_STEPS = {
    "mg": ((Decimal(1_000_000), "kg", 6), (Decimal(1000), "g", 3)),
    "ml": ((Decimal(1000), "L", 3),),
}


@dataclass(frozen=True, slots=True)
class Moved:
    """The sum of all movements in one unit (``mg`` or ``ml``), with its variance in that unit squared."""

    unit: str
    amount: Decimal
    variance: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Left:
    """What is left, in the bottle's own unit, with a standard uncertainty.

    ``value`` is None when it cannot be said; ``note`` then says what is missing.
    """

    value: Decimal | None
    unit: str
    uncertainty: Decimal | None
    note: str = ""

    @property
    def text(self) -> str:
        """The amount as people read it."""
        return "" if self.value is None else readable(self.value, self.unit)

    @property
    def spread(self) -> str:
        """The uncertainty as people read it."""
        return "" if self.uncertainty is None else readable(self.uncertainty, self.unit, digits=2)


def what_is_left(
    code: str, unit: str, moved: Sequence[Moved], density_g_ml: Decimal | None
) -> Left:
    """Add up what came and went, in the bottle's own unit.

    The uncertainty is that of the weighings and of what was said with the other movements; a label
    that says no tolerance adds none.

    >>> what_is_left("L-0001", "mg", [Moved("mg", Decimal(1000)), Moved("ml", Decimal("-0.5"))], Decimal("1.2")).value
    Decimal('400.0')
    """
    total, variance = Decimal(0), Decimal(0)
    for one in moved:
        if one.unit == unit:
            total, variance = total + one.amount, variance + one.variance
            continue
        if density_g_ml is None:
            return Left(
                None,
                unit,
                None,
                f"{code} is counted in {SHOWN_UNIT[unit]} and was drawn in {SHOWN_UNIT[one.unit]}:"
                " without a density nobody can say what is left. Give the density of this lot.",
            )
        total += converted(one.amount, one.unit, density_g_ml)
        variance += one.variance * converted(Decimal(1), one.unit, density_g_ml) ** 2
    return Left(total, unit, variance.sqrt())


def converted(amount: Decimal, unit: str, density_g_ml: Decimal) -> Decimal:
    """Return an amount in mg as mL, or one in mL as mg."""
    if unit == "mg":
        return volume_ml_from_mass_mg(amount, density_g_ml)
    return mass_mg_from_volume_ml(amount, density_g_ml)


def readable(value: Decimal, unit: str, digits: int = 4) -> str:
    """Return an amount as people say it: 22.9 g for 22919.9 mg, 826.1 mg, 29 mL.

    >>> readable(Decimal("22919.9"), "mg"), readable(Decimal("-15.1"), "mg")
    ('22.9 g', '−15.1 mg')
    """
    size, word = abs(value), SHOWN_UNIT[unit]
    for least, larger, power in _STEPS[unit]:
        if size >= least:
            size, word, digits = size.scaleb(-power), larger, min(digits, 3)
            break
    place = max(size.adjusted() - digits + 1, -4)
    rounded = size.quantize(Decimal(1).scaleb(place)).normalize()
    return f"{MINUS if value < 0 and rounded else ''}{rounded:f} {word}"

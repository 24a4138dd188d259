"""Ratios of ions in a flask with their uncertainty, from the amounts of its reagents.

Each reagent's amount has its own relative uncertainty; reagents are independent. For
q = A/B with A = Σ a_i and B = Σ b_i, u(q)/q = sqrt(Σ ((a_i/A - b_i/B) δ_i)²).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

ZERO = Decimal(0)
ORGANIC = frozenset({"C", "H", "O", "N"})  # in every solvent: no ion balance is made of them

ION_RATIOS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "ratio_ca_pb": (("Ca",), ("Pb",)),
    "ratio_cs_pb": (("Cs",), ("Pb",)),
    "ratio_i_pb": (("I",), ("Pb",)),
    "ratio_i_cs": (("I",), ("Cs",)),
    "ratio_cs_b": (("Cs",), ("Pb", "Ca")),
    "lead_fraction_feed": (("Pb",), ("Pb", "Ca")),
    "ratio_oa_pb": (("oa",), ("Pb",)),
    "ratio_ola_pb": (("ola",), ("Pb",)),
    "ratio_oa_ola": (("oa",), ("ola",)),
    "ratio_oa_cs": (("oa",), ("Cs",)),
    "ratio_oh_zn": (("oh",), ("Zn",)),
}


@dataclass(frozen=True, slots=True)
class Known:
    """A value with its standard uncertainty, and bounds when a label gives only a range."""

    value: Decimal
    uncertainty: Decimal
    low: Decimal | None = None
    high: Decimal | None = None
    note: str = ""

    def as_dict(self) -> dict[str, float | str]:
        """Return floats, ready for JSON."""
        plain: dict[str, float | str] = {
            "value": float(self.value),
            "uncertainty": float(self.uncertainty),
        }
        if self.low is not None and self.high is not None:
            plain |= {"low": float(self.low), "high": float(self.high)}
        if self.note:
            plain["note"] = self.note
        return plain


@dataclass(frozen=True, slots=True)
class Contribution:
    """One reagent in the flask: moles of each species in mmol, relative uncertainty of all of them.

    A species is an element symbol, or ``oa``, ``ola``, ``oh``. ``spread`` is the relative half
    width of a purity that the label gives as a range (uniform).
    """

    key: str
    species: Mapping[str, Decimal]
    relative_uncertainty: Decimal = ZERO
    spread: Decimal = ZERO
    note: str = field(default="")


def total(species: Iterable[str], contributions: Sequence[Contribution]) -> Decimal:
    """Sum some species over the flask, mmol."""
    names = tuple(species)
    return sum((c.species.get(name, ZERO) for c in contributions for name in names), ZERO)


def quotient(
    above: Sequence[str], below: Sequence[str], contributions: Sequence[Contribution]
) -> Known | None:
    """Return one ratio, None when the denominator is not in the flask."""
    top, bottom = total(above, contributions), total(below, contributions)
    if not bottom:
        return None
    value = top / bottom
    variance, spread, notes = ZERO, ZERO, []
    for one in contributions:
        share = total(below, [one]) / bottom
        lever = (total(above, [one]) / top - share) if top else ZERO
        relative_variance = one.relative_uncertainty**2 + one.spread**2 / 3
        variance += (lever * value) ** 2 * relative_variance
        spread += abs(lever) * one.spread
        if one.note and lever:
            notes.append(one.note)
    low, high = (value * (1 - spread), value * (1 + spread)) if spread else (None, None)
    return Known(value, variance.sqrt(), low, high, " ".join(dict.fromkeys(notes)))


def all_ratios(contributions: Sequence[Contribution]) -> dict[str, Known]:
    """Return every ratio of ION_RATIOS that this flask has both sides of.

    A species that no reagent of the recipe brings is left out; one that is planned at zero
    (calcium at R = 0) is kept at 0.
    """
    present = {name for one in contributions for name in one.species}
    ratios: dict[str, Known] = {}
    for name, (above, below) in ION_RATIOS.items():
        if not present.issuperset(above) or not present.issuperset(below):
            continue
        ratio = quotient(above, below, contributions)
        if ratio is not None:
            ratios[name] = ratio
    return ratios

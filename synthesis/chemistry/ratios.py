"""Ratios of species in a flask with their uncertainty, and which ratios a flask is described by.

Uncertainty comes from causes (a weighing, a drawn volume, an assay) that are independent of each
other; one cause moves all species of its reagent together. With q = A/B and the slopes
dq/dn = (1 if in A, minus q if in B) / B of each species n, u²(q) = Σ_causes (Σ_n dq/dn · u_n)².
A species may stand above and below, as in Mn/(Pb+Mn).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from itertools import combinations

from .charges import is_metal
from .element_names import species_key

ONE, ZERO = Decimal(1), Decimal(0)
SQUARE_ROOTS = Context(prec=15)  # an uncertainty needs no more digits than a float has
ROOT_OF_THREE = Decimal(3).sqrt()  # half width of an interval over its standard deviation
ROUNDING = Decimal("1e-20")  # what arithmetic with 28 digits leaves where terms cancel
HALIDES = ("F", "Cl", "Br", "I")
# cations that sit on the A site of a perovskite, or between its layers
A_SITE = frozenset({"Li", "Na", "K", "Rb", "Cs", "NH4", "MA", "FA", "GA", "DMA", "EA", "BA", "PEA"})


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of sums of species, under its key. ``asked`` when the recipe has an input for it."""

    key: str
    above: tuple[str, ...]
    below: tuple[str, ...]
    asked: bool = False
    is_first: bool = False  # the recipe's R

    @property
    def label(self) -> str:
        """The species as written: ``Mn/Pb``, ``Mn/(Pb+Mn)``."""
        return ratio_name(self.above, self.below)

    @property
    def symbol(self) -> str:
        """How sentences call it: R for the recipe's first ratio, else its species."""
        return "R" if self.is_first else self.label

    @property
    def species(self) -> frozenset[str]:
        """All species that bear on it."""
        return frozenset((*self.above, *self.below))

    def as_dict(self) -> dict[str, object]:
        """Return a plain dict."""
        return {
            "key": self.key,
            "label": self.label,
            "numerator": list(self.above),
            "denominator": list(self.below),
            "asked": self.asked,
        }


def ratio_name(numerator: str | Sequence[str], denominator: str | Sequence[str]) -> str:
    """Return a ratio as chemists write it.

    >>> ratio_name("Mn", ("Pb", "Mn"))
    'Mn/(Pb+Mn)'
    """
    return f"{_side(numerator)}/{_side(denominator)}"


def _side(species: str | Sequence[str]) -> str:
    names = species.split("+") if isinstance(species, str) else list(species)
    joined = "+".join(name.strip() for name in names)
    return f"({joined})" if len(names) > 1 else joined


@dataclass(frozen=True, slots=True)
class Part:
    """How much of a variance comes from one cause, 0 to 1."""

    cause: str
    share: Decimal
    relative_percent: Decimal
    assumed: bool = False

    def as_dict(self) -> dict[str, str | float | bool]:
        """Return a plain dict with floats."""
        return {
            "from": self.cause,
            "share": float(self.share),
            "relative_percent": float(self.relative_percent),
            "assumed": self.assumed,
        }


@dataclass(frozen=True, slots=True)
class Known:
    """A value with its standard uncertainty, and bounds when a label gives only a range."""

    value: Decimal
    uncertainty: Decimal
    low: Decimal | None = None
    high: Decimal | None = None
    note: str = ""
    variances: tuple[tuple["Cause", Decimal], ...] = ()

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

    def budget(self) -> tuple[Part, ...]:
        """Return what the uncertainty comes from, the largest part first."""
        whole = self.uncertainty**2
        if not whole:
            return ()
        parts = [
            Part(
                cause.words,
                variance / whole,
                variance.sqrt() / abs(self.value) * 100 if self.value else ZERO,
                cause.assumed,
            )
            for cause, variance in self.variances
        ]
        return tuple(sorted(parts, key=lambda part: -part.share))


@dataclass(frozen=True, slots=True)
class Cause:
    """One independent reason why amounts are uncertain: standard uncertainties in mmol by species."""

    name: str  # what makes it one cause: "assay L-0001"
    words: str  # how a sentence names it: "the assay of calcium iodide (L-0001)"
    effects: Mapping[str, Decimal]
    assumed: bool = False  # rests on an assumption of ours

    def times(self, factor: Decimal) -> "Cause":
        """Return the cause with its effects scaled."""
        effects = {name: effect * factor for name, effect in self.effects.items()}
        return Cause(self.name, self.words, effects, self.assumed)


@dataclass(frozen=True, slots=True)
class Contribution:
    """One reagent in the flask: mmol of each species, and what leaves them uncertain.

    ``spread`` is the relative half width of a purity that the label gives as an interval; its
    standard deviation is among the causes, the interval itself becomes the bounds.
    """

    key: str
    species: Mapping[str, Decimal]
    causes: tuple[Cause, ...] = ()
    spread: Decimal = ZERO
    note: str = ""


def total(species: Iterable[str], contributions: Sequence[Contribution]) -> Decimal:
    """Sum some species over the flask, mmol."""
    names = tuple(species)
    return sum((c.species.get(name, ZERO) for c in contributions for name in names), ZERO)


class Mixture:
    """All contributions added up: mmol of each species, and what leaves each uncertain.

    >>> lead = Contribution("pbi2", {"Pb": Decimal(2), "I": Decimal(4)})
    >>> Mixture([lead]).mmol("I", "Pb")
    Decimal('6')
    """

    def __init__(self, contributions: Sequence[Contribution]) -> None:
        self.totals: dict[str, Decimal] = {}
        self._effects: dict[str, list[tuple[Cause, Decimal]]] = {}
        self._marked = [one for one in contributions if one.spread or one.note]
        for one in contributions:
            for name, mmol in one.species.items():
                self.totals[name] = self.totals.get(name, ZERO) + mmol
            for cause in one.causes:
                for name, effect in cause.effects.items():
                    if effect:
                        self._effects.setdefault(name, []).append((cause, effect))

    def mmol(self, *species: str) -> Decimal:
        """Return the sum of some species, mmol."""
        if len(species) == 1:
            return self.totals.get(species[0], ZERO)
        return sum((self.totals[name] for name in species if name in self.totals), ZERO)

    def amount(self, species: str) -> Known:
        """Return how much of a species is in the flask, mmol."""
        variances = self.variances({species: ONE})
        return Known(self.mmol(species), _root(variances), variances=variances)

    def quotient(self, ratio: Ratio) -> Known | None:
        """Return one ratio, None when the denominator is not in the flask."""
        top, bottom = self.mmol(*ratio.above), self.mmol(*ratio.below)
        if not bottom:
            return None
        value = top / bottom
        slopes = dict.fromkeys(ratio.above, ONE / bottom)
        for name in ratio.below:
            slopes[name] = slopes.get(name, ZERO) - value / bottom
        variances, notes, moved = self.variances(slopes), [], []
        for one in self._marked:
            if slopes.keys().isdisjoint(one.species):
                continue
            lever = sum((slopes[n] * x for n, x in one.species.items() if n in slopes), ZERO)
            if one.note and lever:
                notes.append(one.note)
            if one.spread and lever:
                moved.append((one, one.spread if lever > 0 else -one.spread))
        low = high = None
        if moved:
            low, high = (_moved(ratio, top, bottom, moved, sign) for sign in (-ONE, ONE))
        note = " ".join(dict.fromkeys(notes))
        return Known(value, _root(variances), low, high, note, variances)

    def variances(self, slopes: Mapping[str, Decimal]) -> tuple[tuple[Cause, Decimal], ...]:
        """Return the variance that each cause leaves; one cause in two reagents moves both at once."""
        effects: dict[str, tuple[Cause, Decimal]] = {}
        for name, slope in slopes.items():
            for cause, mmol in self._effects.get(name, ()):
                before = effects.get(cause.name)
                effect = slope * mmol
                effects[cause.name] = (cause, effect + before[1] if before else effect)
        return tuple(
            (cause, effect * effect) for cause, effect in effects.values() if abs(effect) > ROUNDING
        )


def _root(variances: Iterable[tuple[Cause, Decimal]]) -> Decimal:
    whole = ZERO
    for _cause, variance in variances:
        whole += variance
    return SQUARE_ROOTS.sqrt(whole)


def _moved(
    ratio: Ratio,
    top: Decimal,
    bottom: Decimal,
    moved: Sequence[tuple[Contribution, Decimal]],
    sign: Decimal,
) -> Decimal:
    """Return the ratio with every interval at its lower (sign -1) or upper end."""
    for one, spread in moved:
        top += total(ratio.above, [one]) * sign * spread
        bottom += total(ratio.below, [one]) * sign * spread
    return top / bottom


def known_ratios(ratios: Iterable[Ratio], mixture: Mixture) -> dict[str, Known]:
    """Return the ratios that this flask has both sides of.

    A species that no reagent of the recipe brings is left out; one that is planned at zero
    (manganese at Mn/Pb = 0) is kept at 0.
    """
    found: dict[str, Known] = {}
    for ratio in ratios:
        if all(name in mixture.totals for name in (*ratio.above, *ratio.below)):
            known = mixture.quotient(ratio)
            if known is not None:
                found[ratio.key] = known
    return found


def usual_ratios(
    present: Sequence[str], reference: str | None, ligands: frozenset[str]
) -> list[Ratio]:
    """Return the ratios that chemists look at, from the species of a flask in the recipe's order.

    Every species over the reference; halides over the A site; with several metals on the B site
    each A-site cation over all of them, and the reference's share; ligands over each other.
    """
    if reference is None:
        return []
    found = [_ratio(name, reference) for name in present if name != reference]
    a_site = [name for name in present if name in A_SITE and name != reference]
    found += [_ratio(x, a) for a in a_site for x in HALIDES if x in present]
    others = [n for n in present if is_metal(n) and n not in A_SITE and n != reference]
    if others and reference not in A_SITE:
        b_site = (reference, *others)
        found += [Ratio(f"ratio_{a.lower()}_b", (a,), b_site) for a in a_site]
        found.append(Ratio(f"{species_key(reference)}_fraction_feed", (reference,), b_site))
    return found + [_ratio(one, other) for one, other in combinations(sorted(ligands), 2)]


def _ratio(above: str, below: str) -> Ratio:
    return Ratio(f"ratio_{above.lower()}_{below.lower()}", (above,), (below,))

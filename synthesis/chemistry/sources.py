"""What a bottle really is, what the balance can do, and how a plan is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, Self

from .formulas import UnreadableFormula, read_formula
from .recipe_parts import PURITY_KINDS

# "99.999 % trace metals basis" counts metal traces only: water and oxide are not in it
KINDS_THAT_COUNT = ("mass_fraction", "titration")
LARGEST_TITRATION = Decimal("1.05")  # a titration scatters about 1
# Up to here a number was more likely typed as a fraction: 0.99 in a field for per cent.
LOOKS_LIKE_A_FRACTION = Decimal("0.0105")
ORIGINS = ("planned", "weighed", "titrated")
ONE, ZERO = Decimal(1), Decimal(0)


class PlanRefused(ValueError):
    """No plan can be made; the message says why and what to change, ``field`` which value it is about.

    ``field`` is an input's key, ``lots.<ingredient>``, ``ingredients.<ingredient>``, or empty.
    """

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class ImpossibleTarget(PlanRefused):
    """A target that is missing, unknown, not a number, or outside what can be made."""


class UnsolvablePlan(PlanRefused):
    """The ingredients cannot reach the targets."""


class UnfitSource(UnsolvablePlan):
    """A bottle that is not what the recipe asks for, or whose label contradicts itself."""


@dataclass(frozen=True, slots=True)
class Assay:
    """A purity as a mass fraction: a value, or an interval when ``high`` is given."""

    low: Decimal | None = None
    high: Decimal | None = None
    kind: str = "unknown"
    uncertainty: Decimal | None = None
    assumed: bool = False

    @property
    def value(self) -> Decimal | None:
        """The assay as labelled, the middle of an interval; None when the label gives none."""
        if self.low is None:
            return None
        return self.low if self.high is None else (self.low + self.high) / 2

    @property
    def counts(self) -> bool:
        """Whether it says how much of the mass is the named compound."""
        return self.low is not None and self.kind in KINDS_THAT_COUNT

    @property
    def counted(self) -> Decimal:
        """The mass fraction that counts: 1 unless the label gives a mass fraction or titration."""
        value = self.value
        return value if value is not None and self.counts else ONE

    @property
    def relative_uncertainty(self) -> Decimal:
        """Relative standard uncertainty of the counted assay; 0 when none counts."""
        if self.uncertainty is None or not self.counts:
            return ZERO
        return self.uncertainty / self.counted

    @property
    def spread(self) -> Decimal:
        """Relative half width of an interval; 0 for a value."""
        if self.low is None or self.high is None or not self.counts:
            return ZERO
        return (self.high - self.low) / (self.high + self.low)

    def refused(self) -> str:
        """Say what is wrong with it, nothing when it can be."""
        largest = LARGEST_TITRATION if self.kind == "titration" else ONE
        for value in (self.low, self.high):
            if value is None:
                continue
            if not (value.is_finite() and 0 < value <= largest):
                return (
                    f"the assay is {value}, but a mass fraction lies between 0 and 1 (a titration may read "
                    "up to 1.05). Write 99 % as 0.99."
                )
            if value <= LOOKS_LIKE_A_FRACTION and self.kind in KINDS_THAT_COUNT:
                percent = value * 100
                return (
                    f"the assay reads {percent.normalize():f} %. Is it {percent.normalize():f} % or "
                    f"{(percent * 100).normalize():f} %? Write 99 % as 99 in per cent, as 0.99 in a fraction; what really "
                    "holds about 1 % of the compound is entered as a stock with its concentration."
                )
        if self.low is not None and self.high is not None and self.low > self.high:
            return (
                f"the assay runs from {self.low} down to {self.high}. Give the lower value first."
            )
        return ""


@dataclass(frozen=True, slots=True)
class Source:
    """The bottle or prepared stock that an ingredient is taken from.

    ``assay``, ``assay_high`` (the upper end of a range) and ``assay_uncertainty`` are mass fractions
    (0.99, not 99). ``formula`` as on the label, hydrate included; empty means the recipe's own.
    ``concentration_mol_l`` is a titre; it speaks of ``concentration_species``, or when that is empty
    of the stock's salt as formula unit (of its species when it holds one only). ``composition`` is
    what a batch made: species -> (mol/L, standard uncertainty), with its ``origin`` (planned,
    weighed, titrated). ``chemical_slug`` or ``recipe_slug`` say which chemical or which recipe's
    product it is.
    """

    code: str
    formula: str = ""
    assay: Decimal | None = None
    assay_kind: str = "unknown"
    assay_uncertainty: Decimal | None = None
    concentration_mol_l: Decimal | None = None
    concentration_uncertainty_mol_l: Decimal | None = None
    density_g_ml: Decimal | None = None
    assay_high: Decimal | None = None
    concentration_species: str = ""
    composition: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    origin: str = ""
    recipe_slug: str = ""
    chemical_slug: str = ""

    def __post_init__(self) -> None:
        where = f"Lot {self.code or 'without code'}"
        if self.assay_kind not in PURITY_KINDS:
            raise UnfitSource(
                f"{where}: the kind of assay is “{self.assay_kind}”; use one of {', '.join(PURITY_KINDS)}."
            )
        if self.origin and self.origin not in ORIGINS:
            raise UnfitSource(
                f"{where}: its composition is “{self.origin}”; use one of {', '.join(ORIGINS)}."
            )
        wrong = self.purity.refused()
        if wrong:
            raise UnfitSource(f"{where}: {wrong}")
        self._check_numbers(where)
        if self.formula:
            try:
                read_formula(self.formula)
            except UnreadableFormula as refusal:
                raise UnfitSource(f"{where}: {refusal}") from refusal

    def _check_numbers(self, where: str) -> None:
        for name in ("concentration_mol_l", "density_g_ml"):
            value = getattr(self, name)
            if value is not None and not (value.is_finite() and value > 0):
                raise UnfitSource(f"{where}: {name} is {value}. Correct it or leave it empty.")
        for name in ("assay_uncertainty", "concentration_uncertainty_mol_l"):
            value = getattr(self, name)
            if value is not None and not (value.is_finite() and value >= 0):
                raise UnfitSource(f"{where}: {name} is {value}. Correct it or leave it empty.")
        for species, numbers in self.composition.items():
            if not all(number.is_finite() and number >= 0 for number in numbers):
                raise UnfitSource(
                    f"{where}: {species} {numbers[0]} ± {numbers[1]} mol/L cannot be. Correct it or leave it out."
                )

    @property
    def purity(self) -> Assay:
        """Its assay as one value."""
        return Assay(self.assay, self.assay_high, self.assay_kind, self.assay_uncertainty)

    def as_dict(self) -> dict[str, Any]:
        """Return a plain dict with decimals as texts; what is not known is left out."""
        plain: dict[str, Any] = {
            name: f"{value:f}" if isinstance(value, Decimal) else value
            for name in self.__slots__
            if name != "composition" and (value := getattr(self, name)) not in (None, "")
        }
        if self.composition:
            plain["composition"] = {
                name: [f"{number:f}" for number in numbers]
                for name, numbers in self.composition.items()
            }
        return plain


@dataclass(frozen=True, slots=True)
class Balance:
    """What weighing and measuring leave uncertain, as standard uncertainties.

    ``uncertainty_mg`` and ``volume_uncertainty_ml`` are the same for every amount, those in per cent
    are of what is measured; both together count in quadrature. ``code`` and ``pipette`` name the
    instruments; empty, these are what the notebook assumes when nobody entered any.
    """

    resolution_mg: Decimal = Decimal("0.1")
    uncertainty_mg: Decimal = Decimal("0.1")
    volume_uncertainty_percent: Decimal = Decimal(1)
    uncertainty_percent: Decimal = ZERO
    volume_uncertainty_ml: Decimal = ZERO
    code: str = ""
    pipette: str = ""

    def __post_init__(self) -> None:
        for name in NUMBERS_OF_A_BALANCE:
            value = getattr(self, name)
            if not value.is_finite() or value < 0 or (name == "resolution_mg" and value == 0):
                raise PlanRefused(
                    f"The balance's {name} is {value}. It should be a number above 0."
                )

    def mass_uncertainty(self, mass_mg: Decimal) -> Decimal:
        """Return the uncertainty of one weighing, mg."""
        return both_parts(self.uncertainty_mg, self.uncertainty_percent, mass_mg)

    def volume_uncertainty(self, volume_ml: Decimal) -> Decimal:
        """Return the uncertainty of one measured volume, mL."""
        return both_parts(self.volume_uncertainty_ml, self.volume_uncertainty_percent, volume_ml)

    def relative_volume(self, volume_ml: Decimal) -> Decimal:
        """Return the relative uncertainty of one measured volume."""
        return self.volume_uncertainty(volume_ml) / volume_ml if volume_ml else ZERO

    def rounded_mg(self, mass_mg: Decimal) -> Decimal:
        """Round a mass to what the balance shows."""
        steps = (mass_mg / self.resolution_mg).to_integral_value()
        return steps * self.resolution_mg

    def as_dict(self) -> dict[str, str]:
        """Return a plain dict with decimals as texts; what is not said is left out."""
        plain = {name: f"{getattr(self, name):f}" for name in NUMBERS_OF_A_BALANCE}
        for name in ("uncertainty_percent", "volume_uncertainty_ml"):
            if not getattr(self, name):
                del plain[name]
        return plain | {name: said for name in ("code", "pipette") if (said := getattr(self, name))}

    @classmethod
    def from_dict(cls, data: Mapping[str, str]) -> Self:
        """Read what `as_dict` gave."""
        numbers = {name: Decimal(data[name]) for name in NUMBERS_OF_A_BALANCE if name in data}
        return cls(**numbers, code=data.get("code", ""), pipette=data.get("pipette", ""))


NUMBERS_OF_A_BALANCE = tuple(
    one.name for one in fields(Balance) if one.name not in ("code", "pipette")
)


def both_parts(same: Decimal, percent: Decimal, measured: Decimal) -> Decimal:
    """Return the uncertainty of what is measured: the same for every amount, and per cent of it."""
    own = abs(measured) * percent / 100
    return (same**2 + own**2).sqrt() if same and own else same + own

"""What a bottle really is, what the balance can do, and how a plan is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .documents import InvalidDocument
from .formulas import UnreadableFormula, read_formula
from .plain import PlainReader, as_plain
from .recipe_parts import PURITY_KINDS

# "99.999 % trace metals basis" counts metal traces only: water and oxide are not in it
KINDS_THAT_COUNT = ("mass_fraction", "titration")
LARGEST_ASSAY = Decimal("1.05")  # a titration may scatter a little above 1


class PlanRefused(ValueError):
    """No plan can be made; the message says why and what to change.

    ``field`` is the input (``ratio_mn_pb``) or part (``lots.cai2``, ``ingredients.cai2``) it is about.
    """

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class ImpossibleTarget(PlanRefused):
    """A target that is missing, unknown, not a number, or outside what can be made."""


class UnsolvablePlan(PlanRefused):
    """The ingredients cannot reach the targets."""


class UnfitSource(UnsolvablePlan):
    """A bottle that is not what the recipe asks for, or whose label contradicts itself."""


@dataclass(frozen=True, slots=True)
class Source:
    """The bottle or prepared stock that an ingredient is taken from.

    ``assay`` and ``assay_uncertainty`` are mass fractions (0.99, not 99). ``formula`` as on the
    label, hydrate included; empty means the recipe's own.
    """

    code: str
    formula: str = ""
    assay: Decimal | None = None
    assay_kind: str = "unknown"
    assay_uncertainty: Decimal | None = None
    concentration_mol_l: Decimal | None = None
    concentration_uncertainty_mol_l: Decimal | None = None
    density_g_ml: Decimal | None = None

    def __post_init__(self) -> None:
        where = f"Lot {self.code or 'without code'}"
        if self.assay_kind not in PURITY_KINDS:
            raise UnfitSource(
                f"{where}: the kind of assay is “{self.assay_kind}”; use one of {', '.join(PURITY_KINDS)}."
            )
        if self.assay is not None and not (
            self.assay.is_finite() and 0 < self.assay <= LARGEST_ASSAY
        ):
            raise UnfitSource(
                f"{where}: the assay is {self.assay}, but a mass fraction lies between 0 and 1. Write 99 % as 0.99."
            )
        for name in (
            "assay_uncertainty",
            "concentration_mol_l",
            "concentration_uncertainty_mol_l",
            "density_g_ml",
        ):
            value = getattr(self, name)
            lowest_allowed = value is None or (value.is_finite() and value >= 0)
            if not lowest_allowed or (
                value == 0 and not name.endswith(("uncertainty", "uncertainty_mol_l"))
            ):
                raise UnfitSource(f"{where}: {name} is {value}. Correct it or leave it empty.")
        if self.formula:
            try:
                read_formula(self.formula)
            except UnreadableFormula as refusal:
                raise UnfitSource(f"{where}: {refusal}") from refusal

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Source":
        """Read the shape that as_dict gives; numbers may be texts."""
        try:
            reader = PlainReader(data, "A lot")
            source = cls(
                code=reader.text("code", required=True),
                formula=reader.text("formula"),
                assay=reader.decimal("assay"),
                assay_kind=reader.text("assay_kind") or "unknown",
                assay_uncertainty=reader.decimal("assay_uncertainty"),
                concentration_mol_l=reader.decimal("concentration_mol_l"),
                concentration_uncertainty_mol_l=reader.decimal("concentration_uncertainty_mol_l"),
                density_g_ml=reader.decimal("density_g_ml"),
            )
            reader.finish()
        except InvalidDocument as refusal:
            raise UnfitSource(str(refusal)) from refusal
        return source

    def as_dict(self) -> dict[str, Any]:
        """Return a plain dict with decimals as texts."""
        plain: dict[str, Any] = as_plain(self)
        return plain


@dataclass(frozen=True, slots=True)
class Balance:
    """What weighing and measuring leave uncertain. ``uncertainty_mg`` is a standard uncertainty."""

    resolution_mg: Decimal = Decimal("0.1")
    uncertainty_mg: Decimal = Decimal("0.1")
    volume_uncertainty_percent: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        for name in ("resolution_mg", "uncertainty_mg", "volume_uncertainty_percent"):
            value = getattr(self, name)
            if not value.is_finite() or value < 0 or (name == "resolution_mg" and value == 0):
                raise PlanRefused(
                    f"The balance's {name} is {value}. It should be a number above 0."
                )

    @property
    def relative_volume(self) -> Decimal:
        """Relative uncertainty of a measured volume."""
        return self.volume_uncertainty_percent / 100

    def rounded_mg(self, mass_mg: Decimal) -> Decimal:
        """Round a mass to what the balance shows."""
        steps = (mass_mg / self.resolution_mg).to_integral_value()
        return steps * self.resolution_mg

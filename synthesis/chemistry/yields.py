"""The most product that the species in a flask allow."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .amounts import in_digits
from .caution import Caution
from .contents import species_in
from .element_names import named
from .formulas import read_formula
from .ratios import Mixture


@dataclass(frozen=True, slots=True)
class TheoreticalYield:
    """The most product that the limiting species allows."""

    product: str
    limiting_element: str  # a species: an element or a named group
    amount_mmol: Decimal
    mass_mg: Decimal
    used_fraction: Mapping[str, Decimal]

    def as_dict(self) -> dict[str, Any]:
        """Return a plain dict with floats."""
        return {
            "product": self.product,
            "limiting_element": self.limiting_element,
            "limiting": named(self.limiting_element),
            "amount_mmol": float(self.amount_mmol),
            "mass_mg": float(self.mass_mg),
            "used_fraction": {key: float(value) for key, value in self.used_fraction.items()},
        }


def theoretical_yield(product_formula: str, mixture: Mixture) -> TheoreticalYield | None:
    """Return the most product; None when the recipe names none, or a species of it is not counted."""
    if not product_formula:
        return None
    product = read_formula(product_formula)
    available = {
        name: mixture.mmol(name) / count for name, count in species_in(product_formula).items()
    }
    if not available or not all(available.values()):
        return None
    limiting = min(available, key=lambda name: (available[name], name))
    amount = available[limiting]
    used = {name: amount / one for name, one in available.items()}
    return TheoreticalYield(product.text, limiting, amount, amount * product.molar_mass, used)


def about_yield(found: TheoreticalYield) -> Caution:
    """Say which species limits the yield and what stays unused."""
    wasted = {name: 1 - used for name, used in found.used_fraction.items() if used < 1}
    rest = ", ".join(
        f"at least {in_digits(share * 100, 2)} % of the {name}" for name, share in wasted.items()
    )
    return Caution(
        "limiting_reagent",
        f"{named(found.limiting_element)} limits the yield: at most {in_digits(found.amount_mmol, 4)} mmol or {in_digits(found.mass_mg, 4)} mg {found.product}"
        + (f"; {rest} stays unused." if rest else "."),
        "info",
    )

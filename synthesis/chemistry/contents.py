"""What a reagent brings: species per formula unit, and per volume of a stock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from .formulas import read_formula
from .ratios import Cause
from .recipe import load_shipped_chemicals
from .species import ORGANIC_ELEMENTS

NOTHING: Mapping[str, Decimal] = {}
# Bare C, H, O and N are in every solvent; carbonate leaves a flask with an acid as CO2.
UNCOUNTED = ORGANIC_ELEMENTS | {"CO3", "HCO3"}


@lru_cache(maxsize=2048)
def species_in(
    formula: str, chemical: str = "", said: frozenset[tuple[str, Decimal]] = frozenset()
) -> Mapping[str, Decimal]:
    """Return the species that one formula unit brings into a flask and that are counted.

    What the recipe (``said``) or the list of chemicals says of it (oleic acid: OA) is added.
    """
    found = {}
    if formula:
        species = read_formula(formula).species
        found = {name: count for name, count in species.items() if name not in UNCOUNTED}
    known = load_shipped_chemicals().get(chemical) if chemical else None
    own = dict(said) or dict(known.species if known is not None else NOTHING)
    return MappingProxyType(found | own)


@dataclass(frozen=True, slots=True)
class StockContents:
    """What a stock holds, mol/L of each species.

    ``planned`` is what its recipe gives at face value, ``real`` what is in the bottle (computed with
    assays when nobody knows better), with ``causes`` per mL. ``origin`` says where ``real`` comes
    from: computed (from the recipe), planned, weighed or titrated (of a batch or bottle).
    ``unit`` is one formula unit of its salt, by which its moles are counted; empty when it holds
    several salts.
    """

    planned: Mapping[str, Decimal]
    real: Mapping[str, Decimal]
    causes: tuple[Cause, ...] = ()
    origin: str = "computed"
    unit: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def drawn(self) -> Mapping[str, Decimal]:
        """What volumes are worked out with: the recipe's concentration until a bottle is chosen."""
        return self.planned if self.origin == "computed" else self.real

    @property
    def main(self) -> str:
        """The species by which its strength is named."""
        return next(iter(self.unit), "") or next(iter(self.planned), "")

    def unit_mol_l(self, concentrations: Mapping[str, Decimal]) -> Decimal | None:
        """Return formula units per litre; None when the stock holds several salts, or nothing."""
        if not self.unit:
            return None
        return concentrations[self.main] / self.unit[self.main]

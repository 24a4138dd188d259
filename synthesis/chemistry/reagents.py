"""One reagent of a plan: what it is made of, and how much of it to take."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .amounts import (
    mass_mg_from_mmol,
    mass_mg_from_volume_ml,
    mmol_from_mass_mg,
    volume_ml_from_mass_mg,
)
from .formulas import read_formula
from .ratios import ORGANIC, Contribution
from .recipe_parts import Ingredient, Substance
from .sources import KINDS_THAT_COUNT, Source, UnfitSource

ONE, ZERO, PERCENT = Decimal(1), Decimal(0), Decimal("0.01")
# Below this a liquid is technical grade: its moles are always counted at the printed purity.
TECHNICAL_GRADE = Decimal("0.95")
# A density alone does not make a liquid: a lab may well enter that of its salts.
LIQUID_ROLES = frozenset({"solvent", "antisolvent", "ligand", "additive"})
NON_METALS = frozenset({"H", "B", "C", "N", "O", "F", "Si", "P", "S", "Cl", "Se", "Br", "I"})
# Amounts of these are asked about by name, since their elements are in every solvent too.
SPECIES_OF_CHEMICAL = {"oleic-acid": "oa", "oleylamine": "ola", "sodium-hydroxide": "oh"}


@dataclass(frozen=True, slots=True)
class Reagent:
    """An ingredient with its bottle: formula, purity, density, and species per mmol (per mL of a stock)."""

    ingredient: Ingredient
    name: str
    chemical: str = ""
    recipe_formula: str = ""
    formula: str = ""
    density_g_ml: Decimal | None = None
    assay_low: Decimal | None = None
    assay_high: Decimal | None = None
    assay_kind: str = "unknown"
    assay_uncertainty: Decimal | None = None
    source: Source | None = None
    concentrations_mol_l: Mapping[str, Decimal] = field(default_factory=dict)
    planned_concentrations_mol_l: Mapping[str, Decimal] = field(default_factory=dict)
    concentration_relative_uncertainty: Decimal = ZERO

    @property
    def is_stock(self) -> bool:
        """Whether it is a solution made by another recipe."""
        return bool(self.ingredient.stock)

    @property
    def assay(self) -> Decimal | None:
        """The assay as labelled, the middle of a range; None when the label gives none."""
        if self.assay_low is None:
            return None
        return self.assay_low if self.assay_high is None else (self.assay_low + self.assay_high) / 2

    @property
    def counted_assay(self) -> Decimal:
        """The mass fraction that counts: 1 unless the label gives a mass fraction or titration."""
        return self.assay if self.assay is not None and self.assay_kind in KINDS_THAT_COUNT else ONE

    @property
    def assay_relative_uncertainty(self) -> Decimal:
        """Relative uncertainty of the counted assay; 0 when none counts."""
        if self.assay_uncertainty is None or self.assay_kind not in KINDS_THAT_COUNT:
            return ZERO
        return self.assay_uncertainty / self.counted_assay

    @property
    def spread(self) -> Decimal:
        """Relative half width of a purity given as a range."""
        if self.assay_low is None or self.assay_high is None:
            return ZERO
        return (self.assay_high - self.assay_low) / (self.assay_high + self.assay_low)

    @property
    def is_liquid(self) -> bool:
        """Whether it is measured by volume."""
        if self.is_stock or self.ingredient.amount.basis == "volume_ml":
            return True
        if self.density_g_ml is None or self.ingredient.role not in LIQUID_ROLES:
            return False
        return not self.formula or set(read_formula(self.formula).counts) <= NON_METALS

    @property
    def is_technical(self) -> bool:
        """Whether the purity is always counted: liquids far from pure, such as 90 % oleic acid."""
        return self.is_liquid and self.counted_assay < TECHNICAL_GRADE

    @property
    def molar_mass_g_mol(self) -> Decimal | None:
        """Molar mass of what is in the bottle, water included."""
        return read_formula(self.formula).molar_mass if self.formula else None

    @property
    def species(self) -> dict[str, Decimal]:
        """Species per mmol of reagent (per mL of a stock, at the recipe's concentration)."""
        if self.is_stock:
            return dict(self.planned_concentrations_mol_l)
        found: dict[str, Decimal] = {}
        if self.formula:
            counts = read_formula(self.formula).counts
            found = {element: n for element, n in counts.items() if element not in ORGANIC}
        name = SPECIES_OF_CHEMICAL.get(self.chemical)
        return found | ({name: ONE} if name else {})

    def mmol_in_mass(self, mass_mg: Decimal, *, assay: Decimal) -> Decimal:
        """Moles in a mass of what is in the bottle."""
        molar_mass = self.molar_mass_g_mol
        if molar_mass is None:
            raise UnfitSource(
                f"{self.name} has no formula, so {mass_mg} mg cannot be turned into moles. Give its formula."
            )
        return mmol_from_mass_mg(mass_mg, molar_mass, assay)

    def mmol_in_volume(self, volume_ml: Decimal) -> Decimal | None:
        """Moles in a volume at the counted purity, None without formula or density."""
        if self.density_g_ml is None or not self.formula:
            return None
        return self.mmol_in_mass(
            mass_mg_from_volume_ml(volume_ml, self.density_g_ml), assay=self.counted_assay
        )

    def mass_of(self, amount_mmol: Decimal) -> Decimal | None:
        """Mass in mg that holds an amount: uncorrected, but at the printed purity for technical grades."""
        molar_mass = self.molar_mass_g_mol
        if molar_mass is None:
            return None
        return mass_mg_from_mmol(
            amount_mmol, molar_mass, self.counted_assay if self.is_technical else ONE
        )

    def volume_of(self, mass_mg: Decimal | None) -> Decimal | None:
        """Volume in mL of a mass of a liquid, None for solids."""
        if mass_mg is None or self.density_g_ml is None or not self.is_liquid:
            return None
        return volume_ml_from_mass_mg(mass_mg, self.density_g_ml)

    def contribution(
        self, amount: Decimal, relative_uncertainty: Decimal, *, corrected: bool
    ) -> Contribution:
        """Return what this reagent brings. ``amount`` in mmol, in mL of a stock.

        ``relative_uncertainty`` is that of weighing or measuring; assay and titre are added here.
        """
        variance = relative_uncertainty**2
        if corrected:
            variance += self.assay_relative_uncertainty**2
        note = ""
        if self.is_stock:
            variance += self.concentration_relative_uncertainty**2
            if self.ingredient.systematic_percent is not None:
                variance += (self.ingredient.systematic_percent * PERCENT) ** 2
                note = self.ingredient.systematic_reason
        per_unit = dict(self.concentrations_mol_l) if self.is_stock and corrected else self.species
        species = {name: count * amount for name, count in per_unit.items()}
        return Contribution(self.ingredient.key, species, variance.sqrt(), self.spread, note)


def reagent_for(ingredient: Ingredient, substance: Substance, source: Source | None) -> Reagent:
    """Join an ingredient with its bottle. Raises UnfitSource when the bottle is another salt."""
    purity = ingredient.printed_purity
    low = high = uncertainty = None
    kind = "unknown"
    if source is not None:
        low, kind, uncertainty = source.assay, source.assay_kind, source.assay_uncertainty
    elif purity is not None:
        low, kind = purity.low_percent * PERCENT, purity.kind
        high = None if purity.high_percent is None else purity.high_percent * PERCENT
        uncertainty = (
            None if purity.uncertainty_percent is None else purity.uncertainty_percent * PERCENT
        )
    formula = substance.formula
    density = substance.density_g_ml
    if source is not None:
        formula = _bottle_formula(ingredient, substance, source)
        density = source.density_g_ml or density
    return Reagent(
        ingredient=ingredient,
        name=substance.name,
        chemical=substance.chemical,
        recipe_formula=substance.formula,
        formula=formula,
        density_g_ml=density,
        assay_low=low,
        assay_high=high,
        assay_kind=kind,
        assay_uncertainty=uncertainty,
        source=source,
    )


def _bottle_formula(ingredient: Ingredient, substance: Substance, source: Source) -> str:
    if not source.formula or not substance.formula:
        return source.formula or substance.formula
    bottle, asked = read_formula(source.formula), read_formula(substance.formula)
    if dict(bottle.anhydrous.counts) != dict(asked.anhydrous.counts):
        missing = sorted(set(asked.counts) - set(bottle.counts) - ORGANIC)
        lacks = f" and holds no {', '.join(missing)}" if missing else ""
        raise UnfitSource(
            f"Lot {source.code} is {bottle.text}{lacks}, but “{ingredient.key}” asks for {asked.text}. "
            "Choose a lot of that salt; a hydrate of it is fine."
        )
    return bottle.text


@dataclass(frozen=True, slots=True)
class ReagentLine:
    """One row of the reagent table. ``weigh_mg`` is what to read off the balance."""

    reagent: Reagent
    measured_by: str  # "mass", "volume" or "nothing" when none is needed
    amount_mmol: Decimal | None = None
    amount_mmol_range: tuple[Decimal, Decimal] | None = None
    mass_mg: Decimal | None = None
    volume_ml: Decimal | None = None
    weigh_mg: Decimal | None = None
    note: str = ""

    @property
    def key(self) -> str:
        """The ingredient's key."""
        return self.reagent.ingredient.key

    def as_dict(self) -> dict[str, Any]:
        """Return the row with floats, and all that the reverse calculation needs."""
        reagent, ingredient = self.reagent, self.reagent.ingredient
        molar_mass = reagent.molar_mass_g_mol
        return {
            "key": self.key,
            "name": reagent.name,
            "formula": reagent.formula or None,
            "role": ingredient.role,
            "group": ingredient.stage,
            "amount_mmol": as_float(self.amount_mmol),
            "amount_mmol_range": None
            if self.amount_mmol_range is None
            else [float(x) for x in self.amount_mmol_range],
            "mass_mg": as_float(self.mass_mg),
            "volume_ml": as_float(self.volume_ml),
            "weigh_mg": as_float(self.weigh_mg),
            "measured_by": self.measured_by,
            "assay": as_float(reagent.assay),
            "assay_range": None
            if reagent.assay_high is None
            else [as_float(reagent.assay_low), as_float(reagent.assay_high)],
            "assay_kind": reagent.assay_kind,
            "assay_uncertainty": as_float(reagent.assay_uncertainty),
            "lot": None if reagent.source is None else reagent.source.code,
            "printed_amount": ingredient.printed_amount or None,
            "supplier": ingredient.supplier or None,
            "note": " ".join(part for part in (self.note, ingredient.note) if part),
            "chemical": reagent.chemical or None,
            "stock": ingredient.stock or None,
            "recipe_formula": reagent.recipe_formula or None,
            "molar_mass_g_mol": as_float(molar_mass),
            "density_g_ml": as_float(reagent.density_g_ml),
            "concentrations_mol_l": {k: float(v) for k, v in reagent.concentrations_mol_l.items()},
            "planned_concentrations_mol_l": {
                k: float(v) for k, v in reagent.planned_concentrations_mol_l.items()
            },
            "concentration_relative_uncertainty": float(reagent.concentration_relative_uncertainty),
            "systematic_percent": as_float(ingredient.systematic_percent),
            "systematic_reason": ingredient.systematic_reason or None,
        }


def as_float(value: Decimal | None) -> float | None:
    """Return a float for JSON, None for None."""
    return None if value is None else float(value)

"""One reagent of a plan: what it is made of, and how much of it brings what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from .amounts import (
    mass_mg_from_mmol,
    mass_mg_from_volume_ml,
    mmol_from_mass_mg,
    volume_ml_from_mass_mg,
)
from .charges import NON_METALS
from .contents import StockContents, species_in
from .formulas import read_formula
from .ratios import ONE, ROOT_OF_THREE, ZERO, Cause, Contribution
from .recipe_parts import Ingredient, Purity, Substance
from .sources import Assay, Source, UnfitSource
from .species import ORGANIC_ELEMENTS, charge_of

UNKNOWN_ASSAY = Assay()
PERCENT = Decimal("0.01")
# A density alone does not make a liquid: a lab may well enter that of its salts.
LIQUID_ROLES = frozenset({"solvent", "antisolvent", "ligand", "acid", "additive"})


@dataclass(frozen=True, slots=True)
class Reagent:
    """An ingredient with its bottle: formula, purity, density, and species per mmol (per mL of a stock).

    ``basis`` is the recipe's way to say how much; ``bias_percent`` how much less a volume of a stock
    holds because of how it is drawn.
    """

    key: str
    name: str
    role: str = "additive"
    basis: str = ""
    chemical: str = ""
    bias_percent: Decimal | None = None
    bias_reason: str = ""
    recipe_formula: str = ""
    formula: str = ""
    density_g_ml: Decimal | None = None
    recipe_density_g_ml: Decimal | None = None
    purity: Assay = UNKNOWN_ASSAY
    recipe_purity: Assay = UNKNOWN_ASSAY
    source: Source | None = None
    per_mmol: Mapping[str, Decimal] = field(default_factory=dict)
    stock: StockContents | None = None
    recipe_stock: StockContents | None = None

    @property
    def is_stock(self) -> bool:
        """Whether it is a solution made by another recipe."""
        return self.stock is not None

    @property
    def is_liquid(self) -> bool:
        """Whether it is measured by volume."""
        if self.is_stock or self.basis in ("volume_ml", "fills_to_ml"):
            return True
        if self.density_g_ml is None or self.role not in LIQUID_ROLES:
            return False
        if self.role != "ligand" and any((charge_of(name) or 0) > 0 for name in self.per_mmol):
            return False  # a salt of an organic cation; an amine that is a ligand is none
        return not self.formula or set(read_formula(self.formula).counts) <= NON_METALS

    @property
    def is_given_by_volume(self) -> bool:
        """Whether the recipe says its volume: its moles are then those in that volume."""
        return self.basis == "volume_ml"

    @property
    def molar_mass_g_mol(self) -> Decimal | None:
        """Molar mass of what is in the bottle, water included."""
        return read_formula(self.formula).molar_mass if self.formula else None

    @property
    def species(self) -> Mapping[str, Decimal]:
        """Species per mmol of reagent (per mL of a stock)."""
        return self.stock.drawn if self.stock is not None else self.per_mmol

    @property
    def words(self) -> str:
        """How a sentence names it: with its lot when one was chosen."""
        return self.name + (f" (lot {self.source.code})" if self.source else "")

    def mmol_in_mass(self, mass_mg: Decimal, *, counted: bool) -> Decimal:
        """Moles in a mass of what is in the bottle, at face value or with the assay counted."""
        molar_mass = self.molar_mass_g_mol
        if molar_mass is None:
            raise UnfitSource(
                f"{self.name} has no formula, so {mass_mg} mg cannot be turned into moles. Give its formula.",
                f"ingredients.{self.key}",
            )
        return mmol_from_mass_mg(mass_mg, molar_mass, self.purity.counted if counted else ONE)

    def mmol_in_volume(self, volume_ml: Decimal, *, counted: bool) -> Decimal | None:
        """Moles in a volume, None without formula or density."""
        if self.density_g_ml is None or not self.formula:
            return None
        return self.mmol_in_mass(
            mass_mg_from_volume_ml(volume_ml, self.density_g_ml), counted=counted
        )

    def mass_of(self, amount_mmol: Decimal) -> Decimal | None:
        """Mass in mg that holds an amount, as if the bottle were pure."""
        molar_mass = self.molar_mass_g_mol
        return None if molar_mass is None else mass_mg_from_mmol(amount_mmol, molar_mass)

    def volume_of(self, mass_mg: Decimal | None) -> Decimal | None:
        """Volume in mL of a mass of a liquid, None for solids."""
        if mass_mg is None or self.density_g_ml is None or not self.is_liquid:
            return None
        return volume_ml_from_mass_mg(mass_mg, self.density_g_ml)

    def contribution(
        self, amount: Decimal, uncertainty: Decimal, *, counted: bool, by_volume: bool
    ) -> Contribution:
        """Return what ``amount`` mmol of this reagent bring; ``uncertainty`` is that of measuring it.

        ``counted`` says that the assay is in the amount, so that its uncertainty belongs to it.
        """
        verb = "measuring" if by_volume else "weighing"
        causes = [
            Cause(
                f"{verb} {self.key}",
                f"{verb} {self.name}",
                _times(self.per_mmol, uncertainty),
            )
        ]
        species = _times(self.per_mmol, amount)
        if not counted:
            return Contribution(self.key, species, tuple(causes))
        lot = self.source.code if self.source else self.chemical or self.key
        for what, relative in (
            ("assay", self.purity.relative_uncertainty),
            ("purity range", self.purity.spread / ROOT_OF_THREE if self.purity.spread else ZERO),
        ):
            if relative:
                causes.append(
                    Cause(
                        f"{what} {lot}",
                        f"the {what} of {self.words}",
                        _times(species, relative),
                        self.purity.assumed,
                    )
                )
        return Contribution(self.key, species, tuple(causes), self.purity.spread)

    def stock_contribution(
        self, volume_ml: Decimal, uncertainty_ml: Decimal, *, effective: bool
    ) -> Contribution:
        """Return what a drawn volume of a stock brings.

        ``effective`` counts what is really in the bottle, and that a volume drawn hot holds less.
        """
        stock = self.stock or StockContents({}, {})
        concentrations, note, factor = stock.drawn, "", ONE
        if effective:
            concentrations = stock.real
            bias = self.bias_percent
            if bias is not None:
                factor, note = ONE - bias * PERCENT, self.bias_reason
        drawn = Cause(
            f"measuring {self.key}",
            f"measuring {self.name}",
            _times(concentrations, uncertainty_ml * factor),
        )
        causes = (drawn, *(cause.times(volume_ml * factor) for cause in stock.causes))
        species = _times(concentrations, volume_ml * factor)
        return Contribution(self.key, species, causes, note=note)


def _times(species: Mapping[str, Decimal], factor: Decimal) -> dict[str, Decimal]:
    return {name: count * factor for name, count in species.items()}


def reagent_for(ingredient: Ingredient, substance: Substance) -> Reagent:
    """Return what an ingredient is before a bottle is chosen. Raises UnfitSource for a printed purity
    that cannot be.
    """
    printed = printed_assay(ingredient.printed_purity)
    wrong = printed.refused()
    if wrong:
        raise UnfitSource(
            f"“{ingredient.key}”: {wrong}", f"ingredients.{ingredient.key}.printed_purity"
        )
    return Reagent(
        key=ingredient.key,
        name=substance.name,
        role=ingredient.role,
        basis=ingredient.amount.basis,
        chemical=substance.chemical,
        recipe_formula=substance.formula,
        formula=substance.formula,
        density_g_ml=substance.density_g_ml,
        recipe_density_g_ml=substance.density_g_ml,
        purity=printed,
        recipe_purity=printed,
        per_mmol=species_in(
            substance.formula, substance.chemical, frozenset(substance.species.items())
        ),
    )


def printed_assay(purity: Purity | None) -> Assay:
    """Return a purity in per cent, as a recipe prints it, as mass fractions."""
    if purity is None:
        return Assay()
    high, uncertainty = purity.high_percent, purity.uncertainty_percent
    return Assay(
        purity.low_percent * PERCENT,
        None if high is None else high * PERCENT,
        purity.kind,
        None if uncertainty is None else uncertainty * PERCENT,
        bool(purity.assumed),
    )


def bottle_formula(source: Source, key: str, name: str, chemical: str, formula: str) -> str:
    """Return what is in the bottle; refuse another substance with what would do.

    A hydrate of the same salt is fine, under whatever name the lab keeps it.
    """
    field = f"lots.{key}"
    if source.recipe_slug or source.composition or source.concentration_mol_l is not None:
        made = f"made by “{source.recipe_slug}”" if source.recipe_slug else "a solution"
        raise UnfitSource(
            f"{source.code} is {made}, but “{key}” asks for {name}"
            f"{f' ({formula})' if formula else ''}. Choose a bottle of {name}.",
            field,
        )
    same_name = not source.chemical_slug or source.chemical_slug == chemical
    if not source.formula or not formula:
        if not same_name:
            raise UnfitSource(
                f"Lot {source.code} is a bottle of {source.chemical_slug}, but “{key}” asks for {name}. "
                f"Choose a bottle of {name}.",
                field,
            )
        return source.formula or formula
    bottle, asked = read_formula(source.formula), read_formula(formula)
    inside, wanted = species_in(bottle.text), species_in(asked.text)
    same_atoms = bottle.is_same_salt(asked)
    # Of organic compounds several share their atoms. Where both spell their groups, these decide;
    # where one gives bare atoms (C4H12BrN of C4H9NH3Br), the names must agree.
    contradict = bool(inside.keys() - wanted.keys() and wanted.keys() - inside.keys())
    if same_atoms and ((inside and inside == wanted) or (same_name and not contradict)):
        return bottle.text
    missing = sorted(set(asked.counts) - set(bottle.counts) - ORGANIC_ELEMENTS)
    lacks = f" and holds no {', '.join(missing)}" if missing else ""
    advice = "a hydrate of it is fine."
    if same_atoms and not contradict:
        advice = f"if this is one, write its formula as {asked.text}: others have the same atoms."
    raise UnfitSource(
        f"Lot {source.code} is {bottle.text}{'' if same_name else f' ({source.chemical_slug})'}{lacks}, but “{key}” "
        f"asks for {name} ({asked.text}). Choose a lot of {name}; {advice}",
        field,
    )

"""Turn amount rules into amounts: fixed ones first, then the targets, then what depends on them."""

from collections.abc import Mapping
from decimal import Decimal

from .amounts import (
    in_digits,
    mass_mg_from_volume_ml,
    mmol_from_mass_mg,
)
from .balance import Affine, solve_targets
from .formulas import read_formula
from .ratios import ONE, ZERO
from .reagent_lines import ReagentLine
from .reagents import Reagent
from .recipe_inputs import RecipeInput
from .recipe_parts import AmountRule, Ingredient
from .solutions import Solutions, refused, scaled
from .sources import Balance, UnsolvablePlan
from .weighing import to_weigh


class AmountSolver:
    """Solves one recipe at one set of targets. Amounts are mmol, for a stock mL."""

    def __init__(
        self,
        ingredients: Mapping[str, Ingredient],
        reagents: Mapping[str, Reagent],
        inputs: Mapping[str, RecipeInput],
        targets: Mapping[str, Decimal],
    ) -> None:
        self.ingredients, self.reagents = ingredients, reagents
        self.inputs, self.targets = inputs, targets
        self._amounts: dict[str, Affine | None] = {}
        rules = {key: one.amount for key, one in ingredients.items()}
        values = {key: scaled(rule, targets) for key, rule in rules.items()}
        self.solutions = Solutions(reagents, rules, values)

    def solve(
        self, balance: Balance, *, correct_for_assay: bool
    ) -> tuple[list[ReagentLine], dict[str, Decimal]]:
        """Return the reagent lines in the recipe's order, and the residual of each target."""
        amounts = {}
        for key in self.reagents:
            if self._rule(key).basis != "fills_to_ml":
                amount = self._amount(key)
                if amount is not None:
                    amounts[key] = amount
        asked = [
            (one, self.targets[one.key])
            for one in self.inputs.values()
            if one.kind in ("ratio", "amount")
        ]
        carriers = {
            one.amount.solves: key for key, one in self.ingredients.items() if one.amount.solves
        }
        contents = {key: reagent.species for key, reagent in self.reagents.items()}
        unknowns, residuals = solve_targets(asked, carriers, amounts, contents)
        lines: dict[str, ReagentLine] = {}
        for key in self.reagents:
            if self._rule(key).basis != "fills_to_ml":
                solved = amounts[key].at(unknowns) if key in amounts else None
                lines[key] = self._line(key, solved, balance, correct_for_assay=correct_for_assay)
        for key in self.reagents:
            if self._rule(key).basis == "fills_to_ml":
                lines[key] = self._filling_line(key, lines)
        return [lines[key] for key in self.reagents], residuals

    def _rule(self, key: str) -> AmountRule:
        return self.ingredients[key].amount

    def _value(self, key: str) -> Decimal:
        return self.solutions.values[key]

    def _amount(self, key: str) -> Affine | None:
        """Moles (mL of a stock) as far as known; None for what has no moles, such as a polymer."""
        if key not in self._amounts:
            self._amounts[key] = self._amount_by_rule(key)
        return self._amounts[key]

    def _amount_by_rule(self, key: str) -> Affine | None:
        reagent, rule = self.reagents[key], self._rule(key)
        if rule.basis == "solves":
            return Affine(ZERO, {key: ONE})
        if rule.basis == "equivalents":
            return self._equivalents(key)
        if rule.basis == "amount_mmol":
            return Affine(self._taken(key, self._value(key)))
        if rule.basis == "volume_ml":
            if reagent.is_stock:
                return Affine(self._value(key))
            mmol = reagent.mmol_in_volume(self._value(key), counted=True)
            return None if mmol is None else Affine(mmol)
        if rule.basis == "concentration_mol_l":
            return Affine(
                self._taken(key, self._value(key) * self.solutions.volume_ml(rule.of, key))
            )
        if reagent.is_stock:
            raise refused(key, "is a stock solution: give its amount in mL or mmol, not by mass.")
        mass = self._mass_mg(key)
        formula = reagent.recipe_formula or reagent.formula
        if mass is None or not formula:
            return None
        # the recipe's mass is that of its own salt; a hydrate in the bottle changes the mass, not the moles
        return Affine(mmol_from_mass_mg(mass, read_formula(formula).molar_mass))

    def _equivalents(self, key: str) -> Affine:
        rule = self._rule(key)
        reference = self._amount(rule.of)
        if reference is None:
            raise refused(
                key,
                f"counts equivalents of “{rule.of}”, whose moles are not known. Give its formula and density.",
            )
        if self.reagents[rule.of].is_stock:
            reference = reference.times(self._unit_mol_l(rule.of))
        factor = rule.value if rule.value is not None else ZERO
        if self.reagents[key].is_stock:
            factor = factor / self._unit_mol_l(key)
        return reference.times(factor)

    def _taken(self, key: str, mmol: Decimal) -> Decimal:
        """Moles of a substance as they are, moles of a stock as its mL."""
        return mmol / self._unit_mol_l(key) if self.reagents[key].is_stock else mmol

    def _unit_mol_l(self, key: str) -> Decimal:
        """Formula units of a stock's salt per litre."""
        stock = self.reagents[key].stock
        found = None if stock is None else stock.unit_mol_l(stock.drawn)
        if not found:
            raise refused(
                key,
                "holds several salts (or none that is counted), so its moles are not one number. Give it in mL.",
            )
        return found

    def _mass_mg(self, key: str) -> Decimal | None:
        """Mass in mg for the rules that give a mass."""
        rule = self._rule(key)
        if rule.basis == "mass_mg":
            return self._value(key)
        if rule.basis == "concentration_mg_ml":
            return self._value(key) * self.solutions.volume_ml(rule.of, key)
        if rule.basis == "weight_percent":
            return self.solutions.mass_by_weight_mg(rule.of, key)
        return None

    def _line(
        self, key: str, amount: Decimal | None, balance: Balance, *, correct_for_assay: bool
    ) -> ReagentLine:
        reagent, ingredient = self.reagents[key], self.ingredients[key]
        if reagent.is_stock:
            return _stock_line(
                reagent, ingredient, amount or ZERO, correct_for_assay=correct_for_assay
            )
        given_ml = self._value(key) if reagent.is_given_by_volume else None
        if given_ml is not None:
            density = reagent.density_g_ml
            mass = None if density is None else mass_mg_from_volume_ml(given_ml, density)
        else:
            mass = self._mass_mg(key) if amount is None else reagent.mass_of(amount)
            if mass is None:
                raise refused(
                    key, "has no formula, so its moles cannot be weighed. Give a formula or a mass."
                )
        volume = given_ml if given_ml is not None else reagent.volume_of(mass)
        weigh, note, factor = None, "", reagent.purity.counted
        if volume is None:
            if correct_for_assay and factor != 1:
                note = f"Weighed mass corrected for the assay of {factor * 100:.6g} %."
            weigh = to_weigh(
                reagent,
                self._rule(key).solves,
                (mass or ZERO) / (factor if correct_for_assay else ONE),
                amount,
                balance,
                self.inputs,
                self.targets,
            )
        elif given_ml is None and correct_for_assay and factor != 1:
            volume, note = (
                volume / factor,
                f"Volume corrected for the assay of {factor * 100:.6g} %.",
            )
        hidden = reagent.role in ("solvent", "antisolvent") and not reagent.per_mmol
        spread = reagent.purity.spread if given_ml is not None else ZERO
        shown = None if hidden else amount
        return ReagentLine(
            reagent,
            ingredient,
            measured_by="mass" if volume is None else "volume",
            amount_mmol=None if spread else shown,
            amount_mmol_range=(shown * (1 - spread), shown * (1 + spread))
            if spread and shown is not None
            else None,
            mass_mg=mass,
            volume_ml=volume,
            weigh_mg=weigh,
            note=note,
        )

    def _filling_line(self, key: str, others: Mapping[str, ReagentLine]) -> ReagentLine:
        total = self._value(key)
        taken = sum(
            (line.volume_ml for line in others.values() if line.volume_ml is not None), ZERO
        )
        if taken >= total:
            raise UnsolvablePlan(
                f"The other liquids already fill {in_digits(taken, 4)} mL of the {total} mL that “{key}” should fill up to.",
                f"ingredients.{key}",
            )
        volume = total - taken
        reagent = self.reagents[key]
        density = reagent.density_g_ml
        mass = None if density is None else mass_mg_from_volume_ml(volume, density)
        return ReagentLine(reagent, self.ingredients[key], "volume", mass_mg=mass, volume_ml=volume)


def _stock_line(
    reagent: Reagent, ingredient: Ingredient, volume_ml: Decimal, *, correct_for_assay: bool
) -> ReagentLine:
    """A stock: the volume that carries the asked moles; of one given in mL the recipe's own volume,
    or when it is corrected the volume that carries the recipe's moles at its real strength."""
    stock, note = reagent.stock, ""
    if stock is None or not stock.main:
        return ReagentLine(reagent, ingredient, "volume", volume_ml=volume_ml)
    planned, real = stock.planned[stock.main], stock.drawn[stock.main]
    if correct_for_assay and reagent.is_given_by_volume and real and real != planned:
        volume_ml = volume_ml * planned / real
        note = f"Volume set for the stock's own {real:.4f} M {stock.main}."
    unit = stock.unit_mol_l(stock.drawn)
    amount = None if unit is None else volume_ml * unit
    return ReagentLine(reagent, ingredient, "volume", amount, volume_ml=volume_ml, note=note)

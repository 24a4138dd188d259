"""Turn amount rules into amounts: fixed ones first, then the targets, then what depends on them."""

from collections.abc import Mapping
from decimal import Decimal

from .amounts import mass_mg_from_volume_ml
from .balance import Affine, solve_targets
from .reagents import ONE, ZERO, Reagent, ReagentLine
from .recipe_inputs import RecipeInput
from .recipe_parts import AmountRule
from .sources import Balance, UnsolvablePlan


class AmountSolver:
    """Solves one recipe at one set of targets. Amounts are mmol, for a stock mL."""

    def __init__(
        self,
        reagents: Mapping[str, Reagent],
        inputs: Mapping[str, RecipeInput],
        targets: Mapping[str, Decimal],
    ) -> None:
        self.reagents, self.inputs, self.targets = reagents, inputs, targets
        self._amounts: dict[str, Affine | None] = {}

    def solve(
        self, balance: Balance, *, correct_for_assay: bool
    ) -> tuple[list[ReagentLine], dict[str, Decimal]]:
        """Return the reagent lines in the recipe's order, and the residual of each target."""
        amounts = {}
        for key, reagent in self.reagents.items():
            if reagent.ingredient.amount.basis != "fills_to_ml":
                amount = self._amount(key)
                if amount is not None:
                    amounts[key] = amount
        asked = [
            (one, self.targets[one.key])
            for one in self.inputs.values()
            if one.kind in ("ratio", "amount")
        ]
        carriers = {
            r.ingredient.amount.solves: key
            for key, r in self.reagents.items()
            if r.ingredient.amount.solves
        }
        contents = {key: reagent.species for key, reagent in self.reagents.items()}
        unknowns, residuals = solve_targets(asked, carriers, amounts, contents)
        lines: dict[str, ReagentLine] = {}
        for key, reagent in self.reagents.items():
            if reagent.ingredient.amount.basis != "fills_to_ml":
                solved = amounts[key].at(unknowns) if key in amounts else None
                lines[key] = self._line(key, solved, balance, correct_for_assay=correct_for_assay)
        for key, reagent in self.reagents.items():
            if reagent.ingredient.amount.basis == "fills_to_ml":
                lines[key] = self._filling_line(key, lines)
        return [lines[key] for key in self.reagents], residuals

    def _rule(self, key: str) -> AmountRule:
        return self.reagents[key].ingredient.amount

    def _value(self, key: str) -> Decimal:
        """The rule's own number at the asked scale."""
        rule = self._rule(key)
        value = rule.value if rule.value is not None else ZERO
        if rule.at is None:
            return value
        return value * self.targets[rule.scales_with] / rule.at

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
            return Affine(self._per_stock(key, self._value(key)))
        if rule.basis == "volume_ml" and reagent.is_stock:
            return Affine(self._value(key))
        if rule.basis == "volume_ml":
            mmol = reagent.mmol_in_volume(self._value(key))
            return None if mmol is None else Affine(mmol)
        if rule.basis == "concentration_mol_l":
            return Affine(self._per_stock(key, self._value(key) * self._volume_ml(rule.of, key)))
        mass = self._planned_mass_mg(key)
        if reagent.is_stock:
            raise UnsolvablePlan(
                f"“{key}” is a stock solution: give its amount in mL or mmol, not by mass."
            )
        if mass is None or not reagent.formula:
            return None
        # the recipe's mass is that of the recipe's own salt; a hydrate in the bottle changes the mass, not the moles
        formula_mass = Reagent(
            reagent.ingredient, reagent.name, formula=reagent.recipe_formula or reagent.formula
        )
        return Affine(formula_mass.mmol_in_mass(mass, assay=ONE))

    def _equivalents(self, key: str) -> Affine:
        rule = self._rule(key)
        reference = self._amount(rule.of)
        if reference is None:
            raise UnsolvablePlan(
                f"“{key}” counts equivalents of “{rule.of}”, whose moles are not known. Give its formula and density."
            )
        per_reference = self.reagents[rule.of]
        if per_reference.is_stock:
            reference = reference.times(_only_concentration(per_reference))
        factor = rule.value if rule.value is not None else ZERO
        reagent = self.reagents[key]
        return reference.times(
            factor / _only_concentration(reagent) if reagent.is_stock else factor
        )

    def _per_stock(self, key: str, mmol: Decimal) -> Decimal:
        reagent = self.reagents[key]
        return mmol / _only_concentration(reagent) if reagent.is_stock else mmol

    def _volume_ml(self, of: str, asking: str) -> Decimal:
        if self._rule(of).basis != "volume_ml":
            raise UnsolvablePlan(
                f"“{asking}” is a concentration in “{of}”, which needs an amount in mL."
            )
        return self._value(of)

    def _planned_mass_mg(self, key: str) -> Decimal | None:
        """Mass in mg for the rules that give a mass."""
        rule = self._rule(key)
        if rule.basis == "mass_mg":
            return self._value(key)
        if rule.basis == "concentration_mg_ml":
            return self._value(key) * self._volume_ml(rule.of, key)
        if rule.basis == "weight_percent":
            solvent = self.reagents[rule.of]
            if solvent.density_g_ml is None:
                raise UnsolvablePlan(
                    f"“{key}” is a weight percentage in “{rule.of}”, whose density is not known."
                )
            share = self._value(key) / 100
            if share >= 1:
                raise UnsolvablePlan(
                    f"“{key}” would be {share * 100} % of the solution. Give less than 100 %."
                )
            solvent_mg = mass_mg_from_volume_ml(self._volume_ml(rule.of, key), solvent.density_g_ml)
            return solvent_mg * share / (1 - share)
        return None

    def _line(
        self, key: str, amount: Decimal | None, balance: Balance, *, correct_for_assay: bool
    ) -> ReagentLine:
        reagent, rule = self.reagents[key], self._rule(key)
        if reagent.is_stock:
            return _stock_line(reagent, amount or ZERO, correct_for_assay=correct_for_assay)
        by_volume = rule.basis == "volume_ml"
        if by_volume:
            volume: Decimal | None = self._value(key)
            density = reagent.density_g_ml
            mass = None if density is None else mass_mg_from_volume_ml(self._value(key), density)
        else:
            mass = self._planned_mass_mg(key) if amount is None else reagent.mass_of(amount)
            if mass is None:
                raise UnsolvablePlan(
                    f"“{key}” has no formula, so its moles cannot be weighed. Give a formula or a mass."
                )
            volume = reagent.volume_of(mass)
            by_volume = volume is not None
        note = ""
        if (
            by_volume
            and volume is not None
            and correct_for_assay
            and rule.basis != "volume_ml"
            and not reagent.is_technical
        ):
            volume, note = volume / reagent.counted_assay, "Volume corrected for the assay."
        weigh = None
        if not by_volume and mass is not None:
            factor = (
                reagent.counted_assay if correct_for_assay and not reagent.is_technical else ONE
            )
            weigh = balance.rounded_mg(mass / factor)
            if factor != 1:
                note = f"Weighed mass corrected for the assay of {factor * 100:.6g} %."
        solvent = reagent.ingredient.role in ("solvent", "antisolvent")
        spread = reagent.spread
        has_range = amount is not None and spread > 0 and not solvent
        return ReagentLine(
            reagent=reagent,
            measured_by="volume" if by_volume else "mass",
            amount_mmol=None if solvent or has_range else amount,
            amount_mmol_range=(amount * (1 - spread), amount * (1 + spread))
            if has_range and amount is not None
            else None,
            mass_mg=mass,
            volume_ml=volume if by_volume else None,
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
                f"The other liquids already fill {taken:.4g} mL of the {total} mL that “{key}” should fill up to."
            )
        volume = total - taken
        reagent = self.reagents[key]
        density = reagent.density_g_ml
        mass = None if density is None else mass_mg_from_volume_ml(volume, density)
        return ReagentLine(reagent, "volume", mass_mg=mass, volume_ml=volume)


def _stock_line(reagent: Reagent, volume_ml: Decimal, *, correct_for_assay: bool) -> ReagentLine:
    """A stock solution: the planned volume, or the one that carries the planned moles at its real titre."""
    planned = reagent.planned_concentrations_mol_l
    note = ""
    main = next(iter(planned), None)
    amount = None if main is None else volume_ml * planned[main]
    if (
        correct_for_assay
        and main is not None
        and reagent.source is not None
        and reagent.source.concentration_mol_l
    ):
        volume_ml = volume_ml * planned[main] / reagent.concentrations_mol_l[main]
        note = f"Volume set for the stock's own {reagent.concentrations_mol_l[main]:.4f} M {main}."
    return ReagentLine(reagent, "volume", amount_mmol=amount, volume_ml=volume_ml, note=note)


def _only_concentration(reagent: Reagent) -> Decimal:
    values = list(reagent.planned_concentrations_mol_l.values())
    if len(values) != 1:
        raise UnsolvablePlan(
            f"“{reagent.ingredient.key}” holds {len(values)} kinds of ions, so its moles are not one number. Give it in mL."
        )
    return values[0]

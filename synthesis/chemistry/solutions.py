"""Concentrations and weight percentages: what one solution holds, its solutes solved together."""

from collections.abc import Mapping
from decimal import Decimal

from .amounts import mass_mg_from_mmol, mass_mg_from_volume_ml, volume_ml_from_mass_mg
from .formulas import read_formula
from .ratios import ONE, ZERO
from .reagents import Reagent
from .recipe_parts import AmountRule
from .sources import UnsolvablePlan

PER_VOLUME = frozenset({"concentration_mol_l", "concentration_mg_ml"})


def refused(key: str, sentence: str) -> UnsolvablePlan:
    """Return the refusal of one ingredient's amount."""
    return UnsolvablePlan(f"“{key}” {sentence}", f"ingredients.{key}")


def scaled(rule: AmountRule, targets: Mapping[str, Decimal]) -> Decimal:
    """Return a rule's own number at the asked scale."""
    value = rule.value if rule.value is not None else ZERO
    if rule.times:
        value *= targets[rule.times]
    return value if rule.at is None else value * targets[rule.scales_with] / rule.at


class Solutions:
    """The solutions of one recipe. ``values`` are the rules' own numbers at the asked scale."""

    def __init__(
        self,
        reagents: Mapping[str, Reagent],
        rules: Mapping[str, AmountRule],
        values: Mapping[str, Decimal],
    ) -> None:
        self.reagents, self.rules, self.values = reagents, rules, values
        self._by_weight: dict[str, dict[str, Decimal]] = {}

    def volume_ml(self, of: str, asking: str) -> Decimal:
        """The volume that a concentration counts in: of the solvent as it is poured, or of the
        solution when that is made up to a volume or the rule says so."""
        basis, per = self.rules[of].basis, self.rules[asking].per
        density = self.reagents[of].density_g_ml
        if basis == "mass_mg" and density is not None:
            volume = volume_ml_from_mass_mg(self.values[of], density)
            return volume / (ONE - self._taken_up(of)) if per == "solution" else volume
        if basis not in ("volume_ml", "fills_to_ml"):
            raise refused(asking, f"is a concentration in “{of}”, which needs an amount in mL.")
        if basis == "fills_to_ml" and per == "solvent":
            return self._solvent_ml(of, asking)
        if basis == "volume_ml" and per == "solution":
            return self.values[of] / (ONE - self._taken_up(of))
        return self.values[of]

    def _taken_up(self, of: str) -> Decimal:
        """The share of a solution's volume that what dissolves takes up."""
        share = ZERO
        for key, reagent in self.reagents.items():
            rule = self.rules[key]
            if rule.of != of or rule.per != "solution":
                continue
            formula = reagent.recipe_formula
            if reagent.density_g_ml is None or not (formula or rule.basis == "concentration_mg_ml"):
                raise refused(
                    key,
                    f"counts per mL of solution, but its own volume is not known. Give its density, or make “{of}” up to a "
                    "volume (fills_to_ml).",
                )
            mg_ml = self.values[key]
            if rule.basis == "concentration_mol_l":
                mg_ml *= read_formula(formula).molar_mass
            share += volume_ml_from_mass_mg(mg_ml, reagent.density_g_ml)
        if share >= 1:
            raise UnsolvablePlan(
                f"What should dissolve in “{of}” takes up more than the whole solution. Give less of it.",
                f"ingredients.{of}",
            )
        return share

    def mass_by_weight_mg(self, of: str, key: str) -> Decimal:
        """The mass of one solute that is given in per cent of the solution's mass."""
        if of not in self._by_weight:
            self._by_weight[of] = self._masses_by_weight(of, key)
        return self._by_weight[of][key]

    def _masses_by_weight(self, of: str, asking: str) -> dict[str, Decimal]:
        """Solve all weight percentages of one solution together: the solutes share its mass.

        With Σw of them by weight, m_i = w_i / (100 - Σw) times the mass of all the rest.
        """
        shares = {
            key: self.values[key]
            for key in self.reagents
            if self.rules[key].basis == "weight_percent" and self.rules[key].of == of
        }
        whole = sum(shares.values(), ZERO)
        if whole >= 100:
            raise refused(
                asking,
                f"cannot be dissolved: {' + '.join(shares)} are {' + '.join(f'{x:f}' for x in shares.values())} = "
                f"{whole.normalize():f} wt% of the solution in “{of}”. Give less than 100 wt% in all.",
            )
        solvent = self.reagents[of]
        if self.rules[of].basis == "mass_mg":
            rest = self.values[of]
        elif solvent.density_g_ml is None:
            raise refused(
                asking, f"is a weight percentage in “{of}”, whose density is not known. Give it."
            )
        else:
            rest = mass_mg_from_volume_ml(self._solvent_ml(of, asking), solvent.density_g_ml)
        rest += sum((self._other_solute_mg(key, of) for key in self.reagents), ZERO)
        return {key: share * rest / (100 - whole) for key, share in shares.items()}

    def _solvent_ml(self, of: str, asking: str) -> Decimal:
        """The volume of a solvent; of one that fills up, what the other liquids leave."""
        if self.rules[of].basis not in ("volume_ml", "fills_to_ml"):
            raise refused(asking, f"needs “{of}” in mL.")
        volume = self.values[of]
        if self.rules[of].basis != "fills_to_ml":
            return volume
        for key, reagent in self.reagents.items():
            if key == of or not reagent.is_liquid:
                continue
            if self.rules[key].basis != "volume_ml":
                raise refused(
                    asking,
                    f"needs the volume of “{of}”, which fills up what “{key}” leaves, and that is not given in mL. "
                    f"Give “{of}” or “{key}” a volume.",
                )
            volume -= self.values[key]
        return volume

    def _other_solute_mg(self, key: str, of: str) -> Decimal:
        """What is dissolved in the same solvent by another rule than weight."""
        rule = self.rules[key]
        if rule.of != of or rule.basis not in PER_VOLUME or self.reagents[key].is_stock:
            return ZERO
        if rule.basis == "concentration_mg_ml":
            return self.values[key] * self.volume_ml(of, key)
        formula = self.reagents[key].recipe_formula
        if not formula:
            raise refused(key, "has no formula, so its moles cannot be weighed. Give it.")
        return mass_mg_from_mmol(
            self.values[key] * self.volume_ml(of, key), read_formula(formula).molar_mass
        )

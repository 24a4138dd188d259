"""Solve a recipe for its targets: what to weigh, what is then in the flask, and how surely.

A pure function of its arguments: the same recipe, targets, bottles and balance give the same plan,
byte for byte. Planned masses are uncorrected, as in the paper, unless the assay correction is asked
for; a hydrate in the bottle always changes the mass, never the moles.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from .atomic_weights import ATOMIC_WEIGHTS_VERSION
from .cautions import Caution, Filling, collect_cautions, fillings
from .formulas import read_formula
from .plain import as_plain
from .ratios import ORGANIC, Contribution, Known, all_ratios, total
from .reagents import ZERO, Reagent, ReagentLine, reagent_for
from .recipe import RecipeDefinition, load_shipped_recipes
from .recipe_parts import Ingredient, Substance
from .solving import AmountSolver
from .sources import (
    Balance,
    ImpossibleTarget,
    PlanRefused,
    Source,
    UnfitSource,
    UnsolvablePlan,
)
from .targets import Targets, TargetValue, read_targets

__all__ = [
    "Balance", "Caution", "ImpossibleTarget", "Plan", "PlanRefused", "Source", "UnfitSource",
    "UnsolvablePlan", "solve_plan",
]  # fmt: skip

ALGORITHM = "1"
PRECISION = 40
EFFECTIVE = ("ratio_ca_pb", "ratio_cs_pb", "ratio_i_pb")


@dataclass(frozen=True, slots=True)
class TheoreticalYield:
    """The most product that the limiting ion allows."""

    product: str
    limiting_element: str
    amount_mmol: Decimal
    mass_mg: Decimal
    used_fraction: Mapping[str, Decimal]

    def as_dict(self) -> dict[str, Any]:
        """Return a plain dict with floats."""
        return {
            "product": self.product,
            "limiting_element": self.limiting_element,
            "amount_mmol": float(self.amount_mmol),
            "mass_mg": float(self.mass_mg),
            "used_fraction": {key: float(value) for key, value in self.used_fraction.items()},
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """A solved recipe. Frozen whole into a batch through ``as_dict``."""

    recipe: RecipeDefinition
    targets: Targets
    balance: Balance
    correct_for_assay: bool
    reagents: tuple[ReagentLine, ...]
    composition: Mapping[str, Known]
    residuals: Mapping[str, Decimal]
    theoretical_yield: TheoreticalYield | None
    vessels: tuple[Filling, ...]
    warnings: tuple[Caution, ...]
    expected: Mapping[str, Any] | None
    inputs_sha256: str

    def line(self, key: str) -> ReagentLine:
        """Return the line of one ingredient."""
        return next(line for line in self.reagents if line.key == key)

    def as_dict(self) -> dict[str, Any]:
        """Return the whole plan, ready for JSON: computed numbers as floats, typed ones as texts."""
        return {
            "algorithm": ALGORITHM,
            "atomic_weights": ATOMIC_WEIGHTS_VERSION,
            "inputs_sha256": self.inputs_sha256,
            "recipe": {
                "slug": self.recipe.slug,
                "name": self.recipe.name,
                "kind": self.recipe.kind,
            },
            "targets": dict(self.targets.typed),
            "correct_for_assay": self.correct_for_assay,
            "balance": as_plain(self.balance),
            "reagents": [line.as_dict() for line in self.reagents],
            "composition": {key: known.as_dict() for key, known in self.composition.items()},
            "residuals": {key: float(value) for key, value in self.residuals.items()},
            "theoretical_yield": None
            if self.theoretical_yield is None
            else self.theoretical_yield.as_dict(),
            "vessels": [_vessel_dict(one) for one in self.vessels],
            "expected": None if self.expected is None else dict(self.expected),
            "warnings": [caution.as_dict() for caution in self.warnings],
            "steps": _scaled_steps(self.recipe, self.reagents),
            "unknowns": dict(self.recipe.unknowns),
        }


def solve_plan(
    recipe: RecipeDefinition,
    targets: Mapping[str, TargetValue],
    sources: Mapping[str, Source] | None = None,
    balance: Balance | None = None,
    correct_for_assay: bool = False,
    stocks: Mapping[str, RecipeDefinition] | None = None,
) -> Plan:
    """Solve a recipe.

    ``targets`` by input key; ``sources`` by ingredient key (what the bottle really is; the printed
    purity when not given); ``stocks`` are recipes of stock solutions by slug, the shipped ones when
    not given. Raises PlanRefused (ImpossibleTarget, UnsolvablePlan, UnfitSource) with a sentence.
    """
    with localcontext() as context:
        context.prec = PRECISION
        return _solve_plan(
            recipe, targets, sources or {}, balance or Balance(), correct_for_assay, stocks, ()
        )


def _solve_plan(
    recipe: RecipeDefinition,
    asked: Mapping[str, TargetValue],
    sources: Mapping[str, Source],
    balance: Balance,
    correct_for_assay: bool,
    stocks: Mapping[str, RecipeDefinition] | None,
    chain: tuple[str, ...],
) -> Plan:
    unknown = sorted(set(sources) - {one.key for one in recipe.ingredients})
    if unknown:
        known = ", ".join(one.key for one in recipe.ingredients)
        raise UnfitSource(
            f"The recipe “{recipe.name}” has no ingredient “{unknown[0]}” to take a lot for. It has {known}."
        )
    targets = read_targets(recipe, asked)
    used_stocks = _stock_recipes(recipe, stocks, chain)
    reagents = {}
    for ingredient in recipe.ingredients:
        source = sources.get(ingredient.key)
        if ingredient.stock:
            stock_plan = _solve_plan(
                used_stocks[ingredient.stock], {}, {}, balance, False, stocks, (*chain, recipe.slug)
            )
            reagents[ingredient.key] = _stock_reagent(ingredient, stock_plan, source, balance)
        else:
            reagents[ingredient.key] = reagent_for(
                ingredient, _substance(ingredient, targets), source
            )
    inputs = {one.key: one for one in recipe.inputs}
    solver = AmountSolver(reagents, inputs, targets.numbers)
    lines, residuals = solver.solve(balance, correct_for_assay=correct_for_assay)
    filled = fillings(recipe, lines)
    planned = planned_contributions(lines, balance)
    composition = all_ratios(planned)
    for name, known in all_ratios(effective_contributions(lines, balance)).items():
        if name in EFFECTIVE:
            composition[f"{name}_effective"] = known
    composition |= _concentrations(recipe, planned, filled, lines, balance)
    result = _theoretical_yield(recipe, planned)
    cautions = collect_cautions(
        recipe,
        targets.numbers,
        lines,
        composition,
        filled,
        balance,
        correct_for_assay=correct_for_assay,
    )
    if result is not None:
        cautions.append(_about_yield(result))
    return Plan(
        recipe=recipe,
        targets=targets,
        balance=balance,
        correct_for_assay=correct_for_assay,
        reagents=tuple(lines),
        composition=composition,
        residuals=residuals,
        theoretical_yield=result,
        vessels=tuple(filled),
        warnings=tuple(cautions),
        expected=_expected(recipe, targets.numbers),
        inputs_sha256=_fingerprint(
            recipe, targets, sources, balance, correct_for_assay, used_stocks
        ),
    )


def planned_contributions(lines: Sequence[ReagentLine], balance: Balance) -> list[Contribution]:
    """What each reagent brings when exactly the planned amount is taken, at face value."""
    result = []
    for line in lines:
        reagent = line.reagent
        if reagent.is_stock:
            # the planned moles, whatever volume of the real stock carries them
            main = next(iter(reagent.planned_concentrations_mol_l), None)
            volume = (
                (line.amount_mmol or ZERO) / reagent.planned_concentrations_mol_l[main]
                if main
                else ZERO
            )
            result.append(
                reagent.contribution(volume, volume, balance, by_volume=True, corrected=False)
            )
            continue
        amount = _mmol_of(line)
        if amount is not None:
            by_volume = line.measured_by == "volume"
            measured = (line.volume_ml if by_volume else line.mass_mg) or ZERO
            result.append(
                reagent.contribution(
                    amount, measured, balance, by_volume=by_volume, corrected=False
                )
            )
    return result


def effective_contributions(lines: Sequence[ReagentLine], balance: Balance) -> list[Contribution]:
    """What each reagent brings when the rounded mass is weighed, its assay and titre counted."""
    result = []
    for line in lines:
        reagent = line.reagent
        if reagent.is_stock:
            volume = line.volume_ml or ZERO
            result.append(
                reagent.contribution(volume, volume, balance, by_volume=True, corrected=True)
            )
        elif line.measured_by == "mass" and line.weigh_mg is not None and reagent.formula:
            amount = reagent.mmol_in_mass(line.weigh_mg, assay=reagent.counted_assay)
            result.append(
                reagent.contribution(
                    amount, line.weigh_mg, balance, by_volume=False, corrected=True
                )
            )
        else:
            amount_by_volume = _mmol_of(line)
            if amount_by_volume is not None:
                volume = line.volume_ml or ZERO
                result.append(
                    reagent.contribution(
                        amount_by_volume, volume, balance, by_volume=True, corrected=True
                    )
                )
    return result


def _mmol_of(line: ReagentLine) -> Decimal | None:
    if line.amount_mmol_range is not None:
        return (line.amount_mmol_range[0] + line.amount_mmol_range[1]) / 2
    return line.amount_mmol


def _substance(ingredient: Ingredient, targets: Targets) -> Substance:
    if ingredient.substance is not None:
        return ingredient.substance
    return ingredient.options[targets.choices[ingredient.choice_input]]


def _stock_recipes(
    recipe: RecipeDefinition, stocks: Mapping[str, RecipeDefinition] | None, chain: tuple[str, ...]
) -> dict[str, RecipeDefinition]:
    found: dict[str, RecipeDefinition] = {}
    for slug in sorted({one.stock for one in recipe.ingredients if one.stock}):
        stock = (stocks or {}).get(slug) or load_shipped_recipes().get(slug)
        if stock is None:
            raise UnsolvablePlan(
                f"The stock solution “{slug}” has no recipe here, so its concentration is not known. Add its recipe first."
            )
        if slug in chain or slug == recipe.slug:
            raise UnsolvablePlan(
                f"The stock solution “{slug}” is made from itself. Correct its recipe."
            )
        found[slug] = stock
    return found


def _stock_reagent(
    ingredient: Ingredient, stock: Plan, source: Source | None, balance: Balance
) -> Reagent:
    """A stock at the concentration its recipe gives, and at the one its batch really has."""
    volume = sum((line.volume_ml for line in stock.reagents if line.volume_ml is not None), ZERO)
    if not volume:
        raise UnsolvablePlan(
            f"The recipe of the stock “{stock.recipe.slug}” has no liquid, so it has no concentration."
        )
    planned = _ions_per_volume(planned_contributions(stock.reagents, balance), volume)
    real = _ions_per_volume(effective_contributions(stock.reagents, balance), volume)
    relative = ZERO
    if source is not None and source.concentration_mol_l is not None:
        main = next(iter(planned), None)
        if main is None:
            raise UnfitSource(
                f"Lot {source.code} has a concentration, but its recipe holds no ion to count."
            )
        factor = source.concentration_mol_l / planned[main]
        real = {ion: value * factor for ion, value in planned.items()}
        relative = (source.concentration_uncertainty_mol_l or ZERO) / source.concentration_mol_l
    return Reagent(
        ingredient=ingredient,
        name=ingredient.stock_name,
        source=source,
        concentrations_mol_l=real,
        planned_concentrations_mol_l=planned,
        concentration_relative_uncertainty=relative,
    )


def _ions_per_volume(
    contributions: Sequence[Contribution], volume_ml: Decimal
) -> dict[str, Decimal]:
    ions = {
        name
        for one in contributions
        for name in one.species
        if name[0].isupper() and name not in ORGANIC
    }
    return {ion: total([ion], contributions) / volume_ml for ion in sorted(ions)}


def _concentrations(
    recipe: RecipeDefinition,
    planned: Sequence[Contribution],
    filled: Sequence[Filling],
    lines: Sequence[ReagentLine],
    balance: Balance,
) -> dict[str, Known]:
    """Ions per volume of the heated flask (of all liquids when there is none), volumes additive."""
    flask = next((one.volume_ml for one in filled if one.heated and one.volume_ml), None)
    volume = flask or sum((line.volume_ml for line in lines if line.volume_ml is not None), ZERO)
    if not volume:
        return {}
    result = {}
    pipette = balance.volume_uncertainty_percent / 100
    for name, ion in (
        ("lead_mol_l", "Pb"),
        ("caesium_mol_l", "Cs"),
        ("calcium_mol_l", "Ca"),
        ("zinc_mol_l", "Zn"),
    ):
        carriers = [one for one in planned if ion in one.species]
        if not carriers:
            continue
        amount = total([ion], carriers)
        variance = sum(
            ((one.species[ion] * one.relative_uncertainty) ** 2 for one in carriers), ZERO
        )
        relative = ((variance / amount**2 if amount else ZERO) + pipette**2).sqrt()
        note = "Additive volumes at room temperature."
        result[name] = Known(amount / volume, amount / volume * relative, note=note)
    if recipe.kind == "stock_solution":
        solvents = [line.volume_ml for line in lines if line.reagent.ingredient.role == "solvent"]
        solvent_ml = sum((volume for volume in solvents if volume is not None), ZERO)
        if solvent_ml and "caesium_mol_l" in result and solvent_ml != volume:
            value = result["caesium_mol_l"].value * volume / solvent_ml
            result["caesium_mol_l_solvent_only"] = Known(
                value,
                value * pipette,
                note="Wrong basis, for comparison: volume of the solvent alone.",
            )
    return result


def _theoretical_yield(
    recipe: RecipeDefinition, planned: Sequence[Contribution]
) -> TheoreticalYield | None:
    if not recipe.product_formula:
        return None
    product = read_formula(recipe.product_formula)
    per_ion = {
        ion: total([ion], planned) / count
        for ion, count in product.counts.items()
        if ion not in ORGANIC
    }
    if not per_ion or not all(per_ion.values()):
        return None
    limiting = min(per_ion, key=lambda ion: (per_ion[ion], ion))
    amount = per_ion[limiting]
    used = {ion: amount / available for ion, available in per_ion.items()}
    return TheoreticalYield(product.text, limiting, amount, amount * product.molar_mass, used)


def _about_yield(result: TheoreticalYield) -> Caution:
    wasted = {ion: 1 - used for ion, used in result.used_fraction.items() if used < 1}
    rest = ", ".join(f"at least {share * 100:.2g} % of the {ion}" for ion, share in wasted.items())
    return Caution(
        "limiting_reagent",
        f"{result.limiting_element} limits the yield: at most {result.amount_mmol:.4g} mmol or {result.mass_mg:.4g} mg {result.product}"
        + (f"; {rest} stays unused." if rest else "."),
        "info",
    )


def _expected(recipe: RecipeDefinition, numbers: Mapping[str, Decimal]) -> dict[str, Any] | None:
    """What the source reports at exactly these targets; None where it reports nothing."""
    for outcome in recipe.outcomes:
        if all(numbers.get(key) == value for key, value in outcome.when.items()):
            plain: dict[str, Any] = as_plain(outcome)
            return plain
    return None


def _vessel_dict(one: Filling) -> dict[str, Any]:
    percent = one.percent
    return {
        "key": one.vessel,
        "name": one.name,
        "volume_ml": float(one.volume_ml),
        "capacity_ml": None if one.capacity_ml is None else float(one.capacity_ml),
        "fill_percent": None if percent is None else float(percent),
        "heated": one.heated,
    }


def _scaled_steps(recipe: RecipeDefinition, lines: Sequence[ReagentLine]) -> list[dict[str, Any]]:
    by_key = {line.key: line for line in lines}
    vessels = {one.key: as_plain(one) for one in recipe.vessels}
    return [
        {
            "position": position,
            "key": step.key,
            "operation": step.operation,
            "stage": step.stage,
            "text": step.text,
            "parameters": {name: f"{value:f}" for name, value in step.parameters.items()},
            "ingredients": [_take(by_key[key]) for key in step.ingredients],
            "atmosphere": step.atmosphere,
            "vessel": vessels.get(step.vessel),
            "until": step.until,
            "unknowns": dict(step.unknowns),
            "note": step.note,
        }
        for position, step in enumerate(recipe.steps, start=1)
    ]


def _take(line: ReagentLine) -> dict[str, Any]:
    by_mass = line.measured_by == "mass"
    amount = line.weigh_mg if by_mass else line.volume_ml
    return {
        "key": line.key,
        "name": line.reagent.name,
        "formula": line.reagent.formula or None,
        "amount": None if amount is None else float(amount),
        "unit": "mg" if by_mass else "mL",
    }


def _fingerprint(
    recipe: RecipeDefinition,
    targets: Targets,
    sources: Mapping[str, Source],
    balance: Balance,
    correct_for_assay: bool,
    stocks: Mapping[str, RecipeDefinition],
) -> str:
    """SHA-256 of everything the plan depends on; 0.5 and 0.50 are the same target."""
    inputs = {
        "algorithm": ALGORITHM,
        "atomic_weights": ATOMIC_WEIGHTS_VERSION,
        "recipe": recipe.as_dict(),
        "stocks": {slug: stock.as_dict() for slug, stock in stocks.items()},
        "targets": {key: f"{value.normalize():f}" for key, value in targets.numbers.items()}
        | dict(targets.choices),
        "sources": {key: source.as_dict() for key, source in sources.items()},
        "balance": as_plain(balance),
        "correct_for_assay": correct_for_assay,
    }
    text = json.dumps(inputs, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

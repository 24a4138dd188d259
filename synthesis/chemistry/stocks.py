"""Stock solutions: which recipe makes them, what that recipe gives, and what a batch of it holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from .additions import Addition, recorded_amounts
from .contents import StockContents
from .flask import effective_contributions, planned_contributions
from .plan import PRECISION, Plan, frozen
from .ratios import ONE, ZERO, Cause, Contribution, Mixture
from .reagent_lines import ReagentLine, as_number, is_planned
from .recipe import RecipeDefinition, load_shipped_recipes
from .sources import Balance, UnsolvablePlan

DISSOLVING_ROLES = frozenset({"ligand", "solvent", "antisolvent"})


def stock_recipes(
    recipe: RecipeDefinition, stocks: Mapping[str, RecipeDefinition] | None, chain: tuple[str, ...]
) -> dict[str, RecipeDefinition]:
    """Find the recipe of every stock that a recipe uses, by slug; raises UnsolvablePlan."""
    found: dict[str, RecipeDefinition] = {}
    for ingredient in recipe.ingredients:
        slug, field = ingredient.stock, f"ingredients.{ingredient.key}"
        if not slug or slug in found:
            continue
        stock = _stock_recipe(slug, stocks)
        if stock is None:
            raise UnsolvablePlan(
                f"The stock solution “{slug}” has no recipe here, so its concentration is not known. Add its recipe first.",
                field,
            )
        if slug in chain or slug == recipe.slug:
            raise UnsolvablePlan(
                f"The stock solution “{slug}” is made from itself. Correct its recipe.", field
            )
        found[slug] = stock
    return found


def stocks_below(
    recipe: RecipeDefinition, stocks: Mapping[str, RecipeDefinition] | None
) -> dict[str, RecipeDefinition]:
    """Return the recipe of every stock that a recipe may use, and of those that these use, by slug."""
    found: dict[str, RecipeDefinition] = {}
    waiting = [recipe]
    while waiting:
        for slug in {one.stock for one in waiting.pop().ingredients} - {"", *found}:
            stock = _stock_recipe(slug, stocks)
            if stock is not None:
                found[slug] = stock
                waiting.append(stock)
    return found


def _stock_recipe(
    slug: str, stocks: Mapping[str, RecipeDefinition] | None
) -> RecipeDefinition | None:
    return (stocks or {}).get(slug) or load_shipped_recipes().get(slug)


def stock_contents(plan: Plan) -> StockContents:
    """Return what a stock holds when it is made as planned: at face value, and with assays counted.

    Volumes are taken as additive at room temperature; what dissolves takes none.
    """
    volumes = {
        line.key: (
            line.reagent.name,
            line.volume_ml,
            plan.balance.volume_uncertainty(line.volume_ml),
        )
        for line in plan.reagents
        if line.volume_ml
    }
    if not volumes:
        raise UnsolvablePlan(
            f"The recipe of the stock “{plan.recipe.slug}” has no liquid, so it has no concentration."
        )
    roles = {line.key: line.reagent.role for line in plan.reagents}
    planned = carrying(planned_contributions(plan.reagents, plan.balance), roles)
    real = carrying(effective_contributions(plan.reagents, plan.balance), roles)
    real_mol_l, causes = per_volume(real, volumes, plan.recipe.slug, plan.recipe.name)
    planned_mol_l, _ = per_volume(planned, volumes, plan.recipe.slug, plan.recipe.name)
    return StockContents(planned_mol_l, real_mol_l, causes, unit=_unit(plan.reagents, planned))


def carrying(contributions: Sequence[Contribution], roles: Mapping[str, str]) -> list[Contribution]:
    """Return the reagents that a stock is made for: its salts; its ligands when it holds nothing else.

    Acid and amine of a salt stock are bound in it, so they are not counted again as free ligands.
    """
    bringing = [one for one in contributions if one.species]
    salts = [one for one in bringing if roles[one.key] not in DISSOLVING_ROLES]
    return salts or bringing


def per_volume(
    contributions: Sequence[Contribution],
    volumes: Mapping[str, tuple[str, Decimal, Decimal]],
    slug: str,
    name: str,
) -> tuple[dict[str, Decimal], tuple[Cause, ...]]:
    """Return mol/L of each species, and its causes per mL.

    ``volumes`` are mL with their uncertainty by ingredient; ``slug`` and ``name`` are those
    of the stock's recipe: forks of one name are two recipes.
    """
    whole = sum((volume for _, volume, _ in volumes.values()), ZERO)
    found = {one: mmol / whole for one, mmol in sorted(Mixture(contributions).totals.items())}
    effects: dict[str, tuple[Cause, dict[str, Decimal]]] = {}
    for contribution in contributions:
        for cause in contribution.causes:
            _, sums = effects.setdefault(cause.name, (cause, {}))
            for one, effect in cause.effects.items():
                sums[one] = sums.get(one, ZERO) + effect / whole
    for key, (reagent, _, uncertainty) in volumes.items():
        cause = Cause(f"measuring {key}", f"measuring {reagent}", {})
        _, sums = effects.setdefault(cause.name, (cause, {}))
        for one, value in found.items():
            sums[one] = sums.get(one, ZERO) - value * uncertainty / whole
    causes = (
        Cause(f"{slug}: {cause.name}", f"{name}: {cause.words}", sums, cause.assumed)
        for cause, sums in effects.values()
        if any(sums.values())
    )
    return found, tuple(causes)


def _unit(lines: Sequence[ReagentLine], salts: Sequence[Contribution]) -> dict[str, Decimal]:
    """Return one formula unit of the stock's salt; of a single species one of it; else nothing."""
    species = sorted({one for salt in salts for one in salt.species})
    if len(species) == 1:
        return {species[0]: ONE}
    if len(salts) != 1:
        return {}
    reagent = next(line.reagent for line in lines if line.key == salts[0].key)
    return dict(reagent.per_mmol if reagent.stock is None else reagent.stock.unit)


@dataclass(frozen=True, slots=True)
class StockComposition:
    """What a batch of a stock holds: species -> (mol/L, standard uncertainty).

    ``origin`` is weighed when all that it is made of was recorded, else planned: what was not
    recorded (``not_recorded``) is then as the plan says. ``volume_ml`` is that of all its liquids.
    Empty when the batch is no solution whose volume and contents follow from what went in.
    """

    species: Mapping[str, tuple[Decimal, Decimal]]
    origin: str
    volume_ml: Decimal | None = None
    not_recorded: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return a plain dict with floats."""
        return {
            "species": {
                name: {"mol_l": float(value), "uncertainty": float(uncertainty)}
                for name, (value, uncertainty) in self.species.items()
            },
            "origin": self.origin,
            "volume_ml": None if self.volume_ml is None else float(self.volume_ml),
            "not_recorded": list(self.not_recorded),
        }


def composition_of_batch(
    plan: Plan | Mapping[str, Any], additions: Sequence[Addition]
) -> StockComposition:
    """Return what the stock holds that a batch made, from what was recorded.

    ``plan`` is the batch's frozen plan. Only solutions have a composition: what is left of
    nanocrystals after washing does not follow from what went in. Assays count; volumes are taken as
    additive. Raises UnusableAddition or UnfitSource with a sentence.
    """
    kept = frozen(plan)
    if kept["recipe"]["kind"] not in ("stock_solution", "layer_solution"):
        return StockComposition({}, "planned")
    with localcontext() as context:
        context.prec = PRECISION
        return _composition_of_batch(kept, additions)


def _composition_of_batch(
    plan: Mapping[str, Any], additions: Sequence[Addition]
) -> StockComposition:
    balance = Balance.from_dict(plan["balance"])
    lines = {line["key"]: line for line in plan["reagents"]}
    amounts = recorded_amounts(plan, additions, balance)
    done = {one.key for one in amounts}
    missing = tuple(key for key, line in lines.items() if key not in done and is_planned(line))
    amounts += recorded_amounts(plan, [_as_planned(lines[key]) for key in missing], balance)
    volumes = {
        one.reagent.key: (one.reagent.name, one.volume_ml, one.volume_uncertainty_ml)
        for one in amounts
        if one.volume_ml is not None
    }
    if not volumes:
        return StockComposition({}, "planned", None, missing)
    roles = {one.reagent.key: one.reagent.role for one in amounts}
    salts = carrying([one.contribution(effective=True) for one in amounts], roles)
    found, causes = per_volume(salts, volumes, plan["recipe"]["slug"], plan["recipe"]["name"])
    uncertainties = {
        name: sum((cause.effects.get(name, ZERO) ** 2 for cause in causes), ZERO).sqrt()
        for name in found
    }
    return StockComposition(
        {name: (value, uncertainties[name]) for name, value in found.items()},
        "planned" if missing else "weighed",
        sum((volume for _, volume, _ in volumes.values()), ZERO),
        missing,
    )


def _as_planned(line: Mapping[str, Any]) -> Addition:
    """Return a line as if it had been taken exactly, for what nobody recorded."""
    by_mass = line["measured_by"] == "mass"
    amount = as_number(line["weigh_mg"] if by_mass else line["volume_ml"])
    return Addition(line["key"], amount, "mg" if by_mass else "mL")

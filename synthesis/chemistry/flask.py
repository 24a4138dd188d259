"""What the reagents of a plan bring into the flask, and how strong the solution is."""

from collections.abc import Sequence
from decimal import Decimal

from .element_names import species_key
from .ratios import SQUARE_ROOTS, ZERO, Contribution, Known, Mixture
from .reagent_lines import ReagentLine
from .recipe import RecipeDefinition
from .sources import Balance
from .vessels import Filling


def planned_contributions(lines: Sequence[ReagentLine], balance: Balance) -> list[Contribution]:
    """What the plan means to have: moles where the recipe says moles, what is in a volume or stock
    where it says a volume, masses as if the bottle were pure."""
    found = []
    for line in lines:
        reagent = line.reagent
        if reagent.is_stock:
            found.append(_drawn(line, balance, effective=False))
        elif line.mmol is not None and reagent.per_mmol:
            counted, by_volume = reagent.is_given_by_volume, line.measured_by == "volume"
            own = (
                line.mmol * balance.relative_volume(line.volume_ml or ZERO)
                if by_volume
                else reagent.mmol_in_mass(
                    balance.mass_uncertainty(line.mass_mg or ZERO), counted=counted
                )
            )
            found.append(
                reagent.contribution(
                    line.mmol,
                    own if by_volume or line.mmol else ZERO,
                    counted=counted,
                    by_volume=by_volume,
                )
            )
    return found


def effective_contributions(lines: Sequence[ReagentLine], balance: Balance) -> list[Contribution]:
    """What is in the flask when the rounded masses and the volumes are taken: assay and titre count."""
    found = []
    for line in lines:
        reagent = line.reagent
        if reagent.is_stock:
            found.append(_drawn(line, balance, effective=True))
            continue
        if not reagent.per_mmol:
            continue
        if line.measured_by == "mass":
            weigh = line.weigh_mg or ZERO
            mmol: Decimal | None = reagent.mmol_in_mass(weigh, counted=True)
            spread = balance.mass_uncertainty(weigh) if weigh else ZERO
            own = reagent.mmol_in_mass(spread, counted=True)
        else:
            volume = line.volume_ml or ZERO
            mmol = reagent.mmol_in_volume(volume, counted=True)
            own = (mmol or ZERO) * balance.relative_volume(volume)
        if mmol is not None:
            found.append(
                reagent.contribution(
                    mmol, own, counted=True, by_volume=line.measured_by == "volume"
                )
            )
    return found


def _drawn(line: ReagentLine, balance: Balance, *, effective: bool) -> Contribution:
    volume = line.volume_ml or ZERO
    return line.reagent.stock_contribution(
        volume, balance.volume_uncertainty(volume), effective=effective
    )


def concentrations(
    recipe: RecipeDefinition,
    planned: Mixture,
    filled: Sequence[Filling],
    lines: Sequence[ReagentLine],
    balance: Balance,
    reference: str | None,
) -> dict[str, Known]:
    """Each species per volume of the heated flask (of all liquids when there is none), volumes additive."""
    flask = next((one for one in filled if one.heated and one.volume_ml), None)
    liquids = sum((line.volume_ml for line in lines if line.volume_ml is not None), ZERO)
    made_up = [line for line in lines if line.reagent.basis == "fills_to_ml"]
    volume = flask.volume_ml if flask else liquids
    if not volume:
        return {}
    if made_up and not flask:
        note = "Per mL of the solution as made up."
    else:
        where = f"in the {flask.name}" if flask else "that go in"
        note = (
            f"Per mL of the liquids {where}: additive volumes at room temperature, what dissolves takes none, "
            "so the solution is somewhat weaker."
        )
    found: dict[str, Known] = {}
    for name in planned.totals:
        amount = planned.amount(name)
        value = amount.value / volume
        relative = balance.relative_volume(volume)
        uncertainty = SQUARE_ROOTS.sqrt(
            (amount.uncertainty / volume) ** 2 + (value * relative) ** 2
        )
        found[f"{species_key(name)}_mol_l"] = Known(value, uncertainty, note=note)
    main = None if reference is None else f"{species_key(reference)}_mol_l"
    if recipe.kind == "stock_solution" and main in found:
        solvents = [line.volume_ml for line in lines if line.reagent.role == "solvent"]
        solvent = sum((one for one in solvents if one is not None), ZERO)
        if solvent and solvent != volume:
            value = found[main].value * volume / solvent
            found[f"{main}_solvent_only"] = Known(
                value,
                value * balance.relative_volume(solvent),
                note="Wrong basis, for comparison: volume of the solvent alone.",
            )
    return found

"""What the reagents of a plan bring into the flask: contributions, concentrations, yield."""

from collections.abc import Sequence
from decimal import Decimal

from .cautions import Caution, Filling
from .formulas import read_formula
from .plan import TheoreticalYield
from .ratios import ORGANIC, Contribution, Known, total
from .reagents import ZERO, ReagentLine
from .recipe import RecipeDefinition
from .sources import Balance


def planned_contributions(lines: Sequence[ReagentLine], balance: Balance) -> list[Contribution]:
    """What each reagent brings when exactly the planned amount is taken, at face value."""
    result = []
    for line in lines:
        reagent = line.reagent
        if reagent.is_stock:
            # the planned moles, whatever volume of the real stock carries them
            main = next(iter(reagent.planned_concentrations_mol_l), None)
            planned = line.amount_mmol or ZERO
            amount = planned / reagent.planned_concentrations_mol_l[main] if main else ZERO
            result.append(reagent.contribution(amount, balance.relative_volume, corrected=False))
            continue
        mmol = _mmol_of(line)
        if mmol is not None:
            own = _measuring_uncertainty(line, line.mass_mg, balance)
            result.append(reagent.contribution(mmol, own, corrected=False))
    return result


def effective_contributions(lines: Sequence[ReagentLine], balance: Balance) -> list[Contribution]:
    """What each reagent brings when the rounded mass is weighed, its assay and titre counted."""
    result = []
    for line in lines:
        reagent = line.reagent
        if reagent.is_stock:
            amount: Decimal | None = line.volume_ml or ZERO
        elif line.measured_by == "mass" and line.weigh_mg is not None and reagent.formula:
            amount = reagent.mmol_in_mass(line.weigh_mg, assay=reagent.counted_assay)
        else:
            amount = _mmol_of(line)
        if amount is not None:
            own = _measuring_uncertainty(line, line.weigh_mg, balance)
            result.append(reagent.contribution(amount, own, corrected=True))
    return result


def _measuring_uncertainty(line: ReagentLine, mass_mg: Decimal | None, balance: Balance) -> Decimal:
    if line.measured_by == "volume":
        return balance.relative_volume
    return balance.uncertainty_mg / mass_mg if mass_mg else ZERO


def _mmol_of(line: ReagentLine) -> Decimal | None:
    if line.amount_mmol_range is not None:
        return (line.amount_mmol_range[0] + line.amount_mmol_range[1]) / 2
    return line.amount_mmol


def concentrations(
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


def theoretical_yield(
    recipe: RecipeDefinition, planned: Sequence[Contribution]
) -> TheoreticalYield | None:
    """The most product that the limiting ion allows; None when the recipe names no product."""
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


def about_yield(result: TheoreticalYield) -> Caution:
    """Say which ion limits the yield and what stays unused."""
    wasted = {ion: 1 - used for ion, used in result.used_fraction.items() if used < 1}
    rest = ", ".join(f"at least {share * 100:.2g} % of the {ion}" for ion, share in wasted.items())
    return Caution(
        "limiting_reagent",
        f"{result.limiting_element} limits the yield: at most {result.amount_mmol:.4g} mmol or {result.mass_mg:.4g} mg {result.product}"
        + (f"; {rest} stays unused." if rest else "."),
        "info",
    )

"""What a careful colleague would say about a plan before the flask is loaded."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

from .amounts import in_digits, volume_ml_from_mass_mg
from .caution import Caution
from .charges import is_metal
from .formulas import read_formula
from .gaps import Measured, open_gaps
from .ratios import ZERO, Known, Ratio
from .reagent_lines import ReagentLine
from .recipe import RecipeDefinition, load_shipped_chemicals
from .sources import Balance
from .stock_cautions import about_drawing, about_stock_recipe
from .vessels import Filling, about_filling

SMALL_MASS_MG = Decimal(10)
SCALE_CAUTION, SCALE_REVIEW = Decimal(3), Decimal(5)  # quench and mixing do not scale
BRIEF_S = Decimal(60)  # a step this short does not wait for a slow mixing
COARSE_RATIO = Decimal("0.02")
LEAST_SHARE = Decimal("0.01")  # of a variance, to be worth naming
ASSAY_SHIFT = Decimal("0.02")  # an assay that far from 1 is worth a caution, not a remark


def collect_cautions(
    recipe: RecipeDefinition,
    numbers: Mapping[str, Decimal],
    lines: Sequence[ReagentLine],
    ratios: Sequence[Ratio],
    composition: Mapping[str, Known],
    filled: Sequence[Filling],
    balance: Balance,
    reference: str | None,
    measured: Measured,
    *,
    correct_for_assay: bool,
) -> list[Caution]:
    """Return all cautions in a fixed order. Raises when the plan must not be made at all."""
    found: list[Caution] = []
    found += _about_targets(recipe, numbers, measured)
    for line in lines:
        found += _about_hydrate(line, ratios, composition, balance)
        found += _about_assay(line, correct_for_assay=correct_for_assay)
        found += _about_small_mass(line, balance)
        found += _about_strength(line, lines)
        found += about_drawing(line, correct_for_assay=correct_for_assay)
    found += about_filling(recipe, filled)
    found += about_stock_recipe(recipe, lines, composition, reference)
    found += _about_ratios(ratios, composition)
    found += _about_budgets(ratios, composition)
    found += [Caution(flag.code, flag.message, flag.severity) for flag in recipe.flags]
    return found


def _about_targets(
    recipe: RecipeDefinition, numbers: Mapping[str, Decimal], measured: Measured
) -> Iterator[Caution]:
    for one in recipe.inputs:
        value = numbers.get(one.key)
        if value is None:
            continue
        if any(gap.low < value < gap.high for gap in one.gaps):
            for left in open_gaps(one.gaps, measured(one), one.name):
                if left.holds(value):
                    yield Caution("unmeasured_gap", left.message)
        if one.explored_maximum is not None and value > one.explored_maximum:
            yield Caution(
                "extrapolation",
                f"{one.name} = {value} lies above {one.explored_maximum}, the highest that the source tried. Nothing is known there.",
            )
        if one.kind in ("amount", "scale") and one.reference and recipe.kind == "nanocrystals":
            yield from _about_scale(recipe, value / one.reference)


def _about_scale(recipe: RecipeDefinition, factor: Decimal) -> Iterator[Caution]:
    if factor < SCALE_CAUTION:
        return
    if factor >= SCALE_REVIEW:
        yield Caution(
            "scale_up",
            f"This is {in_digits(factor, 3)} times the source's batch. Mixing and quenching do not scale with it: have it reviewed, and expect other sizes.",
            "review",
        )
        return
    brief = _briefest(recipe)
    slower = f" than the {brief:f} s of the recipe's shortest step allow for" if brief else ""
    yield Caution(
        "scale_up",
        f"This is {in_digits(factor, 3)} times the source's batch. A flask this large mixes and cools more slowly{slower}.",
    )


def _briefest(recipe: RecipeDefinition) -> Decimal | None:
    """The shortest step that a reaction is timed by, None when none is brief."""
    times = [
        seconds
        for step in recipe.steps
        if step.operation == "react"
        and (seconds := step.set_points().get("duration_s")) is not None
        and seconds <= BRIEF_S
    ]
    return min(times, default=None)


def _about_hydrate(
    line: ReagentLine,
    ratios: Sequence[Ratio],
    composition: Mapping[str, Known],
    balance: Balance,
) -> Iterator[Caution]:
    reagent = line.reagent
    if line.measured_by != "mass" or not line.amount_mmol or not reagent.recipe_formula:
        return
    asked, bottle = read_formula(reagent.recipe_formula), read_formula(reagent.formula)
    face_mg = balance.rounded_mg(line.amount_mmol * asked.molar_mass)
    if reagent.source is not None and bottle.waters != asked.waters:
        wrong = face_mg / bottle.molar_mass
        yield Caution(
            "hydrate_trap",
            f"Lot {reagent.source.code} is {bottle.text}: weigh {line.weigh_mg} mg. "
            f"{face_mg} mg, right for {asked.text}, would bring {in_digits(wrong, 4)} instead of {in_digits(line.amount_mmol, 4)} mmol"
            f"{_ratio_after(line, wrong / line.amount_mmol, ratios, composition)}.",
        )
    elif line.ingredient.choice_input:
        return  # the chemist has just said which form it is
    elif (reagent.source is None or not reagent.source.formula) and not asked.waters:
        hydrate = _first_hydrate(reagent.recipe_formula)
        if hydrate:
            other = read_formula(hydrate)
            share = asked.molar_mass / other.molar_mass
            yield Caution(
                "hydrate_trap",
                f"Read the label: if the bottle is {other.text} and not {asked.text}, weigh "
                f"{balance.rounded_mg(line.amount_mmol * other.molar_mass)} mg. {face_mg} mg of it would bring "
                f"{in_digits((1 - share) * 100, 3)} % too little{_ratio_after(line, share, ratios, composition)}.",
            )


@lru_cache(maxsize=256)
def _first_hydrate(formula: str) -> str:
    """Return a hydrate of a salt that bottles are sold as, empty when the list of chemicals has none."""
    wanted = read_formula(formula)
    for chemical in load_shipped_chemicals().values():
        if chemical.formula:
            read = read_formula(chemical.formula)
            if read.waters and read.is_same_salt(wanted):
                return chemical.formula
    return ""


def _ratio_after(
    line: ReagentLine, share: Decimal, ratios: Sequence[Ratio], composition: Mapping[str, Known]
) -> str:
    """Say what becomes of the ratio that this reagent carries."""
    ratio = next((one for one in ratios if one.key == line.ingredient.amount.solves), None)
    known = composition.get(ratio.key) if ratio else None
    if ratio is None or known is None:
        return ""
    value = known.value
    # in a share such as Mn/(Pb+Mn) what is missing above is missing below too
    shared = set(ratio.above) & set(ratio.below)
    after = value * share / (1 - value + value * share) if shared else value * share
    return f", {ratio.symbol} {in_digits(after, 3)} instead of {in_digits(value, 3)}"


def _about_assay(line: ReagentLine, *, correct_for_assay: bool) -> Iterator[Caution]:
    reagent, purity = line.reagent, line.reagent.purity
    if reagent.is_stock or not reagent.formula or not (line.mass_mg or line.volume_ml):
        return
    if reagent.role in ("solvent", "antisolvent") and reagent.source is None:
        return
    where = reagent.words
    if purity.kind == "trace_metals":
        yield Caution(
            "trace_metals_assay",
            f"{where}: the purity is on trace metals basis. That is not an assay, so the mass is not corrected for it.",
            "info",
        )
    elif not purity.counts:
        yield Caution(
            "assay_unknown",
            f"{where}: the assay is not known and is computed as 1. Enter the assay from the certificate of the lot.",
        )
    elif purity.low is not None and purity.high is not None:
        yield Caution(
            "purity_range",
            f"{where}: the label gives {in_digits(purity.low * 100, 3)} to {in_digits(purity.high * 100, 3)} %, so its moles are a range.",
            "info",
        )
    elif not correct_for_assay and not reagent.is_given_by_volume and purity.counted != 1:
        what = "masses" if line.measured_by == "mass" else "volumes"
        yield Caution(
            "assay_not_corrected",
            f"{where}: {what} are not corrected for the {purity.counted * 100:.6g} % assay, as in the source. "
            f"{_corrected(line)} The effective ratios say what that does.",
            "caution" if abs(purity.counted - 1) > ASSAY_SHIFT else "info",
        )


def _corrected(line: ReagentLine) -> str:
    counted = line.reagent.purity.counted
    if line.measured_by == "mass":
        return f"Corrected it would be {in_digits((line.mass_mg or ZERO) / counted, 4)} mg."
    return f"Corrected it would be {in_digits((line.volume_ml or ZERO) / counted, 3)} mL."


def _about_small_mass(line: ReagentLine, balance: Balance) -> Iterator[Caution]:
    if (
        line.measured_by == "mass"
        and line.weigh_mg
        and line.mass_mg
        and line.mass_mg < SMALL_MASS_MG
    ):
        error = balance.mass_uncertainty(line.mass_mg) / line.mass_mg * 100
        yield Caution(
            "small_mass",
            f"{line.reagent.name}: {in_digits(line.mass_mg, 3)} mg on this balance is uncertain by {in_digits(error, 2)} %. Make a stock solution or a larger batch.",
        )


def _about_strength(line: ReagentLine, lines: Sequence[ReagentLine]) -> Iterator[Caution]:
    """Say per volume of what a concentration counts."""
    rule = line.ingredient.amount
    if rule.basis not in ("concentration_mol_l", "concentration_mg_ml"):
        return
    solvent = next(other for other in lines if other.key == rule.of)
    unit = "mol/L" if rule.basis == "concentration_mol_l" else "mg/mL"
    said = f"{line.reagent.name}: {rule.value} {unit} counts per mL of"
    if _per_solution(line, solvent):
        yield Caution(
            "concentration_basis",
            f"{said} the solution as made up with {solvent.reagent.name}.",
            "info",
        )
        return
    density, volume = line.reagent.density_g_ml, solvent.volume_ml
    weaker = "the solution is weaker by the volume of what dissolves"
    if density is not None and volume and line.mass_mg is not None and rule.value is not None:
        about = rule.value / (1 + volume_ml_from_mass_mg(line.mass_mg, density) / volume)
        weaker = f"the solution is weaker, about {in_digits(about, 3)} {unit}"
    yield Caution("concentration_basis", f"{said} {solvent.reagent.name}; {weaker}.", "info")


def _per_solution(line: ReagentLine, solvent: ReagentLine) -> bool:
    per = line.ingredient.amount.per
    return per == "solution" or (not per and solvent.reagent.basis == "fills_to_ml")


def _about_budgets(ratios: Sequence[Ratio], composition: Mapping[str, Known]) -> Iterator[Caution]:
    """Say how much of the uncertainty of each asked ratio comes from what."""
    for ratio in ratios:
        known = composition.get(f"{ratio.key}_effective")
        if not ratio.asked or known is None or not known.value:
            continue
        parts = [
            f"{in_digits(part.share * 100, 2)} % from {part.cause}{' (assumed)' if part.assumed else ''}"
            for part in known.budget()
            if part.share >= LEAST_SHARE
        ]
        if parts:
            yield Caution(
                "uncertainty_budget",
                f"{ratio.symbol} in the flask is uncertain by {in_digits(known.uncertainty / known.value * 100, 2)} %: of the "
                f"variance {', '.join(parts)}.",
                "info",
            )


def _about_ratios(ratios: Sequence[Ratio], composition: Mapping[str, Known]) -> Iterator[Caution]:
    asked = [one for one in ratios if one.asked] or [
        one for one in ratios if len(one.below) == 1 and all(map(is_metal, one.species))
    ]
    for ratio in asked:
        known = composition.get(ratio.key)
        if known is None or not known.value:
            continue
        relative = known.uncertainty / known.value
        if relative > COARSE_RATIO:
            yield Caution(
                "coarse_ratio",
                f"Weighing and measuring leave {ratio.symbol} uncertain by {in_digits(relative * 100, 2)} %. Weigh from a stock solution or make a larger batch.",
            )

"""What a careful colleague would say about a plan before the flask is loaded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .formulas import read_formula
from .ratios import Known
from .reagents import ZERO, Reagent, ReagentLine
from .recipe import RecipeDefinition, load_shipped_chemicals
from .sources import KINDS_THAT_COUNT, Balance, ImpossibleTarget, UnsolvablePlan

SMALL_MASS_MG = Decimal(10)
FILL_CAUTION_PERCENT, FILL_BLOCK_PERCENT = Decimal(40), Decimal(60)  # hot flasks foam
SCALE_CAUTION, SCALE_REVIEW = Decimal(3), Decimal(5)  # quench and mixing do not scale
FLASKS_ML = (25, 50, 100, 250, 500, 1000, 2000)
LEAST_OA_PER_CS, SAFE_OA_PER_CS = Decimal(1), Decimal("1.2")
COARSE_RATIO = Decimal("0.02")
STOCK_SHIFT = Decimal("0.02")


@dataclass(frozen=True, slots=True)
class Caution:
    """One warning: ``severity`` is info, caution, review or block."""

    code: str
    message: str
    severity: str = "caution"

    def as_dict(self) -> dict[str, str]:
        """Return a plain dict."""
        return {"code": self.code, "message": self.message, "severity": self.severity}


@dataclass(frozen=True, slots=True)
class Filling:
    """How full a vessel gets when everything is in it."""

    vessel: str
    name: str
    volume_ml: Decimal
    capacity_ml: Decimal | None
    heated: bool

    @property
    def percent(self) -> Decimal | None:
        """Filling in percent, None when the vessel's size is not known."""
        return None if self.capacity_ml is None else self.volume_ml / self.capacity_ml * 100


def fillings(recipe: RecipeDefinition, lines: Sequence[ReagentLine]) -> list[Filling]:
    """Add up the liquids that the steps put into each vessel (additive volumes)."""
    volumes = {line.key: line.volume_ml or ZERO for line in lines}
    result = []
    for vessel in recipe.vessels:
        used = {
            key for step in recipe.steps if step.vessel == vessel.key for key in step.ingredients
        }
        volume = sum((volumes[key] for key in volumes if key in used), ZERO)
        result.append(Filling(vessel.key, vessel.name, volume, vessel.volume_ml, vessel.heated))
    return result


def collect_cautions(
    recipe: RecipeDefinition,
    numbers: Mapping[str, Decimal],
    lines: Sequence[ReagentLine],
    composition: Mapping[str, Known],
    filled: Sequence[Filling],
    balance: Balance,
    *,
    correct_for_assay: bool,
) -> list[Caution]:
    """Return all cautions in a fixed order. Raises when the plan must not be made at all."""
    found: list[Caution] = []
    found += _about_targets(recipe, numbers)
    for line in lines:
        found += _about_hydrate(line, lines, composition, balance)
        found += _about_assay(line, correct_for_assay=correct_for_assay)
        found += _about_amount(line, balance)
    found += _about_filling(filled)
    found += _about_composition(recipe, composition)
    found += [Caution(flag.code, flag.message, flag.severity) for flag in recipe.flags]
    return found


def _about_targets(recipe: RecipeDefinition, numbers: Mapping[str, Decimal]) -> Iterator[Caution]:
    for one in recipe.inputs:
        value = numbers.get(one.key)
        if value is None:
            continue
        for gap in one.gaps:
            if gap.low < value < gap.high:
                yield Caution("unmeasured_gap", gap.message)
        if one.explored_maximum is not None and value > one.explored_maximum:
            yield Caution(
                "extrapolation",
                f"{one.name} = {value} lies above {one.explored_maximum}, the highest that the source tried. Nothing is known there.",
            )
        if (
            one.kind in ("amount", "scale")
            and one.reference is not None
            and recipe.kind == "nanocrystals"
        ):
            factor = value / one.reference
            if factor >= SCALE_REVIEW:
                yield Caution(
                    "scale_up",
                    f"This is {factor:.3g} times the source's batch. Mixing and quenching do not scale with it: have it reviewed, and expect other sizes.",
                    "review",
                )
            elif factor >= SCALE_CAUTION:
                yield Caution(
                    "scale_up",
                    f"This is {factor:.3g} times the source's batch. A flask this large mixes and quenches more slowly than the 5 s growth allows for.",
                )


def _about_hydrate(
    line: ReagentLine,
    lines: Sequence[ReagentLine],
    composition: Mapping[str, Known],
    balance: Balance,
) -> Iterator[Caution]:
    reagent = line.reagent
    if line.measured_by != "mass" or not line.amount_mmol or not reagent.recipe_formula:
        return
    asked = read_formula(reagent.recipe_formula)
    bottle = read_formula(reagent.formula)
    face_mg = balance.rounded_mg(line.amount_mmol * asked.molar_mass)
    if bottle.waters != asked.waters:
        wrong = face_mg / bottle.molar_mass
        yield Caution(
            "hydrate_trap",
            f"Lot {reagent.source.code if reagent.source else ''} is {bottle.text}: weigh {line.weigh_mg} mg. "
            f"{face_mg} mg, right for {asked.text}, would bring {wrong:.4g} instead of {line.amount_mmol:.4g} mmol"
            f"{_ratio_after(reagent, wrong / line.amount_mmol, composition)}.",
        )
    elif reagent.ingredient.choice_input:
        return  # the chemist has just said which form it is
    elif (reagent.source is None or not reagent.source.formula) and not asked.waters:
        for hydrate in _known_hydrates(reagent.recipe_formula):
            other = read_formula(hydrate)
            share = asked.molar_mass / other.molar_mass
            yield Caution(
                "hydrate_trap",
                f"Read the label: if the bottle is {other.text} and not {asked.text}, weigh "
                f"{balance.rounded_mg(line.amount_mmol * other.molar_mass)} mg. {face_mg} mg of it would bring "
                f"{(1 - share) * 100:.3g} % too little{_ratio_after(reagent, share, composition)}.",
            )
            return  # the first hydrate makes the point


def _known_hydrates(formula: str) -> list[str]:
    wanted = dict(read_formula(formula).counts)
    chemicals = (one.formula for one in load_shipped_chemicals().values() if one.formula)
    return [
        text
        for text in chemicals
        if read_formula(text).waters and dict(read_formula(text).anhydrous.counts) == wanted
    ]


def _ratio_after(reagent: Reagent, share: Decimal, composition: Mapping[str, Known]) -> str:
    ratio = composition.get("ratio_ca_pb")
    if ratio is None or "Ca" not in reagent.species:
        return ""
    return f", R {ratio.value * share:.3f} instead of {ratio.value:.3f}"


def _about_assay(line: ReagentLine, *, correct_for_assay: bool) -> Iterator[Caution]:
    reagent = line.reagent
    if reagent.is_stock or not reagent.formula or not (line.mass_mg or line.volume_ml):
        return
    if reagent.ingredient.role in ("solvent", "antisolvent") and reagent.source is None:
        return
    where = f"{reagent.name}" + (f" (lot {reagent.source.code})" if reagent.source else "")
    if reagent.assay_kind == "trace_metals":
        yield Caution(
            "trace_metals_assay",
            f"{where}: the purity is on trace metals basis. That is not an assay, so the mass is not corrected for it.",
            "info",
        )
    elif reagent.assay is None or reagent.assay_kind not in KINDS_THAT_COUNT:
        yield Caution(
            "assay_unknown",
            f"{where}: the assay is not known and is computed as 1. Enter the assay from the certificate of the lot.",
        )
    elif reagent.assay_high is not None and reagent.assay_low is not None:
        yield Caution(
            "purity_range",
            f"{where}: the label gives {reagent.assay_low * 100:.3g} to {reagent.assay_high * 100:.3g} %, so its moles are a range.",
            "info",
        )
    elif not correct_for_assay and line.measured_by == "mass" and reagent.assay != 1:
        yield Caution(
            "assay_not_corrected",
            f"{where}: masses are not corrected for the {reagent.counted_assay * 100:.6g} % assay, as in the source. The effective ratios say what that does.",
            "info",
        )


def _about_amount(line: ReagentLine, balance: Balance) -> Iterator[Caution]:
    weigh = line.weigh_mg
    if (
        line.measured_by == "mass"
        and line.mass_mg
        and weigh is not None
        and line.mass_mg < SMALL_MASS_MG
    ):
        error = balance.uncertainty_mg / line.mass_mg * 100
        yield Caution(
            "small_mass",
            f"{line.reagent.name}: {line.mass_mg:.3g} mg on this balance is uncertain by {error:.2g} %. Make a stock solution or a larger batch.",
        )
    reagent = line.reagent
    for ion, planned in reagent.planned_concentrations_mol_l.items():
        real = reagent.concentrations_mol_l[ion]
        measured = reagent.source is not None and reagent.source.concentration_mol_l is not None
        if not measured:
            yield Caution(
                "stock_concentration_computed",
                f"{reagent.name}: {planned:.4f} M {ion} is computed with additive volumes at room temperature, not measured.",
                "info",
            )
        elif abs(real / planned - 1) > STOCK_SHIFT and line.volume_ml:
            needed = line.amount_mmol / real if line.amount_mmol is not None else ZERO
            yield Caution(
                "stock_concentration",
                f"{reagent.name}: the stock holds {real:.4f} M {ion}, the recipe counts on {planned:.4f} M. {needed:.3g} mL carry the recipe's {ion}.",
            )
    if reagent.ingredient.systematic_percent is not None:
        yield Caution("hot_draw", f"{reagent.name}: {reagent.ingredient.systematic_reason}", "info")


def _about_filling(filled: Sequence[Filling]) -> Iterator[Caution]:
    for one in filled:
        percent = one.percent
        if not one.heated or percent is None or percent <= FILL_CAUTION_PERCENT:
            continue
        fitting = next(
            (size for size in FLASKS_ML if one.volume_ml / size * 100 <= FILL_CAUTION_PERCENT), None
        )
        if percent <= FILL_BLOCK_PERCENT:
            yield Caution(
                "vessel_fill",
                f"{one.volume_ml:.4g} mL fill the {one.name} to {percent:.3g} %. Above 40 % it may foam over under vacuum.",
            )
            continue
        largest = FLASKS_ML[-1] * FILL_BLOCK_PERCENT / 100
        if one.volume_ml > largest:
            raise ImpossibleTarget(
                f"This scale needs {one.volume_ml:.4g} mL in one flask; even a {FLASKS_ML[-1]} mL flask takes {largest:.4g} mL when hot. "
                "Ask for a smaller scale or make several batches."
            )
        yield Caution(
            "vessel_fill",
            f"{one.volume_ml:.4g} mL fill the {one.name} to {percent:.3g} %; at most {FILL_BLOCK_PERCENT} % is safe when hot or under vacuum. "
            f"Choose a flask of {fitting or FLASKS_ML[-1]} mL, or make several batches.",
            "block",
        )


def _about_composition(
    recipe: RecipeDefinition, composition: Mapping[str, Known]
) -> Iterator[Caution]:
    acid = composition.get("ratio_oa_cs")
    if recipe.kind == "stock_solution" and acid is not None:
        if acid.value < LEAST_OA_PER_CS:
            raise UnsolvablePlan(
                f"Oleic acid per caesium is {acid.value:.3g}: below 1 not all caesium carbonate can dissolve. Take more oleic acid or less caesium carbonate."
            )
        if acid.value < SAFE_OA_PER_CS:
            yield Caution(
                "oa_per_cs",
                f"Oleic acid per caesium is {acid.value:.3g}. Below 1.2 the stock may stay cloudy.",
            )
    stock, other = composition.get("caesium_mol_l"), composition.get("caesium_mol_l_solvent_only")
    if recipe.kind == "stock_solution" and stock is not None and other is not None:
        yield Caution(
            "stock_basis",
            f"{stock.value:.4f} M Cs assumes additive volumes at room temperature and neglects the water and CO2 "
            f"that form. Counted on the solvent alone it would read {other.value:.4f} M, which is the wrong basis.",
            "info",
        )
    ratio = composition.get("ratio_ca_pb")
    if ratio is not None and ratio.value and ratio.uncertainty / ratio.value > COARSE_RATIO:
        yield Caution(
            "coarse_ratio",
            f"The balance alone leaves R uncertain by {ratio.uncertainty / ratio.value * 100:.2g} %. Weigh from a stock solution or make a larger batch.",
        )

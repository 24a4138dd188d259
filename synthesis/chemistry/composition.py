"""The reverse of a plan: from what was really weighed to what is in the flask.

Values are given twice: at face value (as if every bottle were pure) and effective (assay and
titre counted). A ratio appears as soon as every reagent that bears on it has been recorded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from .amounts import mass_mg_from_volume_ml
from .formulas import read_formula
from .plain import as_decimal
from .plan import Plan
from .ratios import ION_RATIOS, ORGANIC, Contribution, Known, all_ratios, total
from .reagents import ONE, ZERO, Reagent
from .recipe_parts import AmountRule, Ingredient
from .sources import Balance, Source, UnfitSource
from .typed import UnreadableQuantity, convert, dimension_of

PRECISION = 40


class UnusableAddition(ValueError):
    """A recorded addition that cannot be counted; the message says why."""


@dataclass(frozen=True, slots=True)
class Addition:
    """One recorded amount of one ingredient. ``amount`` None means not recorded yet.

    ``uncertainty`` is a standard uncertainty in ``unit``; the plan's balance when None.
    ``source`` is the bottle it came from; the plan's own when None.
    """

    key: str
    amount: Decimal | None
    unit: str
    source: Source | None = None
    uncertainty: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Deviation:
    """One ingredient: planned and recorded in one unit. ``percent`` is None when none was planned."""

    key: str
    unit: str
    planned: Decimal
    actual: Decimal

    @property
    def percent(self) -> Decimal | None:
        """Recorded minus planned, in percent of planned."""
        return (self.actual / self.planned - 1) * 100 if self.planned else None


@dataclass(frozen=True, slots=True)
class Composition:
    """What is in the flask. Amounts in mmol by element, ratios at face value and effective."""

    ratios: Mapping[str, Known]
    effective: Mapping[str, Known]
    amounts_mmol: Mapping[str, Known]
    effective_amounts_mmol: Mapping[str, Known]
    deviations: tuple[Deviation, ...]
    missing: tuple[str, ...]
    waiting_for: Mapping[str, tuple[str, ...]]
    ratio_ca_pb_planned: Decimal | None = None

    @property
    def is_complete(self) -> bool:
        """Whether every planned ingredient has been recorded."""
        return not self.missing

    def as_dict(self) -> dict[str, Any]:
        """Return floats, ready for JSON."""
        return {
            "ratios": {key: known.as_dict() for key, known in self.ratios.items()},
            "effective": {key: known.as_dict() for key, known in self.effective.items()},
            "amounts_mmol": {key: known.as_dict() for key, known in self.amounts_mmol.items()},
            "effective_amounts_mmol": {
                key: known.as_dict() for key, known in self.effective_amounts_mmol.items()
            },
            "deviations": [
                {
                    "key": one.key,
                    "unit": one.unit,
                    "planned": float(one.planned),
                    "actual": float(one.actual),
                    "percent": None if one.percent is None else float(one.percent),
                }
                for one in self.deviations
            ],
            "missing": list(self.missing),
            "waiting_for": {key: list(keys) for key, keys in self.waiting_for.items()},
            "complete": self.is_complete,
            "ratio_ca_pb_planned": None
            if self.ratio_ca_pb_planned is None
            else float(self.ratio_ca_pb_planned),
        }


def weighed_composition(
    plan: Plan | Mapping[str, Any], additions: Sequence[Addition]
) -> Composition:
    """Return what is in the flask after some additions.

    ``plan`` is a Plan or the dict that its ``as_dict`` gave (a frozen one from a batch). Several
    additions of one ingredient add up. Raises UnusableAddition or UnfitSource with a sentence.
    """
    frozen = plan.as_dict() if isinstance(plan, Plan) else plan
    with localcontext() as context:
        context.prec = PRECISION
        return _weighed_composition(frozen, additions)


def _weighed_composition(plan: Mapping[str, Any], additions: Sequence[Addition]) -> Composition:
    balance = Balance(**{key: as_decimal(value, key) for key, value in plan["balance"].items()})
    lines: dict[str, Mapping[str, Any]] = {line["key"]: line for line in plan["reagents"]}
    recorded = _merged([one for one in additions if one.amount is not None], balance)
    face, real = [], []
    for one in recorded:
        reagent = _reagent(one, lines.get(one.key))
        face.append(_contribution(one, reagent, balance, corrected=False))
        real.append(_contribution(one, reagent, balance, corrected=True))
    done = {one.key for one in recorded}
    missing = tuple(key for key, line in lines.items() if key not in done and _is_planned(line))
    for key, line in lines.items():
        if key not in done and not _is_planned(line):
            # planned at zero and nothing recorded: none is in the flask
            zero = Contribution(key, dict.fromkeys(_line_reagent(line).species, ZERO))
            face.append(zero)
            real.append(zero)
    waiting = _waiting_for(lines, missing, plan["composition"])
    asked = plan.get("targets", {}).get("ratio_ca_pb")
    is_stock = plan["recipe"]["kind"] == "stock_solution"
    shown = {
        name for name in ION_RATIOS if name not in waiting and (is_stock or name != "ratio_oa_cs")
    }
    return Composition(
        ratios={name: known for name, known in all_ratios(face).items() if name in shown},
        effective={name: known for name, known in all_ratios(real).items() if name in shown},
        amounts_mmol=_amounts(face),
        effective_amounts_mmol=_amounts(real),
        deviations=_deviations(lines, recorded),
        missing=missing,
        waiting_for=waiting,
        ratio_ca_pb_planned=None if asked is None else as_decimal(asked, "ratio_ca_pb"),
    )


def _merged(recorded: Sequence[Addition], balance: Balance) -> list[Addition]:
    """Add up portions from one bottle: each weighing is uncertain by itself, the assay is shared."""
    portions: dict[tuple[str, Source | None, bool], list[tuple[Decimal, Decimal]]] = {}
    for one in recorded:
        by_volume, measured, uncertainty = _checked(one, balance)
        portions.setdefault((one.key, one.source, by_volume), []).append((measured, uncertainty))
    return [
        Addition(
            key,
            sum((measured for measured, _ in parts), ZERO),
            "mL" if by_volume else "mg",
            source,
            sum((uncertainty**2 for _, uncertainty in parts), ZERO).sqrt(),
        )
        for (key, source, by_volume), parts in portions.items()
    ]


def _checked(one: Addition, balance: Balance) -> tuple[bool, Decimal, Decimal]:
    """Return whether it was measured by volume, the amount and its uncertainty in mL or mg."""
    amount, own = one.amount, one.uncertainty
    if amount is None or not amount.is_finite() or amount < 0:
        raise UnusableAddition(
            f"“{one.key}”: {amount} cannot be an amount. Record a number of 0 or more."
        )
    if own is not None and not (own.is_finite() and own >= 0):
        raise UnusableAddition(f"“{one.key}”: the uncertainty {own} should be 0 or more.")
    by_volume, measured = _measured(one)
    if own is not None:
        return by_volume, measured, convert(own, one.unit, "mL" if by_volume else "mg")
    if by_volume:
        return by_volume, measured, measured * balance.volume_uncertainty_percent / 100
    return by_volume, measured, balance.uncertainty_mg


def _is_planned(line: Mapping[str, Any]) -> bool:
    return bool(line["weigh_mg"] or line["volume_ml"])


def _reagent(addition: Addition, line: Mapping[str, Any] | None) -> Reagent:
    if line is not None:
        return _line_reagent(line, addition.source)
    source = addition.source
    if source is None or not source.formula:
        raise UnusableAddition(
            f"“{addition.key}” is not in the plan. Record which lot it came from, with its formula, so that it can be counted."
        )
    ingredient = Ingredient(
        key=addition.key, role="additive", amount=AmountRule(mass_mg=ONE), chemical=addition.key
    )
    return _with_source(Reagent(ingredient, addition.key, recipe_formula=source.formula), source)


def _line_reagent(line: Mapping[str, Any], source: Source | None = None) -> Reagent:
    """Rebuild the reagent that a frozen line was made of, then put the bottle really used in its place."""
    ingredient = Ingredient(
        key=line["key"],
        role=line["role"],
        amount=AmountRule.model_validate(
            {"volume_ml" if line["measured_by"] == "volume" else "mass_mg": ONE}
        ),
        chemical="" if line["stock"] else line["chemical"] or line["key"],
        stock=line["stock"] or "",
        systematic_percent=_decimal(line["systematic_percent"]),
        systematic_reason=line["systematic_reason"] or "",
    )
    bounds = line["assay_range"]
    reagent = Reagent(
        ingredient=ingredient,
        name=line["name"],
        chemical=line["chemical"] or "",
        recipe_formula=line["recipe_formula"] or "",
        formula=line["formula"] or "",
        density_g_ml=_decimal(line["density_g_ml"]),
        assay_low=_decimal(bounds[0] if bounds else line["assay"]),
        assay_high=_decimal(bounds[1]) if bounds else None,
        assay_kind=line["assay_kind"],
        assay_uncertainty=_decimal(line["assay_uncertainty"]),
        concentrations_mol_l=_decimals(line["concentrations_mol_l"]),
        planned_concentrations_mol_l=_decimals(line["planned_concentrations_mol_l"]),
        concentration_relative_uncertainty=_decimal(line["concentration_relative_uncertainty"])
        or ZERO,
    )
    return reagent if source is None else _with_source(reagent, source)


def _with_source(reagent: Reagent, source: Source) -> Reagent:
    asked, bottle = reagent.recipe_formula, source.formula
    if asked and bottle:
        wanted, got = read_formula(asked).anhydrous, read_formula(bottle).anhydrous
        if dict(wanted.counts) != dict(got.counts):
            raise UnfitSource(
                f"Lot {source.code} is {bottle}, but “{reagent.ingredient.key}” is {asked}. Correct the lot or record it as another reagent."
            )
    real = dict(reagent.concentrations_mol_l)
    relative = reagent.concentration_relative_uncertainty
    if source.concentration_mol_l is not None and real:
        factor = source.concentration_mol_l / next(iter(real.values()))
        real = {ion: value * factor for ion, value in real.items()}
        relative = (source.concentration_uncertainty_mol_l or ZERO) / source.concentration_mol_l
    return Reagent(
        ingredient=reagent.ingredient,
        name=reagent.name,
        chemical=reagent.chemical,
        recipe_formula=reagent.recipe_formula,
        formula=bottle or reagent.formula or asked,
        density_g_ml=source.density_g_ml or reagent.density_g_ml,
        assay_low=source.assay,
        assay_kind=source.assay_kind,
        assay_uncertainty=source.assay_uncertainty,
        source=source,
        concentrations_mol_l=real,
        planned_concentrations_mol_l=reagent.planned_concentrations_mol_l,
        concentration_relative_uncertainty=relative,
    )


def _contribution(
    one: Addition, reagent: Reagent, balance: Balance, *, corrected: bool
) -> Contribution:
    """What one merged addition (in mg or mL, with its uncertainty) brings."""
    by_volume, measured = _measured(one)
    units = _units_of_reagent(one, reagent, measured, by_volume=by_volume, corrected=corrected)
    own = one.uncertainty / measured if one.uncertainty is not None and measured else ZERO
    return reagent.contribution(units, own, corrected=corrected)


def _measured(one: Addition) -> tuple[bool, Decimal]:
    """Return whether it was measured by volume, and the amount in mL or mg."""
    amount = one.amount if one.amount is not None else ZERO
    try:
        dimension = dimension_of(one.unit)
        if dimension == "mass":
            return False, convert(amount, one.unit, "mg")
        if dimension == "volume":
            return True, convert(amount, one.unit, "mL")
    except UnreadableQuantity as refusal:
        raise UnusableAddition(f"“{one.key}”: {refusal}") from refusal
    raise UnusableAddition(f"“{one.key}” was recorded in {one.unit}. Record a mass or a volume.")


def _units_of_reagent(
    one: Addition, reagent: Reagent, measured: Decimal, *, by_volume: bool, corrected: bool
) -> Decimal:
    """Millimoles of the reagent, millilitres of a stock."""
    if reagent.is_stock:
        if by_volume:
            return measured
        if reagent.density_g_ml is None:
            raise UnusableAddition(
                f"“{one.key}” is a solution: record its volume, or give its density."
            )
        return measured / (reagent.density_g_ml * 1000)
    if not reagent.formula:
        return ZERO  # a polymer brings no ions that are counted
    if by_volume:
        if reagent.density_g_ml is None:
            raise UnusableAddition(
                f"“{one.key}” was recorded in {one.unit} but its density is not known. Record its mass."
            )
        measured = mass_mg_from_volume_ml(measured, reagent.density_g_ml)
    counted = corrected or by_volume or reagent.is_technical
    return reagent.mmol_in_mass(measured, assay=reagent.counted_assay if counted else ONE)


def _waiting_for(
    lines: Mapping[str, Mapping[str, Any]], missing: Sequence[str], planned: Mapping[str, Any]
) -> dict[str, tuple[str, ...]]:
    """Which of the plan's ratios wait for which ingredients."""
    brings = {key: set(_line_reagent(lines[key]).species) for key in missing}
    waiting = {}
    for name, (above, below) in ION_RATIOS.items():
        keys = tuple(key for key in missing if brings[key] & {*above, *below})
        if keys and name in planned:
            waiting[name] = keys
    return waiting


def _amounts(contributions: Sequence[Contribution]) -> dict[str, Known]:
    names = sorted({name for one in contributions for name in one.species if name not in ORGANIC})
    result = {}
    for name in names:
        carriers = [one for one in contributions if name in one.species]
        variance = sum(
            (
                one.species[name] ** 2 * (one.relative_uncertainty**2 + one.spread**2 / 3)
                for one in carriers
            ),
            ZERO,
        )
        result[name] = Known(total([name], carriers), variance.sqrt())
    return result


def _deviations(
    lines: Mapping[str, Mapping[str, Any]], recorded: Sequence[Addition]
) -> tuple[Deviation, ...]:
    result = []
    for key, line in lines.items():
        mine = [_measured(one) for one in recorded if one.key == key]
        by_volume = line["measured_by"] == "volume"
        if mine and all(volume == by_volume for volume, _ in mine):
            planned = _decimal(line["volume_ml"] if by_volume else line["weigh_mg"]) or ZERO
            actual = sum((amount for _, amount in mine), ZERO)
            result.append(Deviation(key, "mL" if by_volume else "mg", planned, actual))
    return tuple(result)


def _decimal(value: object) -> Decimal | None:
    return None if value is None else as_decimal(value, "the frozen plan")


def _decimals(values: Mapping[str, Any]) -> dict[str, Decimal]:
    return {key: as_decimal(value, "the frozen plan") for key, value in values.items()}

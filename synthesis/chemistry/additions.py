"""Recorded amounts: portions added up, each with the bottle it came from and its uncertainty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from .amounts import in_digits, mass_mg_from_volume_ml, volume_ml_from_mass_mg
from .contents import species_in
from .formulas import read_formula
from .plan import Plan, frozen
from .pouring import poured
from .ratios import ZERO, Contribution
from .reagent_lines import read_planned, read_reagent
from .reagents import Reagent
from .sources import Balance, Source
from .typed import UnreadableQuantity, convert, dimension_of


class UnusableAddition(ValueError):
    """A recorded addition that cannot be counted; the message says why, ``field`` which one it is."""

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Addition:
    """One recorded amount of one ingredient. ``amount`` None means not recorded yet.

    ``uncertainty`` is a standard uncertainty in ``unit``; the plan's balance when None.
    ``source`` is the bottle it came from; the plan's own when None, unless ``without_bottle`` says
    that nobody knows the bottle: then it counts as the recipe's own substance.
    """

    key: str
    amount: Decimal | None
    unit: str
    source: Source | None = None
    uncertainty: Decimal | None = None
    without_bottle: bool = False


@dataclass(frozen=True, slots=True)
class Amount:
    """All portions of one ingredient from one bottle. ``measured`` in mL or mg, with its uncertainty."""

    key: str
    reagent: Reagent
    by_volume: bool
    measured: Decimal
    uncertainty: Decimal
    volume_ml: Decimal | None = field(default=None)

    @property
    def volume_uncertainty_ml(self) -> Decimal:
        """Uncertainty of the volume, as it follows from what was measured."""
        if self.volume_ml is None or not self.measured:
            return ZERO
        return self.volume_ml * self.uncertainty / self.measured

    def beside(self, before: int) -> "Amount":
        """The amount when others of its ingredient were measured before: an error is its own each time."""
        return replace(self, reagent=replace(self.reagent, key=f"{self.key} ({before + 1})"))

    def contribution(self, *, effective: bool) -> Contribution:
        """What it brings: at face value, or with assay, titre and hot draw counted."""
        reagent = self.reagent
        if reagent.is_stock:
            if self.volume_ml is None:
                raise UnusableAddition(
                    f"“{self.key}” is a solution: record its volume, or give its density.", self.key
                )
            return reagent.stock_contribution(
                self.volume_ml, self.volume_uncertainty_ml, effective=effective
            )
        if not reagent.formula:
            return Contribution(self.key, {})  # a polymer brings no species that are counted
        mass, uncertainty = self.measured, self.uncertainty
        if self.by_volume:
            if reagent.density_g_ml is None:
                raise UnusableAddition(
                    f"“{self.key}” was recorded in mL but its density is not known. Record its mass.",
                    self.key,
                )
            mass = mass_mg_from_volume_ml(mass, reagent.density_g_ml)
            uncertainty = mass_mg_from_volume_ml(uncertainty, reagent.density_g_ml)
        return reagent.contribution(
            reagent.mmol_in_mass(mass, counted=effective),
            reagent.mmol_in_mass(uncertainty, counted=effective),
            counted=effective,
            by_volume=self.by_volume,
        )


def recorded_amounts(
    plan: Mapping[str, Any], additions: Sequence[Addition], balance: Balance
) -> list[Amount]:
    """Add up portions from one bottle: each weighing is uncertain by itself, the assay is shared."""
    lines: dict[str, Mapping[str, Any]] = {line["key"]: line for line in plan["reagents"]}
    portions: dict[tuple[str, str, bool], list[tuple[Addition, Decimal, Decimal]]] = {}
    for one in additions:
        if one.amount is not None:
            by_volume, measured, uncertainty = _checked(one, balance)
            code = one.source.code if one.source else "?" * one.without_bottle
            portions.setdefault((one.key, code, by_volume), []).append((one, measured, uncertainty))
    found: list[Amount] = []
    for (key, _, by_volume), parts in portions.items():
        amount = _amount(lines.get(key), parts, by_volume=by_volume)
        before = sum(one.key == key for one in found)
        found.append(amount.beside(before) if before else amount)
    return found


def _amount(
    line: Mapping[str, Any] | None,
    parts: Sequence[tuple[Addition, Decimal, Decimal]],
    *,
    by_volume: bool,
) -> Amount:
    first = parts[0][0]
    reagent = _reagent(first, line)
    measured = sum((part for _, part, _ in parts), ZERO)
    uncertainty = sum((own**2 for _, _, own in parts), ZERO).sqrt()
    volume = measured if by_volume else None
    if not by_volume and reagent.is_liquid and reagent.density_g_ml is not None:
        volume = volume_ml_from_mass_mg(measured, reagent.density_g_ml)
    return Amount(first.key, reagent, by_volume, measured, uncertainty, volume)


def _reagent(addition: Addition, line: Mapping[str, Any] | None) -> Reagent:
    if line is not None and addition.source is None and not addition.without_bottle:
        return read_planned(line)
    if line is not None:
        return poured(read_reagent(line), line["stock"] or "", addition.source)
    source = addition.source
    if source is None or not source.formula:
        raise UnusableAddition(
            f"“{addition.key}” is not in the plan. Record which lot it came from, with its formula, so that it can be counted.",
            addition.key,
        )
    return Reagent(
        key=addition.key,
        name=addition.key,
        formula=source.formula,
        density_g_ml=source.density_g_ml,
        purity=source.purity,
        source=source,
        per_mmol=species_in(source.formula, source.chemical_slug),
    )


def _checked(one: Addition, balance: Balance) -> tuple[bool, Decimal, Decimal]:
    """Return whether it was measured by volume, the amount and its uncertainty in mL or mg."""
    amount, own = one.amount, one.uncertainty
    if amount is None or not amount.is_finite() or amount < 0:
        raise UnusableAddition(
            f"“{one.key}”: {amount} cannot be an amount. Record a number of 0 or more.", one.key
        )
    if own is not None and not (own.is_finite() and own >= 0):
        raise UnusableAddition(f"“{one.key}”: the uncertainty {own} should be 0 or more.", one.key)
    by_volume, measured = _measured(one.key, amount, one.unit)
    if own is not None:
        return by_volume, measured, convert(own, one.unit, "mL" if by_volume else "mg")
    if by_volume:
        return by_volume, measured, balance.volume_uncertainty(measured)
    return by_volume, measured, balance.mass_uncertainty(measured)


def _measured(key: str, amount: Decimal, unit: str) -> tuple[bool, Decimal]:
    """Return whether it was measured by volume, and the amount in mL or mg."""
    try:
        dimension = dimension_of(unit)
    except UnreadableQuantity as refusal:
        raise UnusableAddition(f"“{key}”: {refusal}", key) from refusal
    if dimension == "mass":
        return False, convert(amount, unit, "mg")
    if dimension == "volume":
        return True, convert(amount, unit, "mL")
    raise UnusableAddition(f"“{key}” was recorded in {unit}. Record a mass or a volume.", key)


@dataclass(frozen=True, slots=True)
class OtherWater:
    """A bottle that holds another hydrate than the plan's: its mass for the same amount, and the words."""

    weigh_mg: Decimal
    sentence: str


def other_water(plan: Plan | Mapping[str, Any], key: str, source: Source) -> OtherWater | None:
    """Say what a bottle with other water than the plan's means for the mass; None when it has the same.

    Raises UnfitSource when the bottle is another substance.
    """
    kept = frozen(plan)
    line = next(line for line in kept["reagents"] if line["key"] == key)
    reagent = poured(read_reagent(line), line["stock"] or "", source)
    if not reagent.formula or not line["formula"] or not line["amount_mmol"]:
        return None
    inside, planned = read_formula(reagent.formula), read_formula(line["formula"])
    if inside.waters == planned.waters or line["measured_by"] != "mass":
        return None
    balance = Balance.from_dict(kept["balance"])
    amount = Decimal(str(line["amount_mmol"]))
    weigh = balance.rounded_mg(amount * inside.molar_mass)
    hydrate = "a hydrate, " if inside.waters else ""
    return OtherWater(
        weigh,
        f"{source.code} holds {hydrate}{inside.text}, not the planned {planned.text}: for the planned "
        f"{in_digits(amount, 4)} mmol weigh {weigh} mg instead of {line['weigh_mg']} mg.",
    )

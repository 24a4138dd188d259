"""A solved recipe as a value, and the plain dict that a batch freezes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .atomic_weights import ATOMIC_WEIGHTS_VERSION
from .cautions import Caution, Filling
from .plain import as_plain
from .ratios import Known
from .reagents import ReagentLine
from .recipe import RecipeDefinition
from .sources import Balance
from .targets import Targets

ALGORITHM = "1"


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
    vessels = {one.key: one.as_dict() for one in recipe.vessels}
    return [
        {
            "position": position,
            "key": step.key,
            "operation": step.operation,
            "stage": step.stage,
            "text": step.text,
            "parameters": {name: f"{value:f}" for name, value in step.set_points().items()},
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

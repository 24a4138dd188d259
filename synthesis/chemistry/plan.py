"""A solved recipe as a value, and the plain dict that a batch freezes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from .atomic_weights import ATOMIC_WEIGHTS_VERSION
from .caution import Caution
from .ratios import Known, Ratio
from .reagent_lines import ReagentLine, as_float
from .recipe import RecipeDefinition
from .sources import Balance
from .steps import Step
from .targets import Targets
from .vessels import Filling
from .yields import TheoreticalYield

ALGORITHM = "2"
PRECISION = 28  # digits; whatever the caller's decimal settings are


@dataclass(frozen=True, slots=True)
class Plan:
    """A solved recipe. Frozen whole into a batch through ``as_dict``.

    ``composition`` holds each ratio under its key as planned, under its key with ``_effective`` as
    it will be in the flask, and concentrations. ``reference`` is the species that the others are
    told over.
    """

    recipe: RecipeDefinition
    targets: Targets
    balance: Balance
    correct_for_assay: bool
    reagents: tuple[ReagentLine, ...]
    ratios: tuple[Ratio, ...]
    reference: str | None
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

    @property
    def first_ratio(self) -> Ratio | None:
        """The recipe's R, None when it asks for no ratio."""
        return next((one for one in self.ratios if one.is_first), None)

    def effective(self, key: str) -> Known | None:
        """Return a ratio as it will be in the flask."""
        return self.composition.get(f"{key}_effective")

    def as_dict(self) -> dict[str, Any]:
        """Return the whole plan, ready for JSON: computed numbers as floats, typed ones as texts."""
        with localcontext() as context:
            context.prec = PRECISION
            return self._as_dict()

    def _as_dict(self) -> dict[str, Any]:
        found = self.theoretical_yield
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
            "balance": self.balance.as_dict(),
            "reagents": [line.as_dict() for line in self.reagents],
            "ratios": [ratio.as_dict() for ratio in self.ratios],
            "composition": {key: known.as_dict() for key, known in self.composition.items()},
            "uncertainty_budget": self._budgets(),
            "residuals": {key: float(value) for key, value in self.residuals.items()},
            "theoretical_yield": None if found is None else found.as_dict(),
            "vessels": [one.as_dict() for one in self.vessels],
            "expected": None if self.expected is None else dict(self.expected),
            "warnings": [caution.as_dict() for caution in self.warnings],
            "steps": _scaled_steps(self.recipe, self.reagents, self.targets.numbers),
            "unknowns": dict(self.recipe.unknowns),
            "assumed": dict(self.recipe.assumed),
        }

    def _budgets(self) -> dict[str, list[dict[str, Any]]]:
        """What u of each asked ratio comes from, as planned and as it will be in the flask."""
        keys = [f"{one.key}{end}" for one in self.ratios if one.asked for end in ("", "_effective")]
        return {
            key: [part.as_dict() for part in self.composition[key].budget()]
            for key in keys
            if key in self.composition
        }


def frozen(plan: Plan | Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what ``as_dict`` gives of a plan, also of one that a batch has frozen already."""
    return plan.as_dict() if isinstance(plan, Plan) else plan


def _scaled_steps(
    recipe: RecipeDefinition, lines: Sequence[ReagentLine], numbers: Mapping[str, Decimal]
) -> list[dict[str, Any]]:
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
            **_tolerances(step),
            "ingredients": [_take(by_key[key], step, numbers) for key in step.ingredients],
            **_of_a_device(step),
            "atmosphere": step.atmosphere,
            "vessel": vessels.get(step.vessel),
            "until": step.until,
            "unknowns": dict(step.unknowns),
            "note": step.note,
        }
        for position, step in enumerate(recipe.steps, start=1)
    ]


def _of_a_device(step: Step) -> dict[str, Any]:
    """Return what only steps that build devices say; others have no such keys."""
    said = {"layer": step.layer, "agents": list(step.agents), "substrates": list(step.substrates)}
    return {name: value for name, value in said.items() if value}


def _tolerances(step: Step) -> dict[str, Any]:
    """Return the tolerances that the recipe says itself; a plan without any has no such key."""
    said = {name: f"{value:f}" for name, value in step.tolerances.items()}
    return {"tolerances": said} if said else {}


def _take(line: ReagentLine, step: Step, numbers: Mapping[str, Decimal]) -> dict[str, Any]:
    """What one step takes of a reagent; of what is given once a round, the part of this round."""
    by_mass = line.measured_by == "mass"
    amount = line.weigh_mg if by_mass else line.volume_ml
    if amount is not None and step.repeat and line.ingredient.amount.times == step.repeat:
        amount /= numbers[step.repeat]
    return {
        "key": line.key,
        "name": line.reagent.name,
        "formula": line.reagent.formula or None,
        "amount": as_float(amount),
        "unit": "mg" if by_mass else "mL",
    }

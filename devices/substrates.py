"""The substrates of a run: what differs between them, and the steps of a recipe told for each group.

Plain values, no Django. A number that differs makes one step of the bench for every value, each for the
substrates that have it; what is the same stays one step for all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from synthesis.chemistry.layers import RecipeLayer
from synthesis.chemistry.operations import Operations
from synthesis.chemistry.recipe import RecipeDefinition
from synthesis.chemistry.steps import Step

THICKNESS = "thickness_nm"


@dataclass(frozen=True, slots=True)
class Substrate:
    """One substrate of a run.

    ``numbers`` are what differs from the recipe: ``step.parameter`` (``ncs_spin_coat.speed_rpm``) or
    ``layer.thickness_nm``, in the unit of the name. ``sources`` is the code by layer that it was made from.
    """

    label: str
    numbers: Mapping[str, Decimal] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    def thickness_nm(self, layer: RecipeLayer) -> Decimal | None:
        """Return how thick a layer should be on this substrate, nm; None when nobody says."""
        return self.numbers.get(f"{layer.key}.{THICKNESS}", layer.thickness_nm)


class NotVariable(ValueError):
    """A number that cannot differ; ``key`` is what was asked to differ."""

    def __init__(self, sentence: str, key: str) -> None:
        self.key = key
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class Variable:
    """A number that may differ between substrates; ``is_said`` when the recipe gives or leaves it open."""

    key: str
    layer: RecipeLayer
    words: str
    is_said: bool


def variables(recipe: RecipeDefinition, operations: Operations) -> Iterator[Variable]:
    """Yield what may differ between substrates, layer by layer: set points of its steps, its thickness."""
    for layer in recipe.layers:
        if layer.role != "substrate":
            yield Variable(f"{layer.key}.{THICKNESS}", layer, "thickness", is_said=True)
        for step in (one for one in recipe.steps if one.layer == layer.key):
            operation = operations.get(step.operation)
            for one in operation.parameters if operation else ():
                if one.role == "set point" and one.name != THICKNESS:
                    label = operations.measures[one.name].label.lower()
                    said = one.name in step.parameters or one.name in step.unknowns
                    words = f"{step.operation} {label}"
                    yield Variable(f"{step.key}.{one.name}", layer, words, is_said=said)


def variable_numbers(recipe: RecipeDefinition, operations: Operations) -> dict[str, str]:
    """Return what may differ between substrates, by key: its words, such as ``CsPbI3 NCs: spin-coat speed``."""
    found = variables(recipe, operations)
    return {one.key: f"{one.layer.material}: {one.words}" for one in found}


def unit_of(key: str, recipe: RecipeDefinition, operations: Operations) -> str:
    """Return the unit of a number that may differ; raises NotVariable with the ones that may."""
    known = variable_numbers(recipe, operations)
    if key not in known:
        raise NotVariable(
            f"“{key[:80]}” is no number of “{recipe.name}” that can differ between substrates. Use one of"
            f" {', '.join(known) or 'none: it has no steps'}.",
            key,
        )
    name = key.rpartition(".")[2]
    return operations.measures[name].unit


def for_substrates(
    recipe: RecipeDefinition, substrates: Sequence[Substrate], operations: Operations
) -> RecipeDefinition:
    """Return the recipe as it is done for these substrates.

    Each step stands under its layer, knows the thickness that its layer should have, and comes once for
    every group of substrates that differ in it. The keys of such steps count up: ``spin_coat``,
    ``spin_coat_2``.
    """
    steps: list[Step] = []
    for step in recipe.steps:
        steps += _told(step, recipe, substrates, operations)
    return recipe.model_copy(update={"steps": tuple(steps)})


def _told(
    step: Step, recipe: RecipeDefinition, substrates: Sequence[Substrate], operations: Operations
) -> Iterator[Step]:
    layer = recipe.layer(step.layer)
    groups: dict[tuple[tuple[tuple[str, Decimal], ...], str], list[str]] = {}
    for one in substrates:
        numbers = _numbers(step, layer, one, operations)
        source = one.sources.get(layer.key, "") if layer else ""
        groups.setdefault((tuple(sorted(numbers.items())), source), []).append(one.label)
    taken = {one.key for one in recipe.steps}
    for place, ((numbers, source), labels) in enumerate(groups.items(), start=1):
        differs = len(groups) > 1
        parameters = {**step.parameters, **dict(numbers)}
        text = _with_agents(step)
        if source and _puts_material_down(step, operations):
            text = f"{text.rstrip('.')}, from {source}."
        yield step.model_copy(
            update={
                "key": step.key if place == 1 else _free(f"{step.key}_{place}", taken),
                "text": f"{text.rstrip('.')}: {_listed(labels)}." if differs else text,
                "stage": step.stage or (_stage(layer, recipe) if layer else ""),
                "parameters": parameters,
                "substrates": tuple(labels) if differs else (),
                "unknowns": {k: v for k, v in step.unknowns.items() if k not in parameters},
            }
        )


def _with_agents(step: Step) -> str:
    """Return the words of a step with what it uses, where they do not name it themselves."""
    if all(one.lower() in step.text.lower() for one in step.agents):
        return step.text
    return f"{step.text.rstrip('.')}: {', '.join(step.agents)}."


def _numbers(
    step: Step, layer: RecipeLayer | None, substrate: Substrate, operations: Operations
) -> dict[str, Decimal]:
    """Return the numbers of a step that a substrate says, and the thickness that its layer should have."""
    said = {
        key.rpartition(".")[2]: value
        for key, value in substrate.numbers.items()
        if key.rpartition(".")[0] == step.key
    }
    operation = operations.get(step.operation)
    takes_it = operation is not None and operation.parameter(THICKNESS) is not None
    if layer is not None and takes_it and THICKNESS not in {*said, *step.parameters}:
        thickness = substrate.thickness_nm(layer)
        if thickness is not None:
            said[THICKNESS] = thickness
    elif layer is not None and takes_it and f"{layer.key}.{THICKNESS}" in substrate.numbers:
        said.setdefault(THICKNESS, substrate.numbers[f"{layer.key}.{THICKNESS}"])
    return said


def _puts_material_down(step: Step, operations: Operations) -> bool:
    operation = operations.get(step.operation)
    return operation is not None and operation.gives == "film"


def _stage(layer: RecipeLayer, recipe: RecipeDefinition) -> str:
    return f"{recipe.layers.index(layer)} {layer.material}"


def _listed(labels: Sequence[str]) -> str:
    noun = "substrate" if len(labels) == 1 else "substrates"
    return f"{noun} {', '.join(labels)}"


def _free(key: str, taken: set[str]) -> str:
    while key in taken:
        key += "_"
    taken.add(key)
    return key

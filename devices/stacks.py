"""The stack that a device recipe says: its layers from the substrate (0) up, each with its steps in words.

Plain values, no Django.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from synthesis.chemistry.layers import RecipeLayer
from synthesis.chemistry.operations import step_number
from synthesis.chemistry.recipe import RecipeDefinition
from synthesis.chemistry.steps import Step

LONGEST_PROCESS = 300  # of Layer.process_text
CONTACTS = ("anode", "cathode", "electrode")
DOSES = ("concentration_mg_ml", "weight_percent")
READ_OUT = (*DOSES, "speed_rpm", "temperature_c", "duration_s", "pressure_pa", "thickness_nm")


@dataclass(frozen=True, slots=True)
class StackLayer:
    """One layer at its place, with the steps that make it."""

    index: int
    layer: RecipeLayer
    steps: tuple[Step, ...] = ()

    @property
    def process_text(self) -> str:
        """All steps in one line of at most 300 characters."""
        words = "; ".join(map(step_words, self.steps))
        return words if len(words) <= LONGEST_PROCESS else words[: LONGEST_PROCESS - 1] + "…"

    def as_dict(self) -> dict[str, Any]:
        """Return every entry, empty ones too: a layer is shown as a whole row."""
        layer = self.layer
        return {
            "index": self.index,
            "key": layer.key,
            "role": layer.role,
            "material": layer.material,
            "made_of": layer.made_of,
            "is_emitter": layer.is_emitter,
            "thickness_nm": _written(layer.thickness_nm),
            "thickness_tolerance_nm": _written(layer.thickness_tolerance_nm),
            "thickness_source": layer.thickness_source,
            "thickness_note": layer.thickness_note,
            "source": layer.source,
            "steps": [step.as_dict() for step in self.steps],
        }


def stack_of(recipe: RecipeDefinition) -> tuple[StackLayer, ...]:
    """Return the layers of a device recipe from the substrate up, with the steps that make each."""
    return tuple(
        StackLayer(index, layer, tuple(step for step in recipe.steps if step.layer == layer.key))
        for index, layer in enumerate(recipe.layers)
    )


def stack_doubts(layers: Sequence[RecipeLayer]) -> list[str]:
    """Say what is missing in the order of the layers of something that should emit; none of it is refused.

    A film on glass for its PL is no device, so a stack without an emitter is not asked.
    """
    said = []
    misplaced = [one.material for one in layers[1:] if one.role == "substrate"]
    if misplaced:
        said.append(
            f"{misplaced[0]} is the substrate, but lies above other layers: the first layer is the lowest."
        )
    at = next((place for place, one in enumerate(layers) if one.is_emitter), None)
    if at is None:
        return said
    sides = {"below": layers[:at], "above": layers[at + 1 :]}
    contacts = {side: [one for one in of if one.role in CONTACTS] for side, of in sides.items()}
    for side, found in contacts.items():
        if not found:
            said.append(
                f"There is no electrode {side} the emitter {layers[at].material}: a layer is missing in the order, or its role"
                " is not said."
            )
    for role in ("anode", "cathode"):
        if all(any(one.role == role for one in of) for of in contacts.values()):
            said.append(
                f"Below and above the emitter lies a contact called {role}: one of the two is the other."
            )
    return said


def step_words(step: Step) -> str:
    """Return a step in one line: ``spin-coat 8 mg/mL in chlorobenzene, 4000 rpm, 40 s``."""
    known = step.set_points()
    read_out = [name for name in READ_OUT if name in known]
    numbers = [number_words(name, known[name]) for name in read_out]
    numbers += [number_words(name, known[name]) for name in known if name not in read_out]
    agents = ", ".join(step.agents)
    if agents and read_out and read_out[0] in DOSES:
        parts = [f"{numbers.pop(0)} in {agents}"]
    else:
        parts = [agents] if agents else []
    parts += numbers
    if step.atmosphere:
        parts.append(f"under {step.atmosphere}" if step.atmosphere != "air" else "in air")
    return f"{step.operation} {', '.join(parts)}".strip()


def number_words(name: str, value: Decimal) -> str:
    """Return one number of a step with its unit, as a paper prints it: ``1 × 10⁻⁴ Pa``."""
    number = step_number(name)
    unit = number.unit if number else ""
    if unit == "s" and value >= 120 and value % 60 == 0:
        minutes = value / 60
        return f"{minutes / 60:f} h" if minutes % 60 == 0 else f"{minutes:f} min"
    if unit == "Pa" and 0 < value < Decimal("0.01"):
        power = value.adjusted()
        return f"{value.scaleb(-power).normalize():f} × 10{_raised(power)} Pa"
    if name == "weight_percent":
        unit = "wt %"
    return f"{value:f} {unit}".strip()


def as_built(steps: tuple[Step, ...], layer: RecipeLayer) -> Mapping[str, Any]:
    """Return what a device keeps of how its layer is made: the steps, and where the numbers stand."""
    said = {
        "steps": [step.as_dict() for step in steps],
        "thickness_source": layer.thickness_source,
        "thickness_note": layer.thickness_note,
        "source": layer.source,
    }
    return {key: value for key, value in said.items() if value}


def _written(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"


def _raised(power: int) -> str:
    return str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))

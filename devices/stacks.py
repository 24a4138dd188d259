"""Layer stacks: what an architecture says, checked, from the substrate (index 0) up.

Plain values, no Django. What the source does not print is None or stands in ``unknowns``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, field_validator, model_validator

from synthesis.chemistry.documents import (
    Document,
    DocumentReader,
    InvalidDocument,
    Number,
    Positive,
    Said,
    Text,
    refuse,
)
from synthesis.chemistry.operations import shipped_operations

SHIPPED = Path(__file__).parent / "data" / "architectures.toml"
Role = Literal[
    "substrate", "electrode", "hole_injection", "hole_transport", "emitter",
    "electron_transport", "electron_injection", "interlayer",
]  # fmt: skip
ThicknessSource = Literal["", "printed", "caption, approximate", "own"]
MOST_LAYERS = 50
LONGEST_PROCESS = 300  # of Layer.process_text
LARGEST_THICKNESS_NM = Decimal(10) ** 8  # 10 cm: beyond every substrate
Short = Annotated[Text, Field(max_length=1000)]


class Parameter(NamedTuple):
    """A number of a process step: how it is written and the range that a bench can reach."""

    unit: str
    low: Decimal
    high: Decimal


DOSES = {
    "concentration_mg_ml": Parameter("mg/mL", Decimal(0), Decimal(10_000)),
    "weight_percent": Parameter("wt %", Decimal(0), Decimal(100)),
}
OF_OPERATIONS = ("speed_rpm", "temperature_c", "duration_s", "pressure_pa")


@lru_cache(maxsize=1)
def known_parameters() -> Mapping[str, Parameter]:
    """Return the numbers of process steps in the order in which they are read out."""
    measures = shipped_operations().measures
    shared = {
        name: Parameter(measures[name].unit, measures[name].low, measures[name].high)
        for name in OF_OPERATIONS
    }
    return MappingProxyType(DOSES | shared)


class InvalidStack(InvalidDocument):
    """A stack that contradicts itself; the message says where and how to mend it."""


class ProcessStep(Document):
    """One operation on one layer with its typed parameters."""

    operation: Said
    parameters: Mapping[str, Number] = {}
    solvent: Short = ""
    atmosphere: Short = ""
    agents: tuple[Said, ...] = ()
    text: Short = ""
    unknowns: Mapping[str, Short] = {}

    @field_validator("operation")
    @classmethod
    def _known(cls, name: str) -> str:
        if shipped_operations().get(name) is None:
            raise refuse(
                f"“{name[:40]}” is not known. Use one of {', '.join(shipped_operations().names)}."
            )
        return name

    @model_validator(mode="after")
    def _possible(self) -> ProcessStep:
        for name, number in self.parameters.items():
            known = known_parameters().get(name)
            if known is None:
                raise refuse(
                    f"the parameter “{name[:40]}” is not known. Use {', '.join(known_parameters())}.",
                    at=f"parameters.{name[:40]}",
                )
            if not known.low <= number <= known.high:
                raise refuse(
                    f"{name} is {number} {known.unit}; it lies between {known.low} and"
                    f" {known.high} {known.unit}.",
                    at=f"parameters.{name}",
                )
        for name in sorted(self.parameters.keys() & self.unknowns.keys()):
            raise refuse(f"{name} is given and called unknown. Keep one of the two.", at="unknowns")
        return self

    @property
    def words(self) -> str:
        """The step in one line: ``spin-coat 8 mg/mL in chlorobenzene, 4000 rpm, 40 s``."""
        numbers = [
            _written(name, self.parameters[name])
            for name in known_parameters()
            if name in self.parameters
        ]
        parts = [", ".join(self.agents)] if self.agents else []
        if self.solvent:
            dose = numbers.pop(0) + " " if _has_dose(self.parameters) else ""
            parts.append(f"{dose}in {self.solvent}")
        parts += numbers
        if self.atmosphere:
            parts.append(f"under {self.atmosphere}" if self.atmosphere != "air" else "in air")
        return f"{self.operation} {', '.join(parts)}".strip()


class StackLayer(Document):
    """One layer: what it is, what it does, how thick (nm, None when not known), how it is made."""

    index: Annotated[int, Field(strict=True, ge=0)]
    role: Role
    material: Annotated[Said, Field(max_length=120)]
    is_emitter: bool = False
    thickness_nm: Positive | None = None
    thickness_source: ThicknessSource = ""
    thickness_note: Short = ""
    source: Short = ""
    steps: tuple[ProcessStep, ...] = ()

    @field_validator("thickness_nm", mode="before")
    @classmethod
    def _as_printed(cls, value: Any) -> Any:
        if isinstance(value, float):
            raise refuse('write it as text, such as "40", so that its digits stay.')
        return value

    @model_validator(mode="after")
    def _consistent(self) -> StackLayer:
        if self.is_emitter != (self.role == "emitter"):
            raise refuse("the layer with is_emitter has the role emitter, no other has.", at="role")
        if self.thickness_nm is not None and self.thickness_nm > LARGEST_THICKNESS_NM:
            raise refuse(
                f"a thickness of {self.thickness_nm} nm is none. Leave it out when it is not known.",
                at="thickness_nm",
            )
        if self.thickness_nm is not None and not self.thickness_source:
            raise refuse("say where the thickness comes from.", at="thickness_source")
        return self

    def as_dict(self) -> dict[str, Any]:
        """Return every entry, empty ones too: a layer is shown and kept as a whole row."""
        whole = {"is_emitter": self.is_emitter, "thickness_nm": None, "steps": []}
        texts = dict.fromkeys(("thickness_source", "thickness_note", "source"), "")
        return {**whole, **texts, **super().as_dict()}

    @property
    def process_text(self) -> str:
        """All steps in one line of at most 300 characters."""
        words = "; ".join(step.words for step in self.steps)
        return words if len(words) <= LONGEST_PROCESS else words[: LONGEST_PROCESS - 1] + "…"


class Stack(Document):
    """A named architecture, its layers in order from the substrate up."""

    slug: Said
    name: Said
    polarity: Short = ""
    source: Short = ""
    note: Short = ""
    layers: tuple[StackLayer, ...] = ()

    @property
    def emitter(self) -> StackLayer | None:
        """The layer that the nanocrystals make, if there is one."""
        return next((layer for layer in self.layers if layer.is_emitter), None)


class _Layers(Document):
    layers: tuple[StackLayer, ...] = ()


def materials_line(materials: Iterable[tuple[str, str]]) -> str:
    """Return ``ITO / PEDOT:PSS / ...`` for (role, material) pairs; the bare substrate is left out.

    >>> materials_line([("substrate", "Glass"), ("electrode", "ITO"), ("emitter", "NCs")])
    'ITO / NCs'
    """
    return " / ".join(material for role, material in materials if role != "substrate")


def shipped_stacks(path: Path = SHIPPED) -> tuple[Stack, ...]:
    """Return the architectures that come with the product; raises InvalidStack."""
    rows = tomllib.loads(path.read_text("utf-8")).get("architectures", [])
    stacks = tuple(read_stack(row) for row in rows)
    slugs = [stack.slug for stack in stacks]
    if len(set(slugs)) != len(slugs):
        raise InvalidStack("Two architectures have the same slug. Give each one of its own.")
    return stacks


def read_stack(data: object) -> Stack:
    """Read one architecture from a table of names and values; raises InvalidStack."""
    stack = _read(Stack, "Architecture", data)
    return stack.model_copy(update={"layers": _ordered(stack.layers)})


def read_layers(data: object, where: str = "Stack") -> tuple[StackLayer, ...]:
    """Read layers in order from the substrate up; their indices must be 0, 1, 2 ... without gap.

    Raises InvalidStack with a sentence, which calls the stack ``where``.
    """
    return _ordered(_read(_Layers, where, {"layers": data}).layers)


def _read(kind: Any, name: str, data: object) -> Any:
    return DocumentReader(kind, name, InvalidStack).read(data)


def _ordered(layers: tuple[StackLayer, ...]) -> tuple[StackLayer, ...]:
    if not layers:
        raise InvalidStack("The stack has no layers. List them from the substrate up.")
    if len(layers) > MOST_LAYERS:
        raise InvalidStack(f"The stack has {len(layers)} layers; at most {MOST_LAYERS} are kept.")
    ordered = tuple(sorted(layers, key=lambda layer: layer.index))
    found = [layer.index for layer in ordered]
    if found != list(range(len(ordered))):
        raise InvalidStack(
            f"The layers are numbered {', '.join(map(str, found))}. Number them from 0 (the"
            f" substrate) to {len(ordered) - 1}, each number once."
        )
    emitters = [layer.material for layer in ordered if layer.is_emitter]
    if len(emitters) > 1:
        raise InvalidStack(
            f"The stack has {len(emitters)} emitters ({', '.join(emitters)}). Mark the one that emits."
        )
    return ordered


def _has_dose(parameters: Mapping[str, Decimal]) -> bool:
    return not DOSES.keys().isdisjoint(parameters)


def _written(name: str, value: Decimal) -> str:
    if name == "duration_s" and value >= 120 and value % 60 == 0:
        minutes = value / 60
        return f"{minutes / 60:f} h" if minutes % 60 == 0 else f"{minutes:f} min"
    if name == "pressure_pa" and 0 < value < Decimal("0.01"):
        power = value.adjusted()
        return f"{value.scaleb(-power).normalize():f} × 10{_raised(power)} Pa"
    return f"{value:f} {known_parameters()[name].unit}"


def _raised(power: int) -> str:
    return str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))

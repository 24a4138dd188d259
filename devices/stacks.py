"""Layer stacks: what an architecture says, checked, from the substrate (index 0) up.

Plain values, no Django. What the source does not print is None or stands in ``unknowns``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

from synthesis.chemistry.operations import shipped_operations

SHIPPED = Path(__file__).parent / "data" / "architectures.toml"
ROLES = (
    "substrate", "electrode", "hole_injection", "hole_transport", "emitter",
    "electron_transport", "electron_injection", "interlayer",
)  # fmt: skip
THICKNESS_SOURCES = ("printed", "caption, approximate", "own")
MOST_LAYERS = 50
LONGEST_TEXT = 1000
LONGEST_PROCESS = 300  # of Layer.process_text
LARGEST_THICKNESS_NM = Decimal(10) ** 8  # 10 cm: beyond every substrate


class Parameter(NamedTuple):
    """A number of a process step: how it is written and the range that a bench can reach."""

    unit: str
    low: Decimal
    high: Decimal


PARAMETERS = {
    "concentration_mg_ml": Parameter("mg/mL", Decimal(0), Decimal(10_000)),
    "weight_percent": Parameter("wt %", Decimal(0), Decimal(100)),
    "speed_rpm": Parameter("rpm", Decimal(0), Decimal(150_000)),
    "temperature_c": Parameter("°C", Decimal(-200), Decimal(1200)),
    "duration_s": Parameter("s", Decimal(0), Decimal(10_000_000)),
    "pressure_pa": Parameter("Pa", Decimal(0), Decimal(100_000_000)),
}  # in the order in which they are read out


class InvalidStack(ValueError):
    """A stack that contradicts itself; the message says where and how to mend it."""


@dataclass(frozen=True, slots=True)
class ProcessStep:
    """One operation on one layer with its typed parameters."""

    operation: str
    parameters: Mapping[str, Decimal] = field(default_factory=dict)
    solvent: str = ""
    atmosphere: str = ""
    agents: tuple[str, ...] = ()
    text: str = ""
    unknowns: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The step in one line: ``spin-coat 8 mg/mL in chlorobenzene, 4000 rpm, 40 s``."""
        numbers = [
            _written(name, self.parameters[name]) for name in PARAMETERS if name in self.parameters
        ]
        parts = [", ".join(self.agents)] if self.agents else []
        if self.solvent:
            dose = numbers.pop(0) + " " if _has_dose(self.parameters) else ""
            parts.append(f"{dose}in {self.solvent}")
        parts += numbers
        if self.atmosphere:
            parts.append(f"under {self.atmosphere}" if self.atmosphere != "air" else "in air")
        return f"{self.operation} {', '.join(parts)}".strip()


@dataclass(frozen=True, slots=True)
class StackLayer:
    """One layer: what it is, what it does, how thick (nm, None when not known), how it is made."""

    index: int
    role: str
    material: str
    is_emitter: bool = False
    thickness_nm: Decimal | None = None
    thickness_source: str = ""
    thickness_note: str = ""
    steps: tuple[ProcessStep, ...] = ()
    source: str = ""

    @property
    def process_text(self) -> str:
        """All steps in one line of at most 300 characters."""
        words = "; ".join(step.words for step in self.steps)
        return words if len(words) <= LONGEST_PROCESS else words[: LONGEST_PROCESS - 1] + "…"


@dataclass(frozen=True, slots=True)
class Stack:
    """A named architecture, its layers in order from the substrate up."""

    slug: str
    name: str
    layers: tuple[StackLayer, ...]
    polarity: str = ""
    source: str = ""
    note: str = ""

    @property
    def emitter(self) -> StackLayer | None:
        """The layer that the nanocrystals make, if there is one."""
        return next((layer for layer in self.layers if layer.is_emitter), None)


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
    row = _table(data, "The architecture")
    where = f"The architecture {row.get('slug', '')!r}"
    known = {"slug", "name", "polarity", "source", "note", "layers"}
    _refuse_unknown(row, known, where)
    return Stack(
        slug=_text(row, "slug", where, required=True),
        name=_text(row, "name", where, required=True),
        polarity=_text(row, "polarity", where),
        source=_text(row, "source", where),
        note=_text(row, "note", where),
        layers=read_layers(row.get("layers"), where),
    )


def read_layers(data: object, where: str = "The stack") -> tuple[StackLayer, ...]:
    """Read layers in order from the substrate up; their indices must be 0, 1, 2 ... without gap.

    Raises InvalidStack with a sentence.
    """
    if not isinstance(data, list) or not data:
        raise InvalidStack(f"{where} has no layers. List them from the substrate up.")
    if len(data) > MOST_LAYERS:
        raise InvalidStack(f"{where} has {len(data)} layers; at most {MOST_LAYERS} are kept.")
    layers = sorted((_layer(row, where) for row in data), key=lambda layer: layer.index)
    found = [layer.index for layer in layers]
    if found != list(range(len(layers))):
        raise InvalidStack(
            f"{where}: the layers are numbered {', '.join(map(str, found))}. Number them from 0 (the"
            f" substrate) to {len(layers) - 1}, each number once."
        )
    emitters = [layer.material for layer in layers if layer.is_emitter]
    if len(emitters) > 1:
        raise InvalidStack(
            f"{where} has {len(emitters)} emitters ({', '.join(emitters)}). Mark the one that emits."
        )
    return tuple(layers)


def layer_as_plain(layer: StackLayer) -> dict[str, Any]:
    """Return a layer as JSON values that `read_layers` reads back unchanged; numbers are texts."""
    plain: dict[str, Any] = {
        "index": layer.index,
        "role": layer.role,
        "material": layer.material,
        "is_emitter": layer.is_emitter,
        "thickness_nm": None if layer.thickness_nm is None else f"{layer.thickness_nm:f}",
        "thickness_source": layer.thickness_source,
        "thickness_note": layer.thickness_note,
        "source": layer.source,
        "steps": [step_as_plain(step) for step in layer.steps],
    }
    return plain


def step_as_plain(step: ProcessStep) -> dict[str, Any]:
    """Return a step as JSON values; what is empty is left out."""
    plain = {
        "operation": step.operation,
        "parameters": {name: f"{value:f}" for name, value in step.parameters.items()},
        "solvent": step.solvent,
        "atmosphere": step.atmosphere,
        "agents": list(step.agents),
        "text": step.text,
        "unknowns": dict(step.unknowns),
    }
    return {name: value for name, value in plain.items() if value}


def _layer(data: object, stack: str) -> StackLayer:
    row = _table(data, f"A layer of {stack[0].lower()}{stack[1:]}")
    where = f"{stack}, layer {row.get('index')!r}"
    _refuse_unknown(row, set(StackLayer.__slots__), where)
    index, is_emitter = row.get("index"), row.get("is_emitter", False)
    if not isinstance(index, int) or isinstance(index, bool) or index < 0:
        raise InvalidStack(f"{where}: the index is a whole number from 0 (the substrate) up.")
    role = _one_of(row, "role", ROLES, where)
    if not isinstance(is_emitter, bool):
        raise InvalidStack(f"{where}: is_emitter is true or false, not {is_emitter!r}.")
    if is_emitter != (role == "emitter"):
        raise InvalidStack(
            f"{where}: the layer with is_emitter has the role emitter, no other has."
        )
    thickness = _thickness(row.get("thickness_nm"), where)
    source = _text(row, "thickness_source", where)
    if thickness is not None and source not in THICKNESS_SOURCES:
        raise InvalidStack(
            f"{where}: say where the thickness comes from: {', '.join(THICKNESS_SOURCES)}."
        )
    return StackLayer(
        index=index,
        role=role,
        material=_text(row, "material", where, required=True, longest=120),
        is_emitter=is_emitter,
        thickness_nm=thickness,
        thickness_source=source,
        thickness_note=_text(row, "thickness_note", where),
        steps=tuple(_step(step, where) for step in _list(row, "steps", where)),
        source=_text(row, "source", where),
    )


def _step(data: object, layer: str) -> ProcessStep:
    row = _table(data, f"{layer}: a step")
    where = f"{layer}, {row.get('operation')!r}"
    _refuse_unknown(row, set(ProcessStep.__slots__), where)
    parameters = _table(row.get("parameters", {}), f"{where}: parameters")
    unknowns = _table(row.get("unknowns", {}), f"{where}: unknowns")
    both = sorted(parameters.keys() & unknowns.keys())
    if both:
        raise InvalidStack(f"{where}: {both[0]} is given and called unknown. Keep one of the two.")
    agents = _list(row, "agents", where)
    if not all(isinstance(agent, str) and agent.strip() for agent in agents):
        raise InvalidStack(f"{where}: agents are a list of names.")
    return ProcessStep(
        operation=_one_of(row, "operation", shipped_operations().names, where),
        parameters={name: _parameter(name, value, where) for name, value in parameters.items()},
        solvent=_text(row, "solvent", where),
        atmosphere=_text(row, "atmosphere", where),
        agents=tuple(agents),
        text=_text(row, "text", where),
        unknowns={name: _text(unknowns, name, where) for name in unknowns},
    )


def _parameter(name: str, value: object, where: str) -> Decimal:
    if name not in PARAMETERS:
        raise InvalidStack(
            f"{where}: the parameter {name!r} is not known. Use {', '.join(PARAMETERS)}."
        )
    known = PARAMETERS[name]
    number = _decimal(value, f"{where}: {name}")
    if not known.low <= number <= known.high:
        raise InvalidStack(
            f"{where}: {name} is {number} {known.unit}; it lies between {known.low} and"
            f" {known.high} {known.unit}."
        )
    return number


def _thickness(value: object, where: str) -> Decimal | None:
    if value is None:
        return None
    number = _decimal(value, f"{where}: thickness_nm")
    if not 0 < number <= LARGEST_THICKNESS_NM:
        raise InvalidStack(
            f"{where}: a thickness of {number} nm is none. Leave it out when it is not known."
        )
    return number


def _decimal(value: object, where: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise InvalidStack(f'{where} is a number written as text, such as "40", not {value!r}.')
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise InvalidStack(f"{where} is {value!r}, which is not a number.") from None
    if not number.is_finite():
        raise InvalidStack(f"{where} is {value!r}. Leave it out when it is not known.")
    return number


def _table(data: object, where: str) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise InvalidStack(f"{where} is a table of names and values, not {data!r}.")
    return {str(name): value for name, value in data.items()}


def _list(row: Mapping[str, Any], name: str, where: str) -> list[Any]:
    value = row.get(name, [])
    if not isinstance(value, list):
        raise InvalidStack(f"{where}: {name} is a list, not {value!r}.")
    return value


def _text(
    row: Mapping[str, Any],
    name: str,
    where: str,
    *,
    required: bool = False,
    longest: int = LONGEST_TEXT,
) -> str:
    value = row.get(name, "")
    if not isinstance(value, str):
        raise InvalidStack(f"{where}: {name} is text, not {value!r}.")
    value = value.strip()
    if required and not value:
        raise InvalidStack(f"{where} needs a {name}.")
    if len(value) > longest:
        raise InvalidStack(
            f"{where}: {name} has {len(value)} characters; at most {longest} are kept."
        )
    return value


def _one_of(row: Mapping[str, Any], name: str, known: tuple[str, ...], where: str) -> str:
    value = row.get(name)
    if value not in known:
        raise InvalidStack(f"{where}: the {name} {value!r} is not known. Use {', '.join(known)}.")
    return str(value)


def _refuse_unknown(row: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(row.keys() - known)
    if unknown:
        raise InvalidStack(
            f"{where}: {unknown[0]!r} is not known here. Known: {', '.join(sorted(known))}."
        )


def _has_dose(parameters: Mapping[str, Decimal]) -> bool:
    return "concentration_mg_ml" in parameters or "weight_percent" in parameters


def _written(name: str, value: Decimal) -> str:
    if name == "duration_s" and value >= 120 and value % 60 == 0:
        minutes = value / 60
        return f"{minutes / 60:f} h" if minutes % 60 == 0 else f"{minutes:f} min"
    if name == "pressure_pa" and 0 < value < Decimal("0.01"):
        power = value.adjusted()
        return f"{value.scaleb(-power).normalize():f} × 10{_raised(power)} Pa"
    return f"{value:f} {PARAMETERS[name].unit}"


def _raised(power: int) -> str:
    return str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))

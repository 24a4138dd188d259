"""The layers of a device recipe: what is built, from the substrate up. What a source leaves open is empty."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from .documents import Document, Fault, Keyed, NotNegative, Positive, Said, Text, refuse

if TYPE_CHECKING:
    from .recipe import RecipeDefinition

LayerRole = Literal[
    "substrate", "anode", "cathode", "electrode", "hole_injection", "hole_transport",
    "electron_blocking", "emitter", "hole_blocking", "electron_transport", "electron_injection",
    "interlayer",
]  # fmt: skip
ThicknessSource = Literal["", "printed", "caption, approximate", "own"]
LightOut = Literal["", "substrate", "top", "both"]
MOST_LAYERS, MOST_PIXELS = 50, 200
PIXEL_LABEL = re.compile(r"[^\W_][\w.\-]{0,19}")
LARGEST_THICKNESS_NM = Decimal(10) ** 8  # 10 cm: beyond every substrate
Short = Annotated[Text, Field(max_length=1000)]


class RecipeLayer(Keyed):
    """One layer: what it is, what it does, how thick it should be.

    ``made_of`` names the chemical or the recipe that it is made of, by slug; ``thickness_tolerance_nm``
    says how far off is still as planned.
    """

    role: LayerRole
    material: Annotated[Said, Field(max_length=120)]
    made_of: Annotated[Text, Field(max_length=80)] = ""
    thickness_nm: Positive | None = None
    thickness_tolerance_nm: NotNegative | None = None
    thickness_source: ThicknessSource = ""
    thickness_note: Short = ""
    source: Short = ""
    note: Short = ""

    @field_validator("thickness_nm", "thickness_tolerance_nm", mode="before")
    @classmethod
    def _as_printed(cls, value: Any) -> Any:
        if isinstance(value, float):
            raise refuse('write it as text, such as "40", so that its digits stay.')
        return value

    @model_validator(mode="after")
    def _possible(self) -> RecipeLayer:
        if self.thickness_nm is not None and self.thickness_nm > LARGEST_THICKNESS_NM:
            raise refuse(
                f"a thickness of {self.thickness_nm} nm is none. Leave it out when it is not known.",
                at="thickness_nm",
            )
        if self.thickness_nm is None and self.thickness_tolerance_nm is not None:
            raise refuse("a tolerance belongs to a thickness. Give both, or leave it out.",
                         at="thickness_tolerance_nm")  # fmt: skip
        return self

    @property
    def is_emitter(self) -> bool:
        """Whether this is the layer that emits."""
        return self.role == "emitter"


class RecipePixel(Document):
    """One emitting area of every device: its label and size."""

    label: Annotated[Said, Field(max_length=20)]
    area_mm2: Positive | None = None

    @field_validator("area_mm2", mode="before")
    @classmethod
    def _as_printed(cls, value: Any) -> Any:
        if isinstance(value, float):
            raise refuse('write it as text, such as "4.5", so that its digits stay.')
        return value

    @field_validator("label")
    @classmethod
    def _is_label(cls, label: str) -> str:
        if not PIXEL_LABEL.fullmatch(label):
            raise refuse("write letters and digits, such as P1.")
        return label

    @property
    def words(self) -> str:
        """How it is typed and told: ``P1 4 mm²``."""
        return self.label if self.area_mm2 is None else f"{self.label} {self.area_mm2} mm²"


def layer_faults(recipe: RecipeDefinition) -> Iterator[Fault]:
    """Yield what the layers of a recipe contradict: each other, its steps, or its kind."""
    layers = recipe.layers
    if recipe.kind != "device":
        if layers:
            yield Fault("layers", "Only a recipe of the kind “device” has layers. Leave them out.")
        for name in ("polarity", "light_out", "nicknames", "pixels"):
            if getattr(recipe, name):
                yield Fault(name, f"Only a recipe of the kind “device” has “{name}”. Leave it out.")
    elif not layers:
        yield Fault("layers", f"The device “{recipe.slug}” has no layers. List them from the substrate up.")  # fmt: skip
    if len(layers) > MOST_LAYERS:
        yield Fault("layers", f"A device has at most {MOST_LAYERS} layers; this one has {len(layers)}.")  # fmt: skip
    yield from _pixel_faults(recipe)
    emitting = [(index, one.material) for index, one in enumerate(layers) if one.is_emitter]
    if len(emitting) > 1:
        named = ", ".join(material for _index, material in emitting)
        yield Fault(
            f"layers[{emitting[1][0]}].role",
            f"The device has {len(emitting)} emitters ({named}). Mark the one that emits.",
        )
    known = {one.key for one in layers}
    for index, step in enumerate(recipe.steps):
        if step.layer and step.layer not in known:
            yield Fault(
                f"steps[{index}].layer",
                f"Step “{step.key}” makes the layer “{step.layer[:60]}”, which the recipe does not list.",
            )


def _pixel_faults(recipe: RecipeDefinition) -> Iterator[Fault]:
    if len(recipe.pixels) > MOST_PIXELS:
        yield Fault("pixels", f"A device has at most {MOST_PIXELS} pixels; this one has {len(recipe.pixels)}.")  # fmt: skip
    seen: set[str] = set()
    for index, pixel in enumerate(recipe.pixels):
        if pixel.label.casefold() in seen:
            yield Fault(f"pixels[{index}].label", f"Two pixels are called {pixel.label}. Give each one a label of its own.")  # fmt: skip
        seen.add(pixel.label.casefold())


def materials_line(materials: Iterable[tuple[str, str]]) -> str:
    """Return ``ITO / PEDOT:PSS / ...`` for (role, material) pairs; the bare substrate is left out.

    >>> materials_line([("substrate", "Glass"), ("anode", "ITO"), ("emitter", "NCs")])
    'ITO / NCs'
    """
    return " / ".join(material for role, material in materials if role != "substrate")

"""How stacks are drawn: the colour of a layer, the words beside it, from the top down."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.urls import reverse

from devices.measures import plain
from devices.models import Layer
from devices.stacks import StackLayer
from labnotebook.records.presentation import blocks
from labnotebook.records.presentation.markup import Markup

CONTACTS = ("anode", "cathode", "electrode")
KINDS = {
    "substrate": "glass",
    "emitter": "nc",
    "hole_transport": "htl",
    "electron_blocking": "htl",
    "electron_transport": "etl",
    "hole_blocking": "etl",
    "hole_injection": "salt",
    "electron_injection": "salt",
    "interlayer": "salt",
}


def stack_of_device(layers: Iterable[Layer], *, to_scale: bool = False) -> Markup:
    """Return the drawing of a device; a measured thickness goes before the target."""
    return _drawn(layers, _device_layer, to_scale)


def stack_of_architecture(layers: Iterable[StackLayer]) -> Markup:
    """Return the drawing of an architecture."""
    return _drawn(layers, _architecture_layer, to_scale=False)


def _drawn(layers: Iterable, one: Callable[..., blocks.Layer], to_scale: bool) -> Markup:
    from_the_top = [one(layer) for layer in layers][::-1]
    return blocks.stack(from_the_top, to_scale=to_scale)


def _device_layer(layer: Layer) -> blocks.Layer:
    thickness = plain(layer.thickness_measured_nm or layer.thickness_target_nm)
    href = ""
    if layer.source_batch:
        href = reverse("synthesis:batch-detail", args=[layer.source_code])
    elif layer.source_material:
        href = reverse("synthesis:material-detail", args=[layer.source_code])
    return blocks.Layer(
        layer.material_name,
        None if thickness is None else float(thickness),
        _kind(layer.role, layer.material_name),
        href,
        layer.source_code,
    )


def _architecture_layer(place: StackLayer) -> blocks.Layer:
    layer = place.layer
    thickness = None if layer.thickness_nm is None else float(layer.thickness_nm)
    return blocks.Layer(layer.material, thickness, _kind(layer.role, layer.material))


def _kind(role: str, material: str) -> str:
    if role in CONTACTS:
        return "ito" if material.upper().startswith("ITO") else "metal"
    if material.upper().startswith("PEDOT"):
        return "pedot"
    return KINDS.get(role, "salt")

"""Layers and devices at the end of a lineage."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from devices.models import Layer


def with_devices(graph: dict[str, Any], user: Any, batch_codes: Iterable[str]) -> dict[str, Any]:
    """Add the layers that were made of these batches, and the devices that they belong to."""
    layers = (
        Layer.objects.filter(
            source_batch__code__in=list(batch_codes), device__project__memberships__user=user
        )
        .select_related("device", "source_batch")
        .order_by("device_id", "index")
    )
    nodes: dict[str, dict[str, Any]] = {}
    edges = []
    for layer in layers:
        device, code = layer.device, f"{layer.device.code} layer {layer.index}"
        nodes[device.code] = _node("device", device.code, device.name or device.code)
        nodes[code] = _node("layer", code, layer.material_name)
        edges.append(_edge(layer.source_batch.code, code, "layer"))
        edges.append(_edge(code, device.code, "part of"))
    return {"nodes": [*graph["nodes"], *nodes.values()], "edges": [*graph["edges"], *edges]}


def _node(kind: str, code: str, name: str) -> dict[str, Any]:
    return {"kind": kind, "code": code, "name": name, "state": ""}


def _edge(source: str, target: str, label: str) -> dict[str, Any]:
    empty = {"amount": None, "planned": None, "unit": ""}
    return {"from": source, "to": target, "label": label, **empty}

"""Layers and devices at the end of a lineage."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet

from devices.models import Device, Layer
from synthesis.models import Batch, Material
from synthesis.services.lineage import (
    MOST_NODES,
    ORIGIN,
    PRODUCT,
    SELF,
    Edge,
    Lineage,
    Node,
    lineage_of,
)


def lineage_of_batch(user: Any, batch: Batch) -> Lineage:
    """Return what went into a batch, what was made of it, and the devices that it ended in."""
    return with_devices(lineage_of(user, [("batch", batch.pk)]), user)


def lineage_of_lot(user: Any, material: Material) -> Lineage:
    """Return where a bottle or stock comes from, and the batches, layers and devices it touched."""
    return with_devices(lineage_of(user, [("lot", material.pk)]), user)


def lineage_of_device(user: Any, device: Device) -> Lineage:
    """Return the layers of a device, and what went into them."""
    layers = list(_layers(user).filter(device=device))
    starts = {("batch", layer.source_batch_id) for layer in layers if layer.source_batch_id}
    starts |= {("lot", layer.source_material_id) for layer in layers if layer.source_material_id}
    below = lineage_of(user, sorted(starts), sides=[ORIGIN]) if starts else Lineage((), ())
    nodes = tuple(replace(node, side=ORIGIN) for node in below.nodes)
    here = _device(device, SELF)
    return replace(
        below,
        nodes=(*nodes, *(_layer(layer, ORIGIN) for layer in layers), here),
        edges=(*below.edges, *_edges(layers, {node.code for node in nodes})),
    )


def with_devices(graph: Lineage, user: Any, most: int = MOST_NODES) -> Lineage:
    """Add the layers that were made of what is in the graph, and the devices that they belong to.

    Layers of what went into the thing asked for are of another branch, and stay out.
    """
    codes = [node.code for node in graph.nodes if node.side != ORIGIN]
    made = Q(source_batch__code__in=codes) | Q(source_material__code__in=codes)
    layers = list(_layers(user).filter(made)[: most + 1])
    cut = graph.cut
    if len(layers) > most:
        layers, cut = layers[:most], f"This is not all: {most} layers are told, and there are more."
    devices = {layer.device.code: layer.device for layer in layers}
    return Lineage(
        (
            *graph.nodes,
            *(_layer(layer, PRODUCT) for layer in layers),
            *(_device(device, PRODUCT) for device in devices.values()),
        ),
        (*graph.edges, *_edges(layers, set(codes))),
        cut,
    )


def _layers(user: Any) -> QuerySet[Layer]:
    return (
        Layer.objects.filter(device__in=Device.objects.visible_to(user))
        .select_related("device__recipe_version__recipe", "source_batch", "source_material")
        .only(
            "index",
            "material_name",
            "device__code",
            "device__name",
            "device__recipe_version__recipe__name",
            "source_batch__code",
            "source_material__code",
        )
        .order_by("-device_id", "index")
    )


def _edges(layers: list[Layer], known: set[str]) -> tuple[Edge, ...]:
    edges = []
    for layer in layers:
        if layer.source_code in known:
            edges.append(Edge(layer.source_code, layer.code, "layer"))
        edges.append(Edge(layer.code, layer.device.code, "part of"))
    return tuple(edges)


def _layer(layer: Layer, side: str) -> Node:
    return Node("layer", layer.code, layer.material_name, side=side)


def _device(device: Device, side: str) -> Node:
    name = device.called
    return Node("device", device.code, name, side=side)

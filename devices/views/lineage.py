"""The lineage of a batch, a bottle or a device: a drawing, and the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from devices.models import Device
from devices.services.lineage import lineage_of_batch, lineage_of_device, lineage_of_lot
from devices.views.devices import device_crumbs, get_device
from labnotebook.records.presentation.flow import Box, Line, columns, flow
from labnotebook.records.presentation.numbers import format_quantity
from synthesis.models import Batch, Material
from synthesis.services.lineage import ORIGIN, PRODUCT, SELF, Amount, Edge, Lineage, Node

MOST_DRAWN = 80
ADDRESSES = {
    "lot": "synthesis:material-detail",
    "stock": "synthesis:material-detail",
    "batch": "synthesis:batch-detail",
    "device": "devices:device-detail",
}
LINEAGES = {
    "lot": "devices:lot-lineage",
    "stock": "devices:lot-lineage",
    "batch": "devices:batch-lineage",
    "device": "devices:device-lineage",
}
KINDS = {
    "lot": gettext_noop("Bottles"),
    "stock": gettext_noop("Stocks"),
    "batch": gettext_noop("Batches"),
    "layer": gettext_noop("Layers"),
    "device": gettext_noop("Devices"),
}
ONE = {
    "lot": gettext_noop("bottle"),
    "stock": gettext_noop("stock"),
    "batch": gettext_noop("batch"),
    "layer": gettext_noop("layer"),
    "device": gettext_noop("device"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """One line in words: the thing at its other end, and how much."""

    node: Node
    href: str
    words: str
    kind: str


@dataclass(frozen=True, slots=True)
class Group:
    """One thing, and all that went into it or was made of it."""

    node: Node
    href: str
    kind: str
    rest: str  # of a bottle: what is left of what it held
    ways: list[Way]


@require_safe
def batch_lineage(request: HttpRequest, code: str) -> HttpResponse:
    """Draw what a batch was made of and what was made of it."""
    rows = Batch.objects.visible_to(request.user).select_related("project", "archive")
    batch = get_object_or_404(rows, code=code)
    crumbs = [
        (reverse("synthesis:batch-list"), _("Batches")),
        (reverse("synthesis:batch-detail", args=[code]), code),
        ("", _("Lineage")),
    ]
    return _page(request, batch, lineage_of_batch(request.user, batch), crumbs)


@require_safe
def lot_lineage(request: HttpRequest, code: str) -> HttpResponse:
    """Draw where a bottle comes from, and which batches, layers and devices it touched."""
    rows = Material.objects.visible_to(request.user).select_related("project")
    material = get_object_or_404(rows, code=code)
    crumbs = [
        (reverse("synthesis:material-list"), _("Materials")),
        (reverse("synthesis:material-detail", args=[code]), code),
        ("", _("Lineage")),
    ]
    return _page(request, material, lineage_of_lot(request.user, material), crumbs)


@require_safe
def device_lineage(request: HttpRequest, code: str) -> HttpResponse:
    """Draw the layers of a device and what went into them."""
    device = get_device(request, code)
    graph = lineage_of_device(request.user, device)
    return _page(request, device, graph, device_crumbs(device, _("Lineage")))


def _page(
    request: HttpRequest,
    record: Batch | Material | Device,
    graph: Lineage,
    crumbs: Sequence[tuple[str, str]],
) -> HttpResponse:
    code = record.code
    nearest = _nearest(graph, code)
    shown = Lineage(
        tuple(nearest.values()),
        tuple(e for e in graph.edges if e.source in nearest and e.target in nearest),
    )
    context = {
        "code": code,
        "record": record,
        "start": nearest[code],
        "crumbs": crumbs,
        "cut": graph.cut,
        "many": len(graph.nodes),
        "drawn": len(shown.nodes),
        "joined": bool(shown.edges),
        "drawing": _drawing(shown, code),
        "origins": _groups(shown, ORIGIN),
        "products": _groups(shown, PRODUCT),
        "made_of": _by_kind(graph, ORIGIN),
        "became": _by_kind(graph, PRODUCT),
    }
    return render(request, "devices/lineage_page.html", context)


def _nearest(graph: Lineage, code: str) -> dict[str, Node]:
    """Return the nodes in the order of their distance, as many as one drawing holds."""
    nodes = {node.code: node for node in graph.nodes}
    far = columns(list(nodes), [Line(e.source, e.target) for e in graph.edges], code)
    order = sorted(nodes, key=lambda one: (one != code, abs(far[one]), one))
    return {one: nodes[one] for one in order[:MOST_DRAWN]}


def _drawing(graph: Lineage, code: str) -> str:
    """Draw it; a layer of which nothing is known stands in the words alone."""
    fed = {edge.target for edge in graph.edges}
    bare = {node.code for node in graph.nodes if node.kind == "layer" and node.code not in fed}
    boxes = [
        Box(
            node.code,
            node.kind,
            node.code if node.kind == "layer" else f"{node.code} {_(ONE[node.kind])}",
            node.name,
            _address(node),
            node.code == code,
        )
        for node in graph.nodes
        if node.code not in bare
    ]
    words: dict[tuple[str, str], list[str]] = {}
    for edge in graph.edges:
        if edge.source not in bare:
            words.setdefault((edge.source, edge.target), []).extend(filter(None, [_drawn(edge)]))
    if not words:
        return ""
    lines = [Line(*ends, " + ".join(said)) for ends, said in words.items()]
    return flow(boxes, lines, _("What went into %(code)s and what was made of it") % {"code": code})


def _groups(graph: Lineage, side: str) -> list[Group]:
    """Return what went into each thing of one side, or what was made of each, from the start outward."""
    nodes = {node.code: node for node in graph.nodes}
    ways: dict[str, list[Way]] = {}
    for edge in graph.edges:
        here, there = edge.target, edge.source
        if side == PRODUCT:
            here, there = there, here
        if nodes[there].side == side and nodes[here].side in (side, SELF):
            ways.setdefault(here, []).append(_way(nodes[there], _amount_words(edge)))
    return [
        Group(node, _address(node), _(ONE[node.kind]), _rest(node), ways[code])
        for code, node in nodes.items()  # in the order of their distance
        if code in ways
    ]


def _way(node: Node, words: str) -> Way:
    return Way(node, _address(node), words, _(ONE[node.kind]))


def _by_kind(graph: Lineage, side: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return all codes of one side with their own lineage, by the word of their kind."""
    found: dict[str, list[tuple[str, str]]] = {kind: [] for kind in KINDS}
    for node in graph.nodes:
        if node.side == side:
            name = LINEAGES.get(node.kind)
            href = reverse(name, args=[node.code]) if name else _address(node)
            found[node.kind].append((node.code, href))
    return [(_(KINDS[kind]), codes) for kind, codes in found.items() if codes]


def _address(node: Node) -> str:
    if node.kind == "layer":
        device, _word, index = node.code.split()
        return f"{reverse('devices:device-detail', args=[device])}#layer-{index}"
    return reverse(ADDRESSES[node.kind], args=[node.code])


def _drawn(edge: Edge) -> str:
    """Return the amount of a line in as few letters as it needs."""
    if edge.amount is not None:
        return format_quantity(edge.amount, edge.uncertainty, edge.unit).text
    if edge.planned is not None:
        planned = format_quantity(edge.planned, unit=edge.unit).text
        return _("plan %(amount)s") % {"amount": planned}
    return ""


def _amount_words(edge: Edge) -> str:
    if edge.label in ("layer", "part of"):
        return ""
    if edge.amount is not None:
        return format_quantity(edge.amount, edge.uncertainty, edge.unit).text
    if edge.planned is not None:
        planned = format_quantity(edge.planned, unit=edge.unit).text
        return _("%(amount)s planned, not recorded") % {"amount": planned}
    return _("amount not said")


def _rest(node: Node) -> str:
    """Return what is left of a bottle, as words."""
    if node.held is None:
        return ""
    held = _written(node.held)
    if node.left is None:
        return _("held %(held)s") % {"held": held}
    return _("held %(held)s, %(left)s left") % {"held": held, "left": _written(node.left)}


def _written(amount: Amount) -> str:
    return format_quantity(amount.value, amount.uncertainty, amount.unit).text

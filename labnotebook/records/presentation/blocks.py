"""Drawn blocks that are not plots: layer stacks and bars of probability."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from .figure import phase_mark
from .formulas import formula_html, formula_text
from .markup import Markup, escape
from .numbers import format_quantity
from .plots import phase_key

LAYER_KINDS = {"metal", "salt", "etl", "nc", "htl", "pedot", "ito", "glass"}
ROW_PX = 31
LEAST_PX = 3  # a layer of 1 nm beside one of 150 nm still shows


class Layer(NamedTuple):
    """One layer from the top of the stack: name, thickness, what it is drawn as, and a link."""

    name: str
    thickness_nm: float | None
    kind: str
    href: str = ""
    link: str = ""


class Chance(NamedTuple):
    """Probability of one phase with its interval; a value of None is drawn as unknown."""

    phase: str
    value: float | None
    low: float | None = None
    high: float | None = None
    before: float | None = None  # of an earlier forecast, drawn as a thin line


def stack(layers: Sequence[Layer], *, to_scale: bool = False) -> Markup:
    """Return the layer stack with names and thicknesses beside it.

    to_scale: heights follow the thickness where it is known; glass and unknown ones keep a row.
    """
    total = len(layers) * ROW_PX
    heights = _heights(layers, total) if to_scale else [float(ROW_PX)] * len(layers)
    top = 0.0
    drawn, rows = [], []
    for layer, height in zip(layers, heights, strict=True):
        kind = layer.kind if layer.kind in LAYER_KINDS else "salt"
        drawn.append(
            f'<rect class="layer l-{kind}" y="{top:.1f}" width="84" height="{height:.1f}"/>'
        )
        top += height
        rows.append(_row(layer))
    names = ", ".join(formula_text(layer.name) for layer in layers)
    label = escape(f"Layers from the top: {names}")
    return Markup(
        f'<div class="stacktbl"><svg viewBox="0 0 84 {max(total, 1)}" preserveAspectRatio="none" '
        f'role="img" aria-label="{label}">{"".join(drawn)}</svg><ol>{"".join(rows)}</ol></div>'
    )


def _row(layer: Layer) -> str:
    link = ""
    if layer.href.startswith("/"):
        link = f' <a href="{escape(layer.href)}">{escape(layer.link or layer.href)}</a>'
    elif layer.link:
        link = f" {escape(layer.link)}"
    thick = layer.thickness_nm
    if thick is not None and thick >= 1e5:
        words = format_quantity(thick / 1e6, unit="mm", digits=2).text
    else:
        words = format_quantity(thick, unit="nm").text
    return (
        f'<li><span>{formula_html(layer.name)}{link}</span><span class="right">{words}</span></li>'
    )


def _heights(layers: Sequence[Layer], total: float) -> list[float]:
    known = {
        i: layer.thickness_nm
        for i, layer in enumerate(layers)
        if layer.kind != "glass" and layer.thickness_nm is not None and layer.thickness_nm > 0
    }
    room = total - ROW_PX * (len(layers) - len(known))
    whole = sum(known.values())
    raw = [max(room * known[i] / whole, LEAST_PX) if i in known else 0 for i in range(len(layers))]
    shrink = room / sum(raw) if sum(raw) else 1.0
    return [raw[i] * shrink if i in known else float(ROW_PX) for i in range(len(layers))]


def probabilities(chances: Sequence[Chance]) -> Markup:
    """Return one bar a phase: the value as a dot, its interval as a line, both as numbers."""
    parts = []
    for item in chances:
        key = phase_key(item.phase)
        value = format_quantity(item.value, low=item.low, high=item.high, places=2)
        drawing = '<rect class="bgd" width="100%" height="12" rx="3"/>'
        if value.known:
            at = 100 * _held(item.value)
            drawing += f'<rect width="{at:.1f}%" height="12" rx="3"/>'
            if item.low is not None and item.high is not None:
                low, high = 100 * _held(item.low), 100 * _held(item.high)
                drawing += f'<line x1="{low:.1f}%" x2="{high:.1f}%" y1="6" y2="6"/>'
            drawing += f'<circle cx="{at:.1f}%" cy="6" r="5"/>'
        if item.before is not None:
            was = 100 * _held(item.before)
            drawing += f'<line class="was" x1="{was:.1f}%" x2="{was:.1f}%" y1="0" y2="12"/>'
        parts.append(
            f'{phase_mark(item.phase)}<svg class="{key}" aria-hidden="true">{drawing}</svg>{value.html()}'
        )
    return Markup(f'<div class="prob">{"".join(parts)}</div>')


def _held(value: float | None) -> float:
    return min(max(value, 0.0), 1.0) if value is not None and math.isfinite(value) else 0.0

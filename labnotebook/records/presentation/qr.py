"""QR codes as SVG that CSS sizes, with the quiet zone that scanners need."""

from __future__ import annotations

from typing import Literal

import segno

from .markup import Markup, escape

QUIET_MODULES = 4  # ISO/IEC 18004 asks for four


def qr_svg(text: str, label: str, error: Literal["l", "m"] = "m") -> Markup:
    """Return text (a plain URL or a code) as a QR code.

    label: what it leads to, for those who cannot see it. Size it with the class `qr`.
    error: the least error correction; more is taken where it needs no more modules.
    """
    code = segno.make(text, error=error, micro=False)
    side = len(code.matrix) + 2 * QUIET_MODULES
    path = "".join(
        f"M{x + QUIET_MODULES} {y + QUIET_MODULES}h1v1h-1z"
        for y, row in enumerate(code.matrix)
        for x, dark in enumerate(row)
        if dark
    )
    return Markup(
        f'<svg class="qr" viewBox="0 0 {side} {side}" shape-rendering="crispEdges" role="img" '
        f'aria-label="{escape(label)}"><rect width="{side}" height="{side}"/><path d="{path}"/></svg>'
    )

"""A figure for print: lines and words at places in mm, the same in SVG and in PDF. Text stays text.

x grows to the right, y downwards, both from the upper left corner, as in SVG.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from .markup import escape
from .pdf import REGULAR, STRONG, load_fonts, printable

FONTS = "Inter, Helvetica, Arial, sans-serif"
MM_PER_POINT = 25.4 / 72
BASELINE = 0.36  # of the letters' size: from the middle of a line of text down to its baseline

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through places (mm), in a colour ``#RRGGBB``; ``dash`` in mm, of line and gap in turn."""

    places: Sequence[Place]
    colour: str
    width_mm: float = 0.25
    dash: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text whose middle has the height of ``place``; anchor start, middle or end; up: read upwards."""

    place: Place
    text: str
    size_pt: float = 7
    anchor: str = "start"
    strong: bool = False
    up: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A filled rectangle: left, top, width and height in mm."""

    left: float
    top: float
    width: float
    height: float
    colour: str


@dataclass
class Sheet:
    """A drawing of a size in mm, in the order of its parts."""

    width_mm: float
    height_mm: float
    title: str
    parts: list[Stroke | Words | Field] = field(default_factory=list)

    def svg(self) -> str:
        """Return the drawing as an SVG file whose unit is the millimetre."""
        size = f'width="{self.width_mm:g}mm" height="{self.height_mm:g}mm"'
        box = f'viewBox="0 0 {self.width_mm:g} {self.height_mm:g}"'
        body = "\n".join(_SVG[type(part)](part) for part in self.parts)
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" {size} {box}'
            f' font-family="{FONTS}" fill="none" stroke-linejoin="round">\n'
            f"<title>{escape(self.title)}</title>\n{body}\n</svg>\n"
        )

    def pdf(self) -> bytes:
        """Return the drawing as a PDF file of one page, fonts embedded; the same drawing gives the same bytes."""
        load_fonts()
        target = BytesIO()
        canvas = Canvas(
            target, pagesize=(self.width_mm * mm, self.height_mm * mm), invariant=1, lang="en"
        )
        canvas.setTitle(self.title)
        canvas.setLineJoin(1)
        for part in self.parts:
            _PDF[type(part)](canvas, part, self.height_mm)
        canvas.showPage()
        canvas.save()
        return target.getvalue()


def width_mm_of(text: str, size_pt: float) -> float:
    """Return how wide a line of text is in the font of the figure."""
    load_fonts()
    return float(stringWidth(printable(text), REGULAR, size_pt)) * MM_PER_POINT


def _svg_stroke(part: Stroke) -> str:
    path = "L".join(f"{x:.3f} {y:.3f}" for x, y in part.places)
    dash = f' stroke-dasharray="{" ".join(f"{d:g}" for d in part.dash)}"' if part.dash else ""
    return f'<path d="M{path}" stroke="{part.colour}" stroke-width="{part.width_mm:g}"{dash}/>'


def _svg_words(part: Words) -> str:
    x, y = part.place
    size = part.size_pt * MM_PER_POINT
    turned = f' transform="rotate(-90 {x:.3f} {y:.3f})"' if part.up else ""
    weight = ' font-weight="600"' if part.strong else ""
    return (
        f'<text x="{x:.3f}" y="{y + BASELINE * size:.3f}" font-size="{size:.3f}" fill="#000000"'
        f' text-anchor="{part.anchor}"{weight}{turned}>{escape(part.text)}</text>'
    )


def _svg_field(part: Field) -> str:
    return (
        f'<rect x="{part.left:.3f}" y="{part.top:.3f}" width="{part.width:.3f}"'
        f' height="{part.height:.3f}" fill="{part.colour}"/>'
    )


def _pdf_stroke(canvas: Canvas, part: Stroke, height_mm: float) -> None:
    canvas.setStrokeColor(HexColor(part.colour))
    canvas.setLineWidth(part.width_mm * mm)
    canvas.setDash([d * mm for d in part.dash])
    path = canvas.beginPath()
    for number, (x, y) in enumerate(part.places):
        (path.lineTo if number else path.moveTo)(x * mm, (height_mm - y) * mm)
    canvas.drawPath(path)


def _pdf_words(canvas: Canvas, part: Words, height_mm: float) -> None:
    x, y = part.place
    canvas.saveState()
    canvas.setFillColor(HexColor("#000000"))
    canvas.setFont(STRONG if part.strong else REGULAR, part.size_pt)
    canvas.translate(x * mm, (height_mm - y) * mm)
    if part.up:
        canvas.rotate(90)
    write = {
        "start": canvas.drawString,
        "middle": canvas.drawCentredString,
        "end": canvas.drawRightString,
    }[part.anchor]
    write(0, -BASELINE * part.size_pt, printable(part.text))
    canvas.restoreState()


def _pdf_field(canvas: Canvas, part: Field, height_mm: float) -> None:
    canvas.setFillColor(HexColor(part.colour))
    low = (height_mm - part.top - part.height) * mm
    canvas.rect(part.left * mm, low, part.width * mm, part.height * mm, stroke=0, fill=1)


_SVG: dict[type, Callable[[Any], str]] = {Stroke: _svg_stroke, Words: _svg_words, Field: _svg_field}
_PDF: dict[type, Callable[[Canvas, Any, float], None]] = {
    Stroke: _pdf_stroke,
    Words: _pdf_words,
    Field: _pdf_field,
}

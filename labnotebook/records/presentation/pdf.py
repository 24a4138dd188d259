"""A document as PDF, on A4.

The font has Latin, Greek, Cyrillic and the signs of chemistry. What it has not is printed as its code
point, so that nothing that was written is missing without a trace.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    Image,
    LongTable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    TableStyle,
)

from .document import Block, Column, Document, Facts, Picture, Pictures, Section, Table, Words
from .formulas import formula_text, tokens
from .markup import escape
from .pictures import small_jpeg

FONTS = Path(__file__).parent / "fonts"
REGULAR, STRONG = "Inter-Regular", "Inter-SemiBold"
MARGIN, FOOT = 16 * mm, 20 * mm
FRAME = 6  # what reportlab leaves around the text of a page, pt
WIDTH = A4[0] - 2 * MARGIN
ROOM_BELOW_HEADING = 26 * mm
GREY, RULE = HexColor(0x5A6572), HexColor(0xC4CBD3)
LIFTED = {"sub": ("sub", 0.2), "sup": ("super", 0.38)}  # by how much of the letters' size
SMALLER = 0.74
FACT_COLUMNS = (Column("", 1), Column("", 3.2))
ABREAST, PICTURE_HEIGHT = 3, 44 * mm


def write_pdf(document: Document) -> bytes:
    """Return the document as the bytes of a PDF file."""
    load_fonts()
    target = BytesIO()
    template = SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=MARGIN - FRAME,
        rightMargin=MARGIN - FRAME,
        topMargin=MARGIN,
        bottomMargin=FOOT,
        title=document.title,
        author=document.author,
        subject=document.subtitle,
        lang="en",
    )
    story: list[Flowable] = [
        _paragraph(document.title, _style("title")),
        _paragraph(document.subtitle, _style("subtitle")),
    ]
    for section in document.sections:
        story += _section(section)
    template.build(story, canvasmaker=_numbered(printable(formula_text(document.foot))))
    return target.getvalue()


def printable(text: str) -> str:
    """Return text with what the font can draw; other characters as ``[U+4E2D]``, control ones left out."""
    known = _letters()
    # Lines break at a narrow no-break space here, at a wide one they do not.
    whole = unicodedata.normalize("NFC", text).replace("\u202f", "\u00a0").replace("\t", " ")
    return "".join(letter if ord(letter) in known else _named(letter) for letter in whole)


def _named(letter: str) -> str:
    if letter == "\n":
        return letter
    hidden = unicodedata.category(letter) in ("Cc", "Cf")
    return "" if hidden else f"[U+{ord(letter):04X}]"


@lru_cache(maxsize=1)
def load_fonts() -> None:
    """Make the two fonts known to reportlab."""
    for name in (REGULAR, STRONG):
        pdfmetrics.registerFont(TTFont(name, FONTS / f"{name}.ttf"))
    pdfmetrics.registerFontFamily(
        REGULAR, normal=REGULAR, bold=STRONG, italic=REGULAR, boldItalic=STRONG
    )


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    load_fonts()
    return frozenset(pdfmetrics.getFont(REGULAR).face.charToGlyph)


@lru_cache(maxsize=16)
def _style(name: str) -> ParagraphStyle:
    plain = ParagraphStyle("plain", fontName=REGULAR, fontSize=8.5, leading=11.5)
    more: dict[str, dict[str, Any]] = {
        "title": {"fontName": STRONG, "fontSize": 18, "leading": 23},
        "subtitle": {"fontSize": 10, "leading": 14, "textColor": GREY, "spaceAfter": 8},
        "heading": {
            "fontName": STRONG,
            "fontSize": 11.5,
            "leading": 15,
            "spaceBefore": 12,
            "spaceAfter": 3,
        },
        "words": {"spaceAfter": 3},
        "warns": {"fontName": STRONG, "spaceAfter": 3},
        "cell": {"fontSize": 8, "leading": 10.5},
        "number": {"fontSize": 8, "leading": 10.5, "alignment": TA_RIGHT},
        "strong": {"fontName": STRONG, "fontSize": 8, "leading": 10.5},
        "strong number": {
            "fontName": STRONG,
            "fontSize": 8,
            "leading": 10.5,
            "alignment": TA_RIGHT,
        },
        "head": {"fontSize": 7.5, "leading": 9.5, "textColor": GREY},
        "head number": {
            "fontSize": 7.5,
            "leading": 9.5,
            "textColor": GREY,
            "alignment": TA_RIGHT,
        },
    }
    return ParagraphStyle(name, parent=plain, **more[name])


def _paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    parts = []
    for token in tokens(printable(text)):
        inner = escape(token.text).replace("\n", "<br/>")
        if token.kind in LIFTED:
            tag, rise = LIFTED[token.kind]
            how = f'rise="{rise * style.fontSize:.2f}" size="{SMALLER * style.fontSize:.2f}"'
            inner = inner.strip("()").replace("-", "−")
            inner = f"<{tag} {how}>{inner}</{tag}>"
        parts.append(inner)
    return Paragraph("".join(parts), style)


def _section(section: Section) -> list[Flowable]:
    heading = _paragraph(section.title, _style("heading"))
    story: list[Flowable] = [CondPageBreak(ROOM_BELOW_HEADING), heading]
    for block in section.blocks:
        story += _block(block)
    return story


def _block(block: Block) -> list[Flowable]:
    if isinstance(block, Words):
        return [_paragraph(block.text, _style("warns" if block.warns else "words"))]
    if isinstance(block, Facts):
        return [_table(Table(FACT_COLUMNS, block.rows), has_head=False), Spacer(1, 4)]
    if isinstance(block, Pictures):
        return _pictures(block)
    if not block.rows:
        return [_paragraph(block.empty, _style("words"))] if block.empty else []
    return [_table(block, has_head=True), Spacer(1, 5)]


def _pictures(block: Pictures) -> list[Flowable]:
    """Return photos in rows of three, each over what it shows."""
    cells = [_picture(one) for one in block.rows]
    cells += [[] for _ in range(-len(cells) % ABREAST)]
    if not cells:
        return []
    rows = [cells[n : n + ABREAST] for n in range(0, len(cells), ABREAST)]
    above = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
    widths = [WIDTH / ABREAST] * ABREAST
    return [LongTable(rows, colWidths=widths, splitInRow=1, style=TableStyle(above))]


def _picture(one: Picture) -> list[Flowable]:
    try:
        jpeg, width, height = small_jpeg(one.read())
    except OSError as error:
        return [_paragraph(f"{one.caption}\nNot drawn: {error}", _style("cell"))]
    scale = min((WIDTH / ABREAST - 6) / width, PICTURE_HEIGHT / height)
    drawn = Image(BytesIO(jpeg), width * scale, height * scale, hAlign="LEFT")
    return [drawn, Spacer(1, 2), _paragraph(one.caption, _style("cell"))]


def _table(table: Table, *, has_head: bool) -> LongTable:
    whole = sum(column.weight for column in table.columns)
    cells = [[_paragraph(text, _cell_style(column)) for column, text in row] for row in table.cells]
    if has_head:
        cells.insert(0, [_head(column) for column in table.columns])
    return LongTable(
        cells,
        colWidths=[WIDTH * column.weight / whole for column in table.columns],
        repeatRows=1 if has_head else 0,
        splitInRow=1,
        style=TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 6),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
            ]
        ),
    )


def _head(column: Column) -> Paragraph:
    return _paragraph(column.head, _style("head number" if column.numeric else "head"))


def _cell_style(column: Column) -> ParagraphStyle:
    name = " ".join(word for word in ("strong" * column.strong, "number" * column.numeric) if word)
    return _style(name or "cell")


def _numbered(foot: str) -> type[Canvas]:
    """Return a canvas that writes the foot of each page once it knows how many there are."""

    class Numbered(Canvas):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, start=1):
                self.__dict__.update(page)
                self.setFont(REGULAR, 7.5)
                self.setFillColor(GREY)
                self.drawString(MARGIN, FOOT - 8 * mm, foot)
                self.drawRightString(
                    A4[0] - MARGIN, FOOT - 8 * mm, f"{number} of {len(self._pages)}"
                )
                super().showPage()
            super().save()

    return Numbered

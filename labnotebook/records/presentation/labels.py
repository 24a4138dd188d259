"""Labels of the sizes that label printers have: what stands on one, written as small as it has to be.

Nothing on a label is cut off. Browsers do not shrink text to its box, so the size of the letters is
chosen here from how wide they are at most, and how the words break.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

MM_PER_PT = 25.4 / 72
LEADING = 1.2  # line height over letter height, as in the stylesheet
CODE_PT = (13, 11, 9, 8, 7, 6, 5)  # on one line
BROKEN_PT = (6, 5, 4, 3)  # on several, where it is too long for that
WORDS_PT = (8, 7, 6, 5, 4, 3, 2)

# Widths over the letter height, at least what the notebook's font needs in bold.
WIDE, CAPITAL, LOWER, NARROW = 1.08, 0.79, 0.67, 0.4
WIDE_LETTERS = frozenset("MWmw@%&—…‰ÆŒ")
NARROW_LETTERS = frozenset("iIjlrtf.,:;'|!()[]-/·’‘“” \u00a0\u202f\u2009")


@dataclass(frozen=True, slots=True)
class LabelSize:
    """One size of paper, and the room beside the QR code."""

    key: str  # as the address names it
    width_mm: int
    height_mm: int
    room_mm: tuple[float, float]  # width and height
    has_words: bool  # or only the code

    @property
    def name(self) -> str:
        """The size as people write it."""
        return f"{self.width_mm} × {self.height_mm} mm"

    @property
    def stylesheet(self) -> str:
        """The stylesheet that makes this the size of the page."""
        return f"notebook/css/label-{self.key}.css"


LARGE = LabelSize("62x29", 62, 29, room_mm=(33.5, 25.5), has_words=True)
SMALL = LabelSize("25x10", 25, 10, room_mm=(13.6, 8.6), has_words=False)
SIZES = {size.key: size for size in (LARGE, SMALL)}


@dataclass(frozen=True, slots=True)
class Fitted:
    """What stands beside the QR code, and how large it is written."""

    code: str
    code_pt: int
    lines: tuple[str, ...]
    words_pt: int


def fit(code: str, lines: Iterable[str], size: LabelSize) -> Fitted:
    """Return the code and the lines below it, as large as they fit on a label.

    lines: the most telling first; empty ones are left out, and all of them where only a code has room.
    """
    width, height = size.room_mm
    said = tuple(line for line in lines if line) if size.has_words else ()
    sizes = CODE_PT if width_mm(code, CODE_PT[-1]) <= width else BROKEN_PT

    def code_mm(pt: int) -> float:
        return _high(count_lines([code], pt, width), pt)

    most = height if not said else height / 2
    code_pt = _largest(
        sizes,
        lambda pt: code_mm(pt) <= most and (sizes is BROKEN_PT or width_mm(code, pt) <= width),
    )
    left = height - code_mm(code_pt)
    words_pt = _largest(WORDS_PT, lambda pt: _high(count_lines(said, pt, width), pt) <= left)
    return Fitted(code, code_pt, said, words_pt)


def width_mm(text: str, pt: float) -> float:
    """Return how wide a text is at most, in letters of ``pt`` points."""
    return sum(map(_width, text)) * pt * MM_PER_PT


def count_lines(texts: Sequence[str], pt: float, room_mm: float) -> int:
    """Return how many lines texts take: they break between words, and words that are too long anywhere."""
    return sum(_lines_of(text, pt, room_mm) for text in texts)


def _lines_of(text: str, pt: float, room_mm: float) -> int:
    lines, used, space = 1, 0.0, width_mm(" ", pt)
    for word in text.split(" "):
        wide = width_mm(word, pt)
        if used and used + space + wide > room_mm:
            lines, used = lines + 1, 0.0
        elif used:
            used += space
        for letter in word if wide > room_mm else ():
            step = width_mm(letter, pt)
            if used + step > room_mm:
                lines, used = lines + 1, 0.0
            used += step
        used += 0.0 if wide > room_mm else wide
    return lines


def _high(lines: int, pt: float) -> float:
    return lines * pt * LEADING * MM_PER_PT


def _largest(sizes: Sequence[int], fits: Callable[[int], bool]) -> int:
    return next((pt for pt in sizes if fits(pt)), sizes[-1])


def _width(letter: str) -> float:
    if letter in NARROW_LETTERS:
        return NARROW
    if letter in WIDE_LETTERS or unicodedata.east_asian_width(letter) in "WF":
        return WIDE
    return LOWER if letter.islower() or letter.isdigit() else CAPITAL

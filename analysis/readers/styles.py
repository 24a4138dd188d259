"""Find how a table is written: delimiter, decimal sign, and what parts thousands.

A comma or dot that may be a decimal sign as well as part thousands is settled by the column it stands in,
or asked about: never guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import zip_longest

from analysis.readers.cells import Style, cells_of, parse_row
from analysis.reading import UnreadableFile

_STYLES = (
    Style("\t"), Style(";"), Style(","), Style(None), Style("\t", True), Style(";", True),
    Style(",", True, quoted=True), Style(None, True), Style(None, words=True), Style(None, True, words=True),
)  # fmt: skip
_GROUPS = re.compile(r"(?<![\d.,'’])[1-9]\d{0,2}([.,'’ ])\d{3}(?!\d)")
_SIGNS = re.compile(r"(?<!\d)[1-9]\d{0,2}([.,'’ ])\d{3}(?!\d)")
_DECIMAL = re.compile(r"[-+]?\d+\.\d*([eE][-+]?\d+)?")  # 27.11.26 is none
_WHOLE = re.compile(r"[-+]?\d+")


def find_style(lines: list[str]) -> Style | None:
    """Return the way of writing that reads most lines as rows of one width, None when none does.

    Raises
    ------
    UnreadableFile
        when a comma in every number may part thousands as well as be the decimal sign.
    """
    return _style_of(tuple(lines[:: max(1, len(lines) // 4000)]))


@lru_cache(maxsize=4)  # every reader that looks at a text asks this of the same lines
def _style_of(sample: Sequence[str]) -> Style | None:
    scores = {style: _fitting_rows(sample, style) for style in _STYLES}
    best = max(_STYLES, key=lambda style: scores[style])  # the first of equals
    if best.delimiter is None:
        # Blanks also part what tabs part, and lose the empty cells: prefer a written delimiter.
        for style in _STYLES:
            written = style.delimiter is not None and style.decimal_comma == best.decimal_comma
            if written and scores[style] >= 0.9 * scores[best]:
                best = style
                break
    grouped = _best_grouped(sample, best, scores[best])
    if grouped is not None:
        return grouped
    return best if scores[best] else None


def _fitting_rows(sample: Sequence[str], style: Style) -> float:
    """Return how many lines are rows of one shape; rows with text cells count less.

    ``5,01<tab>3,25`` is also three cells "5", "01<tab>3", "25" with commas between them.
    """
    shapes: Counter[tuple[int, frozenset[int]]] = Counter()
    for line in sample:
        row = parse_row(line, style)
        if row:
            shapes[len(row[0]), row[1]] += 1
    return max((n * (0.7 if shape[1] else 1.0) for shape, n in shapes.items()), default=0.0)


def _best_grouped(sample: Sequence[str], plain: Style, least: float) -> Style | None:
    """Return the style with parted thousands that reads more rows than ``plain``, None when none does."""
    signs = {
        "'" if found[1] == "’" else found[1] for line in sample for found in _SIGNS.finditer(line)
    }
    if not signs:
        return None
    quotes = any('"' in line for line in sample)
    best: Style | None = None
    for base in _STYLES:
        for sign in sorted(signs - {base.decimal}):
            if sign == base.delimiter and not quotes:
                continue
            style = replace(base, grouping=sign)
            score = _fitting_rows(sample, style)
            if score > least:
                best, least = style, score
    if best is None and plain.decimal in signs:
        twin = replace(plain, decimal_comma=not plain.decimal_comma, grouping=plain.decimal)
        if _fitting_rows(sample, twin) >= least and _parts_thousands(sample, twin):
            return twin
    return best


def _parts_thousands(sample: Sequence[str], twin: Style) -> bool:
    """Tell whether a sign that could also be decimal parts thousands; ask where nothing tells.

    It does where a column holds whole numbers below 1,000 without the sign, and only numbers with three
    digits behind it otherwise. It does not where a column has a number of another form.
    """
    rows = [cells_of(line, twin) for line in sample if parse_row(line, twin)]
    full: list[int] = []
    mixed = False
    for number, column in enumerate(zip_longest(*rows, fillvalue="")):
        cells = [cell for cell in column if cell]
        signed = [cell for cell in cells if twin.grouping in cell]
        if not signed:
            if twin.grouping == "," and any(_DECIMAL.fullmatch(cell) for cell in cells):
                mixed = True  # the dot is the decimal sign here
            continue
        if not all(_GROUPS.fullmatch(cell.lstrip("+-")) for cell in signed):
            return False
        bare = [cell for cell in cells if twin.grouping not in cell]
        if not bare:
            full.append(number)
        elif all(_WHOLE.fullmatch(cell) and abs(int(cell)) < 1000 for cell in bare):
            mixed = True
        else:
            return False
    if not mixed and full and 0 not in full and twin.grouping == ",":
        shown = next(cell for row in rows for cell in row if "," in cell)
        raise UnreadableFile(
            f'The comma in "{shown}" may be a decimal sign ({shown.replace(",", ".")}) or part thousands '
            f"({shown.replace(',', '')}), and nothing in this file tells which. Export it with decimal points, "
            "or without signs between thousands."
        )
    return mixed

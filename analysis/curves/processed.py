"""The numbers behind a chart as a table: data, fit and residual of one analysis; the curves of an overlay.

Pure: no Django, no database. Numbers keep every digit; what is rounded is only what is read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analysis.curves.overlaid import One
from analysis.drawing import Drawing, Drawn, Stored, numbers, unit

Row = Sequence[Any]


def table_of(drawn: Drawn, drawing: Drawing, facts: Mapping[str, str]) -> Iterator[Row]:
    """Yield the rows of the table of one analysis, the facts about it first.

    The fit and its background stand at the places of the data, empty where they do not reach; the residual is
    the first column less the fit.
    """
    yield from _said(facts)
    axis, *columns = drawn.channels
    x = numbers(axis["values"])
    names = ("fit", "background") if drawn.on_its_axis(drawing) else ()
    found = {name: drawn.along(x, name) for name in names}
    lines = {name: line for name, line in found.items() if line is not None}
    head = [_head(axis), *map(_head, columns)]
    extra = [head_of(name, unit(columns[0])) for name in lines]
    series = [numbers(one["values"]) for one in columns] + list(lines.values())
    if "fit" in lines:
        extra.append(head_of("residual", unit(columns[0])))
        series.append(numbers(columns[0]["values"]) - lines["fit"])
    yield [*head, *extra]
    for place, at in enumerate(x.tolist()):
        yield [_cell(at), *(_cell(float(one[place])) for one in series)]


def table_of_overlay(ones: Sequence[One], title: str, facts: Mapping[str, str]) -> Iterator[Row]:
    """Yield the curves of an overlay below one another, the facts about them first: letter, name, x, y.

    Where they have several ordinates, each row says which its y is.
    """
    yield from _said({"title": title, **facts})
    first = ones[0].curve
    ordinates = [head_of(one.curve.y_label, one.curve.y_unit) for one in ones]
    several = len(set(ordinates)) > 1
    head = ["y", "y is"] if several else ordinates[:1]
    yield ["letter", "name", head_of(first.x_label, first.x_unit), *head]
    for one, ordinate in zip(ones, ordinates, strict=True):
        last = [ordinate] if several else []
        for x, y in zip(one.curve.x.tolist(), one.curve.y.tolist(), strict=True):
            yield [one.letter, one.name, _cell(x), _cell(y), *last]


def _said(facts: Mapping[str, str]) -> Iterator[Row]:
    yield from ([f"# {name}", words] for name, words in facts.items() if words)


def _head(channel: Stored) -> str:
    return head_of(str(channel["label"] or channel["name"]), str(channel["unit"]))


def head_of(label: str, said: str) -> str:
    """Return a head with its unit.

    >>> head_of("Voltage", "V"), head_of("Wavelength (nm)", "nm")
    ('Voltage / V', 'Wavelength (nm)')
    """
    there = said and re.search(rf"(?<!\w){re.escape(said)}(?!\w)", label)
    return f"{label} / {said}" if said and not there else label


def _cell(value: float) -> str:
    return repr(value) if math.isfinite(value) else ""

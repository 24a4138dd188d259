"""What the pixels say: each group with its statistics, two groups against one another, the order of their making."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from django.db.models import FilteredRelation, Q, QuerySet

from analysis.control_chart import ControlChart, chart_of
from analysis.pixel_statistics import (
    Compared,
    GroupStatistics,
    PixelRow,
    compare,
    group_statistics,
)
from analysis.quantities import QUANTITIES
from analysis.quantity import PIXEL, Better, Quantity
from analysis.services.device_statistics.devices import (
    AskedDevice,
    asked_devices,
    emitters_of,
    read_devices,
)
from analysis.services.device_statistics.groups import NOT_KNOWN, labels_of, place_of
from analysis.services.device_statistics.question import Question
from analysis.services.quantities import every_quantity
from devices.models import Device, Pixel, standing
from labnotebook.records.refusals import Refusal

MOST_CHARTED = 500  # substrates of the control chart, the newest
MOST_GROUPS = 60  # shown; the others are counted


@dataclass(frozen=True, slots=True)
class Group:
    """One group with its statistics."""

    name: str
    statistics: GroupStatistics
    values: tuple[float, ...]  # of its pixels that count


@dataclass(frozen=True, slots=True)
class Made:
    """A substrate in the order of its making, with the median of its pixels that count."""

    code: str
    at: datetime
    median: float


@dataclass(slots=True)
class Statistics:
    """What was found. ``values`` are of the pixels that count; ``several`` says that groups share substrates."""

    question: Question
    quantity: Quantity
    whole: GroupStatistics
    groups: list[Group]
    more_groups: int
    several: bool
    values: list[float]
    pair: tuple[str, str] | None
    compared: Compared | None
    series: list[Made]
    chart: ControlChart | None
    targets: list[str]  # what may be asked by, beside GROUPINGS


def statistics_of(user: Any, question: Question) -> Statistics:
    """Return the statistics of the pixels that ``user`` may see; refuses a quantity or grouping that is none."""
    quantity = _quantity(question.quantity)
    asked = asked_devices(user, question)
    devices, emitters = read_devices(asked), emitters_of(asked)
    varied = [*(said for _batch, said in emitters.values()), *(d.varied for d in devices.values())]
    targets = sorted({key for said in varied for key in said})
    labels = labels_of(question.by, asked, devices, emitters)
    pixels = _pixels(asked, devices, question.quantity)
    rows = [row for _pk, row in pixels]
    by_group: dict[str, list[PixelRow]] = defaultdict(list)
    for pk, row in pixels:
        for name in labels[pk]:
            by_group[name].append(row)
    lower = quantity.better is Better.LOWER
    order = sorted(by_group, key=lambda name: place_of(name, question.by))
    shown = order[-MOST_GROUPS:] if question.by == "week" else order[:MOST_GROUPS]
    whole = group_statistics(rows, lower_is_better=lower)
    alone = len(order) == 1  # then the group is the whole
    groups = [
        Group(
            name,
            whole if alone else group_statistics(by_group[name], lower_is_better=lower),
            _counted(by_group[name]),
        )
        for name in shown
    ]
    pair = _pair(question, groups, by_group)
    compared = compare(*(by_group[one] for one in pair), wanted=question.wanted) if pair else None
    series = _series(devices, pixels)
    return Statistics(
        question,
        quantity,
        whole,
        groups,
        len(order) - len(shown),
        any(len(names) > 1 for names in labels.values()),
        list(_counted(rows)),
        pair,
        compared,
        series,
        chart_of([one.median for one in series]),
        targets,
    )


def _counted(rows: Sequence[PixelRow]) -> tuple[float, ...]:
    return tuple(row.value for row in rows if row.counts and row.value is not None)


def askable() -> list[Quantity]:
    """Return the quantities that a pixel can have, the built-in ones first."""
    return [one for one in every_quantity().values() if PIXEL in one.subjects or _is_figure(one)]


def _is_figure(quantity: Quantity) -> bool:
    return quantity.name in ("roll_off_ma_cm2", "leakage_ma_cm2")


def _quantity(name: str) -> Quantity:
    found = QUANTITIES.get(name) or every_quantity().get(name)
    if found is None or found not in askable():
        names = ", ".join(one.name for one in askable())
        raise Refusal(
            f"{name[:60]!r} is no number of a pixel. There are: {names}.", field="quantity"
        )
    return found


def _pixels(
    rows: QuerySet[Device], devices: Mapping[int, AskedDevice], quantity: str
) -> list[tuple[int, PixelRow]]:
    """Return every pixel with the key of its device."""
    number = FilteredRelation(
        "outcomes", condition=Q(outcomes__quantity=quantity, outcomes__superseded_at=None)
    )
    pixels = Pixel.objects.filter(device__in=rows.values("pk"))
    pixels = pixels.annotate(number=number, stands=standing()).order_by("device_id", "pk")
    return [
        (pk, PixelRow(devices[pk].code, state, value))
        for pk, state, value in pixels.values_list("device_id", "stands", "number__value")
        if pk in devices
    ]


def _pair(
    question: Question, groups: Sequence[Group], by_group: Mapping[str, list[PixelRow]]
) -> tuple[str, str] | None:
    """Return the two groups to compare: those that were asked for, else the two of most substrates."""
    for field, name in (("a", question.a), ("b", question.b)):
        if name and name not in by_group:
            raise Refusal(f"There is no group {name[:60]!r} to compare.", field=field)
    largest = sorted(groups, key=lambda one: -one.statistics.measured_on)
    free = [one.name for one in largest if one.name not in (question.a, question.b, NOT_KNOWN)]
    first = question.a or (free.pop(0) if free else "")
    second = question.b or (free.pop(0) if free else "")
    return (first, second) if first and second and first != second else None


def _series(devices: Mapping[int, AskedDevice], rows: Sequence[tuple[int, PixelRow]]) -> list[Made]:
    """Return the substrates that have a number, in the order they were made."""
    of: dict[int, list[float]] = defaultdict(list)
    for pk, row in rows:
        if row.counts and row.value is not None:
            of[pk].append(row.value)
    made = [
        Made(devices[pk].code, devices[pk].made_at, median(values)) for pk, values in of.items()
    ]
    return sorted(made, key=lambda one: (one.at, one.code))[-MOST_CHARTED:]

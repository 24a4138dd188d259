"""Measurements of one technique to be laid over one another: of each the run that counts."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q

from analysis.curves.abscissa import along, other_units
from analysis.curves.overlaid import LETTERS, MOST, One
from analysis.drawing import Drawing, Drawn, Range, Way
from analysis.models import Analysis, Measurement
from analysis.services.lists import best_run, measurements_for
from analysis.services.whole import SECONDS, stored_drawn, whole_drawn
from analysis.techniques.registry import drawing_of

OFFERED = 40  # measurements of the same technique that could be added, the newest


@dataclass(frozen=True, slots=True)
class Laid:
    """One measurement of an overlay, the run that it is drawn of, and its curve."""

    measurement: Measurement
    run: Analysis
    one: One
    ordinate: tuple[str, str]  # name and unit of what is drawn
    left_out: tuple[Range, ...]  # of the axis, by the run
    missing: str  # why some points of the file are not there; "" when all are


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is laid over one another, and what is not because it is of another kind."""

    technique: str
    unit: str  # of the axis
    units: tuple[str, ...]  # that the axis may have
    laid: tuple[Laid, ...]
    not_laid: tuple[Measurement, ...]
    aside: tuple[Laid, ...] = ()  # of another ordinate than the first, where numbers stand on it

    @property
    def ones(self) -> list[One]:
        """The curves."""
        return [one.one for one in self.laid]

    def of_one_ordinate(self) -> Overlay:
        """Return it with only those that share the ordinate of the first; the others stand aside."""
        same = [one for one in self.laid if one.ordinate == self.laid[0].ordinate]
        return replace(self, laid=tuple(same), aside=self.laid[len(same) :])


def load_overlay(
    user: Any,
    keys: Sequence[int],
    unit: str = "",
    *,
    show: str = "",
    every_point: bool = False,
) -> Overlay | None:
    """Return the curves of the measurements with these keys that the person may see, in this order.

    Those of another ordinate than the first come last, so that a curve has one letter in every figure and table.
    The technique is that of the first of them; a few queries whatever their number. None when none is there.
    ``show`` names another pair of columns of the technique (`analysis.drawing.Way`). With ``every_point`` long files are read once more, all of them within `SECONDS`.
    """
    found = {one.pk: one for one in measurements_for(user).filter(pk__in=keys[:MOST])}
    asked = [found[key] for key in keys[:MOST] if key in found]
    if not asked:
        return None
    technique = asked[0].technique
    runs = {one.pk: best_run(one) for one in asked if one.technique == technique}
    keys_of_runs = [run.pk for run in runs.values() if run]
    columns = ("reading", "result", "parameters", "scan", "provenance")
    stored = Analysis.objects.only(*columns).in_bulk(keys_of_runs)
    until = time.monotonic() + SECONDS
    drawing, way = drawing_as(technique, show)
    curves = list[Laid]()
    own, units, kinds = "", tuple[str, ...](), None
    for measurement in asked:
        run = runs.get(measurement.pk)
        if run is None:
            continue
        stored[run.pk].measurement = measurement
        drawn, missing = _drawn(stored[run.pk], until if every_point else 0)
        drawn = way.of(drawn) if way else drawn
        if drawn.channels and not own:
            own, units = drawn.channels[0]["unit"], other_units(drawn.channels[0])
        shown = along(drawn, drawing, unit or own)
        curve = shown.curve_of(drawing)
        if curve is None:
            continue
        axis, ordinate = ((one["name"], one["unit"]) for one in drawing.columns(shown)[:2])
        kinds = kinds or axis
        if axis == kinds:
            one = One("", _name(measurement, asked), curve)
            curves.append(Laid(measurement, run, one, ordinate, shown.left_out, missing))
    first = curves[0].ordinate if curves else None
    curves.sort(key=lambda one: one.ordinate != first)
    laid = [
        replace(one, one=one.one._replace(letter=letter))
        for letter, one in zip(LETTERS, curves, strict=False)
    ]
    there = {one.measurement.pk for one in laid}
    return Overlay(
        technique,
        unit if unit in units else own,
        units,
        tuple(laid),
        tuple(one for one in asked if one.pk not in there),
    )


def drawing_as(technique: str, show: str) -> tuple[Drawing, Way | None]:
    """Return how a technique is drawn, and the other pair of columns where one of that name is asked for."""
    drawing = drawing_of(technique)
    way = next((one for one in drawing.ways if one.name == show), None)
    return (Drawing(log=way.log), way) if way else (drawing, None)


def _drawn(run: Analysis, until: float) -> tuple[Drawn, str]:
    """Return what there is of a run; every point as long as there is time."""
    left = until - time.monotonic()
    return whole_drawn(run, left) if left > 1 else stored_drawn(run)


def offered(user: Any, technique: str, there: Sequence[int]) -> list[Measurement]:
    """Return the newest other measurements of the technique, with their subjects."""
    rows = Measurement.objects.visible_to(user).filter(technique=technique).exclude(pk__in=there)
    rows = rows.select_related("file", "batch", "device", "pixel__device", "lot", "layer__device")
    return list(rows.order_by("-pk")[:OFFERED])


def measured_of(user: Any, technique: str, codes: Sequence[str]) -> list[int]:
    """Return the keys of the measurements of the technique of these batches and devices, oldest first."""
    of = Q(batch__code__in=codes) | Q(device__code__in=codes) | Q(pixel__device__code__in=codes)
    rows = Measurement.objects.visible_to(user).filter(of, technique=technique)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:MOST])


def _name(measurement: Measurement, asked: Sequence[Measurement]) -> str:
    """Return what a curve is called: its subject, the file too where two are of one subject."""
    subject = str(measurement.subject)
    name = subject
    if sum(str(one.subject) == subject for one in asked) > 1:
        name = f"{subject}, {measurement.file.name}"
    return f"{name} (simulated)" if measurement.project.is_simulated else name

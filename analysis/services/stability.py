"""How one batch keeps: its PL, PLQY and XRD in order of their dates, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from analysis.models import Analysis
from analysis.result import Figure, NoResult
from analysis.services.dates import moment_of
from analysis.services.lists import counting
from analysis.stability.alike import (
    INTENSITY_U,
    alike,
    intensity_of,
    maximum_of,
    normalised,
    settings_of,
)
from analysis.stability.conversion import LOW_PERCENT, Pattern, days_to_delta
from analysis.stability.half_life import Dated, half_life
from analysis.techniques.emission.technique import PL
from analysis.techniques.plqy.technique import PLQY
from analysis.techniques.xrd.technique import XRD
from synthesis.models import Batch

PERCENT_U = 3.0  # of a yield whose u nobody says: the response of a sphere
BLACK = ("alpha", "beta", "gamma", "mixed")


@dataclass(frozen=True, slots=True)
class Measured:
    """One number of one file, on a day counted from day zero."""

    measurement: int
    day: float
    value: float
    uncertainty: float


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers that may be compared, and their half-life or why there is none."""

    quantity: str
    label: str
    unit: str
    how: str  # the instrument and its settings
    points: tuple[Measured, ...]
    figure: Figure | None
    refusal: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What the XRD of one day says: its phase, and whether δ is found (None: undetermined)."""

    measurement: int
    day: float
    phase: str | None
    delta: bool | None


@dataclass(frozen=True, slots=True)
class Stability:
    """Everything that is dated of one batch."""

    day_zero: datetime | None
    series: tuple[Series, ...]
    patterns: tuple[Seen, ...]
    to_delta: Figure | None
    refusal: str  # why there are no days to δ
    remarks: tuple[str, ...]


def stability_of(batch: Batch) -> Stability:
    """Return what the dated measurements of a batch say of how it keeps; two queries."""
    everything = _runs(batch)
    runs = [run for run in everything if _said(run) is not None]
    undated = tuple(_undated(len(everything) - len(runs), len(everything)))
    if not runs:
        return Stability(None, (), (), None, _few(days_to_delta, ()), undated)
    dates = [_moment(run) for run in runs]
    made = batch.finished_at
    zero = made if made is not None and made <= min(dates) else min(dates)
    patterns = tuple(
        sorted(
            (_seen(run, zero) for run in runs if run.measurement.technique == XRD.name),
            key=lambda one: one.day,
        )
    )
    told = [Pattern(one.day, one.delta) for one in patterns]
    figure, refusal = _answer(lambda: days_to_delta(told))
    intensities, left_out = _intensities(runs, zero)
    series = [*_yields(runs, zero), *intensities]
    remarks = (*undated, *_remarks(runs, series, left_out))
    return Stability(zero, tuple(series), patterns, figure, refusal, remarks)


def _runs(batch: Batch) -> list[Analysis]:
    """Return the run of each file that counts, with the light part of its result as ``light``."""
    rows = Analysis.objects.filter(
        measurement__batch=batch,
        measurement__technique__in=(PL.name, PLQY.name, XRD.name),
        state=Analysis.State.DONE,
        rejected_at=None,
    )
    rows = rows.select_related("measurement__measured_with").defer("reading", "result")
    light = JSONObject(
        figures=F("result__figures"),
        phase=F("result__phase"),
        metadata=F("reading__metadata"),
        unit=KeyTransform("unit", KeyTransform("1", KeyTransform("channels", "reading"))),
    )
    by_file: dict[int, list[Analysis]] = {}
    for run in rows.annotate(light=light).order_by("-number"):
        by_file.setdefault(run.measurement_id, []).append(run)
    return [run for runs in by_file.values() if (run := counting(runs)) is not None]


def _said(run: Analysis) -> datetime | None:
    """When it was measured; None where nobody says."""
    light: dict[str, Any] = run.light  # type: ignore[attr-defined]
    return moment_of(run.measurement, light.get("metadata") or {})


def _moment(run: Analysis) -> datetime:
    """When something that is dated was measured."""
    moment = _said(run)
    assert moment is not None
    return moment


def _day(run: Analysis, zero: datetime) -> float:
    return (_moment(run) - zero) / timedelta(days=1)


def _figure(run: Analysis, quantity: str) -> dict[str, Any] | None:
    found = run.light.get("figures") or []  # type: ignore[attr-defined]
    return next((one for one in found if one["quantity"] == quantity), None)


def _seen(run: Analysis, zero: datetime) -> Seen:
    """Return what a pattern says of δ: found in it, or black and δ below a low limit; else it does not tell."""
    phase = run.light.get("phase")  # type: ignore[attr-defined]
    share = _figure(run, "delta_volume_percent")
    found = phase == "delta" or (share is not None and share["value"] is not None)
    limit = None if share is None else share["high"]
    absent = phase in BLACK and limit is not None and limit <= LOW_PERCENT
    delta = True if found else False if absent else None
    return Seen(run.measurement_id, _day(run, zero), phase, delta)


def _yields(runs: Sequence[Analysis], zero: datetime) -> Iterable[Series]:
    """The series of absolute yields: they compare whatever the instrument."""
    points = []
    for run in runs:
        figure = _figure(run, "plqy_percent")
        if run.measurement.technique == PLQY.name and figure and figure["value"] is not None:
            u = figure["uncertainty"]
            points.append(
                Measured(run.measurement_id, _day(run, zero), figure["value"], PERCENT_U if u is None else u)
            )  # fmt: skip
    if points:
        yield _series("plqy_half_life_d", _("PLQY"), "%", _("absolute"), points)


def _intensities(runs: Sequence[Analysis], zero: datetime) -> tuple[list[Series], int]:
    """The series of PL intensities, one for each instrument and its settings, and how many spectra are normalised."""
    of_pl = [run for run in runs if run.measurement.technique == PL.name]
    signal = KeyTransform("values", KeyTransform("1", KeyTransform("channels", "reading")))
    rows = Analysis.objects.filter(pk__in=[run.pk for run in of_pl]).order_by("pk")
    seen = {pk: (curves, maximum_of(values)) for pk, curves, values in rows.values_list("pk", F("result__curves"), signal)}  # fmt: skip
    groups: dict[tuple[str, ...], list[tuple[Measured, float | None]]] = {}
    for run in sorted(of_pl, key=_moment):
        curves, highest = seen.get(run.pk, ([], None))
        area, key = intensity_of(curves or []), _key(run)
        if area is not None and area > 0 and key:
            key = next((one for one in groups if one[0] == key[0] and alike(one, key)), key)
            point = Measured(run.measurement_id, _day(run, zero), area, INTENSITY_U * area)
            groups.setdefault(key, []).append((point, highest))
    series, left_out = [], 0
    for key, found in sorted(groups.items()):
        if len(found) > 1 and normalised([highest for _point, highest in found]):
            left_out += len(found)
            continue
        points, how = [point for point, _highest in found], ", ".join(key)
        series.append(_series("pl_half_life_d", _("PL intensity"), _unit_of(key), how, points))
    return series, left_out


def _unit_of(key: tuple[str, ...]) -> str:
    """Return the unit of an area from the settings it was measured with."""
    signal = next((one.removeprefix("in ") for one in key if one.startswith("in ")), "")
    return f"{signal} nm".strip()


def _key(run: Analysis) -> tuple[str, ...]:
    """Return instrument and settings; nothing where no instrument is named, as heights then do not compare."""
    measurement = run.measurement
    meter = measurement.measured_with.code if measurement.measured_with else measurement.instrument
    if not meter.strip():
        return ()
    light: dict[str, Any] = run.light  # type: ignore[attr-defined]
    said = settings_of(light.get("metadata") or {}, light.get("unit") or "", measurement.conditions)
    return (meter.strip(), *said)


def _series(quantity: str, label: str, unit: str, how: str, points: Sequence[Measured]) -> Series:
    ordered = tuple(sorted(points, key=lambda one: one.day))
    dated = [Dated(one.day, one.value, one.uncertainty) for one in ordered]
    words = _("Half-life of the %(what)s") % {"what": label}
    figure, refusal = _answer(lambda: half_life(dated, quantity, words))
    return Series(quantity, label, unit, how, ordered, figure, refusal)


def _answer(ask: Callable[[], Figure]) -> tuple[Figure | None, str]:
    try:
        return ask(), ""
    except NoResult as refusal:
        return None, str(refusal)


def _few(ask: Callable[[Sequence[Any]], Figure], nothing: Sequence[Any]) -> str:
    return _answer(lambda: ask(nothing))[1]


def _undated(count: int, everything: int) -> Iterable[str]:
    if count:
        yield _(
            "%(count)d of %(all)d files say no date of measurement and are left out: say the day on the page of each."
        ) % {"count": count, "all": everything}


def _remarks(runs: Sequence[Analysis], series: Sequence[Series], left_out: int) -> Iterable[str]:
    of_pl = [run for run in runs if run.measurement.technique == PL.name]
    unnamed = sum(not _key(run) for run in of_pl)
    if unnamed:
        yield _(
            "%(count)d PL spectra name no instrument: their intensities cannot be compared. Name the instrument of "
            "each, or measure the PLQY."
        ) % {"count": unnamed}
    if left_out:
        yield _(
            "%(count)d PL spectra are normalised, each maximum is 1 or 100: their intensities are not compared. Upload "
            "the spectra as the instrument counted them."
        ) % {"count": left_out}
    if sum(one.quantity == "pl_half_life_d" for one in series) > 1:
        yield _(
            "PL intensities of different instruments or settings are not comparable: each has a series of its own."
        )

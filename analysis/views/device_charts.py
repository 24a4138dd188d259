"""What is drawn of a device: the best pixel's sweep among the others, and every pixel beside its sisters."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from numpy.typing import NDArray

from analysis.models import Analysis, Measurement
from analysis.services.device_pixels import EQE, DeviceNumbers, OneDevice, standing_run
from analysis.techniques.jvl.drawing import efficiency_against_density, sweep_of
from analysis.techniques.jvl.technique import JVL
from analysis.views.charts import figure_of, marked
from labnotebook.records.models import Project
from labnotebook.records.presentation import device_figures
from labnotebook.records.presentation.axes import Values
from labnotebook.records.presentation.figure import Curve, Figure

DRAWN = 50  # sweeps that are drawn; the others stand in the table
FLOOR = 3  # times the scatter of the current: below it a logarithm shows spikes and no pixel
LEAST_DARK = 5  # rows that tell the scatter
BESIDE = ("el_spectrum", "lifetime")  # techniques that are drawn too, of the pixel drawn strong
ABOVE_NOISE = 5  # times the noise in the dark: from there on light counts for the turn-on too


@dataclass(frozen=True, slots=True)
class DrawnSweep:
    """The sweep of one pixel, read whole, and its name in the figures."""

    label: str
    analysis: Analysis
    efficiency: tuple[list[float], list[float]] | None  # current density, EQE

    @property
    def top(self) -> float:
        """Its highest EQE, below any when it has none."""
        return max(self.efficiency[1]) if self.efficiency else -1.0


@dataclass(frozen=True, slots=True)
class DeviceCharts:
    """The figures of a device, and the sweep that is drawn strong in them; each None when there is none."""

    heavy: DrawnSweep | None
    sweeps: Figure | None
    efficiency: Figure | None
    left_out: int
    beside: list[tuple[str, Figure]]  # EL and lifetime, each with the pixel that it is of


def charts_of(numbers: DeviceNumbers, labels: Collection[str] = ()) -> DeviceCharts:
    """Return the figures of a device; one query reads all that is drawn.

    ``labels`` chooses pixels; without any, or where none of them has a sweep, all are drawn.
    """
    every = _chosen(numbers)
    chosen = [one for one in every if one[1].pixel and one[1].pixel.label in labels] or every
    others = _others(numbers, chosen[0][1].pixel_id if chosen else None)
    runs = [*chosen[:DRAWN], *others]
    whole = Analysis.objects.in_bulk([run for run, _measurement in runs])
    for run, measurement in runs:
        if run in whole:
            whole[run].measurement = measurement
    drawn = [_drawn(whole[run], numbers) for run, _m in chosen[:DRAWN] if run in whole]
    heavy = _heavy(numbers, drawn)
    project = numbers.device.project
    return DeviceCharts(
        heavy,
        _sweeps(heavy, drawn, project),
        _efficiency(heavy, drawn, project),
        max(len(chosen) - DRAWN, 0),
        _beside(numbers, [whole[run] for run, _m in others if run in whole]),
    )


def _others(numbers: DeviceNumbers, strong: int | None) -> list[tuple[int, Measurement]]:
    """Return a run of EL and of lifetime: of the pixel ``strong``, else the newest of the device."""
    found = []
    for technique in BESIDE:
        having = [
            (m.pixel_id != strong, n, run.pk, m)
            for n, m in enumerate(numbers.measurements)
            if m.technique == technique and (run := standing_run(m)) is not None
        ]
        if having:
            found.append(min(having, key=lambda one: one[:2])[2:])
    return found


def _beside(numbers: DeviceNumbers, analyses: Sequence[Analysis]) -> list[tuple[str, Figure]]:
    found = []
    for analysis in analyses:
        measurement = analysis.measurement
        figure = figure_of(analysis, small=True)
        if figure is not None:
            label = measurement.pixel.label if measurement.pixel else numbers.device.code
            title = f"{measurement.technique_title}, {label}"
            found.append((label, figure.titled(title, figure.note)))
    return found


def _chosen(numbers: DeviceNumbers) -> list[tuple[int, Measurement]]:
    """Return one run a pixel: the one that its EQE stands on, else the newest; the best pixel first."""
    best = numbers.best
    order = sorted(numbers.pixels, key=lambda one: one is not best)
    groups = [(one.measurements, one.known.get(EQE)) for one in order]
    chosen = []
    for measurements, eqe in [*groups, (numbers.of_the_device, numbers.known.get(EQE))]:
        found = [
            (run.pk, m)
            for m in measurements
            if m.technique == JVL.name and (run := standing_run(m)) is not None
        ]
        stands = [one for one in found if eqe is not None and one[0] == eqe.analysis_id]
        chosen += (stands or found)[:1]
    return chosen


def _drawn(analysis: Analysis, numbers: DeviceNumbers) -> DrawnSweep:
    pixel = analysis.measurement.pixel
    label = pixel.label if pixel else numbers.device.code
    return DrawnSweep(label, analysis, efficiency_against_density(analysis.drawn()))


def _heavy(numbers: DeviceNumbers, drawn: list[DrawnSweep]) -> DrawnSweep | None:
    """Return the sweep of the best pixel; before anything is accepted the one of the highest EQE."""
    best = numbers.best
    of_best = [one for one in drawn if best and one.analysis.measurement.pixel_id == best.pixel.pk]
    return of_best[0] if of_best else max(drawn, key=lambda one: one.top, default=None)


def _sweeps(heavy: DrawnSweep | None, drawn: list[DrawnSweep], project: Project) -> Figure | None:
    strong = lit_sweep(heavy.analysis) if heavy else None
    if heavy is None or strong is None:
        return None
    others = [found for one in drawn if one is not heavy and (found := lit_sweep(one.analysis))]
    figures = (heavy.analysis.result or {}).get("figures") or []
    turn_on_v = next((f["value"] for f in figures if f["quantity"] == "turn_on_v"), None)
    sentence = _("Current density and luminance against voltage of %(names)s, %(best)s strong.") % {
        "names": ", ".join(one.label for one in drawn),
        "best": heavy.label,
    }
    figure = device_figures.jvl(*strong, sentence, turn_on_v=turn_on_v, others=others)
    note = _("%(pixel)s heavy") % {"pixel": heavy.label} if others else heavy.label
    return marked(figure.titled("J–V–L", note), project)


def lit_sweep(analysis: Analysis) -> device_figures.Sweep | None:
    """Return a sweep without what is noise of light or current: of several pixels it would hide the others."""
    sweep = sweep_of(analysis.drawn())
    detail = (analysis.result or {}).get("detail") or {}
    if sweep is None:
        return None
    current = above_its_scatter(sweep.voltage_v, sweep.current_density_ma_cm2)
    sweep = sweep._replace(current_density_ma_cm2=current)
    if not detail.get("dark_noise_cd_m2"):
        return sweep
    light = np.asarray(sweep.luminance_cd_m2, dtype=float)
    seen = light >= ABOVE_NOISE * detail["dark_noise_cd_m2"]
    return sweep._replace(luminance_cd_m2=np.where(seen, light, np.nan))


def above_its_scatter(voltage: Values, current: Values) -> NDArray[np.float64]:
    """Return the current (n,) without the rows that are not told from zero.

    Where it changes its sign above 0 V it is noise up to there; a leak that is measured has one sign throughout.
    """
    values = np.asarray(current, dtype=float)
    volts = np.asarray(voltage, dtype=float)
    driven = int(np.nanargmax(np.where(np.isfinite(values), volts, -np.inf))) if values.size else 0
    if values.size and values[driven] < 0:
        values = -values  # the other sign convention; the figure draws the size anyway
    against = np.flatnonzero(np.isfinite(values) & (volts > 0) & (values < 0))
    if against.size < 2:
        return values
    quiet = values[np.isfinite(values) & (volts > 0) & (volts <= volts[against].max())]
    if quiet.size < LEAST_DARK:
        return values
    scatter = float(1.4826 * np.median(np.abs(quiet)))
    return np.where(np.abs(values) >= FLOOR * scatter, values, np.nan)


def _efficiency(
    heavy: DrawnSweep | None, drawn: list[DrawnSweep], project: Project
) -> Figure | None:
    curves = [Curve(one.label, *one.efficiency, one is heavy) for one in drawn if one.efficiency]
    if heavy is None or not curves:
        return None
    names = ", ".join(curve.label for curve in curves)
    sentence = _("External quantum efficiency against current density of %(names)s.") % {
        "names": names
    }
    floor = ((heavy.analysis.result or {}).get("detail") or {}).get("luminance_floor_cd_m2")
    note = _("where L ≥ %(floor)g cd m⁻²") % {"floor": floor} if floor else ""
    return marked(device_figures.eqe_j(curves, sentence).titled("EQE–J", note), project)


def strip_of(numbers: DeviceNumbers) -> Figure | None:
    """Return one dot a pixel, of the device and of those built alike; None while nothing is known of any."""
    own = OneDevice(numbers.device, numbers.pixels)
    rows = [_row(device) for device in (own, *numbers.sisters)]
    told = [one for _code, pixels in rows for one in pixels]
    if not any(one.eqe_percent is not None or one.state in device_figures.DEAD for one in told):
        return None
    many = len(rows)
    sentence = ngettext(
        "Peak EQE of every pixel of %(n)d device.",
        "Peak EQE of every pixel of %(n)d devices.",
        many,
    ) % {"n": many}
    return marked(device_figures.pixel_strip(rows, sentence), numbers.device.project)


def _row(one: OneDevice) -> tuple[str, list[device_figures.Pixel]]:
    pixels = [
        device_figures.Pixel(p.pixel.label, p.eqe, p.pixel.standing_state) for p in one.pixels
    ]
    return one.device.code, pixels


def voltage_at_top(analysis: Analysis, name: str) -> float | None:
    """Return the voltage at which a curve of the result, or else a column of the file, is highest."""
    for curve in (analysis.result or {}).get("curves") or []:
        if curve["name"] == name:
            return _at_top(curve["x"], curve["y"])
    channels = {c["name"]: c["values"] for c in (analysis.reading or {}).get("channels") or []}
    if name not in channels or "voltage" not in channels:
        return None
    return _at_top(channels["voltage"], channels[name])


def _at_top(voltages: list[float | None], values: list[float | None]) -> float | None:
    known = [
        (y, x) for x, y in zip(voltages, values, strict=False) if x is not None and y is not None
    ]
    return max(known)[1] if known else None

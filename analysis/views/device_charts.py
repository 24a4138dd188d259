"""What is drawn of a device: the best pixel's sweep among the others, and every pixel beside its sisters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analysis.models import Analysis, Measurement
from analysis.services.device_pixels import EQE, DeviceNumbers, OneDevice, standing_run
from analysis.techniques.jvl.drawing import efficiency_against_density, sweep_of
from analysis.techniques.jvl.technique import JVL
from analysis.views.charts import marked
from labnotebook.records.models import Project
from labnotebook.records.presentation import device_figures
from labnotebook.records.presentation.figure import Curve, Figure

DRAWN = 12  # sweeps that are drawn; the others stand in the table
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


def charts_of(numbers: DeviceNumbers) -> DeviceCharts:
    """Return the figures of a device; one query reads the sweeps that are drawn."""
    chosen = _chosen(numbers)
    whole = Analysis.objects.in_bulk([run for run, _measurement in chosen[:DRAWN]])
    drawn = []
    for run, measurement in chosen[:DRAWN]:
        if run in whole:
            whole[run].measurement = measurement
            drawn.append(_drawn(whole[run], numbers))
    heavy = _heavy(numbers, drawn)
    project = numbers.device.project
    return DeviceCharts(
        heavy,
        _sweeps(heavy, drawn, project),
        _efficiency(heavy, drawn, project),
        max(len(chosen) - DRAWN, 0),
    )


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
    strong = _lit(heavy.analysis) if heavy else None
    if heavy is None or strong is None:
        return None
    others = [found for one in drawn if one is not heavy and (found := _lit(one.analysis))]
    figures = (heavy.analysis.result or {}).get("figures") or []
    turn_on_v = next((f["value"] for f in figures if f["quantity"] == "turn_on_v"), None)
    sentence = _("Current density and luminance against voltage of %(names)s, %(best)s strong.") % {
        "names": ", ".join(one.label for one in drawn),
        "best": heavy.label,
    }
    figure = device_figures.jvl(*strong, sentence, turn_on_v=turn_on_v, others=others)
    note = _("%(pixel)s heavy") % {"pixel": heavy.label} if others else heavy.label
    return marked(figure.titled("J–V–L", note), project)


def _lit(analysis: Analysis) -> device_figures.Sweep | None:
    """Return a sweep without the luminance that is noise: of several pixels it would hide the others."""
    sweep = sweep_of(analysis.drawn())
    detail = (analysis.result or {}).get("detail") or {}
    if sweep is None or not detail.get("dark_noise_cd_m2"):
        return sweep
    light = np.asarray(sweep.luminance_cd_m2, dtype=float)
    seen = light >= ABOVE_NOISE * detail["dark_noise_cd_m2"]
    return sweep._replace(luminance_cd_m2=np.where(seen, light, np.nan))


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
    pixels = [device_figures.Pixel(p.pixel.label, p.eqe, p.pixel.state) for p in one.pixels]
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

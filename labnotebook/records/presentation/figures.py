"""The notebook's own figures, ready for a page: every one is a `Figure` with `.svg()` and `.html()`.

Arrays are one-dimensional, in the unit that the parameter names. What is not known is drawn as not
known: the unmeasured gap is a grey field, intervals are bands, single points get no trend line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from .axes import Axis, Values
from .figure import GAP_WORDS, Curve, Figure, curve_key, phase_key_items
from .plots import PHASE_WORDS, Plot, Point, phase_key

GAP_RATIO = (
    0.25,
    0.5,
)  # R between the paper's last alpha and first gamma batch; nobody measured there
STICK_ROWS = {"gamma": "γ", "alpha": "α", "delta": "δ", "beta": "β"}


class PhaseCurve(NamedTuple):
    """Probability of one phase along R with its 80 % interval."""

    ratio_ca_pb: Values
    value: Values
    low: Values
    high: Values


def spectrum(
    wavelength_nm: Values,
    intensity: Values,
    sentence: str,
    *,
    fit: Values | None = None,
    second: Curve | None = None,
    mark: tuple[float, str] | None = None,
    x_label: str = "Wavelength",
    x_unit: str = "nm",
    falls: bool = False,
    y_label: str = "Intensity",
    y_unit: str = "",
    log: bool = False,
    size: str = "",
) -> Figure:
    """Draw one spectrum, its fit, a second curve, and a mark: a place and its words. falls: x does, to the right."""
    curves = [intensity, *([second.y] if second else []), *([fit] if fit is not None else [])]
    x = Axis.over([wavelength_nm], x_label, x_unit, tight=True, wanted=6, falls=falls)
    plot = Plot(x, Axis.over(curves, y_label, y_unit, zero=not log, log=log), sentence, size=size)
    key: list[tuple[str, str]] = []
    if second:
        plot.line(second.x, second.y, "s2 dash")
        key = [("s1", "spectrum"), ("s2 dash", second.label)]
    plot.line(wavelength_nm, intensity, "raw thin" if fit is not None else "")
    if fit is not None:
        plot.line(wavelength_nm, fit, "fit")
        key = [("raw", "measured"), ("fit", "fit"), *key[1:]]
    if mark is not None:
        plot.vertical(*mark)
    return Figure([plot], key=curve_key(*key))


def pattern(
    two_theta_deg: Values,
    counts: Values,
    sentence: str,
    *,
    fit: Values | None = None,
    background: Values | None = None,
    sticks: Mapping[str, tuple[Values, Values]] | None = None,
    marks: Sequence[tuple[float, str]] = (),
    spans: Sequence[tuple[float, float]] = (),
    y_label: str = "Counts",
    size: str = "tall",
) -> Figure:
    """Draw a powder pattern with fit, residual and reference lines on one shared axis.

    sticks: for each phase or substance the positions (degrees 2θ) and relative intensities.
    marks: words at positions, such as indices; spans: ranges to shade.
    """
    x = Axis.over([two_theta_deg], "2θ", "°", tight=True, wanted=8)
    curves = [counts] + ([fit] if fit is not None else [])
    joined = bool(sticks) or fit is not None
    main = Plot(
        x, Axis.over(curves, y_label, zero=True), sentence, size=f"{size} flat" if joined else size
    )
    for low, high in spans:
        main.gap(low, high)
    main.line(two_theta_deg, counts, "raw thin" if fit is not None else "")
    key = [("raw", "measured")]
    if background is not None:
        main.line(two_theta_deg, background, "s3 thin dash")
        key.append(("s3 dash", "background"))
    plots = [main]
    if fit is not None:
        main.line(two_theta_deg, fit, "fit")
        key.append(("fit", "fit"))
        plots.append(_residual(x, two_theta_deg, counts, fit, last=not sticks))
    top = fit if fit is not None else counts
    for place, words in marks:
        height = float(np.interp(place, np.asarray(two_theta_deg), np.asarray(top)))
        main.note(place, height, words, "hl xm", dy=-6)
    if sticks:
        plots.append(_stick_rows(x, sticks))
    return Figure(plots, key=curve_key(*key) if len(key) > 1 else ())


def _residual(x: Axis, places: Values, counts: Values, fit: Values, *, last: bool) -> Plot:
    measured, modelled = np.asarray(counts, dtype=float), np.asarray(fit, dtype=float)
    sigma = np.sqrt(np.maximum(modelled, 1.0))
    residual = (measured - modelled) / sigma
    y = Axis.over([residual, [-3.0, 3.0]], "Residual", "σ", wanted=4)
    plot = Plot(x, y, "Residual of the fit in counting σ.", size="res" if last else "res flat")
    return plot.line(places, residual, "s3 thin")


def _stick_rows(x: Axis, sticks: Mapping[str, tuple[Values, Values]]) -> Plot:
    names = ", ".join(PHASE_WORDS.get(name, name) for name in sticks)
    y = Axis(0, len(sticks), "rows")
    plot = Plot(x, y, f"Reference lines of {names}.", size="low", bare=True)
    for index, (name, (places, heights)) in enumerate(sticks.items()):
        row = len(sticks) - 1 - index
        colour = name if name in PHASE_WORDS else "s3"
        plot.row_label(row + 0.25, STICK_ROWS.get(name, name), strong=True)
        plot.sticks(places, heights, colour, row / len(sticks) + 0.02, 0.75 / len(sticks))
    return plot


def decay(
    time_ns: Values,
    counts: Values,
    sentence: str,
    *,
    fit: Values | None = None,
    x_unit: str = "ns",
    words: str = "",
    size: str = "",
) -> Figure:
    """Draw a decay on a log axis; channels without a count are dots at its foot."""
    x = Axis.over([time_ns], "Time", x_unit, tight=True)
    y = Axis.over([counts], "Counts", log=True)
    plot = Plot(x, y, sentence, size=size).line(
        time_ns, counts, "raw thin" if fit is not None else ""
    )
    if fit is not None:
        plot.line(time_ns, fit, "fit")
    if words:
        plot.note(x.low + 0.4 * (x.high - x.low), y.high / 2, words)
    return Figure(
        [plot], key=curve_key(("raw", "measured"), ("fit", "fit")) if fit is not None else ()
    )


def forecast_curves(
    curves: Mapping[str, PhaseCurve],
    sentence: str,
    *,
    now: float | None = None,
    gap: tuple[float, float] | None = GAP_RATIO,
    size: str = "",
) -> Figure:
    """Draw the probability of each phase along R with its band, the gap grey, R chosen marked."""
    x = Axis.over(
        [curve.ratio_ca_pb for curve in curves.values()],
        "R, Ca/Pb in the flask",
        tight=True,
        wanted=8,
    )
    plot = Plot(x, Axis(0, 1, "Probability of the phase"), sentence, size=size)
    if gap:
        plot.gap(*gap, GAP_WORDS)
    for phase, curve in curves.items():
        plot.band(curve.ratio_ca_pb, curve.low, curve.high, phase_key(phase))
    for phase, curve in curves.items():
        plot.line(curve.ratio_ca_pb, curve.value, f"{phase_key(phase)}{_dashed(phase)}")
    if now is not None:
        plot.vertical(now, f"R {now:g}", now=True)
    return Figure([plot], key=phase_key_items(list(curves), gap=gap is not None))


def _dashed(phase: str) -> str:
    return " dash" if phase in ("mixed", "failed", "delta", "unknown") else ""


def outcome_scatter(
    points: Sequence[Point],
    sentence: str,
    *,
    x_label: str = "R weighed, Ca/Pb",
    x_unit: str = "",
    y_label: str = "Best EQE",
    y_unit: str = "%",
    gap: tuple[float, float] | None = GAP_RATIO,
    size: str = "tall",
) -> Figure:
    """Draw one mark a batch; no line joins them. gap None: x is not R."""
    # Along R the whole range that the paper covers, so that a lab's few points are seen in it.
    whole = [0.0, 2 * gap[1] - gap[0]] if gap else []
    x = Axis.over([[p.x for p in points], whole], x_label, x_unit, wanted=8)
    y = Axis.over([[p.y for p in points]], y_label, y_unit, zero=True)
    plot = Plot(x, y, sentence, size=size)
    if gap:
        plot.gap(*gap)
    phases = [p for p in PHASE_WORDS if any(phase_key(point.phase) == p for point in points)]
    return Figure([plot.points(points)], key=phase_key_items(phases, gap=gap is not None))


def phase_strip(points: Sequence[Point], sentence: str) -> Figure:
    """Draw batches along R in one low strip; the y of the points is ignored, near ones spread."""
    x = Axis.over([[p.x for p in points], [0.0, 1.0]], "", tight=True, wanted=4)
    plot = Plot(x, Axis(0, 1, "rows"), sentence, size="mini", bare=True).gap(*GAP_RATIO, "gap")
    heights = (0.3, 0.5, 0.7)
    spread = [
        Point(p.x, heights[i % 3], p.phase, p.title, ring=p.ring)
        for i, p in enumerate(sorted(points, key=lambda p: p.x))
    ]
    return Figure([plot.points(spread)])


def histogram(
    values: Values,
    label: str,
    unit: str,
    sentence: str,
    *,
    counted: str = "Particles",
    size: str = "",
) -> Figure:
    """Draw how often values occur; bins after Freedman and Diaconis, at most forty."""
    data = np.asarray(values, dtype=float)
    data = data[np.isfinite(data)]
    edges = np.histogram_bin_edges(data, bins="fd") if data.size > 1 else np.array([0.0, 1.0])
    if edges.size > 41:
        edges = np.histogram_bin_edges(data, bins=40)
    heights = np.histogram(data, bins=edges)[0].astype(float)
    x = Axis.over([edges], label, unit, tight=True)
    plot = Plot(x, Axis.over([heights], counted, zero=True), sentence, size=size)
    return Figure([plot.bars(edges, heights)])


def profile(
    time_min: Values,
    temperature_c: Values,
    sentence: str,
    *,
    spans: Sequence[tuple[float, float, str]] = (),
    events: Sequence[tuple[float, str]] = (),
) -> Figure:
    """Draw the temperature of a run with its spans (vacuum) and events (injection)."""
    x = Axis.over([time_min], "Time from start", "min", tight=True, wanted=7)
    y = Axis.over([temperature_c], "T", "°C", zero=True, wanted=3)
    plot = Plot(x, y, sentence, size="low")
    for low, high, words in spans:
        plot.gap(low, high, words)
    plot.line(time_min, temperature_c)
    for place, words in events:
        plot.vertical(place, words, before=True)
    return Figure([plot])

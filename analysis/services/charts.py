"""What is drawn of an analysis: the server's figure, and the same curves for the zoomable chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.forecast import Conditions
from analysis.models import Analysis, Forecast
from analysis.services.forecasts import curve
from analysis.services.measured import shaded
from labnotebook.records.models import Project
from labnotebook.records.presentation import device_figures, figures
from labnotebook.records.presentation.figure import Figure
from synthesis.chemistry.gaps import OpenGap

Floats = NDArray[np.float64]

LABELS = {
    "wavelength": "Wavelength",
    "energy": "Energy",
    "two_theta": "2θ",
    "time": "Time",
    "voltage": "Voltage",
    "counts": "Counts",
    "intensity": "Intensity",
    "absorbance": "Absorbance",
    "luminance": "Luminance",
    "current": "Current",
    "current_density": "Current density",
    "eqe": "EQE",
}
UNITS = {"deg": "°", "counts": "", "mA/cm2": "mA cm⁻²", "cd/m2": "cd m⁻²"}
STICKS = {"γ": "gamma", "α": "alpha", "δ": "delta", "β": "beta"}
LOG = ("trpl", "jvl")
COLOURS = {"fit": "ink", "background": "s3"}
OVER_THE_DATA = ("fit", "background")  # curves on the axes of the measurement itself


SIMULATED = "Simulated, not measured"


def figure_of(analysis: Analysis, *, small: bool = False) -> Figure | None:
    """Return the figure of an analysis read whole; None when nothing of the file was read.

    ``small`` leaves out what a card has no room for: the residual and the reference patterns. Simulated
    data say so on the figure.
    """
    figure = _figure(analysis, small=small)
    return marked(figure, analysis.measurement.project) if figure else None


def marked(figure: Figure, project: Project) -> Figure:
    """Return a figure of data of this project, saying so where they are simulated."""
    if not project.is_simulated:
        return figure
    return figure.titled(figure.title, ". ".join(filter(None, (figure.note, SIMULATED))))


def _figure(analysis: Analysis, *, small: bool) -> Figure | None:
    channels, drawn = _channels(analysis), curve_of(analysis)
    if drawn is None:
        return None
    x, y = drawn.x, drawn.y
    sentence = _sentence(analysis, channels)
    technique = analysis.measurement.technique
    fit = _on(x, _curve(analysis, "fit"))
    labels = {"y_label": _label(channels[1]), "y_unit": _unit(channels[1])}
    if technique == "xrd":
        if small:
            return figures.pattern(x, y, sentence, y_label=labels["y_label"], size="")
        return figures.pattern(
            x,
            y,
            sentence,
            fit=fit,
            background=_on(x, _curve(analysis, "background")),
            sticks=_sticks(analysis),
            y_label=labels["y_label"],
            size="tall",
        )
    if technique == "trpl":
        return figures.decay(x, y, sentence, fit=fit)
    if technique == "jvl":
        return _sweep(analysis, channels, sentence)
    return figures.spectrum(
        x,
        y,
        sentence,
        fit=fit,
        peak_nm=_peak(analysis) if _unit(channels[0]) == "nm" else None,
        x_label=_label(channels[0]),
        x_unit=_unit(channels[0]),
        **labels,
    )


class DrawnCurve(NamedTuple):
    """The first channel of a file against its axis, and what both are called."""

    x: Floats
    y: Floats
    x_label: str
    x_unit: str
    y_label: str
    y_unit: str


def curve_of(analysis: Analysis) -> DrawnCurve | None:
    """Return what a file measured, to be drawn with others; None when nothing of it was read."""
    channels = _channels(analysis)
    if len(channels) < 2 or len(channels[0]["values"]) < 2:
        return None
    axis, first = channels[:2]
    x, y = _numbers(axis["values"]), _numbers(first["values"])
    if not np.isfinite(x).any() or not np.isfinite(y).any() or np.nanmin(x) == np.nanmax(x):
        return None
    return DrawnCurve(x, y, _label(axis), _unit(axis), _label(first), _unit(first))


def chart_of(analysis: Analysis) -> dict[str, Any]:
    """Return what <xy-chart> draws; its shape is described in xy-chart.js."""
    channels = _channels(analysis)
    if len(channels) < 2:
        return {"title": str(analysis.measurement), "x": {}, "y": {}, "series": []}
    x = channels[0]
    scale = "log" if analysis.measurement.technique in LOG else "linear"
    if analysis.measurement.technique == "jvl":
        channels = _drawn_of_sweep(analysis, channels)
    several = len(channels) > 2
    simulated = analysis.measurement.project.is_simulated
    series = [
        {
            "label": _titled(channel) if several else SIMULATED if simulated else "measured",
            "kind": "line",
            "colour": f"s{min(place, 3)}",
            "x": x["values"],
            "y": channel["values"],
        }
        for place, channel in enumerate(channels[1:6], start=1)
    ]
    chart: dict[str, Any] = {
        "title": f"{analysis.measurement}. {SIMULATED}" if simulated else str(analysis.measurement),
        "x": {"label": _label(x), "unit": _unit(x)},
        "y": {
            "label": "" if several else _label(channels[1]),
            "unit": "" if several else _unit(channels[1]),
            "scale": scale,
        },
        "series": series + _more_series(analysis),
    }
    peak = _peak(analysis)
    if peak is not None and _unit(x) == "nm":
        chart["marks"] = [{"x": peak, "label": f"{peak:.1f} nm"}]
    residual = _curve(analysis, "residual")
    if residual:
        chart["residual"] = {
            "label": "Residual",
            "unit": "",
            "x": residual["x"],
            "y": residual["y"],
        }
    return chart


def forecast_figure(
    forecast: Forecast | None, conditions: Conditions, gaps: Sequence[OpenGap]
) -> Figure:
    """Return the chances along R with their bands, R itself and the widest open gap marked."""
    points = curve(conditions)
    ratios = [point.ratio_ca_pb for point in points]
    curves = {
        phase: figures.PhaseCurve(
            ratios,
            [point.phase[phase].value for point in points],
            [point.phase[phase].low for point in points],
            [point.phase[phase].high for point in points],
        )
        for phase in ("alpha", "mixed", "gamma")
    }
    said = forecast.result["phase"] if forecast and forecast.result else None
    words = ", ".join(f"{name} {chance['value']:.2f}" for name, chance in (said or {}).items())
    sentence = (
        f"Probability of each phase along R, the ratio of calcium to lead in the flask. At R ="
        f" {conditions.ratio_ca_pb:.3g}: {words or 'see the bars beside it'}."
    )
    now = round(conditions.ratio_ca_pb, 3)
    return figures.forecast_curves(curves, sentence, now=now, gap=shaded(gaps))


def _more_series(analysis: Analysis) -> list[dict[str, Any]]:
    """Return fit and background as lines, the reference patterns as sticks."""
    found = []
    for one in _curves(analysis):
        if one["kind"] == "sticks":
            colour = STICKS.get(one["name"][:1], "s3")
            found.append({"label": one["name"], "kind": "sticks", "colour": colour})
        elif one["name"] in OVER_THE_DATA:
            look = {"colour": COLOURS[one["name"]], "dash": one["name"] == "background"}
            found.append({"label": one["name"], "kind": "line", **look})
        else:
            continue
        found[-1] |= {"x": one["x"], "y": one["y"]}
    return found


def _sweep(
    analysis: Analysis, channels: Sequence[Mapping[str, Any]], sentence: str
) -> Figure | None:
    """Return J and L against V where the file has both; else its first column."""
    sweep = sweep_of(analysis)
    if sweep is None:
        return figures.spectrum(
            _numbers(channels[0]["values"]),
            _numbers(channels[1]["values"]),
            sentence,
            x_label=_label(channels[0]),
            x_unit=_unit(channels[0]),
            y_label=_label(channels[1]),
            y_unit=_unit(channels[1]),
        )
    return device_figures.jvl(*sweep, sentence, turn_on_v=_value(analysis, "turn_on_v"))


def sweep_of(analysis: Analysis) -> device_figures.Sweep | None:
    """Return voltage, current density and luminance of a sweep; None when one of them is not known."""
    by_name = {channel["name"]: _numbers(channel["values"]) for channel in _channels(analysis)}
    voltage, light = by_name.get("voltage"), by_name.get("luminance")
    density = _density_ma_cm2(analysis, by_name)
    if voltage is None or light is None or density is None:
        return None
    return device_figures.Sweep(voltage, density, light)


def _drawn_of_sweep(
    analysis: Analysis, channels: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return voltage, luminance and the size of the current density; all columns when one lacks."""
    by_name = {channel["name"]: channel for channel in channels}
    density = _density_ma_cm2(analysis, {n: _numbers(c["values"]) for n, c in by_name.items()})
    if "voltage" not in by_name or "luminance" not in by_name or density is None:
        return list(channels)
    values = [abs(v) if np.isfinite(v) else None for v in density.tolist()]
    current = {"name": "current_density", "unit": "mA/cm2", "label": "", "values": values}
    return [by_name["voltage"], by_name["luminance"], current]


def _density_ma_cm2(analysis: Analysis, by_name: Mapping[str, Floats]) -> Floats | None:
    """Return the current density that the file has, or that follows from the current and the area."""
    if "current_density" in by_name:
        return by_name["current_density"]
    area_mm2 = ((analysis.result or {}).get("detail") or {}).get("area_mm2")
    if "current" not in by_name or not area_mm2:
        return None
    return by_name["current"] * 1e5 / area_mm2  # A/mm² to mA/cm²


def efficiency_against_density(analysis: Analysis) -> tuple[list[float], list[float]] | None:
    """Return current density (mA/cm²) and EQE (%) of a sweep; None where one is not known.

    The method gives EQE at the voltages of the first sweep; the density is the file's at the same
    voltage.
    """
    eqe = _curve(analysis, "eqe_percent")
    by_name = {c["name"]: _numbers(c["values"]) for c in _channels(analysis)}
    density = _density_ma_cm2(analysis, by_name)
    if eqe is None or density is None or "voltage" not in by_name:
        return None
    at: dict[float, float] = {}
    for voltage, value in zip(by_name["voltage"].tolist(), density.tolist(), strict=True):
        at.setdefault(voltage, abs(value))
    pairs = [
        (at[voltage], value)
        for voltage, value in zip(eqe["x"], eqe["y"], strict=True)
        if value is not None and at.get(voltage, 0) > 0
    ]
    return ([j for j, _ in pairs], [e for _, e in pairs]) if len(pairs) > 1 else None


def _channels(analysis: Analysis) -> list[dict[str, Any]]:
    return list((analysis.reading or {}).get("channels") or [])


def _curves(analysis: Analysis) -> list[dict[str, Any]]:
    return list((analysis.result or {}).get("curves") or [])


def _curve(analysis: Analysis, name: str) -> dict[str, Any] | None:
    return next((c for c in _curves(analysis) if c["name"] == name and c["x"]), None)


def _value(analysis: Analysis, quantity: str) -> float | None:
    found = (analysis.result or {}).get("figures") or []
    return next((f["value"] for f in found if f["quantity"] == quantity), None)


def _peak(analysis: Analysis) -> float | None:
    return _value(analysis, "pl_peak_nm") or _value(analysis, "el_peak_nm")


def _sticks(analysis: Analysis) -> dict[str, tuple[list[float], list[float]]] | None:
    found = [c for c in _curves(analysis) if c["kind"] == "sticks"]
    return {STICKS.get(c["name"][:1], c["name"]): (c["x"], c["y"]) for c in found} or None


def _numbers(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def _on(x: Floats, one: Mapping[str, Any] | None) -> Floats | None:
    """Return a curve at the places of the data, empty where it does not reach."""
    if one is None:
        return None
    places, heights = _numbers(one["x"]), _numbers(one["y"])
    order = np.argsort(places)
    return np.interp(x, places[order], heights[order], left=np.nan, right=np.nan)


def _label(channel: Mapping[str, Any]) -> str:
    return LABELS.get(channel["name"], channel["label"] or channel["name"])


def _unit(channel: Mapping[str, Any]) -> str:
    return UNITS.get(channel["unit"], channel["unit"])


def _titled(channel: Mapping[str, Any]) -> str:
    unit = _unit(channel)
    return f"{_label(channel)} / {unit}" if unit else _label(channel)


def _sentence(analysis: Analysis, channels: Sequence[Mapping[str, Any]]) -> str:
    what = f"{analysis.measurement}: {_label(channels[1])} against {_label(channels[0])}."
    summary = (analysis.result or {}).get("summary") or ""
    return f"{what} {summary}".strip()

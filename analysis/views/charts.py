"""What is drawn of an analysis: the server's figure, and the same curves for the zoomable chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.drawing import Drawing, Drawn, Stored, label, titled, unit
from analysis.forecast import Conditions
from analysis.models import Analysis, Forecast
from analysis.services.forecasts import curve
from analysis.services.measured import shaded
from analysis.techniques.registry import drawing_of
from labnotebook.records.models import Project
from labnotebook.records.presentation import figures
from labnotebook.records.presentation.figure import Figure
from synthesis.chemistry.gaps import OpenGap

COLOURS = {"fit": "ink", "background": "s3"}
OVER_THE_DATA = ("fit", "background")  # curves on the axes of the measurement itself
SIMULATED = "Simulated, not measured"
MOST_LINES = 20  # of one chart
LINE_COLOURS = 4  # that are told apart, then they begin anew


def figure_of(analysis: Analysis, *, small: bool = False) -> Figure | None:
    """Return the figure of an analysis read whole; None when nothing of the file was read.

    ``small`` leaves out what a card has no room for: the residual and the reference patterns. Simulated
    data say so on the figure.
    """
    measurement = analysis.measurement
    drawn = analysis.drawn(str(measurement))
    if drawn.measured is None:
        return None
    drawing = drawing_of(measurement.technique)
    return marked(drawing.figure(drawn, drawing, small=small), measurement.project)


def marked(figure: Figure, project: Project) -> Figure:
    """Return a figure of data of this project, saying so where they are simulated."""
    if not project.is_simulated:
        return figure
    return figure.titled(figure.title, ". ".join(filter(None, (figure.note, SIMULATED))))


def chart_of(analysis: Analysis) -> dict[str, Any]:
    """Return what <xy-chart> draws; its shape is described in xy-chart.js."""
    measurement = analysis.measurement
    drawn = analysis.drawn(str(measurement))
    if len(drawn.channels) < 2:
        return {"title": drawn.title, "x": {}, "y": {}, "series": []}
    drawing = drawing_of(measurement.technique)
    x, *columns = drawing.columns(drawn)
    several = len(columns) > 1
    simulated = measurement.project.is_simulated
    series = [
        {
            "label": _named(channel, columns)
            if several
            else SIMULATED
            if simulated
            else "measured",
            "kind": "line",
            "colour": f"s{(place - 1) % LINE_COLOURS + 1}",
            "x": x["values"],
            "y": channel["values"],
        }
        for place, channel in enumerate(columns[:MOST_LINES], start=1)
    ]
    chart: dict[str, Any] = {
        "title": f"{drawn.title}. {SIMULATED}" if simulated else drawn.title,
        "x": {"label": label(x), "unit": unit(x)},
        "y": {
            "label": "" if several else label(columns[0]),
            "unit": "" if several else unit(columns[0]),
            "scale": "log" if drawing.log else "linear",
        },
        "series": series + _more_series(drawn, drawing),
    }
    peak = drawn.place(drawing.marked)
    if peak is not None:
        chart["marks"] = [{"x": peak, "label": f"{peak:.1f} {unit(x)}"}]
    residual = drawn.curve("residual")
    if residual:
        chart["residual"] = {
            "label": "Residual",
            "unit": "",
            "x": residual["x"],
            "y": residual["y"],
        }
    return chart


def _named(channel: Stored, columns: list[Stored]) -> str:
    """Return what a line is called: its quantity, and its own head where several are of one quantity."""
    if channel["label"] and sum(one["name"] == channel["name"] for one in columns) > 1:
        return str(channel["label"])
    return titled(channel)


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


def _more_series(drawn: Drawn, drawing: Drawing) -> list[dict[str, Any]]:
    """Return fit and background as lines, the reference patterns as sticks."""
    found = []
    for one in drawn.curves:
        if one["kind"] == "sticks":
            colour = drawing.stick_colours.get(one["name"][:1], "s3")
            found.append({"label": one["name"], "kind": "sticks", "colour": colour})
        elif one["name"] in OVER_THE_DATA:
            look = {"colour": COLOURS[one["name"]], "dash": one["name"] == "background"}
            found.append({"label": one["name"], "kind": "line", **look})
        else:
            continue
        found[-1] |= {"x": one["x"], "y": one["y"]}
    return found

"""What is drawn of an analysis: the server's figure, and the same curves for the zoomable chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest

from analysis.curves.abscissa import along
from analysis.curves.chart import SIMULATED, chart
from analysis.forecast import Conditions
from analysis.models import Analysis, Forecast
from analysis.services.forecasts import curve
from analysis.services.measured import shaded
from analysis.techniques.registry import drawing_of
from labnotebook.records.models import Project
from labnotebook.records.presentation import figures
from labnotebook.records.presentation.figure import Figure
from labnotebook.records.presentation.outlines import Outlines
from labnotebook.records.presentation.plots import Plot
from synthesis.chemistry.gaps import OpenGap


def figure_of(analysis: Analysis, unit: str = "", *, small: bool = False) -> Figure | None:
    """Return the figure of an analysis read whole; None when nothing of the file was read.

    ``unit`` is that of the axis, its own when it does not have that one; ``small`` leaves out what a card has
    no room for: the residual and the reference patterns. Simulated data say so on the figure.
    """
    measurement = analysis.measurement
    drawn = analysis.drawn(str(measurement))
    if drawn.measured is None:
        return None
    drawing = drawing_of(measurement.technique)
    shown = along(drawn, drawing, unit)
    return marked(drawing.figure(shown, drawing, small=small), measurement.project)


def figure_and_others(
    figure: Figure | None,
) -> tuple[Figure | None, Outlines | None, list[Plot]]:
    """Return a figure and, apart, what lies on a picture or has other axes: a chart that zooms takes the figure's place."""
    if figure is None:
        return None, None, []
    outlines = next((plot for plot in figure.plots if isinstance(plot, Outlines)), None)
    beside = [plot for plot in figure.plots if plot.beside]
    rest = [plot for plot in figure.plots if plot is not outlines and not plot.beside]
    return replace(figure, plots=rest), outlines, beside


def marked(figure: Figure, project: Project) -> Figure:
    """Return a figure of data of this project, saying so where they are simulated."""
    if not project.is_simulated:
        return figure
    return figure.titled(figure.title, ". ".join(filter(None, (figure.note, SIMULATED))))


def chart_of(analysis: Analysis, unit: str = "") -> dict[str, Any]:
    """Return what <xy-chart> draws, against its axis in ``unit`` where it has that one."""
    measurement = analysis.measurement
    drawing = drawing_of(measurement.technique)
    drawn = along(analysis.drawn(str(measurement)), drawing, unit)
    return chart(drawn, drawing, simulated=measurement.project.is_simulated)


def unit_asked(request: HttpRequest) -> str:
    """Return the unit that the address asks for its axis, "" for the file's own: ``?axis=eV``."""
    return request.GET.get("axis", "")[:8]


def forecast_figure(
    forecast: Forecast | None,
    conditions: Conditions,
    gaps: Sequence[OpenGap],
    version: str = "0",
) -> Figure:
    """Return the chances along R with their bands, R itself and the widest open gap marked.

    By the version of the model that made the frozen forecast; by ``version`` where there is none.
    """
    points = curve(conditions, (forecast.model_version if forecast else version) or "0")
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

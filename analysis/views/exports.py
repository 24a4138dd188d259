"""What is taken home of a measurement: its figure for print, its numbers as a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import condition, require_safe

from analysis.curves.abscissa import along
from analysis.curves.processed import Row, table_of
from analysis.drawing import Range
from analysis.models import Analysis, Measurement
from analysis.services.pictures import holds_image, picture_of
from analysis.services.whole import whole_drawn
from analysis.techniques.registry import drawing_of
from analysis.views.charts import SIMULATED, chart_of, unit_asked
from analysis.views.measurement_shown import chosen_run
from analysis.views.measurements import find_measurement
from labnotebook.records.spreadsheets import csv_lines

if TYPE_CHECKING:
    from labnotebook.records.presentation.sheet import Sheet

Chart = Mapping[str, Any]


@require_safe
def measurement_svg(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out the figure as SVG, 85 mm wide; ``?v=2`` of an earlier run, ``?axis=eV`` against energy."""
    measurement, run = _drawn(request, pk)
    return svg_file(chart_of(run, unit_asked(request)), name_of(measurement, run))


@require_safe
@condition(etag_func=lambda request, pk: _etag(request, pk))
def measurement_picture(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out the image that the file holds, as PNG; the figure where it holds none."""
    run = chosen_run(request, find_measurement(request, pk))
    if run is None or not holds_image(run):
        return measurement_svg(request, pk)
    png = picture_of(run)
    if png is None:
        raise Http404
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-cache"}
    return HttpResponse(png, content_type="image/png", headers=headers)


def _etag(request: HttpRequest, pk: int) -> str:
    """Return what tells one image from another: the file, and the run that says which of it."""
    measurement = find_measurement(request, pk)
    run = chosen_run(request, measurement)
    return f'"{measurement.file.sha256[:16]}-{run.pk if run else 0}-{run.version if run else 0}"'


@require_safe
def measurement_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out the same figure as PDF."""
    measurement, run = _drawn(request, pk)
    return pdf_file(chart_of(run, unit_asked(request)), name_of(measurement, run))


@require_safe
def measurement_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out data, fit and residual with every point of the file, and where they come from."""
    measurement, run = _drawn(request, pk)
    drawn, missing = whole_drawn(run)
    drawing = drawing_of(measurement.technique)
    shown = along(drawn, drawing, unit_asked(request))
    facts = facts_of(measurement, run, shown.left_out, missing)
    return csv_file(table_of(shown, drawing, facts), name_of(measurement, run))


def facts_of(
    measurement: Measurement, run: Analysis, left_out: Iterable[Range], missing: str
) -> dict[str, str]:
    """Return where the numbers of a table come from, by what each is called."""
    return {
        "title": f"{measurement}, {measurement.file.name}",
        "sha256": measurement.file.sha256,
        "method": f"{run.method} {run.method_version}, run {run.number}",
        "left out": "; ".join(f"{low:g} to {high:g}" for low, high in left_out),
        "points": missing,
        "simulated": SIMULATED if measurement.project.is_simulated else "",
    }


def _drawn(request: HttpRequest, pk: int) -> tuple[Measurement, Analysis]:
    """Return a measurement and its run, or 404 where nothing of it was drawn."""
    measurement = find_measurement(request, pk)
    run = chosen_run(request, measurement)
    if run is None or run.drawn().measured is None:
        raise Http404
    return measurement, run


def name_of(measurement: Measurement, run: Analysis) -> str:
    """Return what a file of it is called: NC-0042-pl-v2."""
    words = f"{measurement.subject}-{measurement.technique}-v{run.number}"
    return re.sub(r"[^A-Za-z0-9-]+", "-", words).strip("-")


def svg_file(chart: Chart, name: str) -> HttpResponse:
    """Return a chart as the SVG file of its printed figure."""
    from analysis.curves.printed import printed  # only an export needs reportlab

    return drawing_file(printed(chart), name, "svg")


def pdf_file(chart: Chart, name: str) -> HttpResponse:
    """Return a chart as the PDF file of its printed figure."""
    from analysis.curves.printed import printed

    return drawing_file(printed(chart), name, "pdf")


def drawing_file(sheet: Sheet, name: str, form: str) -> HttpResponse:
    """Return a printed figure as a file, ``form`` svg or pdf."""
    if form == "pdf":
        return _file(sheet.pdf(), "application/pdf", f"{name}.pdf")
    return _file(sheet.svg(), "image/svg+xml", f"{name}.svg")


def csv_file(rows: Iterable[Row], name: str) -> StreamingHttpResponse:
    """Return rows as a table that is written while it is sent."""
    return StreamingHttpResponse(
        csv_lines(rows), content_type="text/csv; charset=utf-8", headers=_as(f"{name}.csv")
    )


def _file(content: str | bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind, headers=_as(name))
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _as(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}

"""One measurement: its curve, what the method found, and the decision of a person."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from analysis.curves.abscissa import other_units
from analysis.forms import DecisionForm, SettingsForm
from analysis.left_out import LEAVE_OUT, written
from analysis.models import Analysis, Measurement, MeasuringInstrument
from analysis.models.outcome import Phase
from analysis.quantities import short_label
from analysis.readers.preview import MOST_COLUMNS
from analysis.result import Method, Parameter
from analysis.services.column_mappings import say_columns
from analysis.services.lists import measurements_for, newest, scans_in
from analysis.services.measurements import correct_technique
from analysis.services.measuring_instruments import name_instrument, named_in_head
from analysis.services.named import nameable, naming
from analysis.services.outcomes import accept_analysis, reject_analysis
from analysis.services.runs import (
    EVERY_SCAN,
    MOST_AT_ONCE,
    analyse_again,
    analyse_every_scan,
    settings_of,
)
from analysis.services.scans_on_pixels import file_scans, scans_on_pixels, whole_of
from analysis.services.subjects import Subject
from analysis.technique import COLUMNS
from analysis.techniques.registry import METHODS, TECHNIQUES, choices, drawing_of
from analysis.views.charts import chart_of, figure_and_others, figure_of, unit_asked
from analysis.views.files import row_of
from analysis.views.subjects import crumbs_of, page_of
from labnotebook.records.history import recorded
from labnotebook.records.pages import form_version
from labnotebook.records.refusals import Refusal, StaleWrite
from labnotebook.records.views.current import may_write

MOST_OFFERED = 200
ON_PIXEL = "pixel."  # begins the field of a scan in the form that files scans on pixels


def find_measurement(request: HttpRequest, pk: int) -> Measurement:
    """Return a measurement that the person may see, or 404."""
    return get_object_or_404(measurements_for(request.user), pk=pk)


def chosen_run(request: HttpRequest, measurement: Measurement) -> Analysis | None:
    """Return the run that ``?v=`` names, read whole; the newest when it names none."""
    wanted = request.GET.get("v") or request.POST.get("v") or ""
    numbers = {str(run.number): run for run in measurement.runs}
    run = numbers.get(wanted) or newest(measurement)
    if run is None:
        return None
    whole = Analysis.objects.select_related("accepted_by", "asked_by").get(pk=run.pk)
    whole.measurement = measurement
    return whole


@require_safe
def measurement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the curve, the verdict and where it comes from; ``?v=2`` shows an earlier run."""
    return _page(request, find_measurement(request, pk))


def _page(
    request: HttpRequest,
    measurement: Measurement,
    *,
    refused: str = "",
    settings: SettingsForm | None = None,
    stale: bool = False,
) -> HttpResponse:
    run = chosen_run(request, measurement)
    result = (run.result if run else None) or {}
    subject = measurement.subject
    scans = scans_in(measurement.runs)
    for one in measurement.runs:
        one.scan_label = _label_of_scan(one, scans)
    method = METHODS.get(run.method) if run else None
    if settings is None:
        settings = _settings_form(measurement, run)
    axes = _axes(request, run)
    on_pixels = scans_on_pixels(measurement) if len(scans) > 1 else []
    figure, outlines, beside = figure_and_others(
        figure_of(run, unit_asked(request)) if run and run.reading else None
    )
    context = {
        "measurement": measurement,
        "subject": subject,
        "subject_href": page_of(subject),
        "run": run,
        "result": result,
        "detail": result.get("detail") or {},
        "figures": [
            {**f, "short": short_label(f["quantity"], f["label"])}
            for f in result.get("figures") or []
        ],
        "figure": figure,
        "outlines": outlines,
        "beside": beside,
        "axes": axes,
        "axis": next((one["unit"] for one in axes if one["current"] and not one["own"]), ""),
        "ranges_field": _ranges_field(run, settings),
        "reading": (run.reading if run else None) or {},
        "left_out": _left_out(run),
        "lines": _lines(result),
        "scans": scans,
        "scan": run.scan if run else "",
        "on_pixels": on_pixels,
        "filed": sum(bool(one.filed) for one in on_pixels),
        "pixels": measurement.device.pixels.all() if on_pixels else [],
        "whole": whole_of(measurement),
        "asks_for_a_scan": len(scans) > 1 and run is not None and not run.scan,
        "scan_label": next((one.scan_label for one in measurement.runs if one == run), ""),
        "every_scan": EVERY_SCAN,
        "most_at_once": MOST_AT_ONCE,
        "is_open": run is not None and run.state in ("waiting", "running"),
        "is_newest": run is not None and run.pk == measurement.runs[0].pk,
        "next_number": measurement.runs[0].number + 1 if measurement.runs else 1,
        "settings": settings,
        "named": _named(run, method) if run else {},
        "method": method,
        "phases": Phase.choices,
        "techniques": choices(),
        **_instruments(measurement, run),
        **_naming_of(request, measurement, stale),
        "heads": _heads(measurement.technique),
        "refused": refused,
        "may_write": may_write(request, measurement.project_id),
        "may_accept": isinstance(subject, Subject),
        "crumbs": crumbs_of(subject, measurement.technique_title),
    }
    status = 422 if refused or settings.errors else 200
    return render(request, "analysis/measurement_page.html", context, status=status)


def _settings_form(
    measurement: Measurement, run: Analysis | None, sent: Any = None
) -> SettingsForm:
    """Return the settings of another run, as the shown one had them or as they were sent."""
    method = METHODS.get(run.method) if run else None
    given = run.parameters if run and sent is None else {}
    named = {one.name: run.parameters.get(one.name) for one in naming(method)} if run else {}
    offered = {one.name: _offered(measurement, one, named.get(one.name)) for one in naming(method)}
    asked = settings_of(measurement.technique, method)
    return SettingsForm(sent, asked=asked, given=given, nameable=offered)


def _instruments(measurement: Measurement, run: Analysis | None) -> dict[str, Any]:
    """Return the records of instruments that can be named, and the one that the file's head speaks of."""
    rows = MeasuringInstrument.objects.in_use().filter(techniques__contains=[measurement.technique])
    offered = list(rows[:MOST_OFFERED])
    now = measurement.measured_with
    if now is not None and now not in offered:
        offered.append(now)
    head = ((run.reading if run else None) or {}).get("metadata") or {}
    return {"instruments": offered, "said_in_head": None if now else named_in_head(offered, head)}


def _naming_of(request: HttpRequest, measurement: Measurement, stale: bool) -> dict[str, str]:
    """Return the instrument that is chosen and the one that was seen; a form sent back keeps its own."""
    if "measured_with" in request.POST and not stale:
        chosen, seen = _chosen_instrument(request)
    else:
        now = measurement.measured_with
        chosen = seen = now.code if now else ""
    return {"chosen_instrument": chosen, "seen_instrument": seen}


def _heads(technique: str) -> list[str]:
    """Return heads that a column of this technique may be given: its axes in their units, and its ordinate."""
    known = TECHNIQUES.get(technique)
    if known is None:
        return []
    axes = [
        f"{axis.name.replace('_', ' ')} ({unit})" if unit else axis.name.replace("_", " ")
        for axis in known.axes
        for unit in (axis.unit, *axis.rivals)
    ]
    ordinates = [known.ordinate] if known.ordinate else [f"current ({u})" for u in known.y_units]
    return [*axes, *ordinates]


def _named(run: Analysis, method: Method | None) -> dict[str, dict[str, Any]]:
    """Return the measurements that the settings of a run name, by setting: number and file."""
    kept = run.provenance.get("named") or {}
    return {
        one.name: {"measurement": run.parameters[one.name], **kept.get(one.name, {})}
        for one in naming(method)
        if one.name in run.parameters
    }


def _offered(
    measurement: Measurement, parameter: Parameter, named: int | None
) -> list[tuple[int, str]]:
    """Return what a setting may name, the newest first and what it names now among them."""
    rows = nameable(measurement.project, parameter, measurement).select_related(
        "file", "batch", "device", "pixel__device", "lot", "layer__device"
    )
    found = list(rows[:MOST_OFFERED])
    if named is not None and all(one.pk != named for one in found):
        found += rows.filter(pk=named)
    return [(one.pk, f"{one.subject}: {one.file.name} ({one.pk})") for one in found]


def _ranges_field(run: Analysis | None, settings: SettingsForm) -> str:
    """Return the field that ranges of the chart are dragged into; none where the chart has another axis."""
    if LEAVE_OUT.name not in settings.fields or run is None:
        return ""
    drawing = drawing_of(run.measurement.technique)
    return settings[LEAVE_OUT.name].id_for_label if run.drawn().on_its_axis(drawing) else ""


def _lines(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the lines that a fit of a pattern assigned, each with the name of its phase."""
    detail = result.get("detail") or {}
    names = {one["key"]: one["name"] for one in detail.get("structures") or []}
    found = detail.get("lines") or []
    return [{**line, "phase": names.get(line["phase"], line["phase"])} for line in found]


def _axes(request: HttpRequest, run: Analysis | None) -> list[dict[str, Any]]:
    """Return the units that the axis may have, as links; none where it has only its own."""
    channels = ((run.reading if run else None) or {}).get("channels") or []
    if not channels:
        return []
    own, units = channels[0]["unit"], other_units(channels[0])
    asked = unit_asked(request)
    now = asked if asked in units else own
    kept = {"v": run.number} if run else {}
    return [
        {
            "unit": unit,
            "href": f"?{urlencode({**kept, 'axis': unit})}",
            "current": unit == now,
            "own": unit == own,
        }
        for unit in units
    ]


def _left_out(run: Analysis | None) -> str:
    """Return the ranges that a run left out, with their unit."""
    ranges = (run.parameters if run else {}).get(LEAVE_OUT.name)
    channels = (run.reading if run else None) or {}
    unit = next((one["unit"] for one in channels.get("channels") or []), "")
    return f"{written(ranges)} {unit}".strip() if ranges else ""


def _label_of_scan(run: Analysis, scans: list[dict[str, Any]]) -> str:
    """Return what the scan of a run is called: in its own reading, else in the newest."""
    known = {one["key"]: one["label"] for one in run.light["reading_scans"] or scans}
    return known.get(run.scan, run.scan)


@require_safe
def measurement_row(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a measurement as a row of a list; it asks again until its analysis has ended."""
    row = row_of(find_measurement(request, pk))
    return render(request, "analysis/_measurement_row.html", {"row": row})


@require_safe
def measurement_data(request: HttpRequest, pk: int) -> HttpResponse:
    """Return what the zoomable chart draws."""
    run = chosen_run(request, find_measurement(request, pk))
    return JsonResponse(chart_of(run, unit_asked(request)) if run else {"series": []})


def _finish(request: HttpRequest, measurement: Measurement, words: str) -> HttpResponse:
    messages.success(request, words)
    wanted = request.POST.get("next", "")
    if wanted == "subject":
        return redirect(page_of(measurement.subject))
    return redirect("analysis:measurement-detail", measurement.pk)


@require_POST
def measurement_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept the figures, with the verdict as it is or corrected."""
    measurement = find_measurement(request, pk)
    run, form = chosen_run(request, measurement), DecisionForm(request.POST)
    if run is None or not form.is_valid():
        return _page(request, measurement, refused=_("Choose one of the phases in the list."))
    try:
        accept_analysis(
            by=request.user,
            analysis=run,
            phase=form.cleaned_data["phase"] or None,
            reason=form.cleaned_data["reason"],
            version=form_version(request),
        )
    except Refusal as refusal:
        return _page(request, measurement, refused=refusal.sentence)
    return _finish(
        request, measurement, _("Accepted; the numbers now stand for %s.") % measurement.subject
    )


@require_POST
def measurement_reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Reject the run, with a reason."""
    measurement = find_measurement(request, pk)
    run = chosen_run(request, measurement)
    try:
        if run is not None:
            reject_analysis(
                by=request.user,
                analysis=run,
                reason=request.POST.get("reason", "").replace("\x00", ""),
                version=form_version(request),
            )
    except Refusal as refusal:
        return _page(request, measurement, refused=refusal.sentence)
    return _finish(request, measurement, _("Rejected; nothing of it counts."))


@require_POST
def measurement_analyse(request: HttpRequest, pk: int) -> HttpResponse:
    """Run the analysis again with other settings, or as another technique."""
    measurement = find_measurement(request, pk)
    run = chosen_run(request, measurement)
    form = None
    try:
        technique = request.POST.get("technique")
        if technique and technique != measurement.technique:
            correct_technique(by=request.user, measurement=measurement, technique=technique)
            return redirect("analysis:measurement-detail", pk)
        if "pixels" in request.POST:
            return _file_on_pixels(request, measurement)
        if scan := request.POST.get("scan"):
            _analyse_scan(request, measurement, run, scan)
            return redirect("analysis:measurement-detail", pk)
        if names := request.POST.getlist("column")[:MOST_COLUMNS]:
            say_columns(
                by=request.user,
                measurement=measurement,
                names=[name[:80] for name in names],
                remember="remember" in request.POST,
                parameters=run.parameters if run else {},
            )
            return redirect("analysis:measurement-detail", pk)
        form = _settings_form(measurement, run, request.POST)
        if not form.is_valid():
            return _page(request, measurement, settings=form)
        with recorded(request.user, "analysed again"):  # named and run, or neither
            if "measured_with" in request.POST:
                code, seen = _chosen_instrument(request)
                name_instrument(by=request.user, measurement=measurement, code=code, seen=seen)
            parameters = _kept(run, form.said())
            analyse_again(by=request.user, measurement=measurement, parameters=parameters)
    except StaleWrite as refusal:
        measurement = find_measurement(request, pk)  # its page offers what stands now
        return _page(request, measurement, refused=refusal.sentence, settings=form, stale=True)
    except Refusal as refusal:
        return _page(request, measurement, refused=refusal.sentence, settings=form)
    return redirect("analysis:measurement-detail", pk)


def _chosen_instrument(request: HttpRequest) -> tuple[str, str]:
    """Return the codes of the instrument that a form names, and of the one that its page showed."""
    chosen, seen = (
        request.POST.get(name, "").replace("\x00", "")[:20]
        for name in ("measured_with", "measured_with_seen")
    )
    return chosen, seen


def _file_on_pixels(request: HttpRequest, measurement: Measurement) -> HttpResponse:
    """File each scan on the pixel that the form says."""
    said = {
        name.removeprefix(ON_PIXEL): request.POST[name].replace("\x00", "")
        for name in request.POST
        if name.startswith(ON_PIXEL)
    }
    made = file_scans(by=request.user, measurement=measurement, pixels=said)
    words = ngettext(
        "%(n)s scan is filed on its pixel.", "%(n)s scans are filed on their pixels.", len(made)
    )
    messages.success(request, words % {"n": len(made)})
    return redirect(page_of(measurement.subject))


def _analyse_scan(
    request: HttpRequest, measurement: Measurement, run: Analysis | None, scan: str
) -> None:
    """Run what was run before, with its settings, on another scan or on all of them."""
    parameters = run.parameters if run else {}
    if scan == EVERY_SCAN:
        analyse_every_scan(by=request.user, measurement=measurement, parameters=parameters)
    else:
        analyse_again(
            by=request.user, measurement=measurement, parameters=parameters, scan=scan[:20]
        )


def _kept(run: Analysis | None, said: dict[str, Any]) -> dict[str, Any]:
    """Return the settings; a list that a form shows as text stays the list it was."""
    before = run.parameters if run else {}
    lists = {n: v for n, v in before.items() if isinstance(v, list)}
    if COLUMNS in before:  # said in a form of its own
        said = {COLUMNS: before[COLUMNS], **said}
    return {
        name: lists[name]
        if name in lists and value == ", ".join(str(one) for one in lists[name])
        else value
        for name, value in said.items()
    }

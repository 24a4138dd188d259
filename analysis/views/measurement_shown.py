"""What the page of one measurement shows: a run with its curve, its settings, and where it comes from."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone

from analysis.curves.abscissa import other_units
from analysis.forms import SettingsForm, WhenForm
from analysis.left_out import LEAVE_OUT, written
from analysis.models import Analysis, Measurement, MeasuringInstrument
from analysis.models.outcome import Phase
from analysis.quantities import short_label
from analysis.result import Method, Parameter
from analysis.services.dates import moment_of
from analysis.services.film_thickness import says_a_thickness
from analysis.services.lists import newest, scans_in
from analysis.services.measuring_instruments import named_in_head
from analysis.services.named import nameable, naming
from analysis.services.pictures import holds_image
from analysis.services.runs import EVERY_SCAN, MOST_AT_ONCE, settings_of
from analysis.services.scans_on_pixels import scans_on_pixels, whole_of
from analysis.services.subjects import Subject
from analysis.techniques.registry import METHODS, TECHNIQUES, choices, drawing_of
from analysis.views.charts import figure_and_others, figure_of, unit_asked
from analysis.views.structure_shown import structure_beside
from analysis.views.subjects import crumbs_of, page_of, section_of
from devices.models import Layer
from labnotebook.records.views.current import may_write

MOST_OFFERED = 200


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


def page_context(
    request: HttpRequest,
    measurement: Measurement,
    *,
    settings: SettingsForm | None = None,
    stale: bool = False,
) -> dict[str, Any]:
    """Return what the page shows of the chosen run; ``settings`` are those that were sent, if any were."""
    run = chosen_run(request, measurement)
    result = (run.result if run else None) or {}
    reading = (run.reading if run else None) or {}
    subject = measurement.subject
    scans = scans_in(measurement.runs)
    for one in measurement.runs:
        one.scan_label = _label_of_scan(one, scans)
    method = METHODS.get(run.method) if run else None
    technique = TECHNIQUES.get(measurement.technique)
    others = [
        one for one in (technique.methods if technique else ()) if run and one.name != run.method
    ]
    if settings is None:
        settings = settings_form(measurement, run)
    axes = _axes(request, run)
    on_pixels = scans_on_pixels(measurement) if len(scans) > 1 else []
    figure, outlines, beside = figure_and_others(
        figure_of(run, unit_asked(request)) if run and run.reading else None
    )
    return {
        "measurement": measurement,
        "measured_at": moment_of(measurement, reading.get("metadata") or {}),
        "when": WhenForm(initial={"measured_on": _day_said(measurement)}),
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
        "reading": reading,
        "holds_image": holds_image(run) and not measurement.file.is_picture,
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
        "other_methods": others,
        "phases": Phase.choices,
        "techniques": choices(),
        **_instruments(measurement, run),
        **_naming_of(request, measurement, stale),
        "structure": structure_beside(measurement),
        "heads": _heads(measurement.technique),
        "may_write": may_write(request, measurement.project_id),
        "may_accept": isinstance(subject, Subject)
        or (isinstance(subject, Layer) and says_a_thickness(run)),
        "crumbs": crumbs_of(subject, measurement.technique_title),
        "section": section_of(subject),
    }


def _day_said(measurement: Measurement) -> date | None:
    said = measurement.performed_at
    return timezone.localtime(said).date() if said else None


def settings_form(measurement: Measurement, run: Analysis | None, sent: Any = None) -> SettingsForm:
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
        chosen, seen = chosen_instrument(request)
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


def chosen_instrument(request: HttpRequest) -> tuple[str, str]:
    """Return the codes of the instrument that a form names, and of the one that its page showed."""
    chosen, seen = (
        request.POST.get(name, "").replace("\x00", "")[:20]
        for name in ("measured_with", "measured_with_seen")
    )
    return chosen, seen

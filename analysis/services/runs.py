"""Runs: which method with which settings on which scan of a file; asking for one, and for another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Max, Model

from analysis.left_out import LEAVE_OUT
from analysis.models import Analysis, Measurement
from analysis.reading import named_scans
from analysis.result import Method, NoResult, Parameter
from analysis.services.named import check_named
from analysis.techniques.registry import METHODS, TECHNIQUES, default_method, missing
from analysis.techniques.shared.settings import settings_for
from labnotebook.records.history import recorded
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal, WrongState
from labnotebook.records.services import jobs

READ_ONLY = "read-only"  # techniques without a method yet: the curve is drawn, nothing is computed
EVERY_SCAN = "all"  # said instead of a scan's key
MOST_AT_ONCE = 100  # scans of one file


def analyse_again(
    *,
    by: Any,
    measurement: Measurement,
    parameters: Mapping[str, Any] | None = None,
    method: str | None = None,
    scan: str | None = None,
) -> Analysis:
    """Run another analysis of the same file; the earlier ones stay.

    ``scan`` is the key of one of the file's scans; left out, it is that of the last run. The same settings
    as a run that has not finished yet give that run.
    """
    chosen, settings = _how(by, measurement, method, parameters)
    with recorded(by, "analysed again"):
        measurement.lock()
        return _unless_asked(by, measurement, chosen, settings, _scan_of(measurement, scan))


def analyse_every_scan(
    *,
    by: Any,
    measurement: Measurement,
    parameters: Mapping[str, Any] | None = None,
    method: str | None = None,
) -> list[Analysis]:
    """Run one analysis of each scan of a file, in the order of the file."""
    chosen, settings = _how(by, measurement, method, parameters)
    with recorded(by, "every scan analysed"):
        measurement.lock()
        scans = scans_of(measurement)
        if not scans:
            raise WrongState(
                "The scans of this file are not known yet. Wait until it has been read."
            )
        if len(scans) > MOST_AT_ONCE:
            raise Refusal(
                f"This file holds {len(scans)} scans; at most {MOST_AT_ONCE} are analysed at once. Choose"
                " the ones that matter.",
                field="scan",
            )
        return [_unless_asked(by, measurement, chosen, settings, one["key"]) for one in scans]


def scans_of(measurement: Measurement) -> list[dict[str, Any]]:
    """Return the scans of a file as its last reading found them: key, label, points."""
    read = measurement.analyses.filter(reading__scans__isnull=False).order_by("-number")
    return read.values_list("reading__scans", flat=True).first() or []


def _how(
    by: Any, measurement: Measurement, method: str | None, parameters: Mapping[str, Any] | None
) -> tuple[Method | None, dict[str, Any]]:
    """Return method and settings of another run, of who may ask for one."""
    require_editor(by, measurement.project)
    if measurement.technique not in TECHNIQUES:
        raise Refusal(missing(measurement.technique), field="technique")
    if not TECHNIQUES[measurement.technique].is_read:
        raise Refusal(
            "This file is only kept, not read. Say of which technique it is, and it is analysed as such.",
            field="technique",
        )
    chosen = method_for(measurement.technique, method)
    settings = checked_settings(measurement.technique, chosen, parameters or {})
    check_named(measurement.project, chosen, settings, measurement)
    return chosen, settings


def _scan_of(measurement: Measurement, wanted: str | None) -> str:
    """Return the key of the scan to analyse; refuses one that the file does not have."""
    if wanted is None:
        last = measurement.analyses.order_by("-number").values_list("scan", flat=True).first()
        return last or ""
    known = scans_of(measurement)
    if wanted and known and wanted not in [one["key"] for one in known]:
        raise Refusal(
            f"This file has no scan {wanted!r}. It holds"
            f" {named_scans([(one['key'], one['label']) for one in known])}.",
            field="scan",
        )
    return wanted


def _unless_asked(
    by: Any,
    measurement: Measurement,
    method: Method | None,
    settings: dict[str, Any],
    scan: str,
) -> Analysis:
    """Return a new run, or the one of the same settings that has not finished yet."""
    same = measurement.analyses.filter(
        state__in=[Analysis.State.WAITING, Analysis.State.RUNNING],
        method=method.name if method else READ_ONLY,
        parameters=settings,
        scan=scan,
    ).first()
    if same is not None:
        return same
    last = measurement.analyses.aggregate(last=Max("number"))["last"] or 0
    return ask(by, measurement, number=last + 1, method=method, parameters=settings, scan=scan)


def method_for(technique: str, name: str | None = None) -> Method | None:
    """Return the method called ``name``, or the technique's first; None where there is none yet."""
    if name and name != READ_ONLY:
        method = METHODS.get(name)
        if method is None or method.technique != technique:
            known = [one.name for one in TECHNIQUES[technique].methods]
            raise Refusal(
                f"{name!r} is no method for this measurement. Known: {', '.join(known) or 'none'}.",
                field="method",
            )
        return method
    try:
        return default_method(technique)
    except NoResult:
        return None


def settings_of(technique: str, method: Method | None) -> tuple[Parameter, ...]:
    """Return what can be set: of the method, and what a person may say that the file does not."""
    known = TECHNIQUES.get(technique)
    own = method.parameters if method else ()
    ranges = (LEAVE_OUT,) if method and method.leaves_out else ()
    return (*own, *ranges, *(known.told if known else ()))


def checked_settings(
    technique: str, method: Method | None, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the settings that were given, checked against what reader and method take.

    Settings left out or empty are not stored: the method's own default then holds.
    """
    wanted = {name: value for name, value in given.items() if value not in (None, "", [])}
    try:
        filled = settings_for(settings_of(technique, method), wanted)
    except NoResult as refusal:
        raise Refusal(str(refusal), field="parameters") from refusal
    return {name: filled[name] for name in wanted}


def ask(
    by: Any,
    measurement: Measurement,
    *,
    number: int,
    method: Method | None,
    parameters: dict[str, Any],
    scan: str = "",
) -> Analysis:
    """Write a run and the job that will do it; within the caller's transaction."""
    analysis_id = reserved_id(Analysis)
    job = jobs.ask("analyse", {"analysis": analysis_id}, project=measurement.project)
    return Analysis.objects.create(
        pk=analysis_id,
        measurement=measurement,
        number=number,
        scan=scan,
        method=method.name if method else READ_ONLY,
        method_version=method.version if method else "1",
        parameters=parameters,
        job=job,
        asked_by=by,
    )


def reserved_id(model: type[Model]) -> int:
    """Return the id of a row about to be written, for the job that is written before it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        (row_id,) = cursor.fetchone()
    return row_id

"""Upload a measurement; analyse it again with other settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max, Model

from analysis.models import Analysis, Measurement, Outcome
from analysis.result import Method, NoResult
from analysis.services.subjects import Subject, project_of, subject_field
from analysis.techniques.registry import METHODS, TECHNIQUES, default_method, missing
from analysis.techniques.shared.settings import settings_for
from devices.models import Pixel
from labnotebook.records.files import HashedUpload
from labnotebook.records.history import recorded
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal, WrongState
from labnotebook.records.services import jobs
from labnotebook.records.services.files import store_file

READ_ONLY = "read-only"  # techniques without a method yet: the curve is drawn, nothing is computed


def add_measurement(
    *,
    by: Any,
    subject: Subject,
    technique: str,
    upload: HashedUpload,
    instrument: str = "",
    conditions: str = "",
    performed_at: datetime | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Measurement:
    """Keep a file, note what it measures, and ask for its analysis, all in one transaction."""
    project = project_of(subject)
    require_editor(by, project)
    check_technique(technique)
    method = method_for(technique)
    settings = checked_settings(method, {**_known_settings(subject, method), **(parameters or {})})
    with recorded(by, "measurement uploaded"):
        measurement = Measurement.objects.create(
            project=project,
            technique=technique,
            file=store_file(by=by, project=project, upload=upload),
            instrument=instrument.strip(),
            conditions=conditions.strip(),
            performed_at=performed_at,
            uploaded_by=by,
            **subject_field(subject),
        )
        _ask(by, measurement, number=1, method=method, parameters=settings)
    return measurement


def analyse_again(
    *,
    by: Any,
    measurement: Measurement,
    parameters: Mapping[str, Any] | None = None,
    method: str | None = None,
) -> Analysis:
    """Run another analysis of the same file; the earlier ones stay.

    The same settings as a run that has not finished yet give that run.
    """
    require_editor(by, measurement.project)
    if measurement.technique not in TECHNIQUES:
        raise Refusal(missing(measurement.technique), field="technique")
    chosen = method_for(measurement.technique, method)
    settings = checked_settings(chosen, parameters or {})
    name = chosen.name if chosen else READ_ONLY
    with recorded(by, "analysed again"):
        measurement.lock()
        open_states = [Analysis.State.WAITING, Analysis.State.RUNNING]
        same = measurement.analyses.filter(
            state__in=open_states, method=name, parameters=settings
        ).first()
        if same is not None:
            return same
        last = measurement.analyses.aggregate(last=Max("number"))["last"] or 0
        return _ask(by, measurement, number=last + 1, method=chosen, parameters=settings)


def check_technique(technique: str) -> None:
    """Refuse a technique that is not known."""
    if technique not in TECHNIQUES:
        known = ", ".join(TECHNIQUES)
        raise Refusal(f"{technique!r} is no technique known here: {known}.", field="technique")


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


def checked_settings(method: Method | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that were given, checked against what the method takes.

    Settings left out or empty are not stored: the method's own default then holds.
    """
    wanted = {name: value for name, value in given.items() if value not in (None, "")}
    try:
        filled = settings_for(method.parameters if method else (), wanted)
    except NoResult as refusal:
        raise Refusal(str(refusal), field="parameters") from refusal
    return {name: filled[name] for name in wanted}


def _known_settings(subject: Subject, method: Method | None) -> dict[str, Any]:
    """Return what the notebook already knows: the area of the pixel and its EL spectrum."""
    takes = {parameter.name for parameter in method.parameters} if method else set()
    if not isinstance(subject, Pixel) or "area_mm2" not in takes:
        return {}
    known: dict[str, Any] = {}
    if subject.area_mm2 is not None:
        known["area_mm2"] = float(subject.area_mm2)
    spectrum = dict(
        Outcome.objects.filter(
            pixel=subject, superseded_at=None, quantity__in=["el_peak_nm", "el_fwhm_nm"]
        ).values_list("quantity", "value")
    )
    if len(spectrum) == 2 and takes >= set(spectrum):
        known |= spectrum
    return known


def _ask(
    by: Any,
    measurement: Measurement,
    *,
    number: int,
    method: Method | None,
    parameters: dict[str, Any],
) -> Analysis:
    analysis_id = reserved_id(Analysis)
    job = jobs.ask("analyse", {"analysis": analysis_id}, project=measurement.project)
    return Analysis.objects.create(
        pk=analysis_id,
        measurement=measurement,
        number=number,
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


def correct_technique(*, by: Any, measurement: Measurement, technique: str) -> Measurement:
    """Say that a file was measured by another technique, and analyse it as such.

    Refused once a number of it was accepted: reject that analysis first.
    """
    require_editor(by, measurement.project)
    check_technique(technique)
    with recorded(by, f"technique corrected to {technique}"):
        row = measurement.lock()
        if row.technique == technique:
            return measurement
        if row.analyses.filter(accepted_at__isnull=False).exists():
            raise WrongState(
                "A number of this file was accepted already. Reject that analysis first, then change"
                " the technique."
            )
        measurement.set_fields(technique=technique)
        last = row.analyses.aggregate(last=Max("number"))["last"] or 0
        method = method_for(technique)
        settings = checked_settings(method, _known_settings(measurement.subject, method))
        _ask(by, measurement, number=last + 1, method=method, parameters=settings)
    return measurement

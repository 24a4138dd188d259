"""Upload a measurement; analyse it again with other settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max

from analysis.models import Measurement, Outcome
from analysis.result import Method
from analysis.services.runs import ask, checked_settings, method_for
from analysis.services.subjects import Subject, project_of, subject_field
from analysis.techniques.registry import TECHNIQUES
from devices.models import Pixel
from labnotebook.records.files import HashedUpload
from labnotebook.records.history import recorded
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal, WrongState
from labnotebook.records.services.files import store_file


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
        ask(by, measurement, number=1, method=method, parameters=settings)
    return measurement


def check_technique(technique: str) -> None:
    """Refuse a technique that is not known."""
    if technique not in TECHNIQUES:
        known = ", ".join(TECHNIQUES)
        raise Refusal(f"{technique!r} is no technique known here: {known}.", field="technique")


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
        ask(by, measurement, number=last + 1, method=method, parameters=settings)
    return measurement

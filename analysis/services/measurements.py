"""Upload a measurement; analyse it again with other settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from analysis.models import Analysis, Measurement, Outcome
from analysis.result import Method
from analysis.services.doubts import doubt_of
from analysis.services.measuring_instruments import pick_instrument
from analysis.services.named import check_named
from analysis.services.runs import ask, checked_settings, method_for
from analysis.services.structures import STANDS
from analysis.services.subjects import Measured, lock_subject, project_of, subject_field
from analysis.services.uploads import head_of
from analysis.technique import Technique
from analysis.techniques.angular.technique import ANGULAR
from analysis.techniques.emission.technique import EL_SPECTRUM
from analysis.techniques.guess import guess_technique
from analysis.techniques.registry import GUESS, TECHNIQUES
from devices.models import Pixel
from labnotebook.records.files import HashedUpload, clean_name
from labnotebook.records.history import recorded
from labnotebook.records.models import Project, StoredFile
from labnotebook.records.permissions import require_editor, require_uploader
from labnotebook.records.refusals import Asked, Refusal, StorageAway, WrongState
from labnotebook.records.services.files import store_file

SAYS_SPECTRUM = {"el_peak_nm", "el_fwhm_nm", "el_wavelength_nm", "el_power"}
HOW_TO_BE_SURE = "If that is right, say that you are sure, and it is kept."


def add_measurement(
    *,
    by: Any,
    subject: Measured,
    technique: str,
    upload: HashedUpload | StoredFile,
    instrument: str = "",
    measured_with: str = "",
    conditions: str = "",
    performed_at: datetime | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Measurement:
    """Keep a file, note what it measures, and ask for its analysis, all in one transaction.

    ``upload`` may be a file that is kept already: then its row is taken, or one like it in another project.
    A file of a technique that is only kept is not analysed. ``instrument`` is as a person writes it,
    ``measured_with`` the code of a record.
    """
    project = project_of(subject)
    require_uploader(by, project)
    check_technique(technique)
    method = method_for(technique)
    said = parameters or {}
    known = known_settings(subject, method)
    if said.keys() & SAYS_SPECTRUM:  # what is typed of the EL stands before what is looked up
        known.pop("el_spectrum", None)
    settings = checked_settings(technique, method, {**known, **said})
    check_named(project, method, settings)
    record = pick_instrument(measured_with, technique)
    with recorded(by, "measurement uploaded"):
        measurement = Measurement.objects.create(
            project=project,
            technique=technique,
            file=_stored(by, project, upload),
            instrument=instrument.strip(),
            measured_with=record,
            conditions=conditions.strip(),
            performed_at=performed_at,
            uploaded_by=by,
            **subject_field(subject),
        )
        if TECHNIQUES[technique].is_read:
            ask(by, measurement, number=1, method=method, parameters=settings)
    return measurement


def _stored(by: Any, project: Project, upload: HashedUpload | StoredFile) -> StoredFile:
    if isinstance(upload, HashedUpload):
        return store_file(by=by, project=project, upload=upload)
    if upload.project_id == project.pk:
        return upload
    return StoredFile.objects.create(
        project=project,
        sha256=upload.sha256,
        size_bytes=upload.size_bytes,
        name=upload.name,
        media_type=upload.media_type,
        uploaded_by=by,
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one file of several."""

    name: str
    measurement: Measurement | None
    refused: str = ""


def add_each(
    *,
    by: Any,
    subject: Measured,
    uploads: Iterable[HashedUpload],
    technique: str,
    sure: bool = False,
    **said: Any,
) -> list[Kept]:
    """Keep each file that can be kept, and say of the others why not; refuses when none can.

    ``technique`` may be `GUESS`: then each file tells its own. A file that is there already, or is named for
    something else, is asked about, unless the person is ``sure``. What else is ``said`` holds for all.
    """
    require_uploader(by, project_of(subject))
    if technique != GUESS:
        check_technique(technique)
    kept: list[Kept] = []
    with recorded(by, "files uploaded"):
        for upload in uploads:
            name = clean_name(upload.name)
            own = guess_technique(upload.name, head_of(upload)) if technique == GUESS else technique
            try:
                with transaction.atomic():
                    if not sure and (doubt := doubt_of(by, subject, upload)):
                        raise Asked(f"{doubt} {HOW_TO_BE_SURE}", field="sure")
                    made = add_measurement(
                        by=by, subject=subject, technique=own, upload=upload, **said
                    )
            except StorageAway:
                raise  # as it would be for the next: all is sent again
            except Refusal as refusal:
                kept.append(Kept(name, None, refusal.sentence))
                last = refusal
            else:
                kept.append(Kept(name, made))
        if not kept:
            raise Refusal("No file came with it. Choose at least one.", field="file")
        if not any(one.measurement for one in kept):
            raise type(last)(" ".join(one.refused for one in kept), field=last.field)
    return kept


def check_technique(technique: str) -> None:
    """Refuse a technique that is not known."""
    if technique not in TECHNIQUES:
        known = ", ".join(TECHNIQUES)
        raise Refusal(f"{technique!r} is no technique known here: {known}.", field="technique")


def known_settings(subject: Measured, method: Method | None) -> dict[str, Any]:
    """Return what the notebook already knows: the area of the pixel, its EL spectrum and its angular pattern."""
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
    for name in takes & {ANGULAR.name}:
        if (pattern := _newest_of(subject, ANGULAR)) is not None:
            known[name] = pattern
    named = _newest_of(subject, EL_SPECTRUM) if "el_spectrum" in takes else None
    if named is not None:
        known["el_spectrum"] = named
    elif len(spectrum) == 2 and takes >= set(spectrum):
        known |= spectrum
    return known


def _newest_of(pixel: Pixel, technique: Technique) -> int | None:
    """Return the newest measurement of a pixel by this technique that was read and not rejected."""
    runs = Analysis.objects.filter(
        measurement__pixel=pixel,
        measurement__technique=technique.name,
        state=Analysis.State.DONE,
        rejected_at=None,
    )
    return runs.order_by("-measurement_id").values_list("measurement_id", flat=True).first()


def correct_technique(*, by: Any, measurement: Measurement, technique: str) -> Measurement:
    """Say that a file was measured by another technique, and analyse it as such.

    Refused once a number of it was accepted, and while it is named as evidence of a structure: what was said
    then rests on the technique.
    """
    require_editor(by, measurement.project)
    check_technique(technique)
    with recorded(by, f"technique corrected to {technique}"):
        # The subject first, as whoever accepts a number of it or names it as evidence holds that.
        lock_subject(measurement.subject)
        row = measurement.lock()
        if row.technique == technique:
            return measurement
        if row.analyses.filter(accepted_at__isnull=False).exists():
            raise WrongState(
                "A number of this file was accepted already. Reject that analysis first, then change"
                " the technique."
            )
        named = row.structure_evidence.filter(STANDS).select_related("phase_assignment__batch")
        if evidence := named.first():
            raise WrongState(
                f"This file is named as evidence of the {evidence.get_part_display()} of"
                f" {evidence.phase_assignment.batch.code}. Withdraw that there first, then change the technique."
            )
        measurement.set_fields(technique=technique)
        if not TECHNIQUES[technique].is_read:
            return measurement
        last = row.analyses.aggregate(last=Max("number"))["last"] or 0
        method = method_for(technique)
        settings = checked_settings(technique, method, known_settings(measurement.subject, method))
        ask(by, measurement, number=last + 1, method=method, parameters=settings)
    return measurement

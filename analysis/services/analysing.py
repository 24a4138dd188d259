"""The worker's part: read the file and run the method in a child process, then write what it found."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from analysis.curves.thinning import thinned_reading, thinned_result
from analysis.models import Analysis, Measurement
from analysis.reading import UnreadableFile
from analysis.result import NoResult, Result
from analysis.sandbox import (
    AnalysisStopped,
    NoResultFromReading,
    UnreadableButSeen,
    run_limited,
)
from analysis.services.file_payload import file_payload
from analysis.services.lists import AGAIN
from analysis.services.measuring_instruments import calibrations_of
from analysis.services.named import named_files
from analysis.services.pixel_states import rule_by_newest_sweep
from analysis.services.recalibrated import RESPONSE
from analysis.services.runs import READ_ONLY
from analysis.techniques.registry import METHODS
from labnotebook.records.history import recorded
from labnotebook.records.models import Job
from labnotebook.records.services import jobs
from labnotebook.records.services.happenings import ANALYSIS_DONE, happened

log = logging.getLogger(__name__)

SECONDS = 60
MEMORY_MB = 1024
_UNSTORABLE = {0: None} | dict.fromkeys(range(0xD800, 0xE000))  # NUL and lone surrogates


def say_failed(job: Job) -> None:
    """Write on the analysis why it gave no result."""
    analysis = _analysis(job)
    if analysis.state in (Analysis.State.WAITING, Analysis.State.RUNNING):
        analysis.set_fields(
            state=Analysis.State.FAILED,
            failure=storable(job.error) or "The analysis ended without saying why.",
            finished_at=timezone.now(),
            provenance=_provenance(analysis, job),
        )


@jobs.handles("analyse", on_end=say_failed)
def analyse(job: Job) -> Callable[[], None]:
    """Run the analysis that the job names; the result is written in the transaction that ends it."""
    analysis = _analysis(job)
    if analysis.state in (Analysis.State.DONE, Analysis.State.FAILED):
        return lambda: None
    try:
        payload = _payload(
            analysis
        )  # fetches files that lie elsewhere, and may have to wait for them
        if not _change_unfinished(analysis, job, "analysis started", state=Analysis.State.RUNNING):
            return lambda: None  # somebody else finished it meanwhile
        answer = _answer(analysis, payload)
    except (UnreadableFile, NoResult, AnalysisStopped) as refusal:
        if isinstance(refusal, AnalysisStopped):
            log.warning("analysis %s stopped: %s %s", analysis.pk, refusal, refusal.detail)
        _keep_reading(analysis, job, refusal)
        raise jobs.JobRefused(str(refusal)) from refusal
    return lambda: _write(analysis, job, answer)


def _analysis(job: Job) -> Analysis:
    return Analysis.objects.select_related(
        "measurement__file", "measurement__project", "measurement__measured_with"
    ).get(pk=job.input["analysis"])


def _payload(analysis: Analysis) -> dict[str, Any]:
    """Return what the child is told of the files and settings of a run, and note it in its provenance."""
    measurement = analysis.measurement
    named = named_files(measurement.project, METHODS.get(analysis.method), analysis.parameters)
    calibration = calibrations_of(measurement)
    analysis.provenance = {
        **analysis.provenance,
        **_named(named),
        **_calibrated(calibration),
        **_response(measurement),
    }
    return {
        **file_payload(measurement, analysis.scan, analysis.parameters),
        "method": analysis.method,
        "named": named,
        "calibration": calibration,
    }


def _answer(analysis: Analysis, payload: dict[str, Any]) -> dict[str, Any]:
    if analysis.method != READ_ONLY:
        return run_limited("analyse", payload, seconds=SECONDS, memory_mb=MEMORY_MB)
    answer = run_limited("read", payload, seconds=SECONDS, memory_mb=MEMORY_MB)
    summary = (
        "The curve is shown as it is in the file; nothing is computed from it in this version."
    )
    return {
        **answer,
        "result": Result(figures=(), summary=summary).as_dict(),
        "method": {"name": READ_ONLY, "version": "1"},
    }


def _named(named: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return which files the settings named, as provenance keeps it."""
    kept = {
        "measurement": "measurement",
        "scan": "scan",
        "sha256": "file_sha256",
        "filename": "file_name",
    }
    said = {
        setting: {word: one[name] for name, word in kept.items()} for setting, one in named.items()
    }
    return {"named": said} if said else {}


def _calibrated(calibration: Mapping[str, Any]) -> dict[str, Any]:
    return {"calibration": dict(calibration)} if calibration else {}


def _response(measurement: Measurement) -> dict[str, str]:
    """Return how the response of the instrument is corrected, as its record says when the run is made."""
    instrument = measurement.measured_with
    return {} if instrument is None else {RESPONSE: instrument.response}


def _remembered(reading: Mapping[str, Any]) -> dict[str, Any]:
    """Return the heads that a file was read with as they were remembered of an earlier one."""
    return {"columns": reading["columns"]} if reading.get("columns") else {}


def _named_columns(provenance: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return which files the settings named, with the heads that were remembered for them."""
    named = provenance.get("named")
    heads = answer.get("named_columns") or {}
    said = {
        name: {**one, **_remembered({"columns": heads.get(name)})}
        for name, one in (named or {}).items()
    }
    return {"named": storable(said)} if said else {}


def _keep_reading(analysis: Analysis, job: Job, refusal: Exception) -> None:
    """Keep what could be read when only the method refused, so that the page can draw it, and with what."""
    kept: dict[str, Any] = {}
    if isinstance(refusal, NoResultFromReading | UnreadableButSeen):
        kept["reading"] = storable(thinned_reading(refusal.reading))
        analysis.provenance = {**analysis.provenance, **_remembered(kept["reading"])}
    if analysis.provenance:
        kept["provenance"] = analysis.provenance
    if kept:
        _change_unfinished(analysis, job, "file read", **kept)


def _change_unfinished(analysis: Analysis, job: Job, reason: str, **values: Any) -> bool:
    """Change an analysis that has not ended; False when it has."""
    with recorded(f"worker, job {job.pk}", reason):
        rows = Analysis.objects.filter(
            pk=analysis.pk, state__in=[Analysis.State.WAITING, Analysis.State.RUNNING]
        )
        return bool(rows.update(**values))


def _write(analysis: Analysis, job: Job, answer: dict[str, Any]) -> None:
    analysis.set_fields(**_found(analysis, job, answer))
    rule_by_newest_sweep(analysis.measurement)
    measurement = analysis.measurement
    happened(
        ANALYSIS_DONE,
        project=measurement.project,
        id=analysis.pk,
        code=str(measurement.subject),
        path=reverse("analysis:measurement-detail", args=[measurement.pk]),
    )


def _found(analysis: Analysis, job: Job, answer: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of a run that ended well."""
    reading = storable(thinned_reading(answer["reading"]))
    return {
        "state": Analysis.State.DONE,
        "method": answer["method"]["name"],
        "method_version": answer["method"]["version"],
        "reading": reading,
        "result": storable(thinned_result(answer["result"])),
        "provenance": {
            **_provenance(analysis, job),
            **_remembered(reading),
            **_named_columns(analysis.provenance, answer),
            "reader": reading["reader"],
            "method": " ".join(answer["method"].values()),
            "library_versions": answer["library_versions"],
        },
        "finished_at": timezone.now(),
    }


def say_failed_again(job: Job) -> None:
    """Write a run that says why the work gave up; the run that it would follow stays as it is."""
    _add(_again(job), job, _failed(job.error))


@jobs.handles(AGAIN, on_end=say_failed_again, background=True)
def analyse_with_new_version(job: Job) -> Callable[[], None]:
    """Run again what an older version of a method made; a new run is written when that has ended.

    A refusal is an answer too: the new version finds no number where the old one did, or still none.
    """
    analysis = _again(job)
    try:
        answer = _answer(analysis, _payload(analysis))
    except (UnreadableFile, NoResult, AnalysisStopped) as refusal:
        left = _failed(str(refusal))
        if isinstance(refusal, NoResultFromReading | UnreadableButSeen):
            left["reading"] = storable(thinned_reading(refusal.reading))
            analysis.provenance = {**analysis.provenance, **_remembered(left["reading"])}
        return lambda: _add(analysis, job, left)
    return lambda: _add(analysis, job, _found(analysis, job, answer))


def _again(job: Job) -> Analysis:
    """Return the run that a job of the re-analysis will write."""
    earlier = _analysis(job)
    return Analysis(
        measurement=earlier.measurement,
        scan=earlier.scan,
        method=job.input["method"],
        method_version=job.input["version"],
        parameters=earlier.parameters,
        job=job,
        asked_by_id=job.input["by"],
    )


def _failed(why: str) -> dict[str, Any]:
    failure = storable(why) or "The analysis ended without saying why."
    return {"state": Analysis.State.FAILED, "failure": failure, "finished_at": timezone.now()}


def _add(analysis: Analysis, job: Job, columns: dict[str, Any]) -> None:
    """Write a run behind those of its file."""
    measurement = analysis.measurement.lock()
    last = measurement.analyses.aggregate(last=Max("number"))["last"] or 0
    analysis.number = last + 1
    analysis.provenance = _provenance(analysis, job)
    for name, value in columns.items():
        setattr(analysis, name, value)
    analysis.save()
    rule_by_newest_sweep(measurement)


def _provenance(analysis: Analysis, job: Job) -> dict[str, Any]:
    return {
        **analysis.provenance,
        "file_sha256": analysis.measurement.file.sha256,
        "file_name": analysis.measurement.file.name,
        "parameters": analysis.parameters,
        "job": job.pk,
        "attempt": job.attempts,
    }


def storable(value: Any) -> Any:
    """Return the same JSON value without the characters that PostgreSQL refuses in text."""
    if isinstance(value, str):
        return value.translate(_UNSTORABLE)
    if isinstance(value, Mapping):
        return {storable(str(key)): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value

"""Measurements that the settings of a run name: the instrument response of a decay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from analysis.models import Analysis, Measurement
from analysis.result import Method, NoResult, Parameter
from analysis.services.file_payload import file_payload
from analysis.services.lists import AGAIN, counting
from analysis.techniques.registry import TECHNIQUES
from labnotebook.records.models import Project
from labnotebook.records.refusals import Refusal


def naming(method: Method | None) -> tuple[Parameter, ...]:
    """Return the settings of a method that name another measurement."""
    return tuple(one for one in (method.parameters if method else ()) if one.measurement_of)


def nameable(
    project: Project, parameter: Parameter, itself: Measurement | None = None
) -> QuerySet[Measurement]:
    """Return the measurements that a setting may name: of one technique, in the same project."""
    rows = Measurement.objects.filter(project=project, technique=parameter.measurement_of)
    return rows.exclude(pk=itself.pk) if itself else rows


def check_named(
    project: Project,
    method: Method | None,
    settings: Mapping[str, Any],
    itself: Measurement | None = None,
) -> None:
    """Refuse settings that name a measurement which is not there, of another technique, or the same file."""
    for parameter in naming(method):
        wanted = settings.get(parameter.name)
        if wanted is None:
            continue
        if itself is not None and wanted == itself.pk:
            raise Refusal(
                f"{parameter.label}: this is the measurement itself. Name another.",
                field="parameters",
            )
        if not nameable(project, parameter).filter(pk=wanted).exists():
            raise Refusal(_not_there(project, parameter, wanted), field="parameters")


def named_files(
    project: Project, method: Method | None, settings: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Return what the sandbox reads of each measurement that is named, by setting.

    Raises `NoResult` where one is not there any more, or was found to be of another technique.
    """
    found = {}
    for parameter in naming(method):
        if settings.get(parameter.name) is None:
            continue
        wanted = settings[parameter.name]
        rows = nameable(project, parameter).select_related("file")
        measurement = rows.filter(pk=wanted).first()
        if measurement is None:
            raise NoResult(_not_there(project, parameter, wanted))
        meant = _meant(measurement)
        found[parameter.name] = {
            "measurement": measurement.pk,
            **file_payload(
                measurement, meant.scan if meant else "", meant.parameters if meant else {}
            ),
        }
    return found


def _meant(measurement: Measurement) -> Analysis | None:
    """Return the run that says which scan of a named file is meant, and what was told of the file.

    The scan is the one that a person chose last and nobody rejected, whatever a method made of it: a
    response alone is refused as a decay. Of the runs of that scan, it is the one that counts.
    """
    methods = [one.name for one in TECHNIQUES[measurement.technique].methods]
    rows = measurement.analyses.filter(method__in=methods, rejected_at=None)
    runs = list(rows.exclude(job__kind=AGAIN).defer("reading", "result").order_by("-number"))
    read = set(rows.filter(reading__channels__isnull=False).values_list("pk", flat=True))
    runs = [r for r in runs if r.pk in read or r.state != Analysis.State.FAILED] or runs
    return counting([run for run in runs if run.scan == runs[0].scan])


def _not_there(project: Project, parameter: Parameter, wanted: Any) -> str:
    return (
        f"{parameter.label}: there is no measurement {wanted} of this technique in the project"
        f" {project.name}. Name another."
    )

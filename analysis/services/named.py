"""Measurements that the settings of a run name: the instrument response of a decay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from analysis.models import Measurement
from analysis.result import Method, Parameter
from labnotebook.records.files import blob_path
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
            raise Refusal(
                f"{parameter.label}: there is no measurement {wanted} of this technique in the project"
                f" {project.name}.",
                field="parameters",
            )


def named_files(
    project: Project, method: Method | None, settings: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Return what the sandbox reads of each measurement that is named, by setting.

    Of a file with several scans that is the one, and with what was told of the file, of its last run.
    """
    found = {}
    for parameter in naming(method):
        if settings.get(parameter.name) is None:
            continue
        rows = nameable(project, parameter).select_related("file")
        measurement = rows.get(pk=settings[parameter.name])
        last = measurement.analyses.order_by("-number").values("scan", "parameters").first()
        found[parameter.name] = {
            "measurement": measurement.pk,
            "path": str(blob_path(measurement.file.sha256)),
            "sha256": measurement.file.sha256,
            "filename": measurement.file.name,
            "technique": measurement.technique,
            **(last or {"scan": "", "parameters": {}}),
        }
    return found

"""Which column is what: said of a file that could not be read, and kept for the next one of its kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.models import Analysis, ColumnMapping, Measurement
from analysis.readers.preview import NOT_USED, SEPARATOR
from analysis.services.runs import analyse_again
from analysis.technique import COLUMNS
from labnotebook.records.history import recorded
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal


def say_columns(
    *,
    by: Any,
    measurement: Measurement,
    names: Sequence[str],
    remember: bool = False,
    parameters: Mapping[str, Any] | None = None,
) -> Analysis:
    """Read a file with these heads for its columns, an empty one for a column that is not used."""
    said = f" {SEPARATOR} ".join(name.replace(SEPARATOR, " ").strip() or NOT_USED for name in names)
    with recorded(by, "said which column is what"):
        run = analyse_again(
            by=by, measurement=measurement, parameters={**(parameters or {}), COLUMNS: said}
        )
        if remember:
            remember_columns(by=by, measurement=measurement, columns=run.parameters[COLUMNS])
    return run


def remember_columns(*, by: Any, measurement: Measurement, columns: str) -> ColumnMapping:
    """Keep what was said for the next file of this kind in the project; what was said before gives way."""
    require_editor(by, measurement.project)
    if not columns:
        raise Refusal("Say which column is what, to have it remembered.", field="parameters")
    kind = preview_kind(measurement)
    if not kind:
        raise Refusal(
            "Nothing stands above the numbers of this file by which another of its kind could be told, so what"
            " its columns are cannot be remembered. It can be said for this file alone.",
            field="remember",
        )
    key = {"project": measurement.project, "technique": measurement.technique, "kind": kind}
    with recorded(by, "columns remembered"):
        said = {"columns": columns, "created_by": by}
        mapping, is_new = ColumnMapping.objects.get_or_create(**key, defaults=said)
        if not is_new and mapping.columns != columns:
            mapping.lock().set_fields(columns=columns)
    return mapping


def preview_kind(measurement: Measurement) -> str:
    """Return what tells files of this kind, as the last run that could not read it found."""
    runs = measurement.analyses.filter(reading__preview__isnull=False).order_by("-number")
    return (runs.values_list("reading__preview__kind", flat=True).first()) or ""

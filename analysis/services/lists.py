"""Measurements with their analyses, read without the curves: what lists, panels and polls need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F, Prefetch, QuerySet
from django.db.models.functions import JSONObject

from analysis.models import Analysis, Measurement

AGAIN = (
    "reanalyse"  # the jobs of a re-analysis: no person chose the scan or the settings of their runs
)


def light_analyses() -> QuerySet[Analysis]:
    """Return analyses, newest first, without arrays.

    ``light`` holds the result less its curves, and of the reading its warnings, its scans and which was read.
    """
    found = {
        name: F(f"result__{name}")
        for name in ("figures", "summary", "warnings", "phase", "structure", "detail")
    }
    read = {f"reading_{name}": F(f"reading__{name}") for name in ("warnings", "scans", "scan")}
    return (
        Analysis.objects.select_related("accepted_by", "asked_by")
        .defer("reading", "result")
        .annotate(light=JSONObject(**found, **read))
        .order_by("measurement_id", "-number")
    )


def measurements_for(user: Any) -> QuerySet[Measurement]:
    """Return the measurements that ``user`` may see, with file, subject and light analyses."""
    return with_analyses(Measurement.objects.visible_to(user))


def with_analyses(rows: QuerySet[Measurement]) -> QuerySet[Measurement]:
    """Add what a row of a list shows, in two more queries."""
    return rows.select_related(
        "project",
        "file",
        "batch",
        "device",
        "pixel__device",
        "lot",
        "layer__device",
        "uploaded_by",
        "measured_with",
    ).prefetch_related(Prefetch("analyses", queryset=light_analyses(), to_attr="runs"))


def newest(measurement: Measurement) -> Analysis | None:
    """Return the last run of a measurement read by `with_analyses`."""
    return measurement.runs[0] if measurement.runs else None


def scans_in(runs: Iterable[Analysis]) -> list[dict[str, Any]]:
    """Return the scans of a file as the newest of these light runs that read it found them."""
    return next(filter(None, (run.light["reading_scans"] for run in runs)), [])


def best_run(measurement: Measurement) -> Analysis | None:
    """Return the run whose numbers count: the accepted one, else the last that is not rejected."""
    return counting(measurement.runs)


def counting(runs: Sequence[Analysis]) -> Analysis | None:
    """Return which of the runs of a file, newest first, counts; see `best_run`."""
    accepted = [run for run in runs if run.accepted_at and not run.rejected_at]
    if accepted:
        return max(accepted, key=lambda run: (run.accepted_at, run.number))
    finished = [r for r in runs if r.state == Analysis.State.DONE and not r.rejected_at]
    return next(iter(finished or runs), None)

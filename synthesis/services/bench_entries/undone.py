"""What was left out, and what is taken back."""

from __future__ import annotations

from typing import Any

from labnotebook.records.refusals import Refusal
from synthesis.models import Addition, Batch, BenchEvent, StepRun
from synthesis.services import deviations, movements
from synthesis.services.bench_entries.entry import Entry
from synthesis.services.bench_entries.rows import addition_of, step_of


def skip(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> None:
    """Say that a reagent or step was left out, and why."""
    if not entry.reason:
        raise Refusal("Say why it was left out.", field="reason")
    row = (
        Addition.objects.filter(batch=batch, key=entry.target).first()
        or StepRun.objects.filter(batch=batch, key=entry.target).first()
    )
    if row is None:
        raise Refusal(f"This batch has no reagent or step {entry.target!r}.", field="target")
    row.set_fields(skipped_reason=entry.reason)


def withdraw(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> None:
    """Empty a field that was filled by mistake; what was recorded stays in the log."""
    key, _, name = entry.target.partition(".")
    if name:
        step = step_of(batch, key)
        parameter = step.parameters.filter(name=name, actual_value__isnull=False).first()
        if parameter is None:
            raise Refusal(
                "Nothing is recorded there, so there is nothing to take back.", field="target"
            )
        parameter.set_fields(actual_text="", actual_value=None)
        if step.operation == "react" and name == "duration_s":
            batch.set_fields(quench_s=None)
    else:
        addition = addition_of(batch, entry.target)
        if addition.weighed_value is None:
            raise Refusal(
                "Nothing is recorded there, so there is nothing to take back.", field="target"
            )
        addition.set_fields(
            weighed_text="",
            weighed_value=None,
            weighed_uncertainty=None,
            instrument=None,
            weighed_at=None,
            weighed_by=None,
        )
        movements.account_for(addition, by=by, at=entry.at, reason=entry.reason)
    deviations.withdraw(batch, entry.target)

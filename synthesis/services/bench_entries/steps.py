"""Steps, what was measured in them, and the air around them."""

from __future__ import annotations

from typing import Any

from labnotebook.records.refusals import Refusal
from synthesis.chemistry.operations import step_number
from synthesis.models import Batch, BenchEvent, StepRun, StepRunParameter
from synthesis.services import deviations, unplanned
from synthesis.services.bench_entries.entry import Entry
from synthesis.services.bench_entries.rows import read_number, step_of
from synthesis.services.operations import lab_operations


def step_start(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> None:
    """Start a step, planned or not."""
    step = StepRun.objects.filter(batch=batch, key=entry.target).first()
    if step is None:
        step = unplanned.add_step(batch, entry)
    # Started again: the earlier end no longer holds; both stay in the log.
    step.set_fields(started_at=entry.at, finished_at=None, skipped_reason="")


def step_finish(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> None:
    """End a step; one without a start began then."""
    step = step_of(batch, entry.target)
    if step.started_at and entry.at < step.started_at:
        raise Refusal("A step cannot finish before it started. Check the times.", field="at")
    step.set_fields(finished_at=entry.at, started_at=step.started_at or entry.at, skipped_reason="")


def parameter(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> list[str]:
    """Record one measured number of a step."""
    key, _, name = entry.target.partition(".")
    step = step_of(batch, key)
    number, operations = step_number(name), lab_operations()
    planned = step.parameters.filter(name=name).exists()
    if number is None or not (planned or operations.takes(step.operation, name)):
        known = ", ".join(operations.numbers_of(step.operation)) or "none"
        raise Refusal(
            f"Say which number of the step was measured, for example {key}.duration_s. Known for"
            f" {step.operation}: {known}.",
            field="target",
        )
    value = read_number(entry.text, number.measure.unit)
    parameter, _ = StepRunParameter.objects.get_or_create(step_run=step, name=name)
    parameter.set_fields(actual_text=entry.text[:40], actual_value=value)
    if step.operation == "react" and name == "duration_s":
        batch.set_fields(quench_s=value)
    return deviations.of_parameter(batch, step, parameter, event)


def condition(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> None:
    """Record the humidity of the air."""
    if entry.target != "humidity_percent":
        raise Refusal("The condition that is kept is humidity_percent.", field="target")
    value = read_number(entry.text.removesuffix("RH").strip(), "%")
    if value > 100:
        raise Refusal("Relative humidity lies between 0 and 100 %.", field="value")
    batch.set_fields(humidity_percent=value)

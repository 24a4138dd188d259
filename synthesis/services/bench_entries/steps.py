"""Steps: when they began and ended, how long that is, and what was measured in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from labnotebook.records.refusals import Refusal
from synthesis.chemistry.operations import Operations, step_number
from synthesis.chemistry.typed import convert
from synthesis.models import Batch, BenchEvent, StepRun, StepRunParameter
from synthesis.services import unplanned
from synthesis.services.bench_entries.entry import Entry
from synthesis.services.bench_entries.rows import read_number, step_of
from synthesis.services.bench_entries.standing import (
    NUMBER,
    STEP,
    Kind,
    entries_of,
    older_remark,
)
from synthesis.services.operations import lab_operations

Origin = StepRunParameter.Origin
GROWTH = "react"  # its time is that from the injection to the quench
TENTH = Decimal("0.1")  # of a second: what a thumb on a clock can tell


def step_start(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> list[str]:
    """Start a step, planned or not; said to be a repeat, it is a step of its own."""
    step = StepRun.objects.filter(batch=batch, key=entry.target).first()
    if step is None:
        step = unplanned.add_step(batch, entry)
    was_done = step.finished_at
    remarks = settle(batch, step, event)
    if entry.repeat:
        return [f"{step.text.rstrip('.')}: recorded as a step of its own, {step.key}."]
    if was_done is not None and step.finished_at is None:
        remarks.append(
            f"{step.text.rstrip('.')} was done already: it is begun again, and its earlier end no longer"
            " holds. Done once more? Send it as a repeat, then both times stand."
        )
    return remarks


def step_finish(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> list[str]:
    """End a step. Without a start its duration is not known; a start may be said later."""
    step = step_of(batch, entry.target)
    starts = [e for e in entries_of(batch, step.key, STEP) if e.kind == Kind.STEP_START]
    if starts and all(entry.at < one.at for one in starts):
        raise Refusal("A step cannot finish before it started. Check the times.", field="at")
    remarks = settle(batch, step, event)
    if step.finished_at is not None and step.started_at is None and _is_timed(step):
        remarks.append(
            f"{step.text.rstrip('.')}: when did it begin? Without its start the time is not recorded."
        )
    return remarks


def _is_timed(step: StepRun) -> bool:
    operation = lab_operations().get(step.operation)
    return bool(operation and operation.timed) and _planned(step, operation.timed) is not None


def _planned(step: StepRun, name: str) -> Decimal | None:
    row = step.parameters.filter(name=name).first()
    return row.planned_value if row else None


def settle(batch: Batch, step: StepRun, event: BenchEvent) -> list[str]:
    """Bring a step in line with its entries, in the order of their own times; return remarks."""
    started: datetime | None = None
    finished: datetime | None = None
    skipped = ""
    entries = entries_of(batch, step.key, STEP)
    for entry in entries:
        if entry.kind == Kind.STEP_START:
            # Started again: the earlier end no longer holds; both stay in the log.
            started, finished, skipped = entry.at, None, ""
        elif entry.kind == Kind.STEP_FINISH:
            finished, skipped = entry.at, ""
        else:
            started = finished = None
            skipped = entry.reason if entry.kind == Kind.SKIP else ""
    wanted = {"started_at": started, "finished_at": finished, "skipped_reason": skipped}
    changed = {name: value for name, value in wanted.items() if getattr(step, name) != value}
    if changed:
        step.set_fields(**changed)
    _refresh_durations(batch, step)
    return [] if event.kind == Kind.SKIP else older_remark(event, entries)


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
    read_number(entry.text, number.measure.unit)  # refused here, not when it is counted
    return settle_number(batch, step, name, event)


def settle_number(batch: Batch, step: StepRun, name: str, event: BenchEvent) -> list[str]:
    """Bring a number in line with its entries; without one, a duration is that of the clock."""
    entries = entries_of(batch, f"{step.key}.{name}", NUMBER)
    last = entries[-1] if entries else None
    number = step_number(name)
    if last is None or last.kind == Kind.WITHDRAW or number is None:
        _write_number(step, name, "", None, "")
        _refresh_durations(batch, step)
    else:
        text = _text_of(last)
        origin = Origin.AS_PLANNED if last.as_planned else Origin.TYPED
        _write_number(step, name, text[:40], read_number(text, number.measure.unit), origin)
        _refresh_growth(batch, step)
    return older_remark(event, entries) if event.kind == Kind.PARAMETER else []


def _text_of(event: BenchEvent) -> str:
    value = event.value.get("text", "") if isinstance(event.value, Mapping) else event.value
    return str(value).strip()


def _write_number(step: StepRun, name: str, text: str, value: Decimal | None, origin: str) -> None:
    row = step.parameters.filter(name=name).first()
    if row is None and value is None:
        return
    if row is None:
        row = StepRunParameter.objects.create(step_run=step, name=name)
    if (row.actual_text, row.actual_value, row.origin) != (text, value, origin):
        row.set_fields(actual_text=text, actual_value=value, origin=origin)


# --- how long it took


def _refresh_durations(batch: Batch, step: StepRun) -> None:
    """Let start and end be the duration, of this step and of the growth that it begins or ends."""
    operations = lab_operations()
    _by_clock(step, step.started_at, step.finished_at, operations)
    for growth in batch.step_runs.filter(operation=GROWTH):
        if abs(growth.position - step.position) <= 1:
            before, after = (
                batch.step_runs.filter(position=growth.position + by).first() for by in (-1, 1)
            )
            began = growth.started_at or (before.finished_at if before else None)
            ended = growth.finished_at or (after.started_at if after else None)
            _by_clock(growth, began, ended, operations)
            _refresh_growth(batch, growth)


def _by_clock(
    step: StepRun, began: datetime | None, ended: datetime | None, operations: Operations
) -> None:
    """Write the time between two moments, unless somebody said another."""
    operation = operations.get(step.operation)
    name = operation.timed if operation else ""
    row = step.parameters.filter(name=name).first() if name else None
    if not name or (
        row is not None and row.actual_value is not None and row.origin != Origin.CLOCK
    ):
        return
    if began is None or ended is None or ended < began:
        _write_number(step, name, "", None, "")
        return
    seconds = Decimal(str((ended - began).total_seconds())).quantize(TENTH)
    _write_number(step, name, _words(seconds, operations, step, name), seconds, Origin.CLOCK)


def _words(seconds: Decimal, operations: Operations, step: StepRun, name: str) -> str:
    """Return a time in the unit of the plan, to its tenth."""
    unit = operations.shown_unit(step.operation, name)
    shown = seconds if unit == "s" else round(convert(seconds, "s", unit), 1)
    return f"{shown:f} {unit}" if shown else f"{seconds:f} s"


def _refresh_growth(batch: Batch, step: StepRun) -> None:
    """Keep the time from the injection to the quench with the batch: that of the first growth."""
    if step.operation != GROWTH:
        return
    rows = StepRunParameter.objects.filter(
        step_run__batch=batch, step_run__operation=GROWTH, name="duration_s"
    )
    first = rows.exclude(actual_value=None).order_by("step_run__position").first()
    value = None if first is None else round(first.actual_value, 3)
    if batch.quench_s != value:
        batch.set_fields(quench_s=value)

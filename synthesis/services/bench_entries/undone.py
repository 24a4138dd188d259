"""What was left out, and what is taken back."""

from __future__ import annotations

from typing import Any

from labnotebook.records.refusals import Refusal
from synthesis.models import Addition, Batch, BenchEvent, Deviation, StepRun
from synthesis.services import deviations
from synthesis.services.bench_entries import air, amounts, seen, steps
from synthesis.services.bench_entries.entry import Entry
from synthesis.services.bench_entries.rows import addition_of, step_of

NOTHING = "Nothing is recorded there, so there is nothing to take back."


def skip(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> list[str]:
    """Say that a reagent or step was left out, and why."""
    if not entry.reason:
        raise Refusal("Say why it was left out.", field="reason")
    if not _settle(by, batch, entry.target, event):
        raise Refusal(f"This batch has no reagent or step {entry.target!r}.", field="target")
    return []


def withdraw(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> list[str]:
    """Take one entry back, or empty a field; what was recorded stays in the log."""
    taken = event.takes_back
    if taken is not None:
        _take_back(by, batch, taken, event)
        return []
    key, _, name = entry.target.partition(".")
    if name:
        step_of(batch, key)
        given = batch.events.that_count().filter(kind=BenchEvent.Kind.PARAMETER)
        if not given.filter(target=entry.target).exists():
            raise Refusal(NOTHING, field="target")
        _settle(by, batch, entry.target, event)
        return []
    step = StepRun.objects.filter(batch=batch, key=key).first()
    row = step or addition_of(batch, entry.target)
    begun = step is not None and step.started_at is not None
    if not (row.is_recorded or begun):
        raise Refusal(NOTHING, field="target")
    _settle(by, batch, entry.target, event)
    return []


def _take_back(by: Any, batch: Batch, taken: BenchEvent, event: BenchEvent) -> None:
    """Let one entry count no more."""
    kind = BenchEvent.Kind
    if taken.kind == kind.CONDITION:
        air.settle(batch, taken.target)
    elif taken.kind == kind.OBSERVATION:
        seen.settle(batch)
    elif taken.kind == kind.DEVIATION:
        for said in Deviation.objects.filter(event=taken, automatic=False):
            deviations.withdraw(said)
    elif taken.kind not in (kind.NOTE, kind.FILE):
        _settle(by, batch, taken.target, event)


def _settle(by: Any, batch: Batch, target: str, event: BenchEvent) -> bool:
    """Bring the reagent, the step or its number in line with its entries; False when there is none."""
    key, _, name = target.partition(".")
    addition = None if name else Addition.objects.filter(batch=batch, key=key).first()
    step = StepRun.objects.filter(batch=batch, key=key).first()
    if addition is not None:
        amounts.settle(by, batch, addition, event)
    elif step is not None and name:
        steps.settle_number(batch, step, name, event)
    elif step is not None:
        steps.settle(batch, step, event)
    return addition is not None or step is not None

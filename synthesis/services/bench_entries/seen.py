"""What was seen, done differently or noted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from labnotebook.records.refusals import Refusal
from synthesis.models import Batch, BenchEvent, Deviation, Observation, StepRun
from synthesis.services.bench_entries.entry import Entry
from synthesis.services.bench_entries.rows import step_of


def observation(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> None:
    """Record what the flask looked like."""
    seen = dict(entry.value) if isinstance(entry.value, Mapping) else {"appearance": entry.text}
    appearance = str(seen.get("appearance") or "").strip().lower()
    if appearance and appearance not in Batch.Appearance.values:
        raise Refusal(
            f"The flask looks {', '.join(Batch.Appearance.values)}; “{appearance[:40]}” is not one of"
            " these. Put other words into the note.",
            field="value",
        )
    step = step_of(batch, entry.target) if entry.target else None
    colour, note = str(seen.get("colour") or "")[:60], str(seen.get("note") or "")[:4000]
    if not (appearance or colour or note):
        raise Refusal(
            "Say what the flask looked like: appearance, colour or a note.", field="value"
        )
    Observation.objects.create(
        batch=batch,
        step_run=step,
        event=event,
        appearance=appearance,
        colour=colour,
        note=note,
        at=entry.at,
    )
    settle(batch)


def settle(batch: Batch) -> None:
    """Let the newest look before the growth stand for the batch, by the time of looking."""
    rows = batch.observations.that_count().exclude(appearance="")
    last = _last_before_growth(batch)
    before = rows.filter(Q(step_run=None) | Q(step_run__position__lte=last))
    newest = before.order_by("at", "event__received_at", "pk").last()
    appearance = newest.appearance if newest else ""
    if batch.precursor_appearance != appearance:
        batch.set_fields(precursor_appearance=appearance)


def _last_before_growth(batch: Batch) -> int:
    """Return the position of the last step at which the precursor can be seen."""
    growth = batch.step_runs.filter(operation="react").order_by("position").first()
    return growth.position - 1 if growth else 32_767


def deviation(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> None:
    """Record in words what was done differently."""
    said = dict(entry.value) if isinstance(entry.value, Mapping) else {"sentence": entry.text}
    sentence = str(said.get("sentence") or said.get("note") or entry.reason).strip()
    kind, severity = str(said.get("kind") or "other"), str(said.get("severity") or "minor")
    if not sentence:
        raise Refusal("Say what was done differently.", field="value")
    if kind not in Deviation.Kind.values:
        raise Refusal(
            f"The kind of a deviation is one of {', '.join(Deviation.Kind.values)}.", field="value"
        )
    if severity not in Deviation.Severity.values:
        raise Refusal("A deviation is minor or major.", field="value")
    if severity == Deviation.Severity.MAJOR and not entry.reason:
        raise Refusal("A major deviation needs a reason.", field="reason")
    step = StepRun.objects.filter(batch=batch, key=entry.target).first() if entry.target else None
    Deviation.objects.create(
        batch=batch,
        step_run=step,
        event=event,
        target=entry.target,
        kind=kind,
        severity=severity,
        sentence=sentence[:300],
        reason=entry.reason,
        at=entry.at,
    )


def note(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> None:
    """Keep a note; the log is where it is kept."""
    if not entry.text:
        raise Refusal("The note is empty.", field="value")

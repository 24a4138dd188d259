"""Take bench entries: append-only, repeatable, and never in each other's way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from labnotebook.records.history import recorded
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal, WrongState
from synthesis.models import Batch, BenchEvent
from synthesis.services import substitutions, unplanned
from synthesis.services.bench_entries import amounts, seen, steps, undone
from synthesis.services.bench_entries.entry import Entry, read_entry
from synthesis.services.composition import refresh_composition

MOST_EVENTS = 500


@dataclass(slots=True)
class Taken:
    """What became of a list of entries."""

    accepted: list[str] = field(default_factory=list)
    refused: list[dict[str, str]] = field(default_factory=list)
    remarks: list[dict[str, str]] = field(default_factory=list)  # taken, but look at it


def record_events(*, by: Any, batch: Batch, events: Sequence[Any]) -> Taken:
    """Take each entry or refuse it in words; one refused entry does not hold back the others."""
    require_editor(by, batch.project)
    if len(events) > MOST_EVENTS:
        raise Refusal(f"Send at most {MOST_EVENTS} entries at once; the rest can follow.")
    taken = Taken()
    with recorded(by, "bench entry"):
        batch = batch.lock()
        for number, raw in enumerate(events):
            try:
                with transaction.atomic():
                    _take(by, batch, raw, taken)
            except Refusal as refusal:
                identity = raw.get("id", "") if isinstance(raw, Mapping) else ""
                taken.refused.append(
                    {
                        "id": str(identity)[:60],
                        "field": f"{number}.{refusal.field}" if refusal.field else str(number),
                        "message": refusal.sentence,
                    }
                )
                batch.refresh_from_db()
        if taken.accepted:
            refresh_composition(batch)
    return taken


def _take(by: Any, batch: Batch, raw: Any, taken: Taken) -> None:
    entry = _named(by, batch, read_entry(raw))
    if BenchEvent.objects.filter(pk=entry.id).exists():
        if not BenchEvent.objects.filter(pk=entry.id, batch=batch).exists():
            raise Refusal(
                "This id belongs to an entry of another batch. Make a new random id.", field="id"
            )
        taken.accepted.append(str(entry.id))
        return
    _check_state(batch, entry)
    handler = _HANDLERS[entry.kind]
    before = _latest(batch, entry)
    event = BenchEvent.objects.create(
        pk=entry.id,
        batch=batch,
        kind=entry.kind,
        target=entry.target,
        value=entry.value,
        reason=entry.reason,
        at=entry.at,
        by=by,
        conflicts_with=before if _conflicts(by, entry, before) else None,
    )
    if event.conflicts_with_id:
        taken.remarks.append(
            {
                "id": str(entry.id),
                "message": f"{before.by} recorded “{shown(before.value)}” here at"
                f" {timezone.localtime(before.at):%H:%M}. Both are kept; yours is shown now.",
            }
        )
    said = handler(by, batch, entry, event) or []
    for sentence in [*said, *substitutions.of_bottle(batch, entry, event)]:
        taken.remarks.append({"id": str(entry.id), "message": sentence})
    taken.accepted.append(str(entry.id))


def _named(by: Any, batch: Batch, entry: Entry) -> Entry:
    """Give what the recipe does not have a key, when the client left that to us."""
    if entry.target or entry.kind not in ("weighing", "step_start"):
        return entry
    known = BenchEvent.objects.filter(pk=entry.id).values_list("target", flat=True).first()
    words = unplanned.words_of(entry, amounts.named_bottle(by, batch, entry))
    if not (known or words):
        raise Refusal("Say what it is: a bottle, or the operation of a step.", field="target")
    return replace(entry, target=known or unplanned.key_for(batch, words))


def shown(value: Any) -> str:
    """Return an event's value as a person would write it."""
    if isinstance(value, Mapping):
        return ", ".join(str(v) for v in value.values() if v not in (None, ""))
    return "" if value is None else str(value)


def _check_state(batch: Batch, entry: Entry) -> None:
    """Take entries while the flask is open; a correction afterwards says why."""
    if not batch.is_open:
        raise WrongState(
            f"{batch.code} is {batch.get_state_display().lower()}, so its bench record is closed.",
            field="kind",
        )
    if (
        batch.state == Batch.State.MADE
        and entry.kind not in ("note", "deviation")
        and not entry.reason
    ):
        raise Refusal(
            "This batch is finished: say in reason why the record is corrected.", field="reason"
        )
    if batch.state == Batch.State.PLANNED and entry.kind in (
        "weighing",
        "step_start",
        "step_finish",
        "parameter",
    ):
        batch.set_fields(state=Batch.State.RUNNING, started_at=entry.at)


def _latest(batch: Batch, entry: Entry) -> BenchEvent | None:
    """Return the newest entry in the same field, None when there is none or it was taken back."""
    if entry.kind in ("note", "deviation", "observation", "withdraw"):
        return None
    newest = (
        BenchEvent.objects.filter(
            batch=batch, kind__in=[entry.kind, BenchEvent.Kind.WITHDRAW], target=entry.target
        )
        .select_related("by")
        .order_by("-received_at", "-pk")
        .first()
    )
    return None if newest is None or newest.kind == BenchEvent.Kind.WITHDRAW else newest


def _conflicts(by: Any, entry: Entry, before: BenchEvent | None) -> bool:
    """Whether the client did not know of what was recorded before."""
    if before is None:
        return False
    if entry.old is not None:
        return entry.old != shown(before.value)
    return before.by_id != by.pk


_HANDLERS: dict[str, Callable[[Any, Batch, Entry, BenchEvent], list[str] | None]] = {
    "weighing": amounts.weighing,
    "lot": amounts.lot,
    "step_start": steps.step_start,
    "step_finish": steps.step_finish,
    "parameter": steps.parameter,
    "condition": steps.condition,
    "observation": seen.observation,
    "deviation": seen.deviation,
    "skip": undone.skip,
    "withdraw": undone.withdraw,
    "note": seen.note,
}

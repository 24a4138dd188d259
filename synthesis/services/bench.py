"""Take bench entries: append-only, repeatable, and never in each other's way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from labnotebook.records.files import HashedUpload
from labnotebook.records.free_names import free_name
from labnotebook.records.history import recorded
from labnotebook.records.permissions import require_editor
from labnotebook.records.reasons import check_reason
from labnotebook.records.refusals import Refusal, StorageAway, WrongState
from synthesis.models import Batch, BenchEvent, StepRun
from synthesis.services import deviations, unplanned
from synthesis.services.bench_entries import air, amounts, kept, seen, steps, undone
from synthesis.services.bench_entries.entry import Entry, check_time, clock_remark, read_entry
from synthesis.services.bench_entries.standing import shown
from synthesis.services.composition import refresh_composition

MOST_EVENTS = 500
WORK = ("weighing", "step_start", "step_finish", "parameter")  # what starts a batch
NO_FIELD = ("note", "deviation", "observation", "condition", "withdraw", "file")  # rows, not fields


@dataclass(slots=True)
class Taken:
    """What became of a list of entries."""

    accepted: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)  # recorded before, with the same content
    refused: list[dict[str, Any]] = field(default_factory=list)
    remarks: list[dict[str, str]] = field(default_factory=list)  # taken, but look at it

    def remark(self, entry: UUID, sentences: Sequence[str]) -> None:
        """Say what to look at of one entry."""
        self.remarks += [{"id": str(entry), "message": sentence} for sentence in sentences]


def record_events(
    *,
    by: Any,
    batch: Batch,
    events: Sequence[Any],
    uploads: Mapping[str, HashedUpload] = MappingProxyType({}),
) -> Taken:
    """Take each entry or refuse it in words; one refused entry does not hold back the others.

    ``uploads`` are the bytes of entries of kind file, by their SHA-256.
    """
    require_editor(by, batch.project)
    if len(events) > MOST_EVENTS:
        raise Refusal(f"Send at most {MOST_EVENTS} entries at once; the rest can follow.")
    taken = Taken()
    with recorded(by, "bench entry"):
        batch = batch.lock()
        written: list[BenchEvent] = []
        for number, raw in enumerate(events):
            try:
                with transaction.atomic():
                    written += _take(by, batch, raw, taken, uploads)
            except StorageAway:
                raise  # as it would be for the next: all is sent again
            except Refusal as refusal:
                taken.refused.append(_refused(number, raw, refusal))
                batch.refresh_from_db()
        if written:
            _follow(batch, written, taken)
    return taken


def keep_file(
    *, by: Any, batch: Batch, upload: HashedUpload, note: str = "", **entry: Any
) -> Taken:
    """Keep a photo or any other file as an entry: ``id``, ``target``, ``at``, ``sent``, ``reason``."""
    said = kept.described(upload, note.strip())
    return record_events(
        by=by,
        batch=batch,
        events=[{**entry, "kind": BenchEvent.Kind.FILE.value, "value": said}],
        uploads={said["sha256"]: upload},
    )


def _refused(number: int, raw: Any, refusal: Refusal) -> dict[str, Any]:
    identity = raw.get("id", "") if isinstance(raw, Mapping) else ""
    return {
        "id": str(identity)[:60],
        "index": number,
        "field": f"{number}.{refusal.field}" if refusal.field else str(number),
        "message": refusal.sentence,
    }


def _follow(batch: Batch, written: Sequence[BenchEvent], taken: Taken) -> None:
    """Compute what follows from the entries. What cannot be computed is said, and loses no entry."""
    for event, sentence in deviations.refresh(batch, written):
        taken.remark(event.pk, [sentence])
    try:
        with transaction.atomic():
            refresh_composition(batch)
    except Refusal as refusal:
        batch.refresh_from_db()
        taken.remark(
            written[-1].pk, [f"The ratios cannot be computed as it stands: {refusal.sentence}"]
        )


def _take(
    by: Any, batch: Batch, raw: Any, taken: Taken, uploads: Mapping[str, HashedUpload]
) -> list[BenchEvent]:
    """Record one entry; return the event, or nothing when it was known."""
    entry = read_entry(raw, uploads)
    before = BenchEvent.objects.filter(pk=entry.id).first()
    if before is not None:
        _check_known(batch, entry, before)
        taken.known.append(str(entry.id))
        return []
    check_time(batch, entry)
    entry, takes_back = _named(by, batch, entry)
    _check_state(batch, entry)
    standing = _latest(batch, entry)
    event = BenchEvent.objects.create(
        pk=entry.id,
        batch=batch,
        kind=entry.kind,
        target=entry.target,
        value=entry.value,
        reason=entry.reason,
        at=entry.at,
        client_at=entry.client_at,
        portion=entry.portion,
        as_planned=entry.as_planned,
        repeat=entry.repeat,
        by=by,
        conflicts_with=standing if _conflicts(by, entry, standing) else None,
        takes_back=takes_back,
    )
    said = _HANDLERS[entry.kind](by, batch, entry, event) or []
    if event.conflicts_with is not None and event.at >= standing.at:
        said = [
            f"{standing.by} recorded “{shown(standing.value)}” here at"
            f" {timezone.localtime(standing.at):%H:%M}. Both are kept; yours is shown now.",
            *said,
        ]
    taken.remark(event.pk, [*clock_remark(entry), *said])
    taken.accepted.append(str(entry.id))
    return [event]


def _check_known(batch: Batch, entry: Entry, before: BenchEvent) -> None:
    """Refuse an id that already names something else."""
    if before.batch_id != batch.pk:
        raise Refusal(
            "This id belongs to an entry of another batch. Make a new random id.", field="id"
        )
    if not entry.is_repeated_by(before):
        raise Refusal(
            f"This id is taken by another entry: {before.get_kind_display().lower()}"
            f" {before.target} “{shown(before.value)}”, which stays as it is. Send the new one with a"
            " new random id.",
            field="id",
        )


def _named(by: Any, batch: Batch, entry: Entry) -> tuple[Entry, BenchEvent | None]:
    """Give an entry the key that the client left to us, and find what it takes back."""
    if entry.kind == "withdraw" and isinstance(entry.value, Mapping) and entry.value.get("entry"):
        taken = _to_take_back(batch, str(entry.value["entry"]))
        return replace(entry, target=taken.target), taken
    if entry.repeat:
        step = StepRun.objects.filter(batch=batch, key=entry.target).first()
        if step is None:
            raise Refusal(f"This batch has no step {entry.target!r} to repeat.", field="target")
        keys = set(batch.step_runs.values_list("key", flat=True))
        key = free_name(step.key[:50], keys)
        return replace(entry, target=unplanned.add_repeat(batch, step, key).key), None
    if entry.target or entry.kind not in ("weighing", "step_start"):
        return entry, None
    words = unplanned.words_of(entry, amounts.named_bottle(by, batch, entry))
    if not words:
        raise Refusal("Say what it is: a bottle, or the operation of a step.", field="target")
    return replace(entry, target=unplanned.key_for(batch, words)), None


def _to_take_back(batch: Batch, identity: str) -> BenchEvent:
    try:
        found = batch.events.filter(pk=UUID(identity)).first()
    except ValueError:
        found = None
    if found is None or found.kind == BenchEvent.Kind.WITHDRAW:
        raise Refusal("This batch has no such entry to take back.", field="value")
    if BenchEvent.objects.filter(takes_back=found).exists():
        raise Refusal("This entry was taken back already.", field="value")
    return found


def _check_state(batch: Batch, entry: Entry) -> None:
    """Take entries while the flask is open; a correction afterwards says why."""
    if not batch.is_open:
        raise WrongState(
            f"{batch.code} is {batch.get_state_display().lower()}, so its bench record is closed.",
            field="kind",
        )
    if batch.state == Batch.State.MADE and entry.kind not in ("note", "deviation", "file"):
        check_reason(
            entry.reason,
            "This batch is finished: say in reason why the record is corrected.",
            field="reason",
        )
    if entry.kind not in WORK:
        return
    if batch.state == Batch.State.PLANNED:
        batch.set_fields(state=Batch.State.RUNNING, started_at=entry.at)
    elif batch.started_at is None or entry.at < batch.started_at:
        batch.set_fields(started_at=entry.at)  # said later, done before


def _latest(batch: Batch, entry: Entry) -> BenchEvent | None:
    """Return the newest entry in the same field, None when there is none or it was taken back."""
    if entry.kind in NO_FIELD or entry.portion:
        return None
    newest = (
        batch.events.that_count()
        .filter(kind__in=[entry.kind, BenchEvent.Kind.WITHDRAW], target=entry.target)
        .select_related("by")
        .order_by("-at", "-received_at", "-pk")
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
    "condition": air.condition,
    "observation": seen.observation,
    "deviation": seen.deviation,
    "file": kept.file,
    "skip": undone.skip,
    "withdraw": undone.withdraw,
    "note": seen.note,
}

"""Take bench entries: append-only, repeatable, and never in each other's way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from labnotebook.records.history import recorded
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal, WrongState
from synthesis.chemistry.operations import step_number
from synthesis.chemistry.typed import UnreadableQuantity, parse_quantity
from synthesis.models import (
    Addition,
    Batch,
    BenchEvent,
    Deviation,
    Material,
    Observation,
    StepRun,
    StepRunParameter,
)
from synthesis.services import deviations, movements, substitutions, unplanned
from synthesis.services.bench_entry import Entry, read_entry
from synthesis.services.cautions import bottle_remarks
from synthesis.services.composition import refresh_composition
from synthesis.services.fitting import check_pourable
from synthesis.services.operations import lab_operations

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
    words = unplanned.words_of(entry, _named_bottle(by, batch, entry))
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


def _addition(batch: Batch, entry: Entry) -> Addition:
    addition = Addition.objects.filter(batch=batch, key=entry.target).first()
    if addition is None:
        keys = ", ".join(batch.additions.values_list("key", flat=True))
        raise Refusal(f"This batch has no reagent {entry.target!r}. It has {keys}.", field="target")
    return addition


def _step(batch: Batch, key: str) -> StepRun:
    step = StepRun.objects.filter(batch=batch, key=key).first()
    if step is None:
        keys = ", ".join(batch.step_runs.values_list("key", flat=True))
        raise Refusal(f"This batch has no step {key!r}. It has {keys}.", field="target")
    return step


def _number(text: str, unit: str, field: str = "value") -> Decimal:
    try:
        value = parse_quantity(text, unit=unit).value
    except UnreadableQuantity as refusal:
        raise Refusal(str(refusal), field=field) from refusal
    if value.adjusted() > 8 or value.normalize().as_tuple().exponent < -6:
        raise Refusal(
            f"“{text}” is more than this field can mean. Check the number and its unit.",
            field=field,
        )
    return value


def _weighing(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> list[str]:
    bottle = _named_bottle(by, batch, entry)
    addition = Addition.objects.filter(batch=batch, key=entry.target).first()
    if addition is None:
        addition = unplanned.add_reagent(batch, entry, bottle)
    value = _number(entry.text, "mL" if addition.unit == "ml" else "mg")
    if bottle is not None and addition.material_id != bottle.pk:
        addition.set_fields(material=bottle)
    addition.set_fields(
        weighed_text=entry.text[:40],
        weighed_value=value,
        weighed_at=entry.at,
        weighed_by=by,
        skipped_reason="",
    )
    return [*_account(by, addition, entry), *deviations.of_amount(batch, addition, event)]


def _account(by: Any, addition: Addition, entry: Entry) -> list[str]:
    """Take it off the bottle; return what to know about that bottle."""
    before = movements.account_for(addition, by=by, at=entry.at, reason=entry.reason)
    if addition.material is None:
        return []
    return bottle_remarks(
        addition.material, before, addition.weighed_value, addition.unit, timezone.localdate()
    )


def _named_bottle(by: Any, batch: Batch, entry: Entry) -> Material | None:
    """Return the bottle that an entry names beside its amount, None when it names none."""
    lot = entry.value.get("lot") if isinstance(entry.value, Mapping) else None
    return _bottle(by, batch, str(lot), entry.reason) if lot else None


def _lot(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> list[str]:
    addition = _addition(batch, entry)
    addition.set_fields(
        material=_bottle(by, batch, entry.text, entry.reason) if entry.text else None
    )
    return _account(by, addition, entry)


def _bottle(by: Any, batch: Batch, code: str, reason: str) -> Material:
    material = Material.objects.visible_to(by).filter(code=code).first()
    if material is None:
        raise Refusal(f"There is no bottle or stock {code[:40]} for you.", field="value")
    check_pourable(material, field="value", batch=batch, reason=reason)
    return material


def _step_start(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> None:
    step = StepRun.objects.filter(batch=batch, key=entry.target).first()
    if step is None:
        step = unplanned.add_step(batch, entry)
    # Started again: the earlier end no longer holds; both stay in the log.
    step.set_fields(started_at=entry.at, finished_at=None, skipped_reason="")


def _step_finish(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> None:
    step = _step(batch, entry.target)
    if step.started_at and entry.at < step.started_at:
        raise Refusal("A step cannot finish before it started. Check the times.", field="at")
    step.set_fields(finished_at=entry.at, started_at=step.started_at or entry.at, skipped_reason="")


def _parameter(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> list[str]:
    key, _, name = entry.target.partition(".")
    step = _step(batch, key)
    number, operations = step_number(name), lab_operations()
    planned = step.parameters.filter(name=name).exists()
    if number is None or not (planned or operations.takes(step.operation, name)):
        known = ", ".join(operations.numbers_of(step.operation)) or "none"
        raise Refusal(
            f"Say which number of the step was measured, for example {key}.duration_s. Known for"
            f" {step.operation}: {known}.",
            field="target",
        )
    value = _number(entry.text, number.measure.unit)
    parameter, _ = StepRunParameter.objects.get_or_create(step_run=step, name=name)
    parameter.set_fields(actual_text=entry.text[:40], actual_value=value)
    if step.operation == "react" and name == "duration_s":
        batch.set_fields(quench_s=value)
    return deviations.of_parameter(batch, step, parameter, event)


def _condition(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> None:
    if entry.target != "humidity_percent":
        raise Refusal("The condition that is kept is humidity_percent.", field="target")
    value = _number(entry.text.removesuffix("RH").strip(), "%")
    if value > 100:
        raise Refusal("Relative humidity lies between 0 and 100 %.", field="value")
    batch.set_fields(humidity_percent=value)


def _observation(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> None:
    seen = dict(entry.value) if isinstance(entry.value, Mapping) else {"appearance": entry.text}
    appearance = str(seen.get("appearance") or "").strip().lower()
    if appearance and appearance not in Batch.Appearance.values:
        raise Refusal(
            f"The flask looks {', '.join(Batch.Appearance.values)}; “{appearance[:40]}” is not one of"
            " these. Put other words into the note.",
            field="value",
        )
    step = _step(batch, entry.target) if entry.target else None
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
    if appearance and (step is None or step.position <= _last_before_growth(batch)):
        batch.set_fields(precursor_appearance=appearance)


def _last_before_growth(batch: Batch) -> int:
    """Return the position of the last step at which the precursor can be seen."""
    growth = batch.step_runs.filter(operation="react").order_by("position").first()
    return growth.position - 1 if growth else 10**6


def _deviation(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> None:
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


def _skip(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> None:
    if not entry.reason:
        raise Refusal("Say why it was left out.", field="reason")
    row = (
        Addition.objects.filter(batch=batch, key=entry.target).first()
        or StepRun.objects.filter(batch=batch, key=entry.target).first()
    )
    if row is None:
        raise Refusal(f"This batch has no reagent or step {entry.target!r}.", field="target")
    row.set_fields(skipped_reason=entry.reason)


def _withdraw(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> None:
    """Empty a field that was filled by mistake; what was recorded stays in the log."""
    key, _, name = entry.target.partition(".")
    if name:
        step = _step(batch, key)
        parameter = step.parameters.filter(name=name, actual_value__isnull=False).first()
        if parameter is None:
            raise Refusal(
                "Nothing is recorded there, so there is nothing to take back.", field="target"
            )
        parameter.set_fields(actual_text="", actual_value=None)
        if step.operation == "react" and name == "duration_s":
            batch.set_fields(quench_s=None)
    else:
        addition = _addition(batch, entry)
        if addition.weighed_value is None:
            raise Refusal(
                "Nothing is recorded there, so there is nothing to take back.", field="target"
            )
        addition.set_fields(weighed_text="", weighed_value=None, weighed_at=None, weighed_by=None)
        movements.account_for(addition, by=by, at=entry.at, reason=entry.reason)
    deviations.withdraw(batch, entry.target)


def _note(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> None:
    if not entry.text:
        raise Refusal("The note is empty.", field="value")


_HANDLERS: dict[str, Callable[[Any, Batch, Entry, BenchEvent], list[str] | None]] = {
    "weighing": _weighing,
    "lot": _lot,
    "step_start": _step_start,
    "step_finish": _step_finish,
    "parameter": _parameter,
    "condition": _condition,
    "observation": _observation,
    "deviation": _deviation,
    "skip": _skip,
    "withdraw": _withdraw,
    "note": _note,
}

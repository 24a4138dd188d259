"""The shape of a bench entry, as a client sends it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from labnotebook.records.files import HashedUpload
from labnotebook.records.refusals import Refusal
from synthesis.models import Batch, BenchEvent
from synthesis.models.batch import CLOCKS_AGREE

FIELDS = ("id", "kind", "target", "value", "at", "reason", "old", "sent")
FLAGS = {  # what they mean, and the only kinds that take them
    "portion": ("weighing",),
    "as_planned": ("weighing", "parameter"),
    "repeat": ("step_start",),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the client sent it, checked for shape."""

    id: uuid.UUID
    kind: str
    target: str
    value: Any
    reason: str
    at: datetime
    old: str | None  # what the client saw in the field, when it says so
    portion: bool = False
    as_planned: bool = False
    repeat: bool = False
    client_at: datetime | None = None  # what a client's wrong clock said
    said_when: bool = True  # whether the client gave a time
    upload: HashedUpload | None = None  # the bytes of a file, which came beside the list

    @property
    def text(self) -> str:
        """The value as typed text."""
        value = self.value.get("text", "") if isinstance(self.value, Mapping) else self.value
        return "" if value is None or isinstance(value, bool) else str(value).strip()

    @property
    def lot(self) -> str:
        """The bottle that a weighing names beside its amount, empty when it names none."""
        named = self.value.get("lot") if isinstance(self.value, Mapping) else None
        return str(named) if named else ""

    def is_repeated_by(self, event: BenchEvent) -> bool:
        """Whether an entry that is kept already says the same; its key may have been given by us."""
        same = (self.kind, self.value, self.reason) == (event.kind, event.value, event.reason)
        flags = all(getattr(self, flag) == getattr(event, flag) for flag in FLAGS)
        here = self.target in ("", event.target) or (
            self.repeat and event.target.startswith(f"{self.target}_")
        )
        when = (self.client_at or self.at) == (event.client_at or event.at)
        return same and flags and here and (when or not self.said_when)


def read_entry(raw: Any, uploads: Mapping[str, HashedUpload]) -> Entry:
    """Check the shape of one entry; refuses in words, naming the field. ``uploads`` are by SHA-256."""
    if not isinstance(raw, Mapping):
        raise Refusal("An entry is an object with id, kind, target, value and at.")
    unknown = sorted(set(raw) - {*FIELDS, *FLAGS})
    if unknown:
        raise Refusal(f"Unknown field {unknown[0]!r} in an entry.", field=str(unknown[0])[:60])
    try:
        identity = uuid.UUID(str(raw.get("id", "")))
    except ValueError:
        raise Refusal(
            "Give each entry an id of your own: a random UUID, made when it was typed.", field="id"
        ) from None
    kind = raw.get("kind")
    if kind not in BenchEvent.Kind.values:
        raise Refusal(
            f"Unknown kind {str(kind)[:40]!r}. Known: {', '.join(BenchEvent.Kind.values)}.",
            field="kind",
        )
    target, reason, old = (
        _text(raw, name, most) for name, most in (("target", 120), ("reason", 300), ("old", 300))
    )
    value = raw.get("value")
    _check_value(value)
    digest = value.get("sha256") if isinstance(value, Mapping) else None
    entry = Entry(
        id=identity,
        kind=kind,
        target=target or "",
        value=value,
        reason=reason or "",
        at=_moment(raw, "at") or timezone.now(),
        old=old,
        said_when=raw.get("at") not in (None, ""),
        upload=uploads.get(str(digest)),
        **{flag: _flag(raw, flag, kind) for flag in FLAGS},
    )
    return _by_our_clock(entry, _moment(raw, "sent"))


def check_time(batch: Batch, entry: Entry) -> None:
    """Refuse what is still to come, and what lies longer back than the lab enters later."""
    ahead = entry.at - timezone.now()
    if ahead > CLOCKS_AGREE:
        raise Refusal(
            f"The time {_shown(entry.at)} is still to come: the server's clock says"
            f" {_shown(timezone.now())}. Set the clock of the device, or send its time as sent.",
            field="at",
        )
    earliest = batch.planned_at - timedelta(days=settings.BACKDATING_DAYS)
    if entry.at < earliest:
        raise Refusal(
            f"The time {_shown(entry.at)} lies more than {settings.BACKDATING_DAYS} days before"
            f" {batch.code} was planned. Check the year.",
            field="at",
        )


def _by_our_clock(entry: Entry, sent: datetime | None) -> Entry:
    """Correct the time of a device whose clock is wrong; what it said is kept beside."""
    if sent is None or not entry.said_when:
        return entry
    behind = timezone.now() - sent
    if abs(behind) <= CLOCKS_AGREE:
        return entry
    return replace(entry, at=entry.at + behind, client_at=entry.at)


def clock_remark(entry: Entry) -> list[str]:
    """Say that the time of an entry was corrected."""
    if entry.client_at is None:
        return []
    return [
        f"The clock of the device is wrong: it said {_shown(entry.client_at)}, which is"
        f" {_shown(entry.at)} by the server's clock. Both are kept."
    ]


def _shown(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%-d %b %Y %H:%M}"


def _flag(raw: Mapping[str, Any], name: str, kind: str) -> bool:
    value = raw.get(name, False)
    if value in (None, False):
        return False
    if value is not True:
        raise Refusal(f"{name} is true or false.", field=name)
    if kind not in FLAGS[name]:
        raise Refusal(f"{name} belongs to an entry of kind {' or '.join(FLAGS[name])}.", field=name)
    return True


def _check_value(value: Any, depth: int = 0) -> None:
    """Take a text, a number or a small flat object; nothing that the database cannot keep."""
    if value is None or isinstance(value, bool | int | float):
        return
    if isinstance(value, str) and len(value) <= 4000 and "\x00" not in value:
        return
    if isinstance(value, Mapping) and depth == 0 and len(value) <= 10:
        for name, inner in value.items():
            _check_value(str(name), 1)
            _check_value(inner, 1)
        return
    raise Refusal(
        "A value is a text of at most 4000 characters, a number, or a flat object of those.",
        field="value",
    )


def _text(raw: Mapping[str, Any], name: str, most: int) -> str | None:
    value = raw.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > most or "\x00" in value:
        raise Refusal(f"{name} is a text of at most {most} characters.", field=name)
    return value.strip()


def _moment(raw: Mapping[str, Any], name: str) -> datetime | None:
    """Read a time of the client's clock."""
    value = raw.get(name)
    if value in (None, ""):
        return None
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
        if moment is not None and timezone.is_naive(moment):
            moment = timezone.make_aware(moment)
        # Nothing may be added to the first and last days that there are.
        if moment is not None and not 1900 < moment.year < 9000:
            moment = None
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        raise Refusal(f"{name} is a time such as 2026-11-22T14:32:10+01:00.", field=name)
    return moment

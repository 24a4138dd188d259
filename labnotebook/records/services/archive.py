"""Put away what should not show any more, and take it out again. Nothing is lost by either."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from labnotebook.records.reasons import check_reason
from labnotebook.records.refusals import WrongState

LONGEST = 300
WHY = "Say why: the next person will want to know."


def reason_of(text: str) -> str:
    """Return why something is put away or taken out; refuses words that say nothing."""
    return check_reason(text, WHY, field="reason")[:LONGEST]


def put_away(row: Any, *, named: str, reason: str, back: bool) -> None:
    """Archive a row that was locked, or with ``back`` take it out, in the caller's transaction.

    row: has ``archived_at`` and ``archived_reason``. named: what it is called where this is refused.
    """
    if back != (row.archived_at is not None):
        raise WrongState(f"{named} is {'not archived' if back else 'archived already'}.")
    row.set_fields(
        archived_at=None if back else timezone.now(), archived_reason="" if back else reason
    )

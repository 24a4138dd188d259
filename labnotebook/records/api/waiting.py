"""``?wait=seconds``: an answer that comes when the work is done, instead of being asked for again and again.

Who waits keeps one of the few threads of a web process. So only MOST_WAITING wait at a time in each process,
for at most LONGEST_S; whoever comes beyond is answered at once, with the state as it is. Nothing is locked, no
transaction is open, and the connection to the database is given back while one sleeps.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from django.db import connection
from drf_spectacular.utils import OpenApiParameter

from labnotebook.records.refusals import Refusal

PARAMETER = "wait"
LONGEST_S = 30.0
MOST_WAITING = 2  # of the four threads of a web process
FIRST_LOOK_S, LAST_LOOK_S = 0.1, 1.0
WAIT = OpenApiParameter(
    PARAMETER,
    {"type": "number", "minimum": 0, "maximum": LONGEST_S},
    description="Seconds to wait until it is final. The answer may come sooner, and not final: look at `state`.",
)
_places = threading.BoundedSemaphore(MOST_WAITING)


class Waits:
    """Beside a viewset whose records become final by themselves: ``is_final`` says when."""

    waits = True

    def is_final(self, record: Any) -> bool:
        """Whether nothing more is to be waited for."""
        raise NotImplementedError

    def get_object(self) -> Any:
        """Return the record, where it was asked for once it is final."""
        record = super().get_object()  # type: ignore[misc]
        if self.action != "retrieve" or PARAMETER not in self.request.query_params:
            return record
        until = time.monotonic() + _seconds(self.request.query_params[PARAMETER])
        if self.is_final(record) or not _places.acquire(blocking=False):
            return record
        try:
            pause = FIRST_LOOK_S
            while not self.is_final(record) and (left := until - time.monotonic()) > 0:
                if not connection.in_atomic_block:
                    connection.close()
                time.sleep(min(pause, left))
                pause = min(2 * pause, LAST_LOOK_S)
                record = super().get_object()  # type: ignore[misc]
        finally:
            _places.release()
        return record


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= LONGEST_S:
        raise Refusal(f"Wait 0 to {LONGEST_S:g} seconds; ask again for more.", field=PARAMETER)
    return seconds

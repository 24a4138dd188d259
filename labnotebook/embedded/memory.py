"""Memory that nobody uses any more goes back to the system: many processes share one machine."""

from __future__ import annotations

import ctypes
import gc
import sys
import time
from contextlib import suppress

# For glibc, in the environment of every program. It would keep memory for each thread, and after one big
# block was freed keep back all that are smaller.
ALLOCATOR = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_TRIM_THRESHOLD_": "131072",
    "MALLOC_MMAP_THRESHOLD_": "131072",
}
PAUSE_S = 5.0

_given_at = float("-inf")


def give_back() -> bool:
    """Collect garbage and return free memory, at most every few seconds; say whether it was time.

    Requests and jobs leave as much behind as a process needs by itself; Python and the C library keep
    it for the next one.
    """
    global _given_at
    if time.monotonic() - _given_at < PAUSE_S:
        return False
    gc.collect()
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # another C library than glibc
            ctypes.CDLL(None).malloc_trim(0)
    _given_at = time.monotonic()
    return True

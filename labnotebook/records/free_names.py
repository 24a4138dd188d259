"""Names that are not taken yet."""

from __future__ import annotations

from collections.abc import Iterable


def free_name(wanted: str, taken: Iterable[str], *, join: str = "_") -> str:
    """Return the name, with the first number from 2 on behind it when it is taken."""
    used = set(taken)
    numbered = (f"{wanted}{join}{number}" for number in range(2, len(used) + 3))
    return wanted if wanted not in used else next(name for name in numbered if name not in used)

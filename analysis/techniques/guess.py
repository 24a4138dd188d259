"""Guess the technique of a file from its name and its first lines, for a person to correct."""

from __future__ import annotations

import re
from collections.abc import Iterable

from analysis.technique import Sign
from analysis.techniques.emission.technique import PL
from analysis.techniques.registry import TECHNIQUES


def guess_technique(name: str, head: bytes) -> str:
    """Return the likeliest technique; PL when nothing tells."""
    return technique_told(name, head) or PL.name


def technique_told(name: str, head: bytes) -> str:
    """Return the technique that a file's name tells, else its first lines; "" when nothing tells."""
    text = head[:4000].replace(b"\x00", b"").decode("utf-8", "replace").lower()
    known = TECHNIQUES.values()
    return _told([(one.in_name, one.name) for one in known], name.lower()) or _told(
        [(one.in_text, one.name) for one in known], text
    )


def _told(signs: Iterable[tuple[Sign | None, str]], text: str) -> str:
    """Return the technique whose sign stands in a text; of several the one that is asked first, a faint one last."""
    fitting = [
        (faint, sign.turn, name)
        for sign, name in signs
        if sign
        for faint, pattern in enumerate((sign.pattern, sign.faint))
        if pattern and re.search(pattern, text)
    ]
    return min(fitting, key=lambda one: one[:2])[2] if fitting else ""

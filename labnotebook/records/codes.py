"""Short codes (`NC-0042`), given out once and never twice, also when two people ask at once."""

from __future__ import annotations

import re

from django.db import connection

BETWEEN = re.compile(r"[\s,;]+")
LABEL = re.compile(r"(?:\S*/q/)?([A-Z]{1,3}-\d{4,})/?", re.IGNORECASE)


def next_code(prefix: str) -> str:
    """Return the next code for ``prefix``, ``NC`` -> ``NC-0001``; see `next_codes`."""
    return next_codes(prefix, 1)[0]


def next_codes(prefix: str, count: int) -> list[str]:
    """Return the next ``count`` codes for ``prefix``, in their order.

    The counter row is locked until the caller's transaction ends, so a code that was given out is
    either used or given to nobody. Runs in the caller's transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO records_codecounter (prefix, last) VALUES (%s, %s)"
            " ON CONFLICT (prefix) DO UPDATE SET last = records_codecounter.last + excluded.last"
            " RETURNING last",
            [prefix, count],
        )
        (last,) = cursor.fetchone()
    return [f"{prefix}-{number:04d}" for number in range(last - count + 1, last + 1)]


def codes_in(text: str) -> list[str]:
    """Return the codes that a text names, in capitals, each once, in their order.

    >>> codes_in("nc-0042, NC-0043;nc-0042")
    ['NC-0042', 'NC-0043']
    """
    return list(dict.fromkeys(word for word in BETWEEN.split(text.upper()) if word))


def code_on(label: str) -> str:
    """Return the code that was typed, or that a scanner read as the address on a label, in capitals.

    >>> code_on("l-0003"), code_on("https://lab.example/q/L-0003/")
    ('L-0003', 'L-0003')
    """
    text = label.strip()
    found = LABEL.fullmatch(text)
    return (found[1] if found else text).upper()

"""What a text calls a device: its code, its name however it is spelt, or its number beside a batch; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["batch", "device", "lot"]

# "D-0099", "D0099"; not the date "D-2026-01-03".
_CODE = re.compile(r"(?<![^\W_])D[-_ ]?(\d{4,})(?!\d|-\d{2}(?!\d))", re.IGNORECASE)
# "d3", "device 3", "dev#03"; the first group is the whole word.
NUMBERED = re.compile(
    r"(?<![^\W_])(?:(device|dev)[-_ #]?|d[-_]?)0*([1-9]\d{0,3})(?![^\W_]|[.,]\d)", re.IGNORECASE
)
_SHORTEST, _MOST_PARTS = 4, 5


@dataclass(frozen=True, slots=True)
class Place:
    """Something that takes files of a person."""

    kind: Kind
    code: str
    name: str = ""  # of a device
    pixels: tuple[str, ...] = ()  # labels, of a device
    batches: tuple[str, ...] = ()  # codes of what its layers were made from, of a device


def spelt(name: str) -> str:
    """Return a name without what parts it, in lower case: names that differ in that are one.

    >>> spelt("OLED-004"), spelt("oled 004")
    ('oled004', 'oled004')
    """
    return re.sub(r"[\W_]", "", name).casefold()


def spellings_in(text: str) -> set[str]:
    """Return what in a text may be the name of a device, as `spelt`: letters with digits, of whole parts.

    >>> sorted(spellings_in("OLED-004 JVL"))
    ['004jvl', 'oled004', 'oled004jvl']
    """
    parts = [part.casefold() for part in re.split(r"[\W_]+", text) if part]
    joined = {
        "".join(parts[start:stop])
        for start in range(len(parts))
        for stop in range(start + 1, min(start + _MOST_PARTS, len(parts)) + 1)
    }
    return {
        one
        for one in joined
        if len(one) >= _SHORTEST and re.search(r"\d", one) and re.search(r"[^\W\d_]", one)
    }


def without(text: str, name: str) -> str:
    """Return a text without a name, however it is spelt there."""
    letters = r"[\W_]*".join(re.escape(one) for one in spelt(name))
    return (
        re.sub(rf"(?<![^\W_]){letters}(?![^\W_])", " ", text, flags=re.IGNORECASE)
        if letters
        else text
    )


def numbers_in(text: str) -> set[int]:
    """Return the numbers of devices that a text says beside a batch.

    >>> numbers_in("d3_p2"), numbers_in("D-0003 P2"), numbers_in("d 5.1 nm")
    ({3}, set(), set())
    """
    return {int(one[2]) for one in NUMBERED.finditer(_CODE.sub(" ", text))}


def device_codes_in(text: str) -> set[int]:
    """Return the numbers of the codes of devices in a text."""
    return {int(one[1]) for one in _CODE.finditer(text)}


def numbered(number: int, devices: Sequence[Place]) -> dict[str, Place]:
    """Return which of the devices of one batch, in the order of their making, a number may mean, by code.

    That of its code, that of its name, or that of its making.
    """
    meant = {d.code: d for d in devices if int(d.code.split("-")[-1]) == number}
    meant |= {d.code: d for d in devices if d.name.casefold() in (str(number), f"d{number}")}
    meant |= {d.code: d for d in devices[number - 1 : number]}
    return meant


def says_own(text: str, own: Place, others: Sequence[Place]) -> bool | None:
    """Return whether a text calls a device by code, name or number; None where it calls none.

    ``others`` are those it may be taken for: the ones of the same batch with ``own`` among them, in the order of
    their making, and any that have a name. What may mean another one is not its own.
    """
    codes, numbers, names = device_codes_in(text), numbers_in(text), spellings_in(text)
    said = [device_codes_in(own.code) == codes] if codes else []
    siblings = [one for one in others if set(one.batches) & set(own.batches)] or [own]
    said += [set(numbered(one, siblings)) == {own.code} for one in numbers]
    called = {one.code for one in (own, *others) if one.name and spelt(one.name) in names}
    said += [called == {own.code}] if called else []
    return all(said) if said else None

"""Which pixel the label of a scan names; pure.

A label that fits no naming, or that could be two pixels, names none: it is asked about.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from analysis.device_names import NUMBERED, Place, says_own, without

# "Pixel 3", "px03", "pix #3", "P3", "J_P3 (mA/cm2)"; not "P3HT", "P1.5", "p 3 mbar".
_NUMBERED = re.compile(
    r"(?<![^\W_])(?:(?:pixel|pix|px)[\s_#.:-]*(?:n[or]\b\.?\s*)?|p[_#-]?)0*([1-9]\d{0,2})(?![^\W_]|[.,]\d)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"0*([1-9]\d{0,2})")
_GRID = re.compile(r"(?<![^\W_])([A-Z]\d{1,2})-(\d{1,2})(?![^\W_]|[-.,]\d)", re.IGNORECASE)


def pixels_named(
    labels: Sequence[str],
    known: Sequence[str],
    own: Place | None = None,
    others: Sequence[Place] = (),
) -> list[str]:
    """Return the pixel of one device that each label names, "" where a person has to say it.

    ``known`` are the labels of the pixels that the device has: one of them is meant where the label is the same,
    or has the same number. Labels that name several devices, or one pixel twice, are asked about. With the ``own`` device and
    ``others`` (`says_own`), those that call the device itself name its pixels, those that call another are asked about.

    >>> pixels_named(["Pixel 1", "Pixel 2 J (mA/cm2)", "forward"], ["P1"])
    ['P1', 'P2', '']
    >>> pixels_named(["A1-1", "A2-1"], [])
    ['', '']
    """
    spelled = {label.casefold(): label for label in known}
    numbers = Counter(filter(None, map(_number, known)))
    numbered = {
        number: next(label for label in known if _number(label) == number) if times == 1 else ""
        for number, times in numbers.items()
    }
    found = [_of_own(label, own, others, spelled, numbered) for label in labels]
    devices = {device for device, _pixel in filter(None, found) if device is not None}
    several = len(devices) > 1
    names = ["" if one is None or (several and one[0] is not None) else one[1] for one in found]
    times = Counter(name.casefold() for name in names)
    return [name if times[name.casefold()] == 1 else "" for name in names]


def places_in(text: str) -> list[str]:
    """Return what a text writes of pixels, as it is written.

    >>> places_in("P1-P2 JVL"), places_in("P3HT")
    (['P1', 'P2'], [])
    """
    return list(dict.fromkeys(one[0] for one in _found(text)))


def _found(text: str) -> list[re.Match[str]]:
    return [*_NUMBERED.finditer(text), *_GRID.finditer(text)]


def _named(
    label: str, spelled: dict[str, str], numbered: dict[str, str]
) -> tuple[str | None, str] | None:
    """Return what stands before the pixel (of which device it is), and the pixel; None where it is not said."""
    whole = spelled.get(label.strip().casefold())
    if whole:
        return None, whole
    found = _found(label)
    if len({one[0].casefold() for one in found}) != 1:
        return None
    first = found[0]
    if first.re is _GRID:
        return first[1].casefold(), spelled.get(first[0].casefold(), first[0])
    before = label[: first.start()].strip(" _-/,;:").casefold()
    pixel = numbered.get(first[1], f"P{first[1]}")
    return (before, pixel) if pixel else None


def _of_own(
    label: str,
    own: Place | None,
    others: Sequence[Place],
    spelled: dict[str, str],
    numbered: dict[str, str],
) -> tuple[str | None, str] | None:
    """Return what `_named` does; None for a label that calls another device, no device where it calls its own."""
    is_own = None if own is None else says_own(label, own, others)
    if is_own is None or own is None:
        return _named(label, spelled, numbered)
    if not is_own:
        return None
    found = _named(NUMBERED.sub(" ", without(label, own.name)), spelled, numbered)
    return None if found is None else (None, found[1])


def _number(label: str) -> str:
    """Return the number of a pixel, bare or behind a naming; "" where the label is something else."""
    found = _NUMBERED.fullmatch(label) or _NUMBER.fullmatch(label)
    return found[1] if found else ""

"""What the words around a map say of its units: of the delays, and of the signal."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from analysis.reading import UnreadableFile
from analysis.techniques.ta.readers.maps import MOST, PER_PS

Floats = NDArray[np.float64]

UNIT = r"(fs|ps|ns|us|µs|μs)"
_BESIDE = re.compile(
    rf"(?<![a-z])(?:delay|time)s?(?![a-z])[ _-]*(?:axis|units?|delays?|points?)?\s*[:=,;]?\s*[\[(/]?\s*{UNIT}(?![a-z])",
    re.IGNORECASE,
)
# whose time it is: "Integration time (us)", a dead, gate or pulse time is no delay between pump and probe
_WHOSE = re.compile(r"([^\W\d_]+)[\s_-]*$")
_OF_DELAYS = {"pump", "probe", "delay", "time", "wavelength", "lambda", "nm", "axis", "stage", "optical", "x", "y", "of", "in", "and", "vs"}  # fmt: skip
_BRACKETS = re.compile(rf"[\[(]\s*{UNIT}\s*[\])]", re.IGNORECASE)
_ONLY_UNITS = re.compile(rf"^[^a-z]*(?:nm)?[^a-z]*?(?:\bt)?[^a-z]*?(?<![a-z]){UNIT}[^a-z]*(?:nm)?[^a-z]*$", re.IGNORECASE)  # fmt: skip

_RELATIVE = re.compile(r"(?P<milli>\bm\s*\(?)?(?:d|delta|δ|Δ)\s*t\s*/\s*t(?![a-z])(?P<after>.{0,16})", re.IGNORECASE)  # fmt: skip
_PART = r"(?P<percent>%|per ?cent)|(?P<milli>‰|10(?:\s?\^\s?\(?[-−]?3|[-−⁻][3³]|³)|(?<=[\[(])1e-?0?3)|(?P<one>(?<=[\[(])1(?=[\])])|fraction)"
_BEHIND = re.compile(rf"\)?\s*(?:in\b|[:=,;/\[(×x*·\s])+(?:{_PART})", re.IGNORECASE)
_SIGNAL_UNIT = re.compile(rf"(?:\bz|signal|data)[ _]*(?:axis)?[ _]*units?\s*[:=,;]\s*(?:{_PART})", re.IGNORECASE)  # fmt: skip
_SHARES = {"percent": 1e-2, "milli": 1e-3, "one": 1.0}
_MILLI = re.compile(
    r"(?<![\d.])(?<!\d )\bm\s?[Δδ]?od\b|mΔA|(?:[dΔδ]A|[dΔδ]OD)\s*[\[(/]\s*[x×]?\s*10\s*\^?[-−⁻]?[3³]", re.IGNORECASE
)  # fmt: skip
MOST_RELATIVE = 0.5  # of ΔT/T: no film changes so much, but a number in % or 10⁻³ is larger soon


def unit_of_delays(told: str, corner: str, cells: list[str], around: list[str]) -> str:
    """Return the unit of the delays, a key of `PER_PS`.

    Parameters
    ----------
    told
        what a person chose; "" where nobody did. It decides.
    corner, cells, around
        the words of the corner, the units written beside the numbers of the first row, the other lines.

    Raises
    ------
    UnreadableFile
        where nothing says it, or two places say different ones.
    """
    if told in PER_PS:
        return told
    said = [(one, f"a number of the first row ({one})") for one in map(_plain, cells)]
    said += [(one, f"the corner “{corner[:60]}”") for one in _of_corner(corner)]
    said += [(one, f"“{line.strip()[:60]}”") for line in around for one in _beside(line)[0]]
    said = [(unit, where) for unit, where in said if unit in PER_PS]
    if not said:
        raise UnreadableFile(
            "The delays of this matrix have no unit: femto-, pico- and nanoseconds look alike. Choose the unit of the "
            "axis, or write a line such as “Time units: ps” below the numbers."
        )
    unit, where = said[0]
    other = next((one for one in said if one[0] != unit), None)
    if other is not None:
        raise UnreadableFile(
            f"The delays of this matrix have two units: {unit} by {where}, {other[0]} by {other[1]}. Choose the unit of "
            "the axis, or mend the line that is wrong."
        )
    return unit


def _plain(unit: str) -> str:
    return re.sub("[µμ]", "u", unit.lower())


def _beside(line: str) -> tuple[list[str], str]:
    """Return the units beside a delay or time of the pump and probe, and the line without any such words."""
    units = []
    for found in _BESIDE.finditer(line):
        whose = _WHOSE.search(line[: found.start()])
        if whose is None or whose[1].lower() in _OF_DELAYS:
            units.append(_plain(found[1]))
    return units, _BESIDE.sub(" ", line)


def _of_corner(corner: str) -> list[str]:
    """Return the units of a corner: beside a delay or time, in brackets, or where it is nothing but units."""
    units, left = _beside(corner)
    alone = _ONLY_UNITS.match(left)
    return units + [_plain(one) for one in _BRACKETS.findall(left)] + ([_plain(alone[1])] if alone else [])  # fmt: skip


def absorbance_of(words: str, values: Floats) -> tuple[Floats, str, list[str]]:
    """Return ΔA, its unit ("mOD" or "") and warnings, from what the words call the values.

    A ΔT/T becomes −log10(1 + ΔT/T). Raises `UnreadableFile` where the words contradict each other, or a ΔT/T is
    too large for the fraction it is taken for.
    """
    unit = "mOD" if _MILLI.search(words) else ""
    label = _RELATIVE.search(words)
    if label is None:
        return values, unit, []
    if unit:
        raise UnreadableFile(
            "This map says that it holds ΔT/T and that it holds mOD. Keep the one that is right in its lines."
        )
    share = _share(label, words)
    size = np.abs(values)
    largest = float(size[size < MOST].max(initial=0.0))  # an empty or a spoilt cell says nothing
    if share is None and largest >= MOST_RELATIVE:
        raise UnreadableFile(
            f"The ΔT/T of this map reaches {largest:.3g} and has no unit: as a fraction that is more than any film changes "
            "by. Write its unit beside it: “ΔT/T (%)”, “ΔT/T (10⁻³)”, or “ΔT/T (1)” for a fraction."
        )
    with np.errstate(invalid="ignore", divide="ignore"):
        found = -np.log10(1 + (share or 1.0) * values)
    taken = {None: " as a fraction", 1.0: " as a fraction", 1e-2: " in %", 1e-3: " in 10⁻³"}[share]
    return found, "", [f"ΔT/T was taken{taken} and made into ΔA = −log10(1 + ΔT/T)."]


def _share(label: re.Match[str], words: str) -> float | None:
    """Return what one unit of ΔT/T is; None where nothing beside its label, and no unit of the signal, says it."""
    if label["milli"]:
        return 1e-3
    before = words[: label.start()].rstrip(" ()[]")
    found = _BEHIND.match(label["after"]) or _SIGNAL_UNIT.search(words)
    if found is None:
        return 1e-2 if before.endswith("%") else None
    return next(size for name, size in _SHARES.items() if found[name])

"""What the header of a diffraction pattern says of the radiation: wavelengths and anode."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_ANODE = re.compile(
    r"(?<![A-Za-z])anode\w*(?:\s+material)?[^A-Za-z]{1,12}(Cu|Co|Mo|Ag|Cr|Fe|W)\b", re.IGNORECASE
)
_WAVELENGTH_KEY = re.compile(
    r"(k[ _-]?alpha[ _-]?1\b(?! ?ratio).*|.*alpha[ _-]?1\b.*wave[ _-]?length.*|.*wave[ _-]?length([ _-]?alpha[ _-]?1)?"
    r"|_?wl1|lambda|λ)\s*(\(.*\)|\[.*\])?$",
    re.IGNORECASE,
)
_KALPHA2_KEY = re.compile(
    r"(k[ _-]?alpha[ _-]?2\b(?!.*ratio).*|.*wave[ _-]?length[ _-]?alpha[ _-]?2|_?wl2)$", re.I
)
_FIRST_NUMBER = re.compile(r"[-+]?\d*[.,]?\d+(?:[eE][-+]?\d+)?")


def diffraction_facts(pairs: Mapping[str, str], lines: Sequence[str]) -> dict[str, Any]:
    """Return ``wavelength_angstrom``, ``wavelength_kalpha2_angstrom`` and ``anode`` where stated."""
    facts: dict[str, Any] = {}
    for key, value in pairs.items():
        for name, pattern in (
            ("wavelength_angstrom", _WAVELENGTH_KEY),
            ("wavelength_kalpha2_angstrom", _KALPHA2_KEY),
        ):
            if name not in facts and pattern.match(key.strip()):
                wavelength = _angstrom(f"{key} {value}", value)
                if wavelength is not None:
                    facts[name] = wavelength
    text = "\n".join(lines[:500])
    found = _ANODE.search(text)
    if found:
        facts["anode"] = found[1].capitalize()
    if "wavelength_angstrom" not in facts:
        inline = re.search(
            r"(?<![A-Za-z])(?:WL1|wave ?length|lambda)\b[^0-9\n]{1,14}(\d[.,]\d+)",
            text,
            re.IGNORECASE,
        )
        wavelength = _angstrom(inline[0], inline[1]) if inline else None
        if wavelength is not None:
            facts["wavelength_angstrom"] = wavelength
    return facts


def _angstrom(where: str, value: str) -> float | None:
    """Return a wavelength that X-rays can have, None for anything else (a light source's, a slit's)."""
    found = _FIRST_NUMBER.search(value)
    if not found:
        return None
    number = float(found[0].replace(",", "."))
    if re.search(r"\bnm\b", where) and number < 0.3:
        number *= 10
    return number if 0.2 <= number <= 3.0 else None

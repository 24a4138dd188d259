"""Which spectra may be compared by their height: those of one instrument with one set of settings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

SETTING = re.compile(
    r"excitation|slit|band ?(width|pass)|dwell|integration|exposure|averag|\bgain\b|pmt|detector|filter|attenuat|grating"
    r"|step|repeats|number of scans|scans? speed",
    re.IGNORECASE,
)
INTENSITY_U = (
    0.05  # of an intensity from day to day on one instrument: lamp, place of the cuvette, filling
)


UNSAID = "settings not in the file"
NORMALISED = (1.0, 100.0)  # maxima of a spectrum that was divided by its own
_NUMBER = re.compile(r"(.*\s)?([-+−]?\d+(?:[.,]\d+)?(?:e[-+]?\d+)?)(\s*[^\d\s]*)")
_SHARE, _DEGREES = (
    0.01,
    0.5,
)  # by which settings that are numbers may differ; temperatures wander by more


def settings_of(metadata: Mapping[str, Any], unit: str, conditions: str) -> tuple[str, ...]:
    """Return what a file says of how it was measured, in words that are equal for equal settings."""
    header = metadata.get("header") or {}
    said = {str(key): str(value) for key, value in header.items() if SETTING.search(str(key))}
    if metadata.get("excitation_nm"):
        said = {key: value for key, value in said.items() if "excitation" not in key.lower()}
        said["excitation"] = f"{float(metadata['excitation_nm']):g} nm"
    words = [
        f"{key.strip().lower()} {value.strip().lower()}" for key, value in sorted(said.items())
    ]
    return (
        *(words or [UNSAID]),
        *([f"in {unit}"] if unit else []),
        *([conditions.strip().lower()] if conditions.strip() else []),
    )


def alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two sets of settings are the same, numbers within 1 % and temperatures within half a degree.

    >>> alike(["detector temperature -20.1 °c"], ["detector temperature -20.2 °c"])
    True
    """
    return len(one) == len(other) and all(map(_same, one, other))


def _same(one: str, other: str) -> bool:
    a, b = _NUMBER.fullmatch(one), _NUMBER.fullmatch(other)
    if a is None or b is None or (a[1], a[3]) != (b[1], b[3]):
        return one == other
    x, y = (float(found[2].replace("−", "-").replace(",", ".")) for found in (a, b))
    room = _SHARE * max(abs(x), abs(y))
    return abs(x - y) <= (max(room, _DEGREES) if "temperature" in one else room)


def normalised(maxima: Sequence[float | None]) -> bool:
    """Whether spectra were divided by their own maxima: every one is 1 or 100."""
    return all(
        one is not None and any(np.isclose(one, top, rtol=1e-6) for top in NORMALISED)
        for one in maxima
    )


def maximum_of(values: Any) -> float | None:
    """Return the highest of a spectrum as it was read; None where there is none."""
    numbers = [one for one in values or () if isinstance(one, int | float)]
    return max(numbers, default=None)


def intensity_of(curves: list[Mapping[str, Any]]) -> float | None:
    """Return the area of a band (signal times nm) from its fit and background; None where they are not there."""
    by_name = {curve["name"]: curve for curve in curves}
    fit, background = by_name.get("fit"), by_name.get("background")
    if (
        fit is None
        or background is None
        or len(fit["x"]) != len(background["x"])
        or len(fit["x"]) < 2
    ):
        return None
    height = np.array(fit["y"], dtype=float) - np.array(background["y"], dtype=float)
    area = float(np.trapezoid(height, np.array(fit["x"], dtype=float)))
    return area if np.isfinite(area) else None

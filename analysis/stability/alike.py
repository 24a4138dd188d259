"""Which spectra may be compared by their height: those of one instrument with one set of settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
        *words,
        *([f"in {unit}"] if unit else []),
        *([conditions.strip().lower()] if conditions.strip() else []),
    )


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

"""Bring a column into the house's unit, and undo a logarithm that its head says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analysis.readers.heads import Head
from analysis.reading import Channel, UnreadableFile
from analysis.technique import Technique

# Quantity: unit in the file -> unit of the house and factor; both are kept in words.
_SCALES = {
    "wavelength": {"um": ("nm", 1e3), "angstrom": ("nm", 0.1), "m": ("nm", 1e9)},
    "photon_energy": {"meV": ("eV", 1e-3)},
    "time": {"ps": ("ns", 1e-3), "us": ("ns", 1e3), "ms": ("ns", 1e6), "s": ("ns", 1e9), "min": ("ns", 6e10),
             "h": ("ns", 3.6e12), "d": ("ns", 8.64e13)},
    "voltage": {"mV": ("V", 1e-3)},
    "current": {"mA": ("A", 1e-3), "uA": ("A", 1e-6), "nA": ("A", 1e-9)},
    "current_density": {"A/cm2": ("mA/cm2", 1e3), "A/m2": ("mA/cm2", 0.1), "mA/m2": ("mA/cm2", 1e-4),
                        "uA/cm2": ("mA/cm2", 1e-3), "nA/cm2": ("mA/cm2", 1e-6)},
    "luminance": {"kcd/m2": ("cd/m2", 1e3), "cd/cm2": ("cd/m2", 1e4)},
    "q": {"1/nm": ("1/angstrom", 0.1)},
}  # fmt: skip

_HIGHEST_LOGARITHM = 16.0  # e to this is nine million counts


def scale_of(quantity: str, unit: str, wanted: str = "") -> tuple[str, float]:
    """Return the house's unit and the factor to it; the unit itself and 1 where it is kept.

    ``wanted`` is the unit of a technique that counts in another one: hours instead of nanoseconds.
    """
    scales = _SCALES.get(quantity, {})
    to, factor = scales.get(unit, (unit, 1.0))
    if wanted in scales and scales[wanted][0] == to:
        return wanted, factor / scales[wanted][1]
    return to, factor


def channel_of(
    head: Head, values: NDArray[np.float64], technique: Technique, converted: set[str]
) -> Channel:
    """Return the channel of a column in the house's unit; ``converted`` notes what was changed."""
    values = np.array(values, dtype=np.float64)
    light = head.quantity in ("counts", "intensity") or (not head.quantity and head.label)
    if light and not head.logarithm and technique.ordinate in ("counts", "intensity"):
        head = replace(head, logarithm=_unsaid_logarithm(values))
    if head.logarithm:
        values, base = _without_logarithm(head, values)
        converted.add(f"{head.label}: the logarithm to base {base} was undone")
    axis = technique.axis(head.quantity)
    unit, factor = scale_of(head.quantity, head.unit, axis.unit if axis else "")
    if unit != head.unit and (head.quantity != "time" or axis is not None):
        converted.add(f"{head.label}: {head.unit} to {unit}")
        return Channel(head.quantity, unit, values * factor, head.label)
    unit = "%" if head.quantity == "eqe" and not head.unit and "%" in head.label else head.unit
    return Channel(head.quantity or "y", unit, values, head.label)


def _without_logarithm(head: Head, values: NDArray[np.float64]) -> tuple[NDArray[np.float64], str]:
    """Undo a logarithm. A base that the head does not say is the one that makes whole counts."""
    powers = {"10": 10.0 ** np.clip(values, -300, 300), "e": np.exp(np.clip(values, -700, 700))}
    if head.logarithm != "log":
        base = "10" if head.logarithm == "log10" else "e"
    else:
        odd = {base: _distance_from_whole(power) for base, power in powers.items()}
        base = min(odd, key=lambda one: odd[one])
        if odd[base] > 0.1 or max(odd.values()) < 0.18:
            raise UnreadableFile(
                f'The column "{head.label}" holds logarithms and does not say of which base. Write "log10" or "ln" '
                "in its head, or export the numbers themselves."
            )
    undone = powers[base]
    undone[np.isnan(values)] = np.nan
    if _distance_from_whole(undone) < 0.05:
        undone = np.round(undone)
    return undone, base


def _unsaid_logarithm(values: NDArray[np.float64]) -> str:
    """Return of which base numbers are the logarithm when only its powers are whole counts, else ""."""
    known = values[np.isfinite(values)]
    if (
        known.size < 50
        or known.max() > _HIGHEST_LOGARITHM
        or (known == np.round(known)).mean() > 0.9
    ):
        return ""
    for name, power in (("log10", 10.0**known), ("ln", np.exp(known))):
        small = (power > 1.5) & (power < 100)
        if small.sum() >= 30 and _distance_from_whole(power) < 0.04:
            return name
    return ""


def _distance_from_whole(values: NDArray[np.float64]) -> float:
    """Return how far numbers below 100 lie from whole ones on average; 0.25 when they have no pattern."""
    small = values[np.isfinite(values) & (values < 100) & (values > 1.5)]
    return float(np.abs(small - np.round(small)).mean()) if small.size >= 5 else 0.25

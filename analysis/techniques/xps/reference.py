"""Where zero of the binding energy is: by adventitious carbon, or as a person tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.reading import Scan
from analysis.techniques.xps.fitting import Floats, noise_of
from analysis.techniques.xps.lines import C_1S_EV, C_1S_RANGE_EV

LEAST_POINTS = 15
CLEAR = 5.0


@dataclass(frozen=True, slots=True)
class Reference:
    """What is added to every energy of the file (eV), and from what it is known; None where it is not."""

    shift_ev: float | None
    words: str


def carbon_ev(energy: Floats, signal: Floats) -> float | None:
    """Return where C 1s stands, None where no line rises clearly from the background of its region."""
    part = (energy >= C_1S_RANGE_EV[0]) & (energy <= C_1S_RANGE_EV[1])
    if part.sum() < LEAST_POINTS or energy.min() > 283.0 or energy.max() < 288.0:
        return None
    x, y = energy[part], signal[part]
    ends = np.concatenate([np.arange(3), np.arange(x.size - 3, x.size)])
    slope, level = np.polyfit(x[ends], y[ends], 1)
    net = y - (slope * x + level)
    smooth = np.convolve(np.pad(net, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    k = int(np.argmax(smooth))
    top = smooth > 0.7 * smooth[k]
    top &= np.abs(x - x[k]) < 0.8
    if smooth[k] < CLEAR * float(noise_of(y)[k]) / np.sqrt(5) or top.sum() < 4:
        return None
    bend, tilt, _ = np.polyfit(x[top] - x[k], net[top], 2)
    return float(x[k] - tilt / (2 * bend)) if bend < 0 else float(x[k])


def reference_of(scans: Sequence[Scan], told_ev: float | None, at_ev: float = C_1S_EV) -> Reference:
    """Return the shift that puts C 1s at ``at_ev``: as told, else by a C 1s region of the same file."""
    if told_ev is not None:
        return Reference(at_ev - told_ev, f"C 1s told at {told_ev:g} eV, set to {at_ev:g} eV")
    for scan in scans:
        if np.ptp(scan.x.values) < 60:
            found = carbon_ev(scan.x.values, scan.ys[0].values)
            if found is not None:
                return Reference(
                    at_ev - found, f"C 1s of the file at {found:.2f} eV, set to {at_ev:g} eV"
                )
    return Reference(None, "")

"""The colour of an EL spectrum: CIE 1931 chromaticity for the 2° observer, with what it is known to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.result import Figure
from analysis.techniques.shared.calibration import Known
from analysis.techniques.shared.photometry import EmissionSpectrum
from analysis.techniques.shared.spectrum import Spectrum, point_noise

Floats = NDArray[np.float64]

FROM_NM, TO_NM = 420.0, 700.0  # what a spectrum has to cover
STRAY = 0.001  # of the peak, over the visible: an ordinary spectrometer's
LEVEL = "standard uncertainty"
NOTE = "wavelength {:g} nm, stray light of 0.1 % of the peak, scatter of the points; background taken off"


def colour_figures(
    spectrum: Spectrum, background: Floats, scale: Known
) -> tuple[list[Figure], list[str]]:
    """Return x and y with their standard uncertainties, or a sentence that says why there are none."""
    x = spectrum.wavelength_nm
    if spectrum.per_energy or x[0] > FROM_NM or x[-1] < TO_NM:
        return [], [
            f"No CIE colour: the spectrum does not cover {FROM_NM:g} to {TO_NM:g} nm per nm."
        ]
    net = spectrum.signal - background
    here = _xy(x, net)
    if here is None:
        return [], ["No CIE colour: what is left above the background gives no light to the eye."]
    top = float(np.max(net))
    visible = (x >= 380.0) & (x <= 780.0)
    moved = [
        _xy(x + scale.u, net),
        _xy(x, net + STRAY * top * visible / np.sqrt(3)),
        *_noisy(x, net),
    ]
    off = np.array([np.subtract(one, here) if one else (0.0, 0.0) for one in moved])
    u = np.sqrt(off[0] ** 2 + off[1] ** 2 + np.sum(off[2:] ** 2, axis=0))
    note = NOTE.format(scale.u)
    return [
        Figure(
            "cie_x", here[0], float(u[0]), "", "CIE 1931 x, 2° observer", note=note, level=LEVEL
        ),
        Figure(
            "cie_y", here[1], float(u[1]), "", "CIE 1931 y, 2° observer", note=note, level=LEVEL
        ),
    ], []


def _noisy(x: Floats, net: Floats) -> list[tuple[float, float] | None]:
    """Colours with the scatter of the points put on each tenth of the range in turn: their squares add up."""
    noise = point_noise(net)
    found = []
    for part in np.array_split(np.arange(x.size), 10):
        # the mean of n points scatters by 1/√n: put on all of them, that moves an integral as the n together do
        shifted = net.copy()
        shifted[part] += noise / np.sqrt(max(part.size, 1))
        found.append(_xy(x, shifted))
    return found


def _xy(x: Floats, power: Floats) -> tuple[float, float] | None:
    with np.errstate(divide="ignore", invalid="ignore"):
        found = EmissionSpectrum(x, power).cie_xy
    return found if np.isfinite(found).all() and min(found) >= 0 and sum(found) <= 1 else None

"""Core levels that say what the paper asks of XPS: metallic lead, calcium, and carbon as the reference.

Binding energies and spin-orbit splittings from Moulder et al., Handbook of X-ray Photoelectron Spectroscopy
(1992) and NIST SRD 20; area ratios are (2j+1) of the two levels; sensitivities after Scofield, J. Electron Spectrosc.
1976, 8, 129 (Al Kα, relative to C 1s = 1).
"""

from __future__ import annotations

from typing import NamedTuple


class Doublet(NamedTuple):
    """A spin-orbit doublet: where its main line stands (eV), how far beside it the other, and the area of the other."""

    name: str
    low_ev: float
    high_ev: float
    split_ev: float
    ratio: float
    sensitivity: float  # of both lines together


PB_4F = Doublet("Pb 4f", 137.0, 140.0, 4.86, 3 / 4, 22.74)
CA_2P = Doublet("Ca 2p", 346.0, 348.8, 3.55, 1 / 2, 5.07)
PB_METAL_EV = 136.9  # 4f7/2 of Pb(0)
METAL_BELOW_EV = (1.1, 2.0)  # Pb(0) below Pb(II) of an iodide
C_1S_EV = 284.8
C_1S_RANGE_EV = (281.0, 291.0)

"""What the simulated files hold: one emission, one edge, one decay; and how numbers are written."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
HC_EV_NM = 1239.841984
PL_PEAK_NM, PL_SIGMA_EV = 686.0, 0.034
GAP_EV = 1.80
FAST_NS, SLOW_NS, FAST_SHARE = 12.0, 45.0, 0.6


def rows(line: str, *columns: Iterable[float], end: str = "\n") -> str:
    """Return one line of text for each row of the columns."""
    return "".join(line.format(*cells) + end for cells in zip(*columns, strict=True))


def band(wavelength: Floats, peak_nm: float = PL_PEAK_NM) -> Floats:
    """Return a Gaussian in energy, as counted over wavelength, with its maximum 1 at ``peak_nm``."""
    top = HC_EV_NM / peak_nm
    centre = top - 2 * PL_SIGMA_EV**2 / top  # E²/hc moves the maximum
    energy = HC_EV_NM / wavelength
    shape = energy**2 * np.exp(-0.5 * ((energy - centre) / PL_SIGMA_EV) ** 2)
    return shape / (top**2 * np.exp(-0.5 * ((top - centre) / PL_SIGMA_EV) ** 2))


def edge(wavelength: Floats) -> Floats:
    """Return the absorbance of a direct gap at GAP_EV: (E − E_gap)^½ / E, 0.8 at 400 nm."""
    energy = HC_EV_NM / wavelength
    shape = np.sqrt(np.clip(energy - GAP_EV, 0, None)) / energy
    blue = HC_EV_NM / 400.0
    return 0.8 * shape / (np.sqrt(blue - GAP_EV) / blue)


def decay(time_ns: Floats, start_ns: float) -> Floats:
    """Return two exponentials after ``start_ns``: 60 % of 12 ns, 40 % of 45 ns."""
    since = time_ns - start_ns
    signal = FAST_SHARE * np.exp(-since / FAST_NS) + (1 - FAST_SHARE) * np.exp(-since / SLOW_NS)
    return np.where(since >= 0, signal, 0.0)


def counted(signal: Floats, seed: int) -> NDArray[np.int64]:
    return np.random.default_rng(seed).poisson(signal)


def power(value: float, digits: int = 8) -> str:
    """Return a number with a bare exponent, as LabVIEW writes it: 5.52895813E+2."""
    mantissa, exponent = f"{value:.{digits}E}".split("E")
    return f"{mantissa}E{int(exponent):+d}"

"""Line profiles: columns of a linear fit, one per crystallite size.

In s = 2 sin θ / λ = 1/d a crystallite of size L broadens every line by the same K/L (Scherrer), so a phase's
lines are set as spikes on one grid and folded with each size's profile by fast Fourier transform.
"""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

from analysis.techniques.xrd.diffraction.radiation import Radiation
from analysis.techniques.xrd.diffraction.simulator import Lines, lorentz_polarisation

Floats = NDArray[np.float64]

# Full width at half maximum of cubes: 0.83 to 0.91 by reflection (Langford & Wilson, J. Appl. Cryst. 11
# (1978) 102). Spheres would have 0.94 of their diameter.
SCHERRER_CONSTANT = 0.87
_LORENTZ_SHARE = 0.4
_LARGEST_NM = 110.0


class ProfileGrid:
    """Turns lines into columns at the measured angles."""

    def __init__(
        self, two_theta_deg: Floats, radiation: Radiation, instrument_fwhm_deg: float
    ) -> None:
        self.radiation = radiation
        wavelength = radiation.mean_angstrom
        theta = np.radians(two_theta_deg / 2)
        s = 2 * np.sin(theta) / wavelength
        middle = np.median(np.cos(theta))
        self._instrument = float(np.radians(instrument_fwhm_deg) * middle / wavelength)
        self._step = self.width_per_angstrom(_LARGEST_NM) / 5
        margin = 0.04
        self._start = float(s[0]) - margin
        self._used = int(np.ceil((float(s[-1]) + margin - self._start) / self._step)) + 2
        self._length = scipy.fft.next_fast_len(int(self._used * 1.4), real=True)
        self._frequency = scipy.fft.rfftfreq(self._length, self._step)
        position = (s - self._start) / self._step
        self._index = position.astype(np.int64)
        self._fraction = position - self._index
        # Area per s becomes area per degree of 2θ.
        self._per_degree = np.cos(theta) / wavelength * np.pi / 180
        self._kernels: dict[tuple[float, ...], Floats] = {}

    def width_per_angstrom(self, size_nm: float) -> float:
        """Full width at half maximum in 1/Å of a line of crystallites of this size."""
        return float(np.hypot(SCHERRER_CONSTANT / (10 * size_nm), self._instrument))

    def _kernels_of(self, sizes_nm: tuple[float, ...]) -> Floats:
        """Fourier transforms of the unit-area pseudo-Voigt profiles, shape (sizes, frequencies)."""
        if sizes_nm not in self._kernels:
            width = np.array([[self.width_per_angstrom(size)] for size in sizes_nm])
            lorentz = np.exp(-np.pi * width * self._frequency)
            gauss = np.exp(-((np.pi * width * self._frequency) ** 2) / (4 * np.log(2)))
            self._kernels[sizes_nm] = _LORENTZ_SHARE * lorentz + (1 - _LORENTZ_SHARE) * gauss
        return self._kernels[sizes_nm]

    def _spikes(
        self, lines: Lines, weights: Floats | None, scale: float, shift_deg: float, extra_b: float
    ) -> Floats:
        spikes = np.zeros(self._length)
        mean = self.radiation.mean_angstrom
        strength = lines.strength if weights is None else lines.strength * weights
        for wavelength, share in self.radiation.components:
            sine = wavelength / (2 * lines.d_angstrom * scale)
            reached = sine < 0.995
            sine = sine[reached]
            theta = np.arcsin(sine)
            # A specimen off the axis shifts 2θ as cos θ.
            shifted = theta + np.radians(shift_deg / 2) * np.cos(theta)
            height = share * strength[reached] * lorentz_polarisation(theta)
            height = height * np.exp(-2 * extra_b * (sine / wavelength) ** 2)
            position = (2 * np.sin(shifted) / mean - self._start) / self._step
            inside = (position >= 0) & (position < self._used - 1)
            index = position[inside].astype(np.int64)
            part = position[inside] - index
            height = height[inside]
            spikes += np.bincount(index, height * (1 - part), self._length)
            spikes += np.bincount(index + 1, height * part, self._length)
        return spikes

    def columns(
        self,
        lines: Lines,
        sizes_nm: tuple[float, ...],
        *,
        weights: Floats | None = None,
        scale: float = 1.0,
        shift_deg: float = 0.0,
        extra_b: float = 0.0,
    ) -> Floats:
        """Return the patterns of unit scattering volume, shape (points, sizes).

        ``scale`` multiplies every spacing, ``extra_b`` (Å²) is an overall Debye-Waller factor, ``weights``
        (one per line) hold a texture.
        """
        transform = scipy.fft.rfft(self._spikes(lines, weights, scale, shift_deg, extra_b))
        kernels = self._kernels_of(sizes_nm)
        folded = scipy.fft.irfft(transform * kernels, self._length, axis=1) / self._step
        low, high = folded[:, self._index], folded[:, self._index + 1]
        at_points = low + (high - low) * self._fraction
        result: Floats = (at_points * self._per_degree).T
        return result


def scherrer_size_nm(sizes_nm: Floats, amounts: Floats) -> float:
    """Size in nm whose lines are as wide at half height as those of a mixture of sizes.

    The mean over the mixture would follow the tails of the lines, which depend on the profile's shape.
    """
    width = SCHERRER_CONSTANT / sizes_nm
    offset = np.linspace(0.0, float(width.max()), 4001)
    x = offset[:, None] / width
    gauss = np.exp(-4 * np.log(2) * x**2) * 2 * np.sqrt(np.log(2) / np.pi) / width
    lorentz = 2 / np.pi / width / (1 + 4 * x**2)
    line = (_LORENTZ_SHARE * lorentz + (1 - _LORENTZ_SHARE) * gauss) @ amounts
    half = offset[int(np.argmax(line < line[0] / 2))]
    return float(SCHERRER_CONSTANT / (2 * half))


def march_weight(cosine_squared: Floats, march_r: float) -> Floats:
    """March-Dollase weight of lines at an angle to the texture axis (Dollase, J. Appl. Cryst. 19 (1986) 267)."""
    weight: Floats = (march_r**2 * cosine_squared + (1 - cosine_squared) / march_r) ** -1.5
    return weight


def cube_face_weights(lines: Lines, march_r: float, setting: str) -> Floats:
    """Texture of nanocubes lying on a face: mean over the three pseudo-cubic {100} axes.

    ``setting`` is "pnma", "p4mbm" or "cubic" and says how hkl maps on the pseudo-cubic axes.
    """
    h, k, m = (lines.hkl[:, i].astype(float) for i in range(3))
    if setting == "pnma":
        cubic = np.array([(h + m) / 2, (h - m) / 2, k / 2])
    elif setting == "p4mbm":
        cubic = np.array([(h + k) / 2, (h - k) / 2, m])
    else:
        cubic = np.array([h, k, m])
    cosine_squared = cubic**2 / (cubic**2).sum(axis=0)
    mean: Floats = march_weight(cosine_squared, march_r).mean(axis=0)
    return mean


def axis_weights(lines: Lines, axis: int, length_angstrom: float, march_r: float) -> Floats:
    """Texture about one cell axis that is normal to the two others (its index and length in Å)."""
    cosine = lines.hkl[:, axis] * lines.d_angstrom / length_angstrom
    return march_weight(np.minimum(cosine**2, 1.0), march_r)

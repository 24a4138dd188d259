"""Maps of ΔA by other means than the fit's: rate equations integrated in time, a bleach that moves, an odd pulse.

The populations come from an integrator (exponentials only where rates are constant), the response is the square of a
hyperbolic secant convolved on a fine grid, the zero of time follows the glass (1/λ²), the laser drifts from delay to
delay, and the bleach is a skewed band that moves beside an induced absorption: no finite sum of DAS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import least_squares

from analysis.reading import Reading
from analysis.techniques.registry import TECHNIQUES
from analysis.techniques.ta.readers.maps import map_reading

WAVELENGTHS = np.linspace(600, 760, 161)


def delays(end_ps: float = 3000.0, points: int = 90) -> np.ndarray:
    return np.concatenate([np.arange(-2, 2, 0.1), np.geomspace(2, end_ps, points)])


def cascade(cool_ps: float, live_ps: float, left: float = 0.0) -> Callable:
    """Hot carriers cool into the band edge, which empties but for a share: dh/dt = −h/c, db/dt = h/c − (b − left)/l."""
    return lambda t, y: [-y[0] / cool_ps, y[0] / cool_ps - (1 - left) * y[1] / live_ps]


def auger(cool_ps: float, live_ps: float, rate: float) -> Callable:
    """The same with two carriers meeting: no exponential."""
    return lambda t, y: [-y[0] / cool_ps, y[0] / cool_ps - y[1] / live_ps - rate * y[1] ** 2]


@dataclass(frozen=True)
class Truth:
    """What a map was made of, without noise and at any delay after its zero."""

    populations: Callable[[np.ndarray], np.ndarray]  # (2, t), before the response
    early_nm: float
    late_nm: float
    moves_ps: float
    pulse_fwhm_ps: float
    chirp_ps: float

    def band(self, wavelengths_nm, delay_ps):
        """Bleach at the delays, shape (w, t): skewed, moving, beside an induced absorption."""
        middle = self.late_nm - (self.late_nm - self.early_nm) * np.exp(
            -np.maximum(delay_ps, 0) / self.moves_ps
        )
        x = wavelengths_nm[:, None] - middle[None, :]
        width = np.where(
            x < 0, 13.0 * (1 + 0.25 * np.tanh(-x / 15)), 13.0 * (1 - 0.25 * np.tanh(x / 15))
        )
        return -np.exp(-0.5 * (x / width) ** 2) + 0.15 * np.exp(-0.5 * ((x + 45) / 18) ** 2)

    def map(self, wavelengths_nm, delays_ps):
        """ΔA in mOD without noise, shape (w, t): 5 mOD of the band edge, 3 of hot carriers, broad and blue."""
        fine = np.concatenate([np.arange(-6, 6, 0.02), np.geomspace(6, 1.2 * delays_ps[-1], 500)])
        level = np.where(fine >= 0, self.populations(np.maximum(fine, 0)), 0.0)
        cold = 5 * level[1] * self.band(wavelengths_nm, fine)
        hot = (
            3
            * level[0]
            * -np.exp(-0.5 * ((wavelengths_nm[:, None] - self.early_nm + 25) / 40) ** 2)
        )
        whole = cold + hot
        near = fine < 6
        grid = np.arange(-3, 3.01, 0.02)
        pulse = 1 / np.cosh(1.763 * grid / self.pulse_fwhm_ps) ** 2
        # sech² by its tails: padded at both ends, the part after 6 ps needs none
        padded = np.concatenate(
            [whole[:, near], np.repeat(whole[:, near][:, -1:], grid.size, axis=1)], axis=1
        )
        smeared = np.array([np.convolve(row, pulse / pulse.sum(), "same") for row in padded])
        whole = np.concatenate([smeared[:, : near.sum()], whole[:, ~near]], axis=1)
        zero = self.chirp_ps * ((600 / wavelengths_nm) ** 2 - 0.8)
        return np.array(
            [np.interp(delays_ps - z, fine, row) for z, row in zip(zero, whole, strict=True)]
        )

    def apex_nm(self, delay_ps: float) -> float:
        """Where the bleach of the band edge is deepest at a delay, on a grid of 0.01 nm."""
        fine = np.arange(630, 730, 0.01)
        level = self.populations(np.array([delay_ps]))
        whole = 5 * level[1] * self.band(fine, np.array([delay_ps]))[:, 0]
        whole -= 3 * level[0] * np.exp(-0.5 * ((fine - self.early_nm + 25) / 40) ** 2)
        return float(fine[np.argmin(whole)])

    def half_life_ps(self, low_nm=664.0, high_nm=694.0) -> float:
        """When the bleach over a band that stands still has fallen to half of its largest."""
        at, over = np.geomspace(0.01, 3e4, 4000), np.arange(low_nm, high_nm)
        hot, cold = self.populations(at)
        blue = np.exp(-0.5 * ((over - self.early_nm + 25) / 40) ** 2).mean()
        depth = 3 * hot * blue - 5 * cold * self.band(over, np.array([1e6])).mean()
        top = int(np.argmax(depth))
        return float(at[top + np.argmax(depth[top:] <= depth[top] / 2)])

    def seen_half_life_ps(self) -> float:
        """The same of the bleach behind the response, which rounds the start of a steep fall."""
        at, over = np.geomspace(0.01, 3000, 4000), np.arange(664.0, 694.0, 2.0)
        still = replace(self, chirp_ps=0.0)
        depth = -still.map(over, at).mean(axis=0)
        top = int(np.argmax(depth))
        return float(at[top + np.argmax(depth[top:] <= depth[top] / 2)])


def truth(
    rates: Callable, early_nm=673.0, late_nm=680.0, moves_ps=60.0, pulse=0.2, chirp=1.0
) -> Truth:
    """Integrate rate equations from one hot carrier on."""
    solved = solve_ivp(
        rates, (0, 1e5), [1.0, 0.0], dense_output=True, rtol=1e-8, atol=1e-10, method="LSODA"
    )
    return Truth(solved.sol, early_nm, late_nm, moves_ps, pulse, chirp)


def falls(level: Callable) -> Truth:
    """A bleach at the band edge from the start, that falls by a law: no rates, no hot carriers, no move."""
    return Truth(lambda t: np.array([0 * t, level(t)]), 680.0, 680.0, 60.0, 0.2, 1.0)


def second_order(t_ps: np.ndarray) -> np.ndarray:
    """Two carriers that meet and nothing else: half is left after 60 ps."""
    return 1 / (1 + t_ps / 60)


def stretched(t_ps: np.ndarray) -> np.ndarray:
    return np.exp(-((t_ps / 100) ** 0.6))


def nearest_lifetimes(level: Callable, count: int) -> np.ndarray:
    """Lifetimes, ascending, of the sum of exponentials nearest to a law at the delays of a map: what it could tell at best."""
    at = delays()[delays() > 0.3]

    def left(logs):
        columns = np.exp(-at[:, None] / np.exp(logs))
        return level(at) - columns @ np.linalg.lstsq(columns, level(at), rcond=None)[0]

    starts = [np.log(np.geomspace(low, 1000, count)) for low in (2, 10, 40)]
    return np.exp(np.sort(min((least_squares(left, s) for s in starts), key=lambda f: f.cost).x))


def measured(
    of: Truth,
    seed: int,
    noise_mod: float = 0.03,
    drift: float = 0.01,
    at=None,
    wavelengths=WAVELENGTHS,
) -> Reading:
    """A map with noise of the detector (mOD) and of the laser (share of the signal, delay by delay)."""
    at = delays() if at is None else at
    rng = np.random.default_rng(seed)
    clean = of.map(wavelengths, at)
    values = clean * (1 + drift * rng.normal(size=at.size)) + noise_mod * rng.normal(
        size=clean.shape
    )
    off = 0.3 * rng.normal()  # of the spectrograph
    return map_reading(TECHNIQUES["ta"], "test 1", wavelengths + off, at, values, "mOD", {}, ())

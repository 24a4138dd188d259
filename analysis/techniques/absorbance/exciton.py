"""The first exciton of an absorbance spectrum: the band or shoulder that the edge begins with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from analysis.techniques.shared.calibration import Known
from analysis.techniques.shared.spectrum import HC_EV_NM, point_noise

Floats = NDArray[np.float64]

REACH_EV = 0.7  # above the onset: what comes later is no first transition
PROMINENCE = 0.02  # of the height of the maximum
TOP_SHARE = 0.85
LEAST_HEIGHT = 0.1  # of the highest within reach
# no transition at room temperature is narrower than kT; the widest is that of a very uneven sample
NARROWEST_EV, WIDEST_EV = 0.02, 0.3
GOOD = 0.02  # rms of what is left, of the height


@dataclass(frozen=True, slots=True)
class Exciton:
    """Energy and widths (eV) with their standard uncertainties; ``resolved``: it has a maximum of its own."""

    energy_ev: float
    u_energy_ev: float
    fwhm_ev: float
    u_fwhm_ev: float
    height: float
    resolved: bool


def first_exciton(energy_ev: Floats, net: Floats, onset: int, wavelength: Known) -> Exciton | None:
    """Return the first band above the onset that falls again behind its maximum, None without one."""
    smooth = scipy.ndimage.gaussian_filter1d(net, max(1.0, net.size / 300), mode="nearest")
    last = int(np.searchsorted(energy_ev, energy_ev[onset] + REACH_EV))
    noise = max(point_noise(net) / 2, 1e-4 * float(np.ptp(smooth)))
    peaks, found = scipy.signal.find_peaks(smooth[: last + 1], prominence=6 * noise)
    first = [
        int(k)
        for k, prominence in zip(peaks, found["prominences"], strict=True)
        if k > onset - 3
        and smooth[k] > LEAST_HEIGHT * float(np.max(smooth[: last + 1]))
        and prominence > PROMINENCE * smooth[k]
    ]
    for k in first:
        exciton = _fitted(energy_ev, net, smooth, k, wavelength)
        if exciton is not None and exciton.fwhm_ev > NARROWEST_EV:
            return exciton
    return None


def _fitted(
    energy_ev: Floats, net: Floats, smooth: Floats, k: int, wavelength: Known
) -> Exciton | None:
    """Fit a Gaussian on continua of three kinds; what they, a straight line under the band over two ranges, and the maximum
    of the sum disagree on is part of u."""
    height = float(smooth[k])
    below = np.flatnonzero(smooth[:k] < height / 2)
    if not below.size:
        return None
    half_ev = float(energy_ev[k] - energy_ev[below[-1]])
    valley = k + int(np.argmin(smooth[k : np.searchsorted(energy_ev, energy_ev[k] + 4 * half_ev)]))
    to_valley = float(energy_ev[valley] - energy_ev[k])
    centres, widths, variances, others, left = [], [], [], [], 0.0
    for continuum, below_ev, above_ev in (
        ("exponential", 3 * half_ev, to_valley + half_ev),
        ("step", 3 * half_ev, to_valley + half_ev),
        ("none", 3 * half_ev, min(half_ev * 0.7, to_valley)),
        ("line", 2 * half_ev, to_valley),
        ("line", half_ev, min(half_ev, to_valley)),
    ):
        part = (energy_ev > energy_ev[k] - below_ev) & (energy_ev < energy_ev[k] + above_ev)
        found = _fit(energy_ev[part], net[part], float(energy_ev[k]), half_ev, height, continuum)
        if found is None:
            continue
        centre, width, u_centre, misfit = found
        if misfit >= 2 * GOOD or abs(centre - energy_ev[k]) >= 1.5 * half_ev:
            continue
        if continuum == "line":  # any band is one on a line over a short range: it tells the spread
            others += [centre] if width < 4 * half_ev and width < 0.99 * WIDEST_EV else []
            continue
        centres.append(centre)
        widths.append(width)
        variances.append(u_centre**2)
        left = max(left, misfit)
    top = _top(energy_ev, net, smooth, k)
    if not centres:
        centres, widths, variances = [top], [2 * half_ev], [(half_ev / 10) ** 2]
    centre = float(np.mean(centres))
    scale_ev = wavelength.u * centre**2 / HC_EV_NM
    width = float(np.mean(widths))
    # the maximum of the sum is what a person reads; a continuum under the band moves it up
    spread = float(np.ptp([*centres, *others, top])) / 2
    misfit_ev = left * width / 2.3548  # a band that is no Gaussian by so much may lie so far off
    step_ev = float(np.median(np.diff(energy_ev[max(k - 5, 0) : k + 6])))
    parts = [np.sqrt(np.mean(variances)), spread, misfit_ev, step_ev / np.sqrt(12), scale_ev]
    return Exciton(
        energy_ev=centre,
        u_energy_ev=float(np.linalg.norm(parts)),
        fwhm_ev=width,
        u_fwhm_ev=float(np.sqrt(np.var(widths) + (0.05 * width) ** 2)),
        height=height,
        resolved=True,
    )


def _top(energy_ev: Floats, net: Floats, smooth: Floats, k: int) -> float:
    """The maximum of a cubic through the top of the band."""
    low = np.flatnonzero(smooth < TOP_SHARE * smooth[k])
    before, after = low[low < k], low[low > k]
    first = int(before[-1]) + 1 if before.size else 0
    last = min(int(after[0]) if after.size else net.size, 2 * k - first + 1)
    if last - first < 6:
        return float(energy_ev[k])
    z = energy_ev[first:last] - energy_ev[k]
    slope = np.polyder(np.polyfit(z, net[first:last], 3))
    roots = [float(r.real) for r in np.roots(slope) if abs(r.imag) < 1e-9 and z[0] < r.real < z[-1]]
    tops = [r for r in roots if np.polyval(np.polyder(slope), r) < 0]
    return float(energy_ev[k] + min(tops, key=abs)) if tops else float(energy_ev[k])


def _fit(
    x: Floats, y: Floats, centre: float, half_ev: float, height: float, continuum: str
) -> tuple[float, float, float, float] | None:
    """Centre, full width, u of the centre and rms misfit of one fit; None when it does not converge."""

    def model(p: Floats) -> Floats:
        band = p[0] * np.exp(-4 * np.log(2) * ((x - p[1]) / p[2]) ** 2)
        if continuum == "exponential":
            band = band + p[3] * np.exp(np.clip((x - centre) / p[4], -50, 50))
        elif continuum == "line":
            band = band + p[3] * height + p[4] * height * (x - centre) / half_ev
        elif continuum == "step":
            band = band + p[3] * (1 + scipy.special.erf((x - p[4]) / p[5])) / 2
        return np.asarray(band, dtype=float)

    start = [height, centre, 2 * half_ev]
    low, high = (
        [0.0, centre - 2 * half_ev, half_ev / 3],
        [3 * height, centre + 2 * half_ev, WIDEST_EV],
    )
    if continuum == "exponential":
        start += [0.1 * height, 2 * half_ev]
        low, high = [*low, 0.0, half_ev / 4], [*high, height, 20 * half_ev]
    elif continuum == "line":
        start += [0.0, 0.0]
        low, high = [*low, -1.0, -2.0], [*high, 1.0, 2.0]
    elif continuum == "step":
        start += [height, centre + 3 * half_ev, 2 * half_ev]
        low, high = (
            [*low, 0.0, centre, half_ev / 4],
            [*high, 20 * height, centre + 12 * half_ev, 12 * half_ev],
        )
    if x.size < len(start) + 4 or high[2] <= low[2]:
        return None
    begin = np.clip(start, np.array(low) + 1e-9, np.array(high) - 1e-9)
    found = scipy.optimize.least_squares(
        lambda p: (model(p) - y) / height, begin, bounds=(low, high), x_scale="jac", max_nfev=200
    )
    if not found.success:
        return None
    free = found.active_mask == 0
    jac = np.asarray(found.jac, dtype=float)[:, free]
    bread = np.linalg.pinv(jac.T @ jac)
    scores = jac * found.fun[:, None]
    covariance = bread @ (scores.T @ scores) @ bread
    place = int(np.sum(free[:1]))
    u = float(np.sqrt(max(float(covariance[place, place]), 0.0))) if free[1] else half_ev / 3
    misfit = float(np.sqrt(np.mean(found.fun**2)))
    return float(found.x[1]), float(found.x[2]), u, misfit

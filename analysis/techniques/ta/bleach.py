"""The ground-state bleach: where ΔA is deepest, early and late, and when half of it has recovered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from analysis.techniques.ta.kinetics import Fit, amplitudes_of, basis, place_of, sigma_of, zero_of
from analysis.techniques.ta.matrix import Map

Floats = NDArray[np.float64]

TOP = 0.75  # the polynomial of the apex goes through what is deeper than this share
LEAST_POINTS = 6
UPSIDE = 0.33  # the other way round: where ΔA is so much higher than the bleach is deep, its sign is in doubt
AROUND = 1.25  # delays within this factor are averaged
CLEAR = 8.0  # depth over the noise of the averaged spectrum
INNER = 0.8  # of the reach of the polynomial: an apex outside is the noise of its ends
ORDER = 3
NEAR, NEAR_AT_MOST = (
    1.8,
    5.0,
)  # factors about a half-life: its delays, and how far those may be where they are sparse
FEWEST = 5  # delays near a half-life
FWHM = 2.3548
BEFORE = 4.0  # σ of the response: so long before its zero there is nothing but the baseline
SHARE = 0.25  # of what the delays move the model by: how well a parabola takes up what it leaves
SIGMAS_95 = 1.96  # few delays know their scatter badly: Student's t
ZERO = 0.5  # σ of the response: how well its middle and its tails are known


@dataclass(frozen=True, slots=True)
class Spectra:
    """What the fit says of every wavelength: amplitudes (w, m), their covariance over the noise², columns' makers."""

    found: Map
    best: Fit
    amplitudes: Floats
    covariance: Floats  # (w, m, m)
    zero_ps: Floats  # (w,)
    baseline: bool
    left: Floats  # (w, t): the map less the model, on its own delays

    def at(self, delay_ps: float) -> Floats:
        """ΔA of the model at a delay after the zero, without its baseline; shape (w,)."""
        return np.asarray(self.amplitudes @ self._columns(delay_ps))

    def noise_at(self, delay_ps: float) -> Floats:
        """Standard deviation of `at`; the noise counts as what the fit leaves over."""
        one = self._columns(delay_ps)
        misfit = max(1.0, self.best.chi2 / self.best.freedom)
        share = np.einsum("i,wij,j->w", one, self.covariance, one)
        return np.asarray(self.found.noise * np.sqrt(np.maximum(share, 0) * misfit))

    def _columns(self, delay_ps: float) -> Floats:
        one = basis(
            np.array([delay_ps]), np.zeros(1), sigma_of(self.best.parameters, self.best.model),
            self.best.lifetimes_ps, self.best.model, self.baseline,
        )[0, 0].copy()  # fmt: skip
        if self.baseline:
            one[-1] = 0.0
        return np.asarray(one, dtype=float)


@dataclass(frozen=True, slots=True)
class Apex:
    """Where the bleach is deepest at a delay: by the spectra near it and by the fitted model together."""

    delay_ps: float
    nm: float
    noise_nm: float  # of the data and the model, and how far they disagree beyond it
    order_nm: float  # what another order of the polynomial moves it by, with its sign
    zero_nm: float  # what the zero of time, a share of the response, moves it by
    depth: float
    window: tuple[float, float]  # nm: what is deeper than half

    @property
    def u_nm(self) -> float:
        """Standard uncertainty without the wavelength scale."""
        return float(np.linalg.norm([self.noise_nm, self.order_nm, self.zero_nm]))


@dataclass(frozen=True, slots=True)
class HalfLife:
    """When half of the bleach has recovered; without it ``why`` says in words what hinders it."""

    ps: float | None
    u_ps: float = 0.0
    longer_than_ps: float | None = None
    why: str = ""


def spectra_of(found: Map, best: Fit, resolved: bool, first_ps: float) -> Spectra:
    """Solve for the amplitudes of every wavelength."""
    u = place_of(found.wavelengths_nm, found.wavelengths_nm)
    zero = zero_of(best.parameters, best.model, u) if resolved else np.full(u.size, first_ps)
    columns = basis(
        found.delays_ps, zero, sigma_of(best.parameters, best.model), best.lifetimes_ps, best.model, resolved
    )  # fmt: skip
    normal = np.einsum("wti,wtj->wij", columns, columns)
    covariance = np.linalg.pinv(normal, hermitian=True)
    amplitudes = amplitudes_of(columns, found.values)
    left = found.values - np.einsum("wtm,wm->wt", columns, amplitudes)
    return Spectra(found, best, amplitudes, covariance, zero, resolved, left)


def corrected(spectra: Spectra) -> Floats:
    """Return the map without its baseline, each wavelength on the delays after its own zero; shape (w, t)."""
    found = spectra.found
    base = spectra.amplitudes[:, -1:] if spectra.baseline else 0.0
    middle = float(np.median(spectra.zero_ps))
    return np.array(
        [
            np.interp(found.delays_ps - middle, found.delays_ps - zero, row)
            for zero, row in zip(spectra.zero_ps, found.values - base, strict=True)
        ]
    )


def apex_at(spectra: Spectra, data: Floats, delay_ps: float) -> Apex | None:
    """Return where the bleach is deepest at a delay; None where it is not clear of the noise.

    ``data`` is the corrected map. The spectrum is averaged over the delays near by; a parabola and a cubic go
    through its deepest quarter, and a cubic through that of the fitted model.
    """
    found = spectra.found
    after = found.delays_ps - float(np.median(spectra.zero_ps))
    near = (after >= delay_ps / AROUND) & (after <= delay_ps * AROUND)
    if near.sum() < 3:
        near = np.zeros(after.size, bool)
        near[np.argsort(np.abs(after - delay_ps))[:3]] = True
    weight = _weights(np.log(np.maximum(after[near], 1e-9) / delay_ps))
    measured = data[:, near] @ weight
    noise = found.noise * np.sqrt((weight**2).sum())
    model = spectra.at(delay_ps)
    deepest = int(np.argmin(_smooth(measured)))
    depth = -float(_smooth(measured)[deepest])
    doubted = depth < CLEAR * float(noise[deepest]) or depth < UPSIDE * float(
        _smooth(measured).max()
    )
    if doubted or deepest in (0, measured.size - 1):
        return None
    part = _around(-_smooth(measured), deepest, TOP)
    if part.stop - part.start < LEAST_POINTS:
        part = slice(max(deepest - 3, 0), deepest + 4)
    x = found.wavelengths_nm[part]
    read = [
        _apex(x, -measured[part], noise[part], order=ORDER),
        _apex(x, -model[part], spectra.noise_at(delay_ps)[part], order=ORDER),
    ]
    both = [one for one in read if one is not None]
    if read[0] is None or not both:
        return None
    nm, u = _together(both)
    other = _apex(x, -model[part], noise[part], order=ORDER + 1)
    half = _around(-_smooth(measured), deepest, 0.5)
    window = (float(found.wavelengths_nm[half.start]), float(found.wavelengths_nm[half.stop - 1]))
    order = other[0] - both[-1][0] if other is not None and len(both) == 2 else 0.0
    later = _apex(x, -spectra.at(delay_ps + ZERO * spectra.best.sigma_ps)[part], noise[part], ORDER)
    zero = abs(later[0] - both[-1][0]) if later is not None and len(both) == 2 else 0.0
    return Apex(delay_ps, nm, u, order, zero, depth, window)


def _together(readings: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the mean of places by their noise, and its u: what they disagree by beyond the noise is noise of the last."""
    (first, u), (last, v) = readings[0], readings[-1]
    v = float(np.hypot(v, np.sqrt(max((last - first) ** 2 - u**2 - v**2, 0.0))))
    weights = np.array([u**-2, v**-2])
    return float(np.average([first, last], weights=weights)), float(weights.sum() ** -0.5)


def _weights(z: Floats) -> Floats:
    """Weights of a straight line's value at z = 0: the middle of the delays need not be the one that is asked for."""
    columns = np.column_stack([np.ones_like(z), z])
    return np.asarray(np.linalg.pinv(columns)[0]) if np.ptp(z) > 0 else np.full(z.size, 1 / z.size)


def _smooth(values: Floats) -> Floats:
    """Average five neighbours: only to find the deepest place."""
    kernel = np.ones(5) / 5
    return np.convolve(np.pad(values, 2, mode="edge"), kernel, "valid")


def _around(height: Floats, top: int, share: float) -> slice:
    """Return the stretch around the top that is higher than a share of it."""
    over = height >= share * height[top]
    first, last = top, top
    while first > 0 and over[first - 1]:
        first -= 1
    while last < over.size - 1 and over[last + 1]:
        last += 1
    return slice(first, last + 1)


def _apex(x: Floats, height: Floats, noise: Floats, order: int) -> tuple[float, float] | None:
    """Return the place of the highest point of a polynomial through points and its u; None where none is inside."""
    middle, reach = (x[0] + x[-1]) / 2, (x[-1] - x[0]) / 2
    inverse = np.linalg.pinv(np.vander((x - middle) / reach, order + 1))
    fitted = inverse @ height
    slope, bend = np.polyder(fitted), np.polyder(fitted, 2)
    inside = [
        float(r.real)
        for r in np.roots(slope)
        if abs(r.imag) < 1e-9 and abs(r.real) < INNER and np.polyval(bend, r.real) < 0
    ]
    if not inside:
        return None
    at = max(inside, key=lambda place: float(np.polyval(fitted, place)))
    powers = np.array([k * at ** (k - 1) if k else 0.0 for k in range(order, -1, -1)])
    moved = (powers / np.polyval(bend, at)) @ inverse
    return float(middle + reach * at), float(reach * np.sqrt(((moved * noise) ** 2).sum()))


def last_clear_ps(spectra: Spectra, data: Floats, first: Apex, share: float) -> float | None:
    """Return the last delay at which the bleach is clear of the noise and at least a share of the early one."""
    found = spectra.found
    after = found.delays_ps - float(np.median(spectra.zero_ps))
    inside = (found.wavelengths_nm >= first.window[0] - 10) & (
        found.wavelengths_nm <= first.window[1] + 25
    )
    for place in range(after.size - 2, 0, -1):
        if after[place] <= AROUND**2 * first.delay_ps:
            return None
        depth = -float(data[inside, place - 1 : place + 2].mean(axis=1).min())
        noise = float(np.median(found.noise[inside])) / np.sqrt(3)
        if depth > max(2 * CLEAR * noise, share * first.depth):
            return float(after[place])
    return None


def half_life(spectra: Spectra, first: Apex) -> HalfLife:
    """When the bleach, averaged over its early width, has fallen to half of its largest: two ways.

    The delays near the crossing say it: what they have more or less than the fitted model is a parabola in ln t, of
    few a line. Near is a factor of 1.8, and further until five delays are in it. Nothing is what the delays
    before the rise show: the baseline of a sum that does not follow the decay takes up part of its tail.
    """
    found = spectra.found
    inside = (found.wavelengths_nm >= first.window[0]) & (found.wavelengths_nm <= first.window[1])
    zero = float(np.median(spectra.zero_ps))
    late = found.delays_ps > zero
    after = found.delays_ps[late] - zero
    # the map on its own delays: one moved to the zero of each wavelength has spectra from across the rise in it
    left = -spectra.left[inside].mean(axis=0)
    level, u_level = _level_before(spectra, left)
    left = left[late] - level
    fine = np.geomspace(max(after[0], 1e-6 * after[-1]), after[-1], 600)
    model = np.array([-spectra.at(float(t))[inside].mean() for t in fine])
    top = int(np.argmax(model))
    beside = np.argsort(np.abs(np.log(after / fine[top])))[:7]
    weights = _weights(np.log(after[beside] / fine[top]))
    highest = float(model[top] + left[beside] @ weights)
    under = np.flatnonzero(model[top:] <= highest / 2)
    if not under.size:
        return HalfLife(None, longer_than_ps=float(after[-1]), why="not reached within the window")
    z_fine, at = np.log(fine), top + int(under[0])
    pair = slice(at - 1, at + 1) if under[0] else slice(at, at + 1)
    by_model = float(np.exp(np.interp(-highest / 2, -model[pair], z_fine[pair])))
    far = np.abs(np.log(after / by_model))
    reach = max(np.log(NEAR), float(np.sort(far)[:FEWEST][-1]))
    near = far <= reach
    if near.sum() < FEWEST or reach > np.log(NEAR_AT_MOST):
        return HalfLife(None, why=f"fewer than {FEWEST} delays lie within a factor of {NEAR_AT_MOST:g} of {by_model:.2g} ps, "
                                  "where the model falls to half: measure more delays there")  # fmt: skip
    if after[near][-1] < 1.15 * by_model:
        return HalfLife(None, longer_than_ps=float(after[near][0]),
                        why="the bleach falls to half only at the last delays: measure longer")  # fmt: skip
    z = np.log(after[near] / by_model)
    columns = np.vander(z, 3 if z.size > 2 * FEWEST else 2, increasing=True)
    inverse = np.linalg.pinv(columns)
    fitted = inverse @ left[near]
    over = left[near] - columns @ fitted
    freedom = z.size - columns.shape[1]
    noise = float(np.sqrt(over @ over / freedom)) * float(stdtrit(freedom, 0.975)) / SIGMAS_95
    if z.size <= 2 * FEWEST:  # too few to know their own scatter
        more = left[np.argsort(far)[: 3 * FEWEST]]
        noise = max(noise, float(np.sqrt((more**2).mean())))
    step = np.interp(np.log(by_model) + np.array([-0.1, 0.1]), z_fine, model)
    slope = float(np.diff(step)[0] / 0.2 + fitted[1])
    if slope >= 0:
        return HalfLife(None, why=f"near {by_model:.2g} ps the bleach does not fall clear of its noise: average more scans")  # fmt: skip
    before = found.delays_ps[~late]
    gap = float(after[0] + zero - before[-1]) if before.size else 0.0  # the zero lies in it
    hidden = max(
        gap, FWHM * spectra.best.sigma_ps
    )  # ps about the zero in which nobody sees the bleach fall
    falls = float(model[top] - np.interp(np.log(fine[top] + hidden), z_fine, model))
    # half of the top counts: the laser's noise, which grows with the signal, and what is hidden
    top_noise = float(np.hypot(2 * noise * np.linalg.norm(weights), falls / np.sqrt(3)) / 2)
    top_noise = float(np.hypot(top_noise, u_level / 2))
    moved = -float(fitted[0]) / slope
    u = float(np.hypot(noise * np.linalg.norm(inverse[0]), top_noise) / abs(slope))
    value = by_model * float(np.exp(moved))
    return HalfLife(value, float(np.hypot(value * np.hypot(u, SHARE * moved), gap / np.sqrt(12))))


def _level_before(spectra: Spectra, left: Floats) -> tuple[float, float]:
    """Return what the delays before the rise lie above the fitted baseline, and its noise; 0 without such delays."""
    first = float(np.min(spectra.zero_ps)) - BEFORE * spectra.best.sigma_ps
    before = left[spectra.found.delays_ps < first]
    if not spectra.baseline or before.size < 3:
        return 0.0, 0.0
    return float(before.mean()), float(before.std(ddof=1) / np.sqrt(before.size))

"""A weak doublet beside a strong one, or alone on a background: found, or below a limit, in every model that holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from analysis.techniques.xps.fitting import Fit, Floats, doublet, fitted, noise_of, shirley
from analysis.techniques.xps.lines import CA_2P, METAL_BELOW_EV, PB_4F, Doublet

CLEAR = 3.0  # u that a doublet must stand out by, at the one place where it may be
CLEAR_OF_MANY = 3.5  # the same where it may be at many places
ONE_SIDED = 1.645  # 95 %
ALIKE = 9.0  # of χ²: models that describe the region about equally well
BELOW_EV, ABOVE_EV = 5.0, 4.5  # of a doublet's lines that are fitted with it
FWHM_EV = (0.6, 1.3, 3.0)  # least, first, most of a line
MIX = (0.0, 0.3, 0.9)
TAIL = (0.0, 0.1, 0.6)
PLACES_EV = np.linspace(*METAL_BELOW_EV, 4)
NARROWER = (1.0, 0.8)  # the lines of a metal are narrower than those of its salt
SHAPE_U = (
    0.1  # of the area: the metal's own width and asymmetry, which stay hidden beside the main line
)
CA_MIX = (0.1, 0.5)
CA_FWHM_EV = (1.2, 1.7, 2.3)
STEP_EV = 0.2


@dataclass(frozen=True, slots=True)
class Weak:
    """A weak doublet: area (signal times eV) with u, where it is best fitted, and the fit that was taken.

    ``limit`` is the 95 % upper limit of its area in any model that holds; ``main`` the area of the strong
    doublet beside it, with its u and place (eV), 0 where there is none.
    """

    area: float
    u: float
    limit: float
    found: bool
    place_ev: float
    fit: Fit
    energy: Floats
    background: Floats
    main: float = 0.0
    u_main: float = 0.0
    main_ev: float = 0.0


def strongest(energy: Floats, signal: Floats, kind: Doublet, low: float, high: float) -> float:
    """Return where a doublet fits best between two energies, on a sloping background with its step."""
    noise, best = noise_of(signal), (np.inf, low)
    for centre in np.arange(low, high, STEP_EV):
        peak = doublet(energy, kind, centre, FWHM_EV[1], MIX[1])
        columns = np.column_stack([peak, shirley(energy, peak), np.ones_like(energy), energy])
        heights, *_ = np.linalg.lstsq(columns / noise[:, None], signal / noise, rcond=None)
        left = float(np.sum((columns @ heights / noise - signal / noise) ** 2))
        if heights[0] > 0 and left < best[0]:
            best = (left, centre)
    return best[1]


def metallic_lead(energy: Floats, signal: Floats, main_ev: float) -> Weak:
    """Pb(0) 1.1 to 2.0 eV below the doublet of Pb(II), which gives it its shape."""
    part = (energy > main_ev - BELOW_EV) & (energy < main_ev + PB_4F.split_ev + ABOVE_EV)
    x, y = energy[part], signal[part]
    noise = noise_of(y)
    fits: list[tuple[Weak, float]] = []
    for degree, tailed in ((0, False), (1, False), (2, True)):
        model = _Lead(x, degree, tailed)
        null = model.fit(y, noise, (main_ev, FWHM_EV[1], MIX[1], TAIL[1]))
        for narrow in NARROWER:
            tries = [model.fit(y, noise, null.shape, below, narrow) for below in PLACES_EV]
            nearest = int(np.argmin([one.chi2 for one in tries]))
            fit = model.fit(y, noise, tries[nearest].shape, PLACES_EV[nearest], narrow, free=True)
            areas = [max(one.heights[-1], 0.0) + ONE_SIDED * one.u(-1) for one in tries]
            main = float(fit.shape[0])
            found = Weak(
                float(fit.heights[-1]), fit.u(-1), max(areas), False, main - float(fit.shape[-1]), fit,
                x, fit.columns[:, 1:-1] @ fit.heights[1:-1], float(fit.heights[0]), fit.u(0), main,
            )  # fmt: skip
            fits.append((found, null.chi2))
    found = _agreed(fits, CLEAR)
    return replace(found, u=float(np.hypot(found.u, SHAPE_U * found.area)))


@dataclass(frozen=True, slots=True)
class _Lead:
    """Pb 4f at energies ``x`` on a Shirley step and a polynomial, with or without a tail to high binding energy."""

    x: Floats
    degree: int
    tailed: bool

    def fit(
        self,
        y: Floats,
        noise: Floats,
        start: Sequence[float] | Floats,
        below: float | None = None,
        narrow: float = 1.0,
        *,
        free: bool = False,
    ) -> Fit:
        """Fit without the weak doublet (``below`` None), with it at a distance, or with that distance ``free``.

        ``narrow`` is its width in parts of the main one's. The distance is the last of the shape parameters.
        """
        x, count = self.x, 4 if self.tailed else 3
        middle = float(x.mean())

        def columns_of(shape: Floats) -> Floats:
            tail = float(shape[3]) if self.tailed else 0.0
            main = doublet(x, PB_4F, shape[0], shape[1], shape[2], tail)
            powers = [(x - middle) ** k for k in range(self.degree + 1)]
            columns = [main, shirley(x, main), *powers]
            if below is not None:
                place = shape[0] - (shape[-1] if free else below)
                columns.append(doublet(x, PB_4F, place, narrow * shape[1], shape[2], tail))
            return np.column_stack(columns)

        centre = float(start[0])
        first = [*start[:count]]
        low = [centre - 0.6, FWHM_EV[0], MIX[0], TAIL[0]][:count]
        high = [centre + 0.6, FWHM_EV[2], MIX[2], TAIL[2]][:count]
        if free and below is not None:
            first, low, high = [*first, below], [*low, PLACES_EV[0]], [*high, PLACES_EV[-1]]
        return fitted(y, noise, columns_of, first, low, high)


def calcium(energy: Floats, signal: Floats, low_ev: float, high_ev: float) -> Weak:
    """Ca 2p with its 3/2 line between two energies, on a background alone."""
    part = (energy > low_ev - BELOW_EV) & (energy < high_ev + CA_2P.split_ev + ABOVE_EV)
    x, y = energy[part], signal[part]
    noise = noise_of(y)
    fits = []
    for degree, stepped, mix in product((1, 2), (False, True), CA_MIX):
        model = _Calcium(x, degree, stepped, mix)
        null = model.background(y, noise)
        tries = [
            model.fit(y, noise, float(centre), fwhm)
            for fwhm in CA_FWHM_EV
            for centre in np.arange(low_ev, high_ev + 0.01, STEP_EV)
        ]
        limit = max(max(one.heights[-1], 0.0) + ONE_SIDED * one.u(-1) for one in tries)
        nearest = min(tries, key=lambda one: one.chi2 if one.heights[-1] > 0 else np.inf)
        place, fwhm = nearest.shape
        fit = model.fit(y, noise, place, fwhm, (low_ev, high_ev))
        found = Weak(
            float(fit.heights[-1]), fit.u(-1), limit, False, float(fit.shape[0]), fit, x,
            fit.columns[:, :-1] @ fit.heights[:-1],
        )  # fmt: skip
        fits.append((found, null.chi2))
    return _agreed(fits, CLEAR_OF_MANY)


@dataclass(frozen=True, slots=True)
class _Calcium:
    """Ca 2p of one Lorentzian share at energies ``x`` on a polynomial, with or without a Shirley step."""

    x: Floats
    degree: int
    stepped: bool
    mix: float

    @property
    def powers(self) -> Floats:
        """The background, shape (n, degree + 1)."""
        return np.column_stack([(self.x - self.x.mean()) ** k for k in range(self.degree + 1)])

    def background(self, y: Floats, noise: Floats) -> Fit:
        """Fit the background alone."""
        powers = self.powers
        return fitted(y, noise, lambda _: powers)

    def fit(
        self,
        y: Floats,
        noise: Floats,
        centre: float,
        fwhm: float,
        between: tuple[float, float] | None = None,
    ) -> Fit:
        """Fit at a place, or with place and width free ``between`` two energies; they are the shape parameters."""
        powers = self.powers

        def columns_of(shape: Floats) -> Floats:
            peak = doublet(self.x, CA_2P, shape[0], shape[1], self.mix)
            step = [shirley(self.x, peak)] if self.stepped else []
            return np.column_stack([powers, *step, peak])

        if between is not None:
            limits = [between[0], CA_FWHM_EV[0]], [between[1], CA_FWHM_EV[-1]]
            return fitted(y, noise, columns_of, (centre, fwhm), *limits)
        here = np.array([centre, fwhm])
        return replace(fitted(y, noise, lambda _: columns_of(here)), shape=here)


def _agreed(fits: list[tuple[Weak, float]], clear: float) -> Weak:
    """Return the best of several models, with what those that describe the region as well say otherwise in its u."""
    best, _ = min(fits, key=lambda one: one[0].fit.chi2)
    margin = ALIKE * best.fit.stretch**2
    alike = [(weak, null) for weak, null in fits if weak.fit.chi2 < best.fit.chi2 + margin]
    spread = float(np.std([weak.area for weak, _ in alike]))
    u = float(np.hypot(best.u, spread))
    gains = [null - weak.fit.chi2 for weak, null in alike]
    found = (
        best.area > clear * u
        and min(gains) > (clear * best.fit.stretch) ** 2
        and all(weak.area > 0 for weak, _ in alike)
    )
    limit = max(weak.limit for weak, _ in alike)
    return replace(best, u=u, found=bool(found), limit=max(limit, best.area + ONE_SIDED * u))

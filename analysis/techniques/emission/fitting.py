"""Fit every shape and background to a band, and read it without any shape."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analysis.result import NoResult
from analysis.techniques.emission.agreement import Agreed, agree, heard
from analysis.techniques.emission.band_reading import Read, read_band
from analysis.techniques.emission.bands import Chosen
from analysis.techniques.shared.band_fit import BandFit, fit_band
from analysis.techniques.shared.band_search import noise_by_level, smoothed, smoothing_points
from analysis.techniques.shared.band_shapes import (
    ON_DEMAND,
    SEVERAL,
    SHAPES,
    THREE_BANDS,
    TWO_BANDS,
    Floats,
)
from analysis.techniques.shared.spectrum import HC_EV_NM, Spectrum

Marks = NDArray[np.bool_]

MODEL_ERROR = 0.01
POINTS_PER_WIDTH = 60
FOLLOWS, SOUND = 0.03, 0.005  # rms of what a fit leaves, of the height
SLOPED = 3  # best shapes that are fitted again on a sloped background
BELOW = 0.1  # of the height: how far a fitted background may run under the signal
LEAST_BAND = 0.1  # of the highest, for a band to be named
ONE_CENTRE = 0.1  # of the mean width: nearer bands are one
STRONG = 10.0  # BIC by which two bands must beat every single one


@dataclass(frozen=True, slots=True)
class Points:
    """What is fitted: ascending wavelengths, signal, its weight in the fit and its noise, shape (n,)."""

    x: Floats
    y: Floats
    sigma: Floats
    noise: Floats


@dataclass(frozen=True, slots=True)
class Described:
    """A band with all that was fitted to it: the best fit, the ones heard, the agreed figures."""

    best: BandFit
    fits: tuple[tuple[BandFit, float], ...]
    figures: list[Agreed | None]  # peak, width of I(λ); peak, width of I(E)
    read: list[Read | None]
    points: Points


def points_of(spectrum: Spectrum, use: Marks, fwhm_nm: float) -> Points:
    """Return the points to fit, neighbours averaged to some sixty per width."""
    x, y = spectrum.wavelength_nm[use], spectrum.signal[use]
    noise = noise_by_level(spectrum.signal)[use]
    # no band shape is right to better than 1 %; without it a quiet background would outvote the peak
    sigma = np.hypot(noise, MODEL_ERROR * float(np.ptp(smoothed(spectrum.signal)[0])))
    group = max(1, int(fwhm_nm / float(np.median(np.diff(x))) / POINTS_PER_WIDTH))
    if group == 1:
        return Points(x, y, sigma, noise)
    # a new group also begins where points are left out
    place = np.flatnonzero(use)
    run = np.cumsum(np.append(0, np.diff(place) > 1))
    starts = np.flatnonzero(np.append(True, np.diff(run * 10**9 + place // group) != 0))
    counts = np.diff(np.append(starts, x.size))
    means = (np.add.reduceat(column, starts) / counts for column in (x, y, sigma, noise))
    x, y, sigma, noise = means
    return Points(x, y, sigma, noise / np.sqrt(counts))


def describe(spectrum: Spectrum, use: Marks, chosen: Chosen, shape: str) -> Described:
    """Fit every allowed shape and background; raises `NoResult` when none converges."""
    main = chosen.main
    points = points_of(spectrum, use, main.fwhm_nm)
    shapes = tuple(s for s in SHAPES if s not in ON_DEMAND) if shape == "auto" else (shape,)
    level = _fits(spectrum, points, chosen, shapes, sloped=False)
    good = sorted(level, key=lambda fit: fit.bic)[:SLOPED]
    again = [fit.shape for fit in good] or list(shapes)
    converged = [*level, *_fits(spectrum, points, chosen, tuple(again), sloped=True)]
    if shape == "auto" and converged:
        converged += _third_band(spectrum, points, converged)
    if not converged:
        raise NoResult(
            f"No band shape could be fitted at {main.wavelength_nm:.1f} nm. Narrow the range with "
            "“fit from” and “fit to”."
        )
    taken = heard([fit for fit in converged if _plausible(points, fit)] or converged)
    best = taken[0][0]
    read, tails = _read(points, best, spectrum.per_energy)
    return Described(
        best, tuple(taken), agree(taken, read, tails, told=shape != "auto"), read, points
    )


def _fits(
    spectrum: Spectrum, points: Points, chosen: Chosen, shapes: tuple[str, ...], *, sloped: bool
) -> list[BandFit]:
    main = chosen.main
    fits = [
        fit_band(
            points.x, points.y, points.sigma, per_energy=spectrum.per_energy,
            centre_nm=main.wavelength_nm, fwhm_ev=main.fwhm_ev, shape=one, sloped=sloped,
            starts=_starts_of_two(chosen) if one in TWO_BANDS else None,
        )
        for one in shapes
    ]  # fmt: skip
    return [fit for fit in fits if fit is not None]


def _third_band(spectrum: Spectrum, points: Points, fits: list[BandFit]) -> list[BandFit]:
    """Where the best shape leaves more than noise, three bands from two and the highest rest."""
    best = min(fits, key=lambda fit: fit.bic)
    two = [fit for fit in fits if fit.shape == TWO_BANDS[0]]
    if not two or _misfit(points, best) <= 2 * SOUND:
        return []
    start = min(two, key=lambda fit: fit.bic)
    left = smoothed(points.y - start.band(points.x) - start.background(points.x))[0]
    k = int(np.argmax(left))
    third = [
        max(float(left[k]), 0.0) / start.scale,
        HC_EV_NM / float(points.x[k]),
        float(start.values[2]) / 2,
    ]
    found = fit_band(
        points.x, points.y, points.sigma, per_energy=spectrum.per_energy, centre_nm=start.pivot_nm,
        fwhm_ev=float(start.values[2]), shape=THREE_BANDS, sloped=best.sloped,
        starts=[[*start.values[:6].tolist(), *third]],
    )  # fmt: skip
    return [] if found is None else [found]


def _plausible(points: Points, fit: BandFit) -> bool:
    """Say whether the background stays above the signal's lowest, as light cannot be negative."""
    lowest = float(np.min(fit.background(points.x[[0, -1]])))
    return lowest > float(np.min(points.y)) - BELOW * float(np.ptp(points.y))


def _misfit(points: Points, fit: BandFit) -> float:
    """What a fit leaves beyond noise over its upper half, rms as a share of its height."""
    model = fit.band(points.x)
    high = model > 0.5 * np.max(model)
    if not high.any():
        return np.inf
    smooth, _ = smoothed(points.y - fit.background(points.x))
    square = float(np.mean((smooth - model)[high] ** 2))
    left_over = 2 * np.sqrt(np.pi) * smoothing_points(points.y)
    noise = float(np.sqrt(np.mean(points.noise[high] ** 2) / left_over))
    return float(np.sqrt(max(square - noise**2, 0.0)) / np.max(model))


def _starts_of_two(chosen: Chosen) -> list[list[float]] | None:
    if not chosen.overlapping:
        return None
    main, other = chosen.main, chosen.overlapping[0]
    return [
        [1.0, HC_EV_NM / main.wavelength_nm, main.fwhm_ev,
         other.height / main.height, HC_EV_NM / other.wavelength_nm, max(other.fwhm_ev, main.fwhm_ev / 2)]
    ]  # fmt: skip


def _read(points: Points, best: BandFit, per_energy: bool) -> tuple[list[Read | None], list[float]]:
    """Read peak and width of I(λ) and of I(E) off the points, above the background of the best fit.

    The second list is how far each moves when the ends of what was fitted are taken for the background:
    tails that no shape has cannot be told from it.
    """
    fitted = best.background(points.x)
    read = _read_above(points, best, fitted, per_energy)
    ends = max(3, points.x.size // 40)
    level = min(float(np.mean(points.y[:ends])), float(np.mean(points.y[-ends:])))
    other = _read_above(points, best, np.full_like(fitted, level), per_energy)
    apart = [
        0.0 if a is None or b is None else abs(a.value - b.value)  # of the same points: no noise
        for a, b in zip(read, other, strict=True)
    ]
    return read, [0.0, apart[1], 0.0, apart[3]]


def _read_above(
    points: Points, best: BandFit, background: Floats, per_energy: bool
) -> list[Read | None]:
    net = points.y - background
    reference, sound = _reference(points, best, net)
    found = _four(points.x, net, reference, points.noise, per_energy, known=sound)
    if not sound:
        return found
    # what the polynomials do to a known band is taken off
    own = _four(points.x, reference, reference, points.noise, per_energy, known=True)
    known = best.reading()
    return [
        None if a is None or b is None else Read(a.value - b.value + float(k), a.u)
        for a, b, k in zip(found, own, known, strict=True)
    ]


def _four(
    x: Floats, net: Floats, reference: Floats, noise: Floats, per_energy: bool, *, known: bool
) -> list[Read | None]:
    energy, up = HC_EV_NM / x[::-1], (HC_EV_NM / x) ** 2
    by_nm, by_ev = (up, 1.0) if per_energy else (1.0, 1.0 / up)
    peak, width = read_band(x, net * by_nm, reference * by_nm, noise * by_nm, known=known)
    columns = ((column * by_ev)[::-1] for column in (net, reference, noise))
    peak_ev, width_ev = read_band(energy, *columns, known=known)
    return [peak, width, peak_ev, width_ev]


def _reference(points: Points, best: BandFit, net: Floats) -> tuple[Floats, bool]:
    """The best fit where it stays with the points, else the smoothed points; and which it is."""
    model = best.band(points.x)
    if _misfit(points, best) < SOUND:
        return model, True
    return smoothed(net)[0], False


def follows(described: Described) -> bool:
    """Say whether the best shape stays with the band: within 3 % rms over its upper half."""
    return _misfit(described.points, described.best) <= FOLLOWS


def bands_nm(described: Described) -> list[float]:
    """Where the bands lie (nm, ascending) when several describe the data and no single one does."""
    best = described.best
    if best.shape not in SEVERAL:
        return []
    single = [fit.bic for fit, _ in described.fits if fit.shape not in SEVERAL]
    if single and min(single) - best.bic < STRONG:
        return []
    several = best.values[: best.values.size - best.background_values].reshape(-1, 3)
    kept = [one for one in several if one[0] > LEAST_BAND * float(np.max(several[:, 0]))]
    kept = _on_one_centre(sorted(kept, key=lambda one: float(one[1])))
    apart = [b[1] - a[1] > 0.35 * (a[2] + b[2]) / 2 for a, b in pairwise(kept)]
    if not apart or not all(apart):
        return []
    in_wavelength = best.shape == TWO_BANDS[1]
    return sorted(_top_nm(one, in_wavelength=in_wavelength) for one in kept)


def _on_one_centre(bands: list[Floats]) -> list[Floats]:
    """Return bands, ascending in energy, with those on one centre as one: a line that is no Gaussian."""
    kept: list[Floats] = []
    for band in bands:
        if kept and band[1] - kept[-1][1] < ONE_CENTRE * (band[2] + kept[-1][2]) / 2:
            kept[-1] = max(kept[-1], band, key=lambda one: float(one[0]))
        else:
            kept.append(band)
    return kept


def _top_nm(values: Floats, *, in_wavelength: bool) -> float:
    """Maximum in I(λ) of one band; E² moves a Gaussian in energy up by about 2σ²/E."""
    centre, sigma = float(values[1]), float(values[2]) / 2.3548
    if in_wavelength:
        return HC_EV_NM / centre
    return float(HC_EV_NM / (centre / 2 + np.sqrt(centre**2 / 4 + 2 * sigma**2)))

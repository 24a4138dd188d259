"""From a reading to the points that are fitted: window, noise, resolution, and the lines in sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from analysis.reading import Reading
from analysis.result import NoResult
from analysis.techniques.xrd.diffraction.radiation import Radiation

Floats = NDArray[np.float64]

# The window of spacings that is fitted, whatever the wavelength: 8 to 52 degrees for Cu Kα.
LONGEST_D_ANGSTROM, SHORTEST_D_ANGSTROM = 11.05, 1.758
_FEWEST_POINTS = 200
_MOST_POINTS = 1500
_BRIDGED_SIGMAS = 10.0  # uncertainty of a point nobody measured, in the height of the whole pattern
_ANGLE_NAMES = {"two_theta", "2theta", "angle", "x"}
# The second difference of white noise has 6 times its variance; 0.455 is the median of chi-square(1).
_SECOND_DIFFERENCE_VARIANCE = 6.0
_CHI_SQUARE_MEDIAN = 0.455


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """The points that are fitted, each of shape (n,), and the narrowest line width in sight."""

    two_theta_deg: Floats
    intensity: Floats
    sigma: Floats
    fwhm_deg: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Peak:
    """One line seen in the data: position, height above background, width, height over noise."""

    two_theta_deg: float
    height: float
    fwhm_deg: float
    significance: float


def _columns(reading: Reading) -> tuple[Floats, Floats, tuple[str, ...]]:
    """Return angle and intensity, sorted, or say why the reading is no diffraction pattern."""
    if len(reading.channels) < 2:
        raise NoResult("The file holds one column; a diffraction pattern needs 2θ and intensity.")
    x = reading.x
    warnings: tuple[str, ...] = ()
    if x.name not in _ANGLE_NAMES or x.unit not in {"deg", "°", "degree", ""}:
        raise NoResult(
            f"The first column is {x.name} ({x.unit or 'no unit'}), not 2θ in degrees; export the "
            "pattern against 2θ."
        )
    if x.name != "two_theta":
        warnings = ("The file does not call its first column 2θ; it was taken as 2θ in degrees.",)
    dependent = next(
        (c for c in (reading.channel("counts"), reading.channel("intensity")) if c), reading.y
    )
    angle = np.asarray(x.values, float)
    intensity = np.asarray(dependent.values, float)
    good = np.isfinite(angle) & np.isfinite(intensity)
    angle, intensity = angle[good], intensity[good]
    if angle.size and (angle.min() < -10 or angle.max() > 180):
        raise NoResult(
            f"The first column runs from {angle.min():g} to {angle.max():g}: these are no 2θ angles."
        )
    order = np.argsort(angle, kind="stable")
    angle, keep = np.unique(angle[order], return_index=True)
    return angle, intensity[order][keep], warnings


def _noise(intensity: Floats) -> tuple[Floats, tuple[str, ...]]:
    """Standard deviation of every point: counting statistics, or what the scatter says."""
    curvature = intensity[:-2] - 2 * intensity[1:-1] + intensity[2:]
    level = (intensity[:-2] + intensity[1:-1] + intensity[2:]) / 3
    squared = curvature**2 / _SECOND_DIFFERENCE_VARIANCE
    whole = bool(np.all(np.abs(intensity - np.round(intensity)) < 1e-6))
    bright = level > max(float(np.median(level)) * 0.2, 1e-12)
    gain = (
        float(np.median(squared[bright] / level[bright])) / _CHI_SQUARE_MEDIAN
        if bright.any()
        else 0.0
    )
    if whole and intensity.min() >= 0 and 0.4 < gain < 2.5:
        return np.sqrt(np.maximum(intensity, 1.0)), ()
    floor = float(np.sqrt(np.median(squared) / _CHI_SQUARE_MEDIAN))
    span = float(np.ptp(intensity))
    if intensity.min() < 0:
        variance = floor**2 + gain * np.maximum(intensity, 0.0)
    else:
        variance = gain * np.maximum(intensity, float(np.median(intensity)) * 0.2)
    sigma = np.sqrt(np.maximum(variance, (1e-4 * span) ** 2))
    if whole and intensity.min() >= 0 and gain <= 0.4:
        # Smoothed or interpolated counts scatter less than they are uncertain.
        return np.maximum(sigma, np.sqrt(np.maximum(intensity, 1.0))), (
            "Neighbouring points scatter less than counting statistics: the pattern looks smoothed.",
        )
    return sigma, (
        "The intensities are not plain counts; their noise was estimated from the scatter of "
        "neighbouring points.",
    )


def background_under_peaks(intensity: Floats, half_width_points: int) -> Floats:
    """Clip peaks away, in the square root (SNIP: Ryan et al., Nucl. Instrum. Methods B 34 (1988) 396)."""
    lowest = float(intensity.min())
    level = np.sqrt(np.maximum(intensity - lowest, 0.0))
    for width in range(max(half_width_points, 1), 0, -1):
        padded = np.pad(level, width, mode="edge")
        level = np.minimum(level, (padded[: -2 * width] + padded[2 * width :]) / 2)
    return level**2 + lowest


def find_lines(
    two_theta_deg: Floats, net: Floats, sigma: Floats, smooth_deg: float, significance: float = 6.0
) -> list[Peak]:
    """Find lines that rise above the noise of the smoothed pattern, strongest first."""
    step = float(np.median(np.diff(two_theta_deg)))
    smoothing = max(smooth_deg / 2.355 / step, 0.3)
    smooth = scipy.ndimage.gaussian_filter1d(net, smoothing)
    # White noise shrinks by the kernel's 2·√π·σ on smoothing.
    noise = scipy.ndimage.gaussian_filter1d(sigma, smoothing) / np.sqrt(
        max(2 * np.sqrt(np.pi) * smoothing, 1.0)
    )
    places, found = scipy.signal.find_peaks(smooth, prominence=0.0)
    enough = found["prominences"] > significance * noise[places]
    places, prominences = places[enough], found["prominences"][enough]
    if not places.size:
        return []
    widths = scipy.signal.peak_widths(smooth, places, rel_height=0.5)[0] * step
    peaks = [
        Peak(float(two_theta_deg[i]), float(smooth[i]), float(width), float(rise / noise[i]))
        for i, width, rise in zip(places, widths, prominences, strict=True)
    ]
    return sorted(peaks, key=lambda peak: -peak.height)


def _window(
    angle: Floats, radiation: Radiation, from_deg: float | None, to_deg: float | None
) -> tuple[float, float]:
    def angle_of(d_angstrom: float) -> float:
        sine = min(radiation.mean_angstrom / (2 * d_angstrom), 0.999)
        return float(np.degrees(2 * np.arcsin(sine)))

    low = angle_of(LONGEST_D_ANGSTROM) if from_deg is None else from_deg
    high = angle_of(SHORTEST_D_ANGSTROM) if to_deg is None else to_deg
    if from_deg is not None and to_deg is not None and to_deg <= from_deg:
        raise NoResult(
            f"The range from {from_deg:g} to {to_deg:g} degrees is empty; swap its ends."
        )
    needed_low, needed_high = angle_of(6.3), angle_of(3.05)
    if angle[0] > needed_low - 0.5 or angle[-1] < needed_high + 0.5:
        raise NoResult(
            f"The pattern runs from {angle[0]:.2f} to {angle[-1]:.2f}°; with {radiation.name} the phases "
            f"differ between {needed_low:.1f} and {needed_high:.1f}°. Measure at least that range."
        )
    if low > needed_low or high < needed_high:
        raise NoResult(
            f"The chosen range, {low:.1f} to {high:.1f}°, leaves out lines that are needed; "
            f"it must hold {needed_low:.1f} to {needed_high:.1f}°."
        )
    return low, high


def _thin(
    angle: Floats, intensity: Floats, sigma: Floats, factor: int
) -> tuple[Floats, Floats, Floats]:
    """Average every ``factor`` neighbours."""
    whole = angle.size // factor * factor
    if factor <= 1:
        return angle, intensity, sigma
    a, y, s = (v[:whole].reshape(-1, factor) for v in (angle, intensity, sigma))
    return a.mean(axis=1), y.mean(axis=1), np.sqrt((s**2).mean(axis=1) / factor)


def _bridged(
    angle: Floats, intensity: Floats, left_out: Sequence[tuple[float, float]]
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Put points of no weight on a straight line where a person left a range out, so that the steps are even.

    Returns angle and intensity, and which of the points are not measured.
    """
    step = float(np.median(np.diff(angle)))
    places, heights = [angle], [intensity]
    for low, high in left_out:
        before, after = np.flatnonzero(angle < low), np.flatnonzero(angle > high)
        if not before.size or not after.size:
            continue
        ends = angle[before[-1]], angle[after[0]]
        levels = np.median(intensity[before[-9:]]), np.median(intensity[after[:9]])
        inside = np.arange(ends[0] + step, ends[1] - step / 2, step)
        places.append(inside)
        heights.append(np.interp(inside, ends, levels))
    together = np.concatenate(places)
    order = np.argsort(together, kind="stable")
    return (
        together[order],
        np.concatenate(heights)[order],
        (np.arange(together.size) >= angle.size)[order],
    )


def prepare(
    reading: Reading, radiation: Radiation, from_deg: float | None, to_deg: float | None
) -> Scan:
    """Cut out the window, estimate the noise and thin the points to a sixth of a line width.

    Raises NoResult in words when the reading is no 2θ scan, too short, too coarse or flat.
    """
    angle, intensity, warnings = _columns(reading)
    if angle.size < _FEWEST_POINTS:
        raise NoResult(
            f"The pattern has {angle.size} points; at least {_FEWEST_POINTS} are needed to fit phases."
        )
    low, high = _window(angle, radiation, from_deg, to_deg)
    inside = (angle >= low) & (angle <= high)
    angle, intensity = angle[inside], intensity[inside]
    if angle.size < _FEWEST_POINTS:
        raise NoResult(
            f"Only {angle.size} points lie between {low:.1f} and {high:.1f}°, where the phases differ; "
            f"measure in finer steps (at least {_FEWEST_POINTS} points)."
        )
    if float(np.ptp(intensity)) <= 0:
        raise NoResult(
            "Every point has the same intensity: the pattern is flat, there is nothing to fit."
        )
    angle, intensity, bridged = _bridged(angle, intensity, reading.left_out)
    even = np.linspace(angle[0], angle[-1], angle.size)
    if np.abs(np.diff(angle)).max() > 3 * np.median(np.diff(angle)):
        raise NoResult("The 2θ steps have gaps; export one unbroken scan.")
    sigma, noise_warnings = _noise(intensity)
    sigma[bridged] = _BRIDGED_SIGMAS * max(float(np.ptp(intensity)), float(sigma.max()))
    step = float(np.median(np.diff(even)))
    window_deg = 1.8 * radiation.mean_angstrom / 1.5418
    net = intensity - background_under_peaks(intensity, int(window_deg / step))
    peaks = find_lines(angle, net, sigma, smooth_deg=0.08, significance=7.0)
    fwhm = 0.6
    if peaks:
        strong = [p.fwhm_deg for p in peaks if p.height > 0.15 * peaks[0].height]
        fwhm = float(np.clip(min(strong), 2.5 * step, 1.2))
    factor = max(int(fwhm / 6 / step), int(np.ceil(angle.size / _MOST_POINTS)), 1)
    factor = min(factor, max(angle.size // _FEWEST_POINTS, 1))
    return Scan(*_thin(angle, intensity, sigma, factor), fwhm, warnings + noise_warnings)

"""The alarm: lines that the phases on offer do not make, and fits too poor to speak from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from analysis.techniques.xrd.diffraction.fit import BYPRODUCTS, Fitter, Floats, Solution
from analysis.techniques.xrd.diffraction.radiation import Radiation
from analysis.techniques.xrd.diffraction.scan import Peak, find_lines
from analysis.techniques.xrd.diffraction.simulator import sticks, two_theta_deg
from analysis.techniques.xrd.diffraction.structures import structures

LISTED_PERCENT = 3.0  # of the strongest line
ALARM_PERCENT = 10.0
ALARM_TOTAL_PERCENT = 30.0
_ALARM_NET_MISFIT, _ALARM_REDUCED_CHI2 = 0.4, 3.0
# Marker lines of what is often beneath or beside a halide perovskite: spacing in Å and what it may be.
_MARKERS = (
    (6.97, "PbI2 or CaI2 (001)"),
    (7.52, "yellow non-perovskite δ-FAPbI3 (100)"),
    (3.343, "quartz (101)"),
    (2.921, "ITO (222)"),
    (4.131, "ITO (211)"),
    (2.530, "ITO (400)"),
    (3.247, "rutile TiO2 (110)"),
    (3.52, "anatase TiO2 (101)"),
    (2.359, "silver (111)"),
    (2.338, "aluminium (111)"),
)


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A line in the data that no fitted phase makes."""

    two_theta_deg: float
    relative_percent: float
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alarm:
    """What speaks against naming any phase."""

    peaks: tuple[Peak, ...]  # all lines seen, strongest first
    unexplained: tuple[Unexplained, ...]
    r_wp_percent: float
    net_misfit: float  # weighted misfit over weighted signal above background
    reduced_chi2: float

    @property
    def strong(self) -> tuple[Unexplained, ...]:
        """Unexplained lines that are too strong to pass over."""
        total = sum(line.relative_percent for line in self.unexplained)
        if total >= ALARM_TOTAL_PERCENT:
            return self.unexplained
        return tuple(u for u in self.unexplained if u.relative_percent >= ALARM_PERCENT)

    @property
    def poor_fit(self) -> bool:
        """Whether the fit misses too much of the signal, beyond noise."""
        return self.net_misfit > _ALARM_NET_MISFIT and self.reduced_chi2 > _ALARM_REDUCED_CHI2

    @property
    def rings(self) -> bool:
        """Whether no phase may be named."""
        return bool(self.strong) or self.poor_fit


def check(fitter: Fitter, solution: Solution) -> Alarm:
    """Compare data and fit line by line."""
    scan = fitter.scan
    angle, sigma = scan.two_theta_deg, scan.sigma
    net = scan.intensity - solution.background
    residual = scan.intensity - solution.fit
    smooth_deg = 0.5 * scan.fwhm_deg
    peaks = find_lines(angle, net, sigma, smooth_deg)
    points = angle.size
    weight = 1 / sigma**2
    signal = float((weight * net**2).sum()) or 1.0
    misfit = float((weight * residual**2).sum())
    return Alarm(
        peaks=tuple(peaks),
        unexplained=_unexplained(fitter, solution, net, residual, smooth_deg, peaks),
        r_wp_percent=100 * float(np.sqrt(misfit / (weight * scan.intensity**2).sum())),
        net_misfit=float(np.sqrt(misfit / signal)),
        reduced_chi2=misfit / points,
    )


def _unexplained(
    fitter: Fitter,
    solution: Solution,
    net: Floats,
    residual: Floats,
    smooth_deg: float,
    peaks: list[Peak],
) -> tuple[Unexplained, ...]:
    scan = fitter.scan
    angle = scan.two_theta_deg
    if not peaks:
        return ()
    strongest = peaks[0].height
    step = float(np.median(np.diff(angle)))
    smooth_net = scipy.ndimage.gaussian_filter1d(net, max(smooth_deg / 2.355 / step, 0.3))
    main_lines = perovskite_main_lines(fitter, solution)
    near = max(0.6 * scan.fwhm_deg, 0.1)
    found: list[Unexplained] = []
    for peak in find_lines(angle, residual, scan.sigma, smooth_deg, significance=7.0):
        place = peak.two_theta_deg
        percent = 100 * peak.height / strongest
        missing = peak.height / max(float(smooth_net[np.abs(angle - place).argmin()]), 1e-12)
        # A misfit on the flank of a line that is there is no line of its own, and a texture that the
        # March model cannot hold makes a line of the perovskite too strong, not a foreign line.
        on_main = np.abs(main_lines - place).min() < max(0.35 * scan.fwhm_deg, 0.08)
        foreign = missing > (0.9 if on_main else 0.5)
        seen = any(abs(p.two_theta_deg - place) < near for p in peaks)
        if percent >= LISTED_PERCENT and foreign and seen:
            names = candidates(place, peaks, fitter.radiation)
            found.append(Unexplained(round(place, 2), percent, names))
    return tuple(found)


def perovskite_main_lines(fitter: Fitter, solution: Solution) -> Floats:
    """Angles of the cubic perovskite's lines at the fitted lattice, in degrees."""
    setting = solution.setting
    cubic = structures()["alpha"]
    spacing = fitter.lines_of(cubic).d_angstrom * (setting.lattice_a_angstrom / cubic.cell[0])
    angle = two_theta_deg(spacing, fitter.radiation.mean_angstrom)
    return angle[np.isfinite(angle)] + setting.shift_deg


def on_main_lines(fitter: Fitter, solution: Solution, peaks: tuple[Peak, ...]) -> tuple[int, float]:
    """How many lines, and what part of their height, stand where a cubic perovskite has lines."""
    main_lines = perovskite_main_lines(fitter, solution)
    near = max(0.5 * fitter.scan.fwhm_deg, 0.1)
    on_main = [p.height for p in peaks if np.abs(main_lines - p.two_theta_deg).min() < near]
    return len(on_main), sum(on_main) / (sum(p.height for p in peaks) or 1.0)


def candidates(place_deg: float, peaks: list[Peak], radiation: Radiation) -> tuple[str, ...]:
    """Name what an unexplained line could belong to, without claiming it."""
    spacing = radiation.mean_angstrom / (2 * np.sin(np.radians(place_deg / 2)))
    names = [name for d, name in _MARKERS if abs(spacing / d - 1) < 0.007]
    seen = np.array([peak.two_theta_deg for peak in peaks])
    for key in BYPRODUCTS:
        _, angle, percent = sticks(structures()[key], radiation, 2.0, float(seen.max()) + 1.0)
        strong = angle[percent > 40.0] if angle.size else angle
        if not strong.size or np.abs(strong - place_deg).min() > 0.15:
            continue
        matched = sum(np.abs(seen - line).min() < 0.2 for line in strong)
        if matched >= max(2, 0.7 * strong.size) or strong.size == matched:
            names.append(structures()[key].name)
    return tuple(names)

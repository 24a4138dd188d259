"""How tilted is the perovskite: the fit against tilt amplitude, and the phase it allows.

One perovskite family instead of two candidates: a γ crystal with half the published tilt is called α, and
confidently, by a fit that only knows "cubic" and "published γ".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.techniques.xrd.diffraction.fit import Fitter, Floats, Setting, Solution

TILTS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2)
GAMMA_TILT, ALPHA_TILT = 0.45, 0.33
GAMMA_DELTA_CHI2 = 25.0
TEXTURED_MARCH_R = 0.35
# Pseudo-cubic edges in Å that CsPbI3 nanocrystals at room temperature may have: γ 6.187, α some 6.19 to 6.23,
# about one per cent either way for strain, alloying and a misplaced specimen.
PLAUSIBLE_LATTICE_ANGSTROM = (6.11, 6.25)
# Any halide perovskite: from CsPbCl3 (5.60) to beyond FAPbI3 (6.36).
ANY_LATTICE_ANGSTROM = (5.45, 6.6)
# Spread over line shapes, displacement and the paths from cubic to γ, in whole crystals from the Debye equation.
_SYSTEMATIC_TILT = 0.08


@dataclass(frozen=True, slots=True)
class TiltProfile:
    """Best fits along the tilt amplitude; Δχ² are scaled by the reduced χ² of the best."""

    tilt: float
    tilt_u: float
    best: Solution
    solutions: tuple[Solution, ...]
    scale: float  # reduced χ² of the best fit, at least 1
    delta_chi2_untilted: float

    @property
    def march_r(self) -> float:
        """March parameter of the best fit: 1 is a random powder, small is a flat-lying film."""
        return self.best.setting.march_r


def search(
    fitter: Fitter, byproducts: Sequence[str], lattice_range: tuple[float, float]
) -> Setting:
    """Scan the lattice edge coarsely, random and textured, and return the best setting."""
    # Half a line width at the main line is the scan's step.
    step = float(np.clip(np.radians(fitter.scan.fwhm_deg) / 2, 0.0012, 0.005))
    low, high = np.log(lattice_range[0]), np.log(lattice_range[1])
    edges = np.exp(np.linspace(low, high, max(int((high - low) / step), 5)))
    settings = [
        Setting(tilt=tilt, lattice_a_angstrom=float(edge), march_r=march_r)
        for tilt in (0.0, 0.8)
        for march_r in (1.0, 0.35)
        for edge in edges
    ]
    return min(settings, key=lambda setting: fitter.at(setting, byproducts).chi2)


def profile(
    fitter: Fitter,
    start: Setting,
    byproducts: Sequence[str],
    lattice_range: tuple[float, float],
) -> TiltProfile:
    """Refine at every tilt of the grid, from several textures, and read off the amplitude."""
    solutions: list[Solution] = []
    for tilt in TILTS:
        if solutions:
            near = replace(solutions[-1].setting, tilt=tilt)
            # The misfit has a second valley at the other kind of texture: look there too.
            starts = [near, replace(near, march_r=0.3 if near.march_r > 0.5 else 0.9)]
        else:
            starts = [replace(start, tilt=tilt, march_r=r) for r in (0.9, 0.5, 0.25)]
        tried = [fitter.refine(s, byproducts, lattice_range, steps=5) for s in starts]
        best = min(tried, key=lambda solution: solution.chi2)
        solutions.append(fitter.refine(best.setting, byproducts, lattice_range, steps=10))
    chi2 = np.array([solution.chi2 for solution in solutions])
    points = fitter.scan.intensity.size
    scale = max(float(chi2.min()) / points, 1.0)
    tilt, tilt_u = _minimum(np.array(TILTS), (chi2 - chi2.min()) / scale)
    best = solutions[int(chi2.argmin())]
    final = fitter.refine(
        replace(best.setting, tilt=round(tilt, 2)), byproducts, lattice_range, steps=8
    )
    if final.chi2 < best.chi2:
        best = final
    delta = (float(chi2[0]) - best.chi2) / scale
    return TiltProfile(tilt, tilt_u, best, tuple(solutions), scale, max(delta, 0.0))


def _minimum(tilts: Floats, delta: Floats) -> tuple[float, float]:
    """Parabola through the lowest point and its neighbours: place and standard uncertainty."""
    i = int(delta.argmin())
    centre = int(np.clip(i, 1, len(tilts) - 2))
    step = float(tilts[1] - tilts[0])
    left, middle, right = (float(v) for v in delta[centre - 1 : centre + 2])
    curvature = left - 2 * middle + right
    if curvature <= 0:
        return float(tilts[i]), step
    place = float(tilts[centre]) + step * 0.5 * (left - right) / curvature
    place = float(np.clip(place, tilts[0], tilts[-1]))
    statistical = step * float(np.sqrt(2 / curvature)) if 0 < i < len(tilts) - 1 else step / 2
    # Near zero the misfit grows as the fourth power of the tilt: take the whole valley's half width.
    fine = np.linspace(tilts[0], tilts[-1], 241)
    valley = fine[np.interp(fine**2, tilts**2, delta) < 1.0]
    half = float(np.ptp(valley)) / 2 if valley.size else 0.0
    return place, float(np.hypot(np.clip(statistical, half, 0.5), _SYSTEMATIC_TILT))


def call(tilt: float, march_r: float, delta_chi2_untilted: float) -> str | None:
    """Return "gamma", "alpha" or None (undetermined).

    In a film whose cubes lie flat (March r at most 0.35) the superlattice lines are out of sight.
    """
    if march_r <= TEXTURED_MARCH_R:
        return None
    if tilt >= GAMMA_TILT and delta_chi2_untilted > GAMMA_DELTA_CHI2:
        return "gamma"
    if tilt <= ALPHA_TILT:
        return "alpha"
    return None


def lattice_is_plausible(lattice_a_angstrom: float, tolerance: float = 1e-4) -> bool:
    """Say whether a pseudo-cubic edge can be that of CsPbI3 nanocrystals."""
    low, high = PLAUSIBLE_LATTICE_ANGSTROM
    return low + tolerance < lattice_a_angstrom < high - tolerance

"""Evidence a person can check: the lines only a tilted lattice has, and which line belongs to what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.techniques.xrd.diffraction.fit import Fitter, Floats, Solution
from analysis.techniques.xrd.diffraction.profiles import cube_face_weights
from analysis.techniques.xrd.diffraction.scan import Peak
from analysis.techniques.xrd.diffraction.simulator import Lines, two_theta_deg
from analysis.techniques.xrd.diffraction.structures import pseudo_cubic_angstrom, structures, tilted

Mask = NDArray[np.bool_]

_SEARCHED_DEG = 0.35
_STRONG_ENOUGH_PERCENT = 2.5  # of the strongest line at full tilt


def _is_superlattice(lines: Lines) -> Mask:
    """True where hkl of the Pnma cell is no line of the cubic cell."""
    h, k, m = (lines.hkl[:, i] for i in range(3))
    cubic = ((h + m) % 2 == 0) & (k % 2 == 0)
    return np.asarray(~cubic, bool)


def tilt_lines(fitter: Fitter, solution: Solution) -> list[dict[str, Any]]:
    """Measure each group of tilt-only lines on top of a fit that has none of them.

    Lines closer than 0.6 line widths are one group. ``area`` is in counts · degree, ``sigmas`` its size
    over its standard uncertainty, ``expected_deg`` follows from the fitted lattice.
    """
    setting = solution.setting
    full = fitter.lines_of(tilted(1.0))
    scale = setting.lattice_a_angstrom / pseudo_cubic_angstrom()
    wavelength = fitter.radiation.mean_angstrom
    angle = two_theta_deg(full.d_angstrom * scale, wavelength) + setting.shift_deg
    groups = _groups(full, angle, fitter)
    shared = _profile(solution)

    def column(lines: Lines, members: Mask, moved_deg: float = 0.0) -> Floats:
        columns = fitter.grid.columns(
            lines,
            fitter.sizes_nm,
            weights=cube_face_weights(lines, setting.march_r, "pnma") * members,
            scale=scale,
            shift_deg=setting.shift_deg + moved_deg,
            extra_b=setting.extra_b_angstrom2,
        )
        pattern: Floats = columns @ shared
        return pattern

    own = [column(full, group) for group in groups]
    fitted = fitter.lines_of(tilted(round(setting.tilt, 2)))
    main = column(fitted, ~_is_superlattice(fitted))
    matrix = np.column_stack([*own, *_base(fitter, solution, main)])
    sigma = fitter.scan.sigma
    weighted = matrix / sigma[:, None]
    inverse = np.linalg.pinv(weighted.T @ weighted)
    amount = inverse @ (weighted.T @ (fitter.scan.intensity / sigma))
    left = fitter.scan.intensity - matrix @ amount
    inflation = max(float(((left / sigma) ** 2).mean()), 1.0)
    spread = np.sqrt(np.diag(inverse) * inflation)
    step = np.gradient(fitter.scan.two_theta_deg)
    table = []
    for i, group in enumerate(groups):
        unit_area = float((own[i] * step).sum())
        sigmas = float(amount[i] / spread[i])
        expected = float(np.average(angle[group], weights=full.strength[group]))
        place = None
        if sigmas > 3:
            place = round(
                expected + _move(fitter, left + amount[i] * own[i], full, group, column), 2
            )
        table.append(
            {
                "hkl": ", ".join(f"({h} {k} {m})" for h, k, m in full.hkl[group].tolist()),
                "expected_deg": round(expected, 2),
                "found_deg": place,
                "area": float(amount[i]) * unit_area,
                "area_u": float(spread[i]) * unit_area,
                "sigmas": round(sigmas, 1),
            }
        )
    return table


def _profile(solution: Solution) -> Floats:
    """Size distribution of the perovskite, one amount per size."""
    amount = solution.amounts[0]
    return amount if amount.sum() > 0 else np.full_like(amount, 1.0)


def _base(fitter: Fitter, solution: Solution, main: Floats) -> list[Floats]:
    """Everything but the tilt-only lines: main lines, by-products, background."""
    pairs = zip(solution.blocks, solution.amounts, strict=True)
    parts = [b.columns @ a for b, a in pairs if b.phase != "perovskite" and a.sum() > 0]
    return [main, *parts, *fitter.background.T]


def _groups(full: Lines, angle: Floats, fitter: Fitter) -> list[Mask]:
    """Masks over the lines, one per resolvable group of strong enough tilt-only lines."""
    at_angle = fitter.scan.two_theta_deg
    visible = (angle > at_angle[0] + 0.5) & (angle < min(at_angle[-1] - 0.5, angle[0] * 2.4))
    strong = full.strength * full.d_angstrom**2  # about what Lorentz and polarisation leave
    wanted = _is_superlattice(full) & visible
    wanted &= strong > _STRONG_ENOUGH_PERCENT / 100 * strong[visible].max()
    groups: list[Mask] = []
    last = -np.inf
    for i in np.argsort(angle):
        if not wanted[i]:
            continue
        if angle[i] - last > 0.6 * fitter.scan.fwhm_deg:
            groups.append(np.zeros(angle.size, bool))
        groups[-1][i] = True
        last = angle[i]
    return groups


def _move(
    fitter: Fitter,
    data: Floats,
    full: Lines,
    group: Mask,
    column: Callable[[Lines, Mask, float], Floats],
) -> float:
    """How far from the expected place, in degrees, the group fits best."""
    moves = np.linspace(-_SEARCHED_DEG, _SEARCHED_DEG, 15)
    weight = 1 / fitter.scan.sigma**2
    gains = []
    for move in moves:
        shape = column(full, group, float(move))
        gains.append((weight * shape * data).sum() / np.sqrt((weight * shape**2).sum()))
    return float(moves[int(np.argmax(gains))])


def assigned(fitter: Fitter, solution: Solution, peaks: tuple[Peak, ...]) -> list[dict[str, Any]]:
    """Name phase and indices for every line seen that a fitted phase makes."""
    setting = solution.setting
    table = []
    phases = {block.phase for block in solution.blocks}
    curves = {phase: solution.curve(phase) for phase in phases}
    places = {
        phase: _places(fitter, phase, setting.tilt, setting.lattice_a_angstrom) for phase in phases
    }
    for peak in sorted(peaks, key=lambda p: p.two_theta_deg):
        here = int(np.abs(fitter.scan.two_theta_deg - peak.two_theta_deg).argmin())
        phase = max(curves, key=lambda name: float(curves[name][here]))
        if curves[phase][here] < 0.3 * peak.height:
            continue
        hkl, angle, strength = places[phase]
        near = np.abs(angle - peak.two_theta_deg) < max(0.5 * peak.fwhm_deg, 0.15)
        if not near.any():
            continue
        best = int(np.flatnonzero(near)[strength[near].argmax()])
        table.append(
            {
                "two_theta_deg": round(peak.two_theta_deg, 2),
                "relative_percent": round(100 * peak.height / peaks[0].height, 1),
                "fwhm_deg": round(peak.fwhm_deg, 2),
                "phase": phase,
                "hkl": "({} {} {})".format(*hkl[best].tolist()),
            }
        )
    return table


def _places(
    fitter: Fitter, phase: str, tilt: float, lattice_a_angstrom: float
) -> tuple[NDArray[np.int64], Floats, Floats]:
    scale = 1.0
    structure = structures().get(phase)
    if structure is None:
        # Plain cubic indices unless the tilt is really there.
        structure = tilted(round(tilt, 2)) if tilt > 0.33 else structures()["alpha"]
        a, b, c = structure.cell[:3]
        scale = lattice_a_angstrom / float((a * b * c / (4 if tilt > 0.33 else 1)) ** (1 / 3))
    found = fitter.lines_of(structure)
    angle = two_theta_deg(found.d_angstrom * scale, fitter.radiation.mean_angstrom)
    return found.hkl, angle, found.strength * found.d_angstrom**2

"""Least squares of a pattern: phases over crystallite sizes, on a background, nothing negative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import scipy
from numpy.typing import NDArray

from analysis.techniques.xrd.diffraction.profiles import (
    ProfileGrid,
    axis_weights,
    cube_face_weights,
)
from analysis.techniques.xrd.diffraction.radiation import Radiation
from analysis.techniques.xrd.diffraction.scan import SHORTEST_D_ANGSTROM, Scan
from analysis.techniques.xrd.diffraction.simulator import Lines, lines
from analysis.techniques.xrd.diffraction.structures import (
    Structure,
    structures,
    tilted,
)

Floats = NDArray[np.float64]

PEROVSKITE_SIZES_NM = (4.0, 6.0, 8.0, 10.0, 12.0, 14.5, 18.0, 24.0, 35.0, 60.0, 110.0)
# Sizes of by-products, and the textures (axis, March r) they come in: plates of the iodides lie flat,
# needles of δ lie along the substrate. No 3 nm CaI2: its hump cannot be told from the background.
BYPRODUCTS: dict[str, tuple[tuple[float, ...], tuple[tuple[int, float] | None, ...]]] = {
    "delta": ((6.0, 12.0, 25.0, 80.0), (None, (1, 1.7))),
    "pbi2": ((7.0, 18.0, 80.0), (None, (2, 0.35))),
    "cai2": ((7.0, 18.0, 80.0), (None, (2, 0.35))),
    "cs4pbi6": ((10.0, 25.0, 80.0), (None,)),
    "csi": ((10.0, 25.0, 80.0), (None,)),
    "pbs": ((6.0, 15.0, 60.0), (None,)),
    "zno": ((5.0, 12.0, 60.0), (None,)),
}
USUAL_BYPRODUCTS = ("delta", "pbi2", "cai2")  # fitted from the start; a limit is given for each
_BERNSTEIN_DEGREE = 6
# Broad humps of glass and of ligands, as (2θ, full width) in degrees for Cu Kα.
_HUMPS_CU_DEG = ((20.0, 8.0), (21.7, 7.0), (25.0, 10.0))
_FURTHEST_SHIFT_DEG = 0.16
_SCALES = np.array([0.004, 0.04, 0.8, 0.3])  # typical changes of the four unknowns below


@dataclass(frozen=True, slots=True)
class Setting:
    """The non-linear unknowns of the perovskite."""

    tilt: float = 0.0
    lattice_a_angstrom: float = 6.19  # pseudo-cubic
    shift_deg: float = 0.0
    extra_b_angstrom2: float = 0.8
    march_r: float = 1.0
    structure: str = "tilt"  # "tilt" or "beta"


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Columns that belong to one phase; ``sizes_nm`` has one entry per column."""

    phase: str
    columns: Floats
    sizes_nm: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A solved fit: what each block contributes and how well it goes."""

    setting: Setting
    blocks: tuple[Block, ...]
    amounts: tuple[Floats, ...]  # per block, scattering volume per column, arbitrary units
    chi2: float
    fit: Floats
    background: Floats
    active: int = field(default=0)

    def volume(self, phase: str) -> float:
        """Scattering volume of a phase, arbitrary units."""
        pairs = zip(self.blocks, self.amounts, strict=True)
        return float(sum(a.sum() for b, a in pairs if b.phase == phase))

    def curve(self, phase: str) -> Floats:
        """The part of the pattern that one phase makes."""
        pairs = zip(self.blocks, self.amounts, strict=True)
        parts = [b.columns @ a for b, a in pairs if b.phase == phase]
        return np.sum(parts, axis=0) if parts else np.zeros_like(self.fit)


def non_negative(matrix: Floats, target: Floats) -> Floats:
    """Solve least squares with no negative unknown.

    Columns are normalised and the rows compressed by QR first: raw-scaled, nearly parallel columns make
    scipy's solver stop with "Maximum number of iterations reached"; then bounded least squares is used.
    """
    norm = np.linalg.norm(matrix, axis=0)
    norm[norm == 0] = 1.0
    stacked = np.column_stack([matrix / norm, target])
    triangle: Floats = np.asarray(np.linalg.qr(stacked, mode="r"))
    size = matrix.shape[1]
    compact, right = triangle[:size, :size], triangle[:size, size]
    try:
        solved = scipy.optimize.nnls(compact, right, maxiter=20 * size)[0]
    except RuntimeError:
        solved = scipy.optimize.lsq_linear(compact, right, bounds=(0, np.inf), method="bvls").x
    return np.asarray(solved / norm, float)


def _background(two_theta_deg: Floats, wavelength_angstrom: float) -> Floats:
    """Bernstein polynomials and glass humps, shape (points, columns)."""
    u = (two_theta_deg - two_theta_deg[0]) / np.ptp(two_theta_deg)
    n = _BERNSTEIN_DEGREE
    columns = [scipy.special.comb(n, k) * u**k * (1 - u) ** (n - k) for k in range(n + 1)]
    sine = np.sin(np.radians(two_theta_deg / 2)) * 1.54184 / wavelength_angstrom
    as_copper = np.degrees(2 * np.arcsin(np.clip(sine, -1, 1)))
    columns += [
        np.exp(-4 * np.log(2) * ((as_copper - centre) / width) ** 2)
        for centre, width in _HUMPS_CU_DEG
    ]
    return np.array(columns).T


class Fitter:
    """Fits one scan."""

    def __init__(self, scan: Scan, radiation: Radiation, instrument_fwhm_deg: float) -> None:
        self.scan = scan
        self.radiation = radiation
        self.grid = ProfileGrid(scan.two_theta_deg, radiation, instrument_fwhm_deg)
        self._d_min = min(
            SHORTEST_D_ANGSTROM,
            radiation.mean_angstrom / (2 * np.sin(np.radians(scan.two_theta_deg[-1] / 2))),
        )
        self.background = _background(scan.two_theta_deg, radiation.mean_angstrom)
        if scan.intensity.min() < 0:
            # Somebody subtracted a background: what is left of it may be negative.
            smooth = self.background[:, : _BERNSTEIN_DEGREE + 1]
            self.background = np.hstack([self.background, -smooth])
        step = float(np.median(np.diff(scan.two_theta_deg)))
        self.sizes_nm = tuple(s for s in PEROVSKITE_SIZES_NM if self._width_deg(s) > 1.2 * step)
        self._byproducts: dict[tuple[str, float], Block] = {}
        self._last: tuple[tuple[Setting, tuple[str, ...]], Solution] | None = None

    def _width_deg(self, size_nm: float) -> float:
        return float(
            np.degrees(self.grid.width_per_angstrom(size_nm) * self.radiation.mean_angstrom)
        )

    def lines_of(self, structure: Structure) -> Lines:
        """Reflections with a margin for a changed lattice."""
        return lines(structure, self.radiation.mean_angstrom, round(self._d_min * 0.93, 4))

    def perovskite(self, setting: Setting) -> Block:
        """Columns of the perovskite, one per crystallite size."""
        beta = setting.structure == "beta"
        structure = structures()["beta"] if beta else tilted(setting.tilt)
        found = self.lines_of(structure)
        edges = structure.cell[:3]
        formula_units = 2 if beta else 4
        edge = float(np.prod(edges) / formula_units) ** (1 / 3)
        weights = None
        if setting.march_r != 1.0:
            weights = cube_face_weights(found, setting.march_r, "p4mbm" if beta else "pnma")
        columns = self.grid.columns(
            found,
            self.sizes_nm,
            weights=weights,
            scale=setting.lattice_a_angstrom / edge,
            shift_deg=setting.shift_deg,
            extra_b=setting.extra_b_angstrom2,
        )
        return Block("perovskite", columns, np.array(self.sizes_nm))

    def byproduct(self, key: str, shift_deg: float) -> Block:
        """Columns of a by-product: sizes times textures."""
        shift = round(shift_deg, 2)
        if (key, shift) not in self._byproducts:
            structure = structures()[key]
            found = self.lines_of(structure)
            sizes, textures = BYPRODUCTS[key]
            parts = []
            for texture in textures:
                weights = None
                if texture is not None:
                    axis, march_r = texture
                    weights = axis_weights(found, axis, structure.cell[axis], march_r)
                parts.append(self.grid.columns(found, sizes, weights=weights, shift_deg=shift))
            block = Block(key, np.hstack(parts), np.tile(sizes, len(textures)))
            self._byproducts[key, shift] = block
        return self._byproducts[key, shift]

    def solve(self, setting: Setting, blocks: Sequence[Block]) -> Solution:
        """Solve the linear part: amounts of every column and the background."""
        matrix = np.hstack([*(block.columns for block in blocks), self.background])
        weighted = matrix / self.scan.sigma[:, None]
        amounts = non_negative(weighted, self.scan.intensity / self.scan.sigma)
        fit = matrix @ amounts
        chi2 = float((((self.scan.intensity - fit) / self.scan.sigma) ** 2).sum())
        split, parts = 0, []
        for block in blocks:
            parts.append(amounts[split : split + block.columns.shape[1]])
            split += block.columns.shape[1]
        below = self.background @ amounts[split:]
        active = int((amounts > 0).sum())
        return Solution(setting, tuple(blocks), tuple(parts), chi2, fit, below, active)

    def at(self, setting: Setting, byproducts: Sequence[str]) -> Solution:
        """Solve with the perovskite and the named by-products."""
        # A slope begins where the misfit was asked for last, and a fit may end there, so that one is kept.
        asked = setting, tuple(byproducts)
        if self._last is None or self._last[0] != asked:
            others = [self.byproduct(key, setting.shift_deg) for key in byproducts]
            self._last = asked, self.solve(setting, [self.perovskite(setting), *others])
        return self._last[1]

    def refine(
        self,
        start: Setting,
        byproducts: Sequence[str],
        lattice_range: tuple[float, float],
        steps: int = 8,
    ) -> Solution:
        """Refine lattice, shift, extra B and texture from a start; tilt and structure stay."""
        low = np.array([np.log(lattice_range[0]), -_FURTHEST_SHIFT_DEG, 0.0, np.log(0.12)])
        high = np.array([np.log(lattice_range[1]), _FURTHEST_SHIFT_DEG, 5.0, 0.0])
        low, high = low / _SCALES, high / _SCALES
        margin = 1e-6 * (high - low)

        def misfit(unknowns: Floats) -> Floats:
            return self._misfit(start, unknowns, byproducts)

        def slope(unknowns: Floats) -> Floats:
            return self._slope(start, unknowns, byproducts, high)

        found = scipy.optimize.least_squares(
            misfit,
            np.clip(_unknowns(start), low + margin, high - margin),
            jac=slope,
            bounds=(low, high),
            x_scale=1.0,
            max_nfev=steps,
            ftol=1e-4,
            xtol=1e-3,
        )
        return self.at(_setting(start, found.x), byproducts)

    def uncertainty(
        self, solution: Solution, byproducts: Sequence[str], scale: float
    ) -> tuple[float, float]:
        """Standard uncertainties of the lattice edge in Å and of the March r, from the curvature."""
        unknowns = _unknowns(solution.setting)
        slope = self._slope(solution.setting, unknowns, byproducts, np.full(4, np.inf))
        covariance = np.linalg.pinv(slope.T @ slope) * scale
        spread = np.sqrt(np.diag(covariance)) * _SCALES
        setting = solution.setting
        return float(spread[0] * setting.lattice_a_angstrom), float(spread[3] * setting.march_r)

    def _misfit(self, like: Setting, unknowns: Floats, byproducts: Sequence[str]) -> Floats:
        solution = self.at(_setting(like, unknowns), byproducts)
        difference: Floats = (self.scan.intensity - solution.fit) / self.scan.sigma
        return difference

    def _slope(
        self, like: Setting, unknowns: Floats, byproducts: Sequence[str], high: Floats
    ) -> Floats:
        # Steps of a fixed size: scipy's own shrink with the unknown, below the grid's resolution.
        here, columns = self._misfit(like, unknowns, byproducts), []
        for i in range(unknowns.size):
            step = 0.05 if unknowns[i] + 0.05 < high[i] else -0.05
            moved = unknowns.copy()
            moved[i] += step
            columns.append((self._misfit(like, moved, byproducts) - here) / step)
        return np.array(columns).T


def _unknowns(setting: Setting) -> Floats:
    """The four refined unknowns in units of their typical change."""
    values = [
        np.log(setting.lattice_a_angstrom),
        setting.shift_deg,
        setting.extra_b_angstrom2,
        np.log(setting.march_r),
    ]
    scaled: Floats = np.array(values) / _SCALES
    return scaled


def _setting(like: Setting, unknowns: Floats) -> Setting:
    ln_a, shift, extra_b, ln_r = (float(v) for v in unknowns * _SCALES)
    return replace(
        like,
        lattice_a_angstrom=float(np.exp(ln_a)),
        shift_deg=shift,
        extra_b_angstrom2=extra_b,
        march_r=float(min(np.exp(ln_r), 1.0)),
    )

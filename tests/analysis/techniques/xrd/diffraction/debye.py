"""Whole crystals by the Debye equation: another road to a pattern than the product's sum over reflections.

Cuboids of CsPbI3 with faces of the pseudo-cubic axes, any part of γ's octahedral tilt. All pairs of atoms are summed,
by the number of cell pairs a lattice vector apart. Cells and positions are those named in `tests/data/diffraction/SOURCES.md`.
``python -m tests.analysis.techniques.xrd.diffraction.debye`` writes the table of the suite.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import gemmi
import numpy as np

TABLE = Path(__file__).resolve().parents[4] / "data" / "diffraction" / "debye_crystals.npz"
TILTS, CELLS = (0.0, 0.5, 0.75, 1.0), (5, 6, 8, 10)  # 6.2 to 12.4 nm
Q = np.arange(0.60, 3.70, 0.0025)  # 4π·sin θ/λ in 1/Å: 2θ of 8.4 to 53.9° with Cu Kα
BIN_ANGSTROM = 0.005
COPPER = ((1.540593, 2 / 3), (1.544427, 1 / 3))
GAMMA_CELL = np.array([8.8561, 12.4722, 8.5766])  # Pnma, Sutton et al. 2018
# Element, B in Å², position without any tilt, position in γ (Materials Project); 4, 4, 8 and 4 in the cell.
SITES = (
    ("Cs", 3.2, (0.0, 0.75, 0.0), (0.034562, 0.75, 0.007578)),
    ("Pb", 1.3, (0.0, 0.0, 0.5), (0.0, 0.0, 0.5)),
    ("I", 2.7, (0.25, 0.0, 0.75), (0.203924, 0.025925, 0.796624)),
    ("I", 2.7, (0.0, 0.25, 0.5), (0.007141, 0.25, 0.448521)),
)
ELEMENTS = ("Cs", "Pb", "I")


def doubled_cell(tilt: float) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Return axes (3, 3) in Å, elements and positions (40, 3) in Å of the cell along the pseudo-cubic axes.

    Iodine moves with the tilt; caesium and the strain of the cell go with its square (Landau).
    """
    edge = (GAMMA_CELL.prod() / 4) ** (1 / 3)
    cubic = np.array([edge * 2**0.5, 2 * edge, edge * 2**0.5])
    a, b, c = np.diag(cubic + tilt**2 * (GAMMA_CELL - cubic))
    axes = np.array([a + c, a - c, b])
    operations = gemmi.find_spacegroup_by_name("P n m a").operations()
    names, places = [], []
    for element, _, cubic_place, real in SITES:
        moved = tilt**2 if element == "Cs" else tilt
        start = np.array(cubic_place) + moved * (np.array(real) - np.array(cubic_place))
        orbit: list[np.ndarray] = []
        for operation in operations:
            image = np.array(operation.apply_to_xyz(list(start))) % 1.0
            if all(np.abs((image - o + 0.5) % 1 - 0.5).max() > 1e-6 for o in orbit):
                orbit.append(image)
        for image in orbit:
            for shift in (0.0, 1.0):
                at = (image + np.array([shift, 0, 0])) @ np.array([a, b, c])
                inside = np.linalg.solve(axes.T, at) % 1.0
                names.append(element)
                places.append(inside @ axes)
    assert len(names) == 40
    return axes, names, np.array(places)


def intensity(tilt: float, cells: tuple[int, int, int]) -> np.ndarray:
    """Return the intensity an atom over `Q` of a crystal of so many doubled cells (1.24 nm) along each axis."""
    axes, names, places = doubled_cell(tilt)
    spans = [np.arange(1 - n, n) for n in cells]
    grid = np.array(np.meshgrid(*spans, indexing="ij")).reshape(3, -1).T
    pairs_of_cells = np.prod(np.array(cells) - np.abs(grid), axis=1).astype(float)
    apart = grid @ axes
    bins = int(np.linalg.norm(np.abs(np.array(cells)) @ np.abs(axes)) * 1.1 / BIN_ANGSTROM)
    kinds = {
        e: np.array([i for i, name in enumerate(names) if name == e], dtype=int) for e in ELEMENTS
    }
    counted = {}
    for m, one in enumerate(ELEMENTS):
        for other in ELEMENTS[m:]:
            total = np.zeros(bins)
            for p in kinds[one]:
                for q in kinds[other]:
                    r = np.linalg.norm(apart + places[q] - places[p], axis=1)
                    total += np.bincount(
                        (r / BIN_ANGSTROM).astype(int), pairs_of_cells, minlength=bins
                    )[:bins]
            counted[one, other] = total * (1 if one == other else 2)
    return _sum_over_pairs(counted) / (40 * np.prod(cells))


def _sum_over_pairs(counted: dict[tuple[str, str], np.ndarray]) -> np.ndarray:
    quarter = (Q / 4 / np.pi) ** 2
    factor = {
        e: np.array([gemmi.Element(e).it92.calculate_sf(stol2=s) for s in quarter])
        for e in ELEMENTS
    }
    damping = {e: np.exp(-b * quarter) for e, b, *_ in SITES}
    pairs = np.array(list(counted.values())).T
    itself = {one: n[0] for (one, other), n in counted.items() if one == other}
    pairs[0] = 0.0  # an atom with itself: no thermal motion between them
    used = np.flatnonzero(pairs.any(axis=1))
    r = (used + 0.5) * BIN_ANGSTROM
    waves = np.vstack([np.sinc(np.outer(q, r) / np.pi) @ pairs[used] for q in np.split(Q, 8)])
    total = sum(n * factor[e] ** 2 for e, n in itself.items())
    for column, (one, other) in enumerate(counted):
        total = total + waves[:, column] * (
            factor[one] * factor[other] * damping[one] * damping[other]
        )
    return np.asarray(total, float)


@dataclass(frozen=True)
class Powder:
    """What one draw made."""

    two_theta_deg: np.ndarray
    counts: np.ndarray


@cache
def table() -> dict[str, np.ndarray]:
    """Return the crystals of the suite, by "tilt cells"."""
    with np.load(TABLE) as stored:
        return {key: stored[key].astype(float) for key in stored.files}


def powder(tilt: float, share_of_cubic: float, seed: int) -> Powder:
    """Draw a measurement: sizes, thermal motion, zero error, line width, background, counts (300 to 5,000)."""
    rng = np.random.default_rng((seed, int(1000 * tilt)))
    angle = np.arange(9.0, 50.0, float(rng.choice([0.02, 0.03, 0.04])))
    weights = rng.dirichlet(np.ones(len(CELLS)))
    thermal = np.exp(-2 * rng.uniform(-0.3, 1.0) * (Q / 4 / np.pi) ** 2)
    per_q = np.zeros_like(Q)
    for weight, n in zip(weights, CELLS, strict=True):
        per_q += weight * (1 - share_of_cubic) * table()[f"{tilt} {n}"]
        per_q += weight * share_of_cubic * table()[f"0.0 {n}"] if share_of_cubic else 0.0
    per_q *= thermal
    stretch, zero = rng.normal(1.0, 0.0015), rng.uniform(-0.08, 0.08)
    theta = np.radians((angle - zero) / 2)
    signal = np.zeros_like(angle)
    for wavelength, share in COPPER:
        signal += share * np.interp(4 * np.pi * np.sin(theta) / wavelength * stretch, Q, per_q)
    signal *= (1 + np.cos(2 * theta) ** 2) / 2
    signal = _blurred(signal, rng.uniform(0.05, 0.15) / float(np.diff(angle[:2])[0]))
    net = signal - 0.95 * signal[angle > 11.5].min()
    peak = float(np.exp(rng.uniform(np.log(300), np.log(5000))))
    net = np.maximum(net, 0) / net[(angle > 26) & (angle < 31)].max() * peak
    air = 0.4 + 0.6 * np.exp(-(angle - angle[0]) / rng.uniform(8, 20))
    glass = rng.uniform(0.0, 0.8) * np.exp(-(((angle - rng.uniform(20, 26)) / 5.0) ** 2))
    return Powder(
        angle, rng.poisson(net + rng.uniform(0.1, 0.6) * peak * (air + glass)).astype(float)
    )


def _blurred(signal: np.ndarray, fwhm_points: float) -> np.ndarray:
    reach = np.arange(-int(3 * fwhm_points) - 1, int(3 * fwhm_points) + 2)
    kernel = np.exp(-4 * np.log(2) * (reach / fwhm_points) ** 2)
    return np.convolve(signal, kernel / kernel.sum(), mode="same")


if __name__ == "__main__":
    np.savez_compressed(
        TABLE,
        **{
            f"{tilt} {n}": np.round(intensity(tilt, (n, n, n)), 1).astype(np.float32)
            for tilt in TILTS
            for n in CELLS
        },
    )

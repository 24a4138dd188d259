"""Which by-products a pattern asks for, how much of them, and how little could hide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.techniques.xrd.diffraction.fit import BYPRODUCTS, Fitter, Solution, non_negative

FOUND_DELTA_BIC = 20.0
FOUND_VOLUME = 0.03
_RELATIVE_UNCERTAINTY = (
    0.15  # volume fractions over-read by 10 to 20 per cent in simulated mixtures
)


@dataclass(frozen=True, slots=True)
class Amount:
    """Volume share of one by-product among all crystalline phases."""

    phase: str
    volume_percent: float
    uncertainty_percent: float
    limit_percent: float  # what could hide, about 95 per cent
    delta_bic: float
    found: bool


def delta_bic(poorer: Solution, richer: Solution, points: int) -> float:
    """Evidence for the richer fit; χ² is scaled by its own reduced χ²."""
    scale = max(richer.chi2 / points, 1.0)
    return (poorer.chi2 - richer.chi2) / scale - (richer.active - poorer.active) * float(
        np.log(points)
    )


def select(fitter: Fitter, start: Solution, lattice_range: tuple[float, float]) -> tuple[str, ...]:
    """Add by-products one by one while each is asked for by the data."""
    points = fitter.scan.intensity.size
    kept: tuple[str, ...] = ()
    current = fitter.refine(start.setting, kept, lattice_range)
    while len(kept) < len(BYPRODUCTS):
        tried = {
            key: fitter.refine(current.setting, (*kept, key), lattice_range, steps=5)
            for key in BYPRODUCTS
            if key not in kept
        }
        key = min(tried, key=lambda name: tried[name].chi2)
        if delta_bic(current, tried[key], points) <= FOUND_DELTA_BIC:
            break
        kept, current = (*kept, key), tried[key]
    return kept


def has_perovskite(fitter: Fitter, solution: Solution, byproducts: Sequence[str]) -> bool:
    """Say whether the pattern asks for a perovskite at all."""
    others = [fitter.byproduct(key, solution.setting.shift_deg) for key in byproducts]
    without = fitter.solve(solution.setting, others)
    return delta_bic(without, solution, fitter.scan.intensity.size) > FOUND_DELTA_BIC


def amounts(fitter: Fitter, solution: Solution, kept: Sequence[str]) -> tuple[Amount, ...]:
    """Quantify every by-product, found or not."""
    points = fitter.scan.intensity.size
    scale = max(solution.chi2 / points, 1.0)
    total = sum(solution.volume(phase) for phase in ("perovskite", *kept)) or 1.0
    found = []
    for key in BYPRODUCTS:
        volume, error = _volume(fitter, solution, key, scale)
        share = solution.volume(key) / total if key in kept else 0.0
        bic = 0.0
        if key in kept:
            rest = tuple(name for name in kept if name != key)
            bic = delta_bic(fitter.at(solution.setting, rest), solution, points)
        spread = float(np.hypot(error / total, _RELATIVE_UNCERTAINTY * share * (1 - share)))
        limit = (max(volume, 0.0) + 2 * error) / (total + max(volume, 0.0) + 2 * error)
        found.append(
            Amount(
                phase=key,
                volume_percent=100 * share,
                uncertainty_percent=100 * spread,
                limit_percent=100 * max(limit, FOUND_VOLUME),
                delta_bic=bic,
                found=bic > FOUND_DELTA_BIC and share > FOUND_VOLUME,
            )
        )
    return tuple(found)


def _volume(fitter: Fitter, solution: Solution, key: str, scale: float) -> tuple[float, float]:
    """Volume of a random powder of the by-product beside the other phases, with its uncertainty."""
    block = fitter.byproduct(key, solution.setting.shift_deg)
    middle_size = len(BYPRODUCTS[key][0]) // 2
    rest = [
        fixed.columns @ amount
        for fixed, amount in zip(solution.blocks, solution.amounts, strict=True)
        if fixed.phase != key
    ]
    matrix = np.column_stack([block.columns[:, middle_size], *rest, fitter.background])
    weighted = matrix / fitter.scan.sigma[:, None]
    amount = non_negative(weighted, fitter.scan.intensity / fitter.scan.sigma)
    active = amount > 0
    active[0] = True
    covariance = np.linalg.pinv(weighted[:, active].T @ weighted[:, active]) * scale
    return float(amount[0]), float(np.sqrt(covariance[0, 0]))

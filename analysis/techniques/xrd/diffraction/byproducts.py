"""Which by-products a pattern asks for, how much of them, and how little could hide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.techniques.xrd.diffraction.fit import (
    BYPRODUCTS,
    USUAL_BYPRODUCTS,
    Fitter,
    Solution,
    non_negative,
)

FOUND_DELTA_BIC = 20.0
# What is rarely there needs more: α beside γ, fitted as one crystal, leaves a rest that ZnO mends by up to 34.
UNUSUAL_DELTA_BIC = 60.0
FOUND_VOLUME = 0.03
# What size, texture and background do to a share in simulated mixtures: a part of it, and one per cent of all.
_RELATIVE_UNCERTAINTY, _LEAST_UNCERTAINTY = 0.15, 0.01
_REFINED = 3  # of the by-products that may be added, those that mend the fit most are refined


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


def _needed(key: str) -> float:
    return FOUND_DELTA_BIC if key in USUAL_BYPRODUCTS else UNUSUAL_DELTA_BIC


def select(fitter: Fitter, start: Solution, lattice_range: tuple[float, float]) -> tuple[str, ...]:
    """Add by-products one by one while each is asked for by the data."""
    points = fitter.scan.intensity.size
    kept: tuple[str, ...] = ()
    current = fitter.refine(start.setting, kept, lattice_range)
    while len(kept) < len(BYPRODUCTS):
        as_it_is = {
            key: fitter.at(current.setting, (*kept, key)).chi2
            for key in BYPRODUCTS
            if key not in kept
        }
        tried = {
            key: fitter.refine(current.setting, (*kept, key), lattice_range, steps=5)
            for key in sorted(as_it_is, key=lambda name: as_it_is[name])[:_REFINED]
        }
        key = min(tried, key=lambda name: tried[name].chi2)
        if delta_bic(current, tried[key], points) <= _needed(key):
            break
        kept, current = (*kept, key), tried[key]
    return kept


def has_perovskite(fitter: Fitter, solution: Solution, byproducts: Sequence[str]) -> bool:
    """Say whether the pattern asks for a perovskite at all."""
    others = [fitter.byproduct(key, solution.setting.shift_deg) for key in byproducts]
    without = fitter.solve(solution.setting, others)
    return delta_bic(without, solution, fitter.scan.intensity.size) > FOUND_DELTA_BIC


def amounts(fitter: Fitter, solution: Solution, kept: Sequence[str]) -> tuple[Amount, ...]:
    """Quantify the usual by-products, found or not, and every other one that the fit kept."""
    points = fitter.scan.intensity.size
    scale = max(solution.chi2 / points, 1.0)
    total = sum(solution.volume(phase) for phase in ("perovskite", *kept)) or 1.0
    found = []
    for key in dict.fromkeys((*USUAL_BYPRODUCTS, *kept)):
        volume, error = _volume(fitter, solution, key, scale)
        share = solution.volume(key) / total if key in kept else 0.0
        bic = 0.0
        if key in kept:
            rest = tuple(name for name in kept if name != key)
            bic = delta_bic(fitter.at(solution.setting, rest), solution, points)
        systematic = np.hypot(_RELATIVE_UNCERTAINTY * share * (1 - share), _LEAST_UNCERTAINTY)
        spread = float(np.hypot(error / total, systematic))
        limit = (max(volume, 0.0) + 2 * error) / (total + max(volume, 0.0) + 2 * error)
        found.append(
            Amount(
                phase=key,
                volume_percent=100 * share,
                uncertainty_percent=100 * spread,
                limit_percent=100 * max(limit, FOUND_VOLUME),
                delta_bic=bic,
                found=bic > _needed(key) and share > FOUND_VOLUME,
            )
        )
    return tuple(found)


def _volume(fitter: Fitter, solution: Solution, key: str, scale: float) -> tuple[float, float]:
    """Return the volume of the by-product and its uncertainty, for the size and texture that could hide the most."""
    block = fitter.byproduct(key, solution.setting.shift_deg)
    rest = [
        fixed.columns @ amount
        for fixed, amount in zip(solution.blocks, solution.amounts, strict=True)
        if fixed.phase != key
    ]
    weight = 1 / fitter.scan.sigma[:, None]
    others = np.column_stack([*rest, fitter.background]) * weight
    target = fitter.scan.intensity / fitter.scan.sigma
    hidden = []
    for column in block.columns.T:
        weighted = np.column_stack([column * weight[:, 0], others])
        amount = non_negative(weighted, target)
        active = amount > 0
        active[0] = True
        covariance = np.linalg.pinv(weighted[:, active].T @ weighted[:, active]) * scale
        hidden.append((float(amount[0]), float(np.sqrt(covariance[0, 0]))))
    return max(hidden, key=lambda one: one[0] + 2 * one[1])

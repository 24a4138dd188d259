"""Nanocrystals whose sizes are known."""

from __future__ import annotations

import numpy as np


def crystals(seed: int, count: int, mean_nm: float = 12.0, spread: float = 0.15) -> np.ndarray:
    """Sizes of a log-normal population with this mean and relative standard deviation."""
    width = np.sqrt(np.log1p(spread**2))
    centre = np.log(mean_nm) - width**2 / 2
    return np.random.default_rng(seed).lognormal(centre, width, count)

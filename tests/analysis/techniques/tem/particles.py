"""Nanocrystals whose sizes are known, as numbers and on rendered images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter


def crystals(seed: int, count: int, mean_nm: float = 12.0, spread: float = 0.15) -> np.ndarray:
    """Sizes of a log-normal population with this mean and relative standard deviation."""
    width = np.sqrt(np.log1p(spread**2))
    centre = np.log(mean_nm) - width**2 / 2
    return np.random.default_rng(seed).lognormal(centre, width, count)


FINE = 4  # points a pixel and side on which an image is rendered before it is averaged


@dataclass(frozen=True)
class Micrograph:
    """A rendered image of particles and what is true of it: the sizes of the whole ones, in pixels."""

    grey: np.ndarray
    sizes_px: np.ndarray


def rendered(
    sizes_px: np.ndarray,
    form: str = "disc",
    *,
    seed: int = 0,
    side: int = 512,
    contrast: float = 60.0,
    noise: float = 8.0,
    uneven: float = 0.0,
    touching: int = 0,
    blur: float = 1.0,
) -> Micrograph:
    """Draw dark particles on a background by sampling each shape on a fine grid, then average, blur and add noise.

    ``form`` is *disc*, *square* (turned at random) or *sphere* (its projected thickness). ``touching`` pairs stand
    side by side. ``uneven`` is how much the background rises across the image, with a hump in it.
    """
    rng = np.random.default_rng(seed)
    places = _places(sizes_px, form, rng, side, touching)
    fine = side * FINE
    height = np.zeros((fine, fine))
    kept = []
    for size, (x, y), angle in places:
        reach = int(size * FINE)
        left, top = int(x * FINE), int(y * FINE)
        rows = slice(max(0, top - reach), min(fine, top + reach))
        columns = slice(max(0, left - reach), min(fine, left + reach))
        dy, dx = np.ogrid[rows.start : rows.stop, columns.start : columns.stop]
        u, v = (dx + 0.5) / FINE - x, (dy + 0.5) / FINE - y
        shape = _shape(u, v, size, angle, form)
        height[rows, columns] = np.maximum(height[rows, columns], shape * rng.uniform(0.8, 1.2))
        kept.append(size)
    height = height.reshape(side, FINE, side, FINE).mean(axis=(1, 3))
    y, x = np.mgrid[0:side, 0:side] / side
    background = 160 + uneven * (x + 0.5 * y + np.exp(-((x - 0.3) ** 2 + (y - 0.6) ** 2) / 0.05))
    grey = gaussian_filter(background - contrast * height, blur) + rng.normal(
        0, noise, (side, side)
    )
    return Micrograph(grey, np.array(kept))


def _shape(u, v, size, angle, form):
    if form == "square":
        a = np.abs(u * np.cos(angle) + v * np.sin(angle))
        b = np.abs(v * np.cos(angle) - u * np.sin(angle))
        return ((a < size / 2) & (b < size / 2)).astype(float)
    r2 = (u**2 + v**2) / (size / 2) ** 2
    return (r2 < 1).astype(float) if form == "disc" else np.sqrt(np.clip(1 - r2, 0, None))


def _places(sizes, form, rng, side, touching):
    """Particles apart from each other and from the border; the first pairs touch along x."""
    reach = 0.75 if form == "square" else 0.55
    placed = []

    def free(x, y, size):
        inside = reach * size + 4 < min(x, y, side - x, side - y)
        return inside and all(
            np.hypot(x - a, y - b) > reach * (size + other) + 6 for other, (a, b), _ in placed
        )

    queue = list(sizes)
    while queue:
        size = queue.pop(0)
        pair = touching > 0 and queue
        for _ in range(3000):
            x, y = rng.uniform(0, side, 2)
            other = queue[0] if pair else 0.0
            x2 = x + (size + other) / 2
            if free(x, y, size) and (not pair or free(x2, y, other)):
                placed.append((size, (x, y), 0.0 if pair else rng.uniform(0, np.pi)))
                if pair:
                    placed.append((queue.pop(0), (x2, y), 0.0))
                    touching -= 1
                break
        else:
            raise ValueError("The particles do not fit on the image.")
    return placed

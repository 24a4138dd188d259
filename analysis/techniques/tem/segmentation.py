"""Particles on an image: background levelled, threshold, touching ones parted by their distance map.

Pure numpy and scipy.ndimage. Images are float arrays of shape (rows, columns) in grey levels; labels are int
arrays of the same shape, 0 is background.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from analysis.result import NoResult

Floats = NDArray[np.float64]
Labels = NDArray[np.int32]

MOST_SIDE = 800  # of the image that is analysed; a larger one is binned
BLUR_PX = (1.0, 2.0)  # of the first look at an image: the least, and the one that noise asks for
OF_RADIUS = 1 / 10  # the blur of the second look
MOST_BLUR_PX = 5.0
ROUNDS = 3
CLEAR = 3.5  # of the noise: a pixel belongs to a particle
OF_STRONGEST = (
    0.2  # of the height of the strongest particles: what is lower is no particle beside them
)
HALF = 0.5  # of its own height: where a particle ends
LEAST_PIXELS = 12
MOST_COVERED = 0.7
NECK = 0.8  # a neck narrower than this share of the thinner part parts two particles
LEAST_NECK_PX = 1.0


@dataclass(frozen=True, slots=True)
class Levelled:
    """An image whose background is 0 and whose particles are positive, and the noise of it."""

    values: Floats
    noise: float
    dark: bool  # the particles are darker than the background

    @property
    def threshold(self) -> float:
        """The level above which a pixel belongs to a particle."""
        clear = CLEAR * self.noise
        inside = self.values[self.values > max(_otsu(self.values), clear)]
        return max(clear, OF_STRONGEST * float(np.median(inside))) if inside.size else clear


def binned(image: NDArray[np.float32], most: int = MOST_SIDE) -> tuple[Floats, int]:
    """Return the image with its pixels averaged in squares so that no side is longer than ``most``."""
    factor = max(1, -(-max(image.shape) // most))
    if factor == 1:
        return image.astype(float), 1
    rows, columns = (side // factor * factor for side in image.shape)
    cut = image[:rows, :columns].reshape(rows // factor, factor, columns // factor, factor)
    return cut.mean(axis=(1, 3), dtype=float), factor


def levelled(image: Floats, polarity: str, blur_px: float) -> Levelled:
    """Return the image less its background, which is interpolated under the particles.

    The background is first a robust parabola, then a wide average over what is no particle. ``polarity`` is
    *dark*, *bright* or "" for whichever stands out more. Raises `NoResult` where nothing does.
    """
    smooth = scipy.ndimage.gaussian_filter(image, blur_px)
    flat = smooth - _parabola(smooth)
    signs = {"dark": (-1,), "bright": (1,)}.get(polarity, (-1, 1))
    best = max((_with_background(flat, sign) for sign in signs), key=_clarity)
    if not _clarity(best):
        raise NoResult(
            "No particle stands out of the background of this image. Take it with more contrast or a longer exposure, or "
            "measure the particles by hand and upload the list."
        )
    return best


def _clarity(found: Levelled) -> float:
    """How clearly something stands out: its height over the noise, less where it covers most of the image."""
    inside = found.values > found.threshold
    covered = float(inside.mean())
    if not 0 < covered < MOST_COVERED or found.noise == 0:
        return 0.0
    height = float(found.values[inside].mean())
    return height / found.noise * min(1.0, (1 - covered) / covered)


def _parabola(image: Floats) -> Floats:
    """A surface of second order through the middle of the grey levels, particles left out by their distance."""
    step = max(1, max(image.shape) // 200)
    small = image[::step, ::step]
    y, x = np.mgrid[0 : small.shape[0], 0 : small.shape[1]] * step
    terms = _terms(x.ravel() / image.shape[1], y.ravel() / image.shape[0])
    z, keep = small.ravel(), np.ones(small.size, dtype=bool)
    weights: Floats = np.zeros(terms.shape[1])
    for _ in range(8):
        kept = terms[keep]
        # The normal equations: six terms of order one lose no digit that a grey level has.
        found = np.linalg.lstsq(kept.T @ kept, kept.T @ z[keep], rcond=None)[0]
        weights = np.asarray(found, dtype=float)
        rest = z - terms @ weights
        spread = 1.4826 * float(np.median(np.abs(rest[keep] - np.median(rest[keep])))) or 1e-12
        keep = np.abs(rest - np.median(rest[keep])) < 2.5 * spread
    rows, columns = np.mgrid[0 : image.shape[0], 0 : image.shape[1]]
    whole = _terms(columns.ravel() / image.shape[1], rows.ravel() / image.shape[0])
    return np.asarray((whole @ weights).reshape(image.shape), dtype=float)


def _terms(x: Floats, y: Floats) -> Floats:
    return np.column_stack([np.ones_like(x), x, y, x * x, x * y, y * y])


def _with_background(flat: Floats, sign: int) -> Levelled:
    """Level the image for particles of one sign."""
    values = sign * flat
    step = max(1, max(flat.shape) // 128)
    wide = 128 / 8
    for _ in range(ROUNDS):
        values = values - _mode(values)
        found = Levelled(values, _noise(values), sign < 0)
        around = scipy.ndimage.binary_dilation(values > 0.6 * found.threshold, iterations=3)
        small, free = values[::step, ::step], (~around[::step, ::step]).astype(float)
        if free.mean() < 0.05:
            break
        # what lies far from any background takes what the parabola left
        weight = scipy.ndimage.gaussian_filter(free, wide) + 1e-3
        background = scipy.ndimage.gaussian_filter(small * free, wide) / weight
        rows, columns = (np.arange(side) / step for side in values.shape)
        places = np.meshgrid(rows, columns, indexing="ij")
        values = values - scipy.ndimage.map_coordinates(background, places, order=1, mode="nearest")
    values = values - _mode(values)
    return Levelled(values, _noise(values), sign < 0)


def _mode(values: Floats) -> float:
    """The commonest grey level: the background also where particles cover nearly half."""
    low, high = np.percentile(values, (0.5, 99.5))
    if high <= low:
        return float(low)
    counts, edges = np.histogram(values, 256, (low, high))
    counts = scipy.ndimage.gaussian_filter1d(counts.astype(float), 4)
    k = int(np.argmax(counts))
    return float((edges[k] + edges[k + 1]) / 2)


def _noise(values: Floats) -> float:
    """The standard deviation of the background, from the side of its mode on which no particle is."""
    below = values[values < 0]
    return 1.4826 * float(np.median(-below)) if below.size else 0.0


def _otsu(values: Floats) -> float:
    """The grey level that parts two classes best (Otsu 1979)."""
    low, high = float(np.percentile(values, 0.1)), float(values.max())
    counts, edges = np.histogram(values, 512, (low, high))
    centre = (edges[:-1] + edges[1:]) / 2
    below, sum_below = np.cumsum(counts), np.cumsum(counts * centre)
    above, sum_above = below[-1] - below, sum_below[-1] - sum_below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sum_below / below - sum_above / above) ** 2
    between[~np.isfinite(between)] = 0
    top = between >= between.max() * (1 - 1e-9)
    return float(centre[top].mean())


def parted(mask: NDArray[np.bool_]) -> Labels:
    """Return labels of the particles of a mask, touching ones parted at their necks.

    Every pixel climbs the distance map to a summit; summits whose neck is nearly as wide as the thinner of them
    are one particle.
    """
    height = scipy.ndimage.gaussian_filter(scipy.ndimage.distance_transform_edt(mask), 1.0) * mask
    basins, count = _climbed(height)
    return _merged(basins, height, count) if count else basins


def _climbed(height: Floats) -> tuple[Labels, int]:
    """Return for each pixel above 0 the number of the summit that the steepest way up leads to."""
    rows, columns = height.shape
    padded = np.pad(height, 1)
    places = np.pad(np.arange(height.size).reshape(height.shape), 1)
    best, up = height.copy(), places[1:-1, 1:-1].copy()
    for down in (0, 1, 2):
        for right in (0, 1, 2):
            near = padded[down : down + rows, right : right + columns]
            there = places[down : down + rows, right : right + columns]
            # of equal heights the later pixel is the higher one, so that a plateau has one summit
            higher = (near > best) | ((near == best) & (there > up))
            best, up = np.where(higher, near, best), np.where(higher, there, up)
    way = up.ravel()
    while True:
        further = way[way]
        if (further == way).all():
            break
        way = further
    inside = height.ravel() > 0
    summits, which = np.unique(way[inside], return_inverse=True)
    labels = np.zeros(height.size, dtype=np.int32)
    labels[inside] = which + 1
    return labels.reshape(height.shape), int(summits.size)


def outlined(image: Levelled) -> Labels:
    """Return labels of the particles, each ending at half of its own height over the background."""
    threshold = image.threshold
    rough = parted(image.values > threshold)
    heights = heights_of(image.values, rough)
    limit = np.maximum(HALF * heights, threshold)[rough]
    return parted((rough > 0) & (image.values > limit))


def heights_of(values: Floats, labels: Labels) -> Floats:
    """Return the median grey of the inner half of each label, shape (labels + 1,), 0 for the background."""
    depth = scipy.ndimage.distance_transform_edt(labels > 0)
    count = int(labels.max())
    found = np.zeros(count + 1)
    for k, place in enumerate(scipy.ndimage.find_objects(labels), start=1):
        if place is None:
            continue
        own = labels[place] == k
        inner = own & (depth[place] >= 0.5 * depth[place][own].max())
        found[k] = float(np.median(values[place][inner]))
    return found


def _merged(labels: Labels, height: Floats, count: int) -> Labels:
    """Join basins whose neck is no neck, the widest necks first."""
    tops = np.zeros(count + 1)
    np.maximum.at(tops, labels.ravel(), height.ravel())
    necks: dict[tuple[int, int], float] = {}
    for one, other in (
        (np.s_[:, :-1], np.s_[:, 1:]),
        (np.s_[:-1], np.s_[1:]),
    ):
        a, b = labels[one], labels[other]
        meets = (a != b) & (a > 0) & (b > 0)
        low = np.minimum(height[one], height[other])[meets]
        for i, j, neck in zip(a[meets].tolist(), b[meets].tolist(), low.tolist(), strict=True):
            pair = (i, j) if i < j else (j, i)
            necks[pair] = max(necks.get(pair, 0.0), neck)
    root = np.arange(count + 1)

    def rooted(k: int) -> int:
        while root[k] != k:
            root[k] = root[root[k]]
            k = int(root[k])
        return k

    for (i, j), neck in sorted(necks.items(), key=lambda one: -one[1]):
        here, there = rooted(i), rooted(j)
        thinner = min(tops[here], tops[there])
        if here != there and (neck > NECK * thinner or thinner - neck < LEAST_NECK_PX):
            root[there] = here
            tops[here] = max(tops[here], tops[there])
    final = np.array([rooted(k) for k in range(count + 1)])
    return np.asarray(final[labels], dtype=np.int32)

"""What the outlines of particles say: size, shape, which of them are whole, and where exactly they end.

Arrays as in `segmentation`; lengths in pixels of the image that is analysed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from analysis.techniques.tem.segmentation import LEAST_PIXELS, Floats, Labels, heights_of

LEAST_SOLID = 0.88  # of the convex hull: below, particles are merged or it is none
LONGEST = 2.5  # length over width: beyond, it is a rod, a scale bar or a fold
DOUBLE = 1.5  # times the middle area and the middle elongation: two particles side by side
LEVELS = np.arange(0.2, 0.801, 0.05)  # of the height, at which the radius of a particle is read
AMBIGUOUS = (0.4, 0.6)  # of the height: an outline may as well lie here


@dataclass(frozen=True, slots=True)
class Outline:
    """One particle. ``fill`` is its area over that of the smallest rectangle around it: 1 of a square, 0.79 of a circle."""

    label: int
    area_px: float
    solidity: float
    fill: float
    elongation: float
    at_border: bool
    hull: Floats  # corners, shape (n, 2), x and y

    @property
    def is_whole(self) -> bool:
        """Whether it is one particle, and all of it."""
        return not self.at_border and self.is_regular

    @property
    def is_regular(self) -> bool:
        """Whether its outline is that of one particle."""
        return self.solidity >= LEAST_SOLID and self.elongation <= LONGEST


def outlines_of(labels: Labels, blur_px: float) -> list[Outline]:
    """Return the outlines of all labels but specks that are smaller than the blur."""
    rows, columns = labels.shape
    found = []
    least = max(LEAST_PIXELS, np.pi * (2 * blur_px) ** 2)
    areas = np.bincount(labels.ravel())
    for label, place in enumerate(scipy.ndimage.find_objects(labels), 1):
        if place is None or areas[label] < least:
            continue
        own = labels[place] == label
        y, x = np.nonzero(own & ~scipy.ndimage.binary_erosion(own))
        corners = np.concatenate(
            [np.column_stack([x + dx, y + dy]) for dx in (0, 1) for dy in (0, 1)]
        ).astype(float)
        try:
            hull = corners[scipy.spatial.ConvexHull(corners).vertices]
        except scipy.spatial.QhullError:
            continue
        width, length = _rectangle(hull)
        down, across = place
        found.append(
            Outline(
                label=label,
                area_px=float(areas[label]),
                solidity=float(areas[label]) / _polygon_area(hull),
                fill=float(areas[label]) / (width * length),
                elongation=length / width,
                at_border=bool(
                    down.start == 0
                    or across.start == 0
                    or down.stop == rows
                    or across.stop == columns
                ),
                hull=hull + np.array([across.start, down.start]),
            )
        )
    return found


def _polygon_area(corners: Floats) -> float:
    x, y = corners.T
    return 0.5 * abs(float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))))


def _rectangle(hull: Floats) -> tuple[float, float]:
    """Return width and length of the smallest rectangle around a hull; one side of it lies on the hull."""
    sides = np.diff(np.vstack([hull, hull[:1]]), axis=0)
    along = sides / np.hypot(*sides.T)[:, None]
    across = np.column_stack([-along[:, 1], along[:, 0]])
    one, other = np.ptp(hull @ along.T, axis=0), np.ptp(hull @ across.T, axis=0)
    k = int(np.argmin(one * other))
    return float(min(one[k], other[k])), float(max(one[k], other[k]))


@dataclass(frozen=True, slots=True)
class Edge:
    """Where particles end, in pixels outwards of the outline at half height; means over the particles.

    ``steepest`` is where the grey falls fastest, which is the rim of a sphere as well as of a cube; half the
    height lies inside the rim of a sphere. ``ambiguity`` is the distance from 60 to 40 % of the height.
    """

    steepest: float
    ambiguity: float

    @property
    def u_diameter(self) -> float:
        """u of every diameter alike: what both ways of reading disagree on, and the ambiguity."""
        return 2 * float(np.hypot(self.steepest, self.ambiguity / 2 / np.sqrt(3)))


def edge_of(values: Floats, labels: Labels, whole: list[Outline], radius_px: float) -> Edge:
    """Return where the ``whole`` particles end.

    The area above each level, in parts of a particle's own height, gives a radius for that level; where
    the mean radius changes least from level to level, the grey falls fastest.
    """
    away, nearest = scipy.ndimage.distance_transform_edt(labels == 0, return_indices=True)
    owner = np.where(away < 0.6 * radius_px, labels[tuple(nearest)], 0)
    heights = heights_of(values, labels)
    places = scipy.ndimage.find_objects(owner)
    radii = []
    for one in whole:
        place = places[one.label - 1]
        own = np.sort(values[place][owner[place] == one.label] / heights[one.label])
        above = own.size - np.searchsorted(own, LEVELS)
        radii.append(np.sqrt(above / np.pi))
    radius = np.mean(radii, axis=0)
    steps = scipy.ndimage.gaussian_filter1d(-np.diff(radius), 1.0)  # pixels from level to level
    k = int(np.argmin(steps))
    half = float(np.interp(0.5, LEVELS, radius))
    return Edge(
        steepest=float(np.interp(k + 0.5 + _vertex(steps, k), np.arange(LEVELS.size), radius))
        - half,
        ambiguity=float(
            np.interp(AMBIGUOUS[0], LEVELS, radius) - np.interp(AMBIGUOUS[1], LEVELS, radius)
        ),
    )


def _vertex(steps: Floats, k: int) -> float:
    """Return how far beside place ``k`` a parabola through it and its neighbours is lowest, 0 at an end."""
    if not 0 < k < steps.size - 1:
        return 0.0
    left, middle, right = steps[k - 1 : k + 2]
    bend = left - 2 * middle + right
    return float(np.clip((left - right) / (2 * bend), -0.5, 0.5)) if bend > 0 else 0.0


def without_doubles(outlines: list[Outline]) -> tuple[list[Outline], int]:
    """Leave out what is as long and large as two of the others, side by side without a neck; say how many."""
    area = float(np.median([one.area_px for one in outlines]))
    long = float(np.median([one.elongation for one in outlines]))
    single = [
        one for one in outlines if one.area_px < DOUBLE * area or one.elongation < DOUBLE * long
    ]
    return single, len(outlines) - len(single)

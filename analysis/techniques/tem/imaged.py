"""The sizes of the particles on an image with its scale."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import scipy

from analysis.reading import Image, Reading
from analysis.result import Curve, NoResult
from analysis.techniques.tem.distribution import Floats
from analysis.techniques.tem.outlines import Outline, edge_of, outlines_of, without_doubles
from analysis.techniques.tem.report import Sizes
from analysis.techniques.tem.segmentation import (
    BLUR_PX,
    MOST_BLUR_PX,
    MOST_SIDE,
    OF_RADIUS,
    Labels,
    Levelled,
    binned,
    levelled,
    outlined,
)

LEAST_DIAMETER_PX = 8.0
ENOUGH_PX = 12.0  # of the binned image; smaller particles are measured on a finer one
SQUARE, ROUND = 0.88, 0.84  # of the smallest rectangle around a particle
MOST_IRREGULAR = 0.5
OUTLINES_DRAWN = 250
CORNERS_DRAWN = 14
OF_FAINT = 0.6  # of the threshold: what lies between may be a missed particle


def imaged_sizes(reading: Reading, image: Image, settings: dict[str, Any]) -> Sizes:
    """Return the sizes of the whole particles of an image in nm; raise `NoResult` where it has no scale or shows none."""
    warnings: list[str] = []
    nm = _nm_per_pixel(image, settings["nm_per_pixel"], warnings)
    _refuse_diffraction(image)
    for most in (MOST_SIDE, 2 * MOST_SIDE):
        grey, factor = binned(image.values, most)
        flat, labels, found, blur = _segmented(grey, settings["particles"])
        whole = [one for one in found if one.is_whole]
        diameters = np.array([_diameter(one, blur) for one in whole])
        if factor == 1 or (whole and np.median(diameters) > ENOUGH_PX):
            break
    if not whole:
        raise NoResult(
            f"No whole particle was found on this image ({len(found)} outlines, all at its border or irregular). Take an "
            "image with more separate particles, or measure by hand and upload the list."
        )
    middle = float(np.median(diameters))
    if middle < LEAST_DIAMETER_PX:
        raise NoResult(
            f"The particles are {middle:.1f} pixels across, too few to measure them by: at least {LEAST_DIAMETER_PX:g} are "
            "needed. Take the image at a higher magnification."
        )
    whole, doubles = without_doubles(whole)
    diameters = np.array([_diameter(one, blur) for one in whole])
    irregular = doubles + sum(not one.is_regular and not one.at_border for one in found)
    if irregular > MOST_IRREGULAR * (irregular + len(whole)):
        raise NoResult(
            f"{irregular} of {irregular + len(whole)} outlines on this image are not those of single particles (touching, "
            "overlapping, or grains of a film). Measure by hand and upload the list, or take an image with fewer of them."
        )
    edge = edge_of(flat.values, labels, whole, middle / 2)
    what, as_size = _shape(whole, settings["what"], warnings)
    faint = _faint(flat, labels, middle)
    border = sum(one.at_border for one in found)
    px = nm * factor
    missed = (irregular + faint) / (len(whole) + irregular + faint)
    return Sizes(
        sizes_nm=(as_size * diameters + 2 * edge.steepest) * px,
        what=what,
        u_each_nm=edge.u_diameter * px,
        lost=_lost(border, irregular, faint, missed),
        warnings=warnings,
        curves=(_drawn(whole, px),),
        detail={
            "nm_per_pixel": nm,
            "binned": factor,
            "blur_px": blur * factor,
            "darker_than_background": flat.dark,
            "at_border": border,
            "irregular_or_merged": irregular,
            "faint": faint,
            "missed_share": missed,
            "outline_nm": {
                "steepest_minus_half": edge.steepest * px,
                "ambiguity": edge.ambiguity * px,
            },
            "field_nm": [grey.shape[1] * px, grey.shape[0] * px],
        },
    )


def _nm_per_pixel(image: Image, told: float | None, warnings: list[str]) -> float:
    if told is None and image.nm_per_pixel is None:
        raise NoResult(
            "The file does not say its scale. Say by the setting “One pixel is” how many nm a pixel is: the length of the "
            "scale bar in nm divided by its length in pixels."
        )
    written = image.nm_per_pixel or told or np.nan
    if told is not None and abs(told / written - 1) > 0.01:
        warnings.append(
            f"The setting says {told:g} nm a pixel, the file {written:.4g}; the setting was taken."
        )
    return float(told or written)


class Segmented(NamedTuple):
    """A levelled image, the labels and outlines of its particles, and the blur (pixels) that it was given."""

    flat: Levelled
    labels: Labels
    outlines: list[Outline]
    blur_px: float


def _segmented(grey: Floats, polarity: str) -> Segmented:
    """Outline the particles twice: the second time with a blur that suits their size."""
    found = _with_blur(grey, polarity, BLUR_PX[0])
    if sum(one.is_regular for one in found.outlines) <= MOST_IRREGULAR * len(found.outlines):
        found = _with_blur(grey, polarity, BLUR_PX[1])
    areas = [one.area_px for one in found.outlines if one.is_whole]
    if not areas:
        return found
    suited = float(np.clip(OF_RADIUS * np.sqrt(np.median(areas) / np.pi), 0.7, MOST_BLUR_PX))
    return _with_blur(grey, polarity or ("dark" if found.flat.dark else "bright"), suited)


def _with_blur(grey: Floats, polarity: str, blur_px: float) -> Segmented:
    flat = levelled(grey, polarity, blur_px)
    labels = outlined(flat)
    return Segmented(flat, labels, outlines_of(labels, blur_px), blur_px)


def _diameter(one: Outline, blur_px: float) -> float:
    """Diameter of the circle of the same area, in pixels.

    A blur by σ draws the line at half height inwards by σ²κ/2 where its curvature is κ: πσ² of area around any
    convex outline.
    """
    return 2 * float(np.sqrt(one.area_px / np.pi + blur_px**2))


def _shape(whole: list[Outline], told: str, warnings: list[str]) -> tuple[str, float]:
    """Return what a size is called, and by what the diameter of the circle of the same area is multiplied."""
    fill = float(np.median([one.fill for one in whole]))
    edge = told == "edge" or (not told and fill >= SQUARE)
    if not told and ROUND < fill < SQUARE:
        warnings.append(
            "The outlines are neither clearly round nor clearly square; diameters of circles of the same area are given. Say "
            "by the setting “Edge or diameter” what is meant."
        )
    if edge:
        return "edge length (square of the same area)", float(np.sqrt(np.pi) / 2)
    return "diameter (circle of the same area)", 1.0


def _faint(flat: Levelled, labels: Labels, diameter_px: float) -> int:
    """Return how many patches below the threshold are as large as a particle."""
    patches, count = scipy.ndimage.label(flat.values > OF_FAINT * flat.threshold)
    areas = np.bincount(patches.ravel(), minlength=count + 1)
    taken = np.unique(patches[labels > 0])
    large = np.flatnonzero(areas > 0.3 * np.pi / 4 * diameter_px**2)
    return int(np.setdiff1d(large, np.append(taken, 0)).size)


def _lost(border: int, irregular: int, faint: int, missed: float) -> str:
    parts = []
    if border:
        parts.append(f"{border} at the border")
    if irregular:
        parts.append(f"{irregular} merged or irregular")
    if faint:
        parts.append(f"about {faint} faint")
    said = f"Not counted: {', '.join(parts)}." if parts else "All outlines were counted."
    return said + (f" About {100 * missed:.0f} % of the particles were missed." if missed else "")


def _drawn(whole: list[Outline], px: float) -> Curve:
    """The outlines as one line with gaps, in nm from the upper left corner."""
    x: list[float] = []
    y: list[float] = []
    for one in whole[:OUTLINES_DRAWN]:
        hull = one.hull[:: max(1, -(-len(one.hull) // CORNERS_DRAWN))]
        ring = np.vstack([hull, hull[:1]]) * px
        x += [*ring[:, 0].tolist(), float("nan")]
        y += [*ring[:, 1].tolist(), float("nan")]
    return Curve("outlines", x, y)


def _refuse_diffraction(image: Image) -> None:
    """Refuse a picture that looks alike when turned by half around its brightest spot."""
    small, _ = binned(image.values, 256)
    small = scipy.ndimage.gaussian_filter(small, 1.0)
    row, column = np.unravel_index(int(np.argmax(small)), small.shape)
    rows, columns = small.shape
    near = max(min(row, rows - 1 - row), 0), max(min(column, columns - 1 - column), 0)
    if near[0] < 0.3 * rows or near[1] < 0.3 * columns:
        return
    part = small[row - near[0] : row + near[0] + 1, column - near[1] : column + near[1] + 1]
    y, x = np.ogrid[-near[0] : near[0] + 1, -near[1] : near[1] + 1]
    radius = np.hypot(y, x)
    falls = float(np.corrcoef(radius.ravel(), np.log1p(part - part.min()).ravel())[0, 1])
    outer = radius > 0.1 * min(small.shape)  # the spot itself is alike in any case
    if outer.sum() < 100 or np.ptp(part[outer]) == 0:
        return
    alike = float(np.corrcoef(part[outer], part[::-1, ::-1][outer])[0, 1])
    if alike > 0.6 and falls < -0.3:
        raise NoResult(
            "This looks like a diffraction pattern: it is alike when turned by half around its brightest spot. Upload an image "
            "of the particles."
        )

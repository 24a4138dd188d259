"""What every reader of micrographs ends in: a grey image with the scale that its file says."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.readers.heads import unit_of
from analysis.reading import Channel, Image, Reading, Scan, UnreadableFile
from analysis.technique import Technique

MOST_PIXELS = 36_000_000
LEAST_SIDE = 32
SMALLEST_NM, LARGEST_NM = 1e-4, 1e5  # of a pixel
GREYS = 256

_NM = {"nm": 1.0, "um": 1e3, "angstrom": 0.1, "m": 1e9}
_MORE = {"pm": 1e-3, "mm": 1e6, "cm": 1e7, "micro m": 1e3, "\\u00b5m": 1e3, "\\u00c5": 0.1}


def check_pixels(width: int, height: int) -> None:
    """Refuse an image that is too small to hold particles or too large to be analysed."""
    if min(width, height) < LEAST_SIDE:
        raise UnreadableFile(
            f"This image has {width} × {height} pixels; at least {LEAST_SIDE} × {LEAST_SIDE} are needed."
        )
    if width * height > MOST_PIXELS:
        raise UnreadableFile(
            f"This image has {width} × {height} pixels; at most {MOST_PIXELS // 10**6} million are analysed. Export it "
            "with fewer pixels, or a part of it."
        )


def nm_per(unit: str) -> float | None:
    """Return how many nm a unit of length is, None when it is none."""
    plain = unit.strip().strip("\x00")
    if plain.lower() in _MORE or plain in _MORE:
        return _MORE.get(plain) or _MORE[plain.lower()]
    return _NM.get(unit_of(plain) or "") if len(plain) > 1 or plain in "Åm" else None


def reading_of(
    values: NDArray[Any],
    nm_per_pixel: float | None,
    technique: Technique,
    reader: str,
    metadata: dict[str, Any],
    warnings: list[str],
) -> Reading:
    """Return the reading of a grey image, shape (rows, columns); its grey levels are the channels."""
    image = np.asarray(values, dtype=np.float32)
    if not np.isfinite(image).all():
        raise UnreadableFile("This image has pixels without a finite number. Export it again.")
    low, high = float(image.min()), float(image.max())
    if low == high:
        raise UnreadableFile("Every pixel of this image has the same grey: there is nothing on it.")
    if nm_per_pixel is not None and not SMALLEST_NM <= nm_per_pixel <= LARGEST_NM:
        warnings.append(f"The file says {nm_per_pixel:g} nm a pixel, which cannot be; left out.")
        nm_per_pixel = None
    counts, edges = np.histogram(image, GREYS, (low, high))
    x = Channel("grey", "", (edges[:-1] + edges[1:]) / 2, "Grey level")
    y = Channel("pixels", "", counts.astype(float), "Pixels")
    rows, columns = image.shape
    said = {"kind": "image", "width_px": columns, "height_px": rows, **metadata}
    if nm_per_pixel is not None:
        said["nm_per_pixel"] = nm_per_pixel
    scan = Scan(x, (y,), "image", key="1")
    return Reading(
        technique.name,
        reader,
        (x, y),
        said,
        tuple(warnings),
        (scan,),
        scan.key,
        Image(image, nm_per_pixel),
    )

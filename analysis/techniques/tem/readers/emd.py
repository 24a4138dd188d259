"""Images in .emd, which is HDF5: as Velox (Thermo Fisher) writes them, and as the Berkeley form says them.

Velox keeps ``/Data/Image/ID/Data`` (rows, columns, frames) beside a ``Metadata`` of JSON in which
``BinaryResult.PixelSize`` is in metres. Berkeley marks a group by the attribute ``emd_group_type`` and keeps ``data``
beside ``dim1`` and ``dim2``, whose numbers are the axes. No size is
believed before it is compared with what is analysed at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.reading import Reading, Scan, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique
from analysis.techniques.tem.readers.hdf5 import MARK, Node, opened
from analysis.techniques.tem.readers.images import check_pixels, nm_per, reading_of

READER = "emd 1"
_MOST_GROUPS, _MOST_DEPTH, _MOST_IMAGES = 2000, 6, 50
_MOST_METADATA = 2_000_000  # bytes of JSON
_ALIKE = 0.01  # across and down


class _Found(NamedTuple):
    values: NDArray[Any]
    nm_per_pixel: float | None
    label: str


def knows(file: InstrumentFile) -> bool:
    """Return True for the mark of HDF5."""
    return file.content.startswith(MARK)


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read every image; several are scans, each named by its detector or group.

    Raises
    ------
    UnreadableFile
        when the file is broken, or holds no single image that can be measured.
    """
    root = opened(file.content)
    warnings: list[str] = []
    found = list(_of_velox(root, warnings)) or list(_of_berkeley(root, warnings))
    return _reading(found, technique, warnings)


def _reading(found: list[_Found], technique: Technique, warnings: list[str]) -> Reading:
    readings: list[Reading] = []
    for one in found:
        said = {"label": one.label}
        try:
            readings.append(reading_of(one.values, one.nm_per_pixel, technique, READER, said, []))
        except UnreadableFile as refused:  # the other detectors are not to blame
            warnings.append(f"{one.label} was left out. {refused}")
    if not readings:
        left_out = f" {' '.join(warnings)}" if warnings else ""
        raise UnreadableFile(
            "This HDF5 file holds no image that can be measured, as Velox or the Berkeley form (.emd) keep them."
            f"{left_out[:300]} Save the image as .tif or .dm3 with its scale."
        )
    notes = (*warnings, *(note for one in readings for note in one.warnings))
    if len(readings) == 1:
        return replace(readings[0], warnings=notes)
    scans = tuple(
        Scan(one.x, (one.y,), one.metadata["label"], one.metadata, str(number), one.image)
        for number, one in enumerate(readings, 1)
    )
    first = readings[0]
    every = {"kind": "image", "scan_count": len(scans)}
    return replace(first, metadata=every, warnings=notes, scans=scans, scan="", image=None)


def _array(group: Node, name: str) -> Node | None:
    """Return an array in a group, None where there is none of numbers in this file."""
    one = group.links.get(name)
    return one if one is not None and one.is_array else None


def _of_velox(root: Node, warnings: list[str]) -> Iterator[_Found]:
    data = root.links.get("Data")
    images = data.links.get("Image") if data else None
    for number, group in enumerate(images.links.values() if images else (), 1):
        _check_number(number)
        pixels = _array(group, "Data")
        if pixels is None:
            continue
        said = _metadata(group)
        label = str(_within(said, "BinaryResult", "Detector") or f"image {number}")[:60]
        values = _single(pixels, label, warnings)
        if values is not None:
            yield _Found(values, _velox_scale(said), label)


def _metadata(group: Node) -> Any:
    metadata = _array(group, "Metadata")
    if (
        metadata is None
        or metadata.dtype != np.uint8
        or not metadata.shape
        or not 0 < prod(metadata.shape) <= _MOST_METADATA
    ):
        return {}
    column = metadata.values().reshape(metadata.shape[0], -1)[:, 0]
    try:
        return json.loads(column.tobytes().partition(b"\x00")[0])
    except (ValueError, RecursionError):
        return {}


def _of_berkeley(root: Node, warnings: list[str]) -> Iterator[_Found]:
    for number, (path, group) in enumerate(_marked(root), 1):
        _check_number(number)
        pixels = _array(group, "data")
        values = None if pixels is None else _single(pixels, path, warnings)
        if values is not None:
            first = 1 if "dim2" in group.links else 0
            axes = [_array(group, f"dim{first + n}") for n in (0, 1)]
            yield _Found(values, _berkeley_scale(axes), path[:60])


def _check_number(number: int) -> None:
    if number > _MOST_IMAGES:
        raise UnreadableFile(
            f"This file holds more than {_MOST_IMAGES} images. Export those that are meant."
        )


def _marked(root: Node) -> Iterator[tuple[str, Node]]:
    """Yield path and group of each array of the Berkeley form."""
    waiting: list[tuple[str, Node, int]] = [("", root, 0)]
    for path, group, depth in waiting:  # grows while it is walked along
        if str(group.attributes.get("emd_group_type")) in ("1", "array"):
            yield path, group
        elif depth < _MOST_DEPTH and len(waiting) < _MOST_GROUPS:
            waiting += [
                (f"{path}/{name}".lstrip("/"), one, depth + 1) for name, one in group.links.items()
            ]


def _single(data: Node, label: str, warnings: list[str]) -> NDArray[Any] | None:
    """Return an image, shape (rows, columns); None for what is none, which is named."""
    sides = [side for side in data.shape if side != 1]
    if len(sides) != 2:
        shape = " × ".join(map(str, data.shape)) or "one number"
        warnings.append(f"{label} ({shape}) is not a single image; it was left out.")
        return None
    try:
        check_pixels(sides[1], sides[0])
    except UnreadableFile as refused:
        warnings.append(f"{label} was left out. {refused}")
        return None
    return np.asarray(data.values(), dtype=np.float32).reshape(sides)


def _within(said: Any, *names: str) -> Any:
    for name in names:
        said = said.get(name) if isinstance(said, dict) else None
    return said


def _velox_scale(said: Any) -> float | None:
    sides = []
    for side, axis in (("width", "X"), ("height", "Y")):
        unit = nm_per(str(_within(said, "BinaryResult", f"PixelUnit{axis}") or ""))
        try:
            sides.append(float(_within(said, "BinaryResult", "PixelSize", side)) * (unit or np.nan))
        except (TypeError, ValueError, OverflowError):
            return None
    return _square(sides)


def _berkeley_scale(axes: list[Node | None]) -> float | None:
    sides = []
    for axis in axes:
        if axis is None or not 2 <= prod(axis.shape) <= 1_000_000:
            return None
        numbers = np.asarray(axis.values(), dtype=np.float64).ravel()
        words = str(axis.attributes.get("units") or "")
        nm = nm_per(words.strip("[]").replace("_", ""))  # [n_m] in the first version of the form
        sides.append((numbers[1] - numbers[0]) * (nm or np.nan))
    return _square(sides)


def _square(sides: list[float]) -> float | None:
    across, down = sides
    alike = across > 0 and down > 0 and abs(across / down - 1) <= _ALIKE
    return float(across) if alike else None


EMD = Reader("an HDF5 file (.emd)", read, knows, binary=True)

"""TIFF, PNG and JPEG images, and the scale that microscopes and ImageJ write into a TIFF."""

from __future__ import annotations

import io
import re
import warnings as python_warnings
from typing import Any

import numpy as np
from PIL import Image as Pillow

from analysis.reading import Reading, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique
from analysis.techniques.tem.readers.images import check_pixels, nm_per, reading_of

READER = "picture 1"
_DESCRIPTION, _X_RESOLUTION, _Y_RESOLUTION = 270, 282, 283
_ZEISS, _FEI = (34118, 34119), (34680, 34682)
_GATAN_UNIT, _GATAN_SCALE = 65003, 65009
_DEEP = ("I", "F", "I;16", "I;16L", "I;16B")


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read the first image of a file as grey levels; raise `UnreadableFile` for a broken one."""
    warnings: list[str] = []
    try:
        with python_warnings.catch_warnings():
            python_warnings.simplefilter("ignore")  # pillow's, of odd tags and large images
            with Pillow.open(io.BytesIO(file.content), formats=("TIFF", "PNG", "JPEG")) as picture:
                check_pixels(*picture.size)
                frames = int(getattr(picture, "n_frames", 1))
                tags = dict(getattr(picture, "tag_v2", {}))
                deep = picture.mode in _DEEP
                values = np.array(picture if deep else picture.convert("L"))
    except UnreadableFile:
        raise
    except Exception as broken:  # what a damaged picture makes pillow raise is not bounded
        raise UnreadableFile(
            "This picture is broken or of a kind that is not read. Save it again as 8 or 16 bit TIFF."
        ) from broken
    if values.ndim != 2:
        raise UnreadableFile("This picture has no grey levels. Save it again as 8 or 16 bit TIFF.")
    if frames > 1:
        raise UnreadableFile(
            f"This file is a stack of {frames} images. Save the one that is meant on its own."
        )
    nm, said_by = _scale(tags)
    return reading_of(
        values, nm, technique, READER, {"scale_from": said_by} if said_by else {}, warnings
    )


def _scale(tags: dict[int, Any]) -> tuple[float | None, str]:
    """Return nm a pixel and who wrote it; None where no known tag says it. Dots per inch are no scale."""
    for look, who in (
        (_of_imagej, "ImageJ"),
        (_of_zeiss, "Zeiss"),
        (_of_fei, "FEI"),
        (_of_gatan, "Gatan"),
        (_of_ome, "OME"),
    ):
        try:
            nm = look(tags)
        except (ValueError, TypeError, ArithmeticError, LookupError):
            nm = None
        if nm and np.isfinite(nm):
            return float(nm), who
    return None, ""


def _text(tags: dict[int, Any], number: int) -> str:
    value = tags.get(number, "")
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    return text.replace("\x00", "")


def _of_imagej(tags: dict[int, Any]) -> float | None:
    text = _text(tags, _DESCRIPTION)
    unit = re.search(r"^unit=(.+)$", text, re.MULTILINE)
    if not text.startswith("ImageJ") or unit is None:
        return None
    across, down = float(tags[_X_RESOLUTION]), float(tags.get(_Y_RESOLUTION, tags[_X_RESOLUTION]))
    nm = nm_per(unit[1])
    return None if nm is None or abs(across / down - 1) > 0.01 else nm / across


def _of_zeiss(tags: dict[int, Any]) -> float | None:
    for number in _ZEISS:
        text = _text(tags, number)
        named = re.search(r"^(?:Image )?Pixel Size = ([\d.eE+-]+) (\S+)", text, re.MULTILINE)
        if named:
            return float(named[1]) * (nm_per(named[2]) or np.nan)
        lines = text.split()
        if lines[:3] == ["0", "0", "0"]:
            return float(lines[3]) * 1e9
    return None


def _of_fei(tags: dict[int, Any]) -> float | None:
    for number in _FEI:
        named = re.search(r"PixelWidth\s*=\s*([\d.eE+-]+)", _text(tags, number))
        if named:
            return float(named[1]) * 1e9
    return None


def _of_gatan(tags: dict[int, Any]) -> float | None:
    scale = tags.get(_GATAN_SCALE)
    nm = nm_per(_text(tags, _GATAN_UNIT))
    return None if scale is None or nm is None else float(np.ravel(scale)[0]) * nm


def _of_ome(tags: dict[int, Any]) -> float | None:
    text = _text(tags, _DESCRIPTION)
    size = re.search(r'PhysicalSizeX="([\d.eE+-]+)"', text)
    unit = re.search(r'PhysicalSizeXUnit="([^"]+)"', text)
    return float(size[1]) * (nm_per(unit[1] if unit else "um") or np.nan) if size else None


def _begins(*marks: bytes) -> Any:
    return lambda file: file.content.startswith(marks)


TIFF = Reader("a TIFF picture", read, _begins(b"II*\x00", b"MM\x00*"), binary=True)
PNG = Reader("a PNG picture", read, _begins(b"\x89PNG\r\n\x1a\n"), binary=True)
JPEG = Reader("a JPEG picture", read, _begins(b"\xff\xd8\xff"), binary=True)

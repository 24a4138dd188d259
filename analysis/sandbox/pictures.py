"""The image of a file as a browser can show it, made in the child."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from PIL import Image

from analysis.reading import UnreadableFile
from analysis.sandbox.tasks import read_payload

LONGEST_SIDE = 1024
DARKEST, LIGHTEST = 0.5, 99.5  # per cent of the pixels: hot ones would leave the rest grey


def picture(payload: dict[str, Any]) -> dict[str, Any]:
    """Read a file as for `analyse`; return its image as ``png``, in base64. Raises `UnreadableFile` without one."""
    reading = read_payload(payload)
    if reading.image is None:
        raise UnreadableFile("This file holds no image, or several.")
    grey = reading.image.values
    low, high = np.percentile(grey, [DARKEST, LIGHTEST])
    scaled = np.clip((grey - low) / max(high - low, np.finfo(np.float32).tiny), 0, 1)
    shown = Image.fromarray(np.rint(255 * scaled).astype(np.uint8))
    shown.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BOX)
    kept = io.BytesIO()
    shown.save(kept, "PNG")
    return {"png": base64.b64encode(kept.getvalue()).decode()}

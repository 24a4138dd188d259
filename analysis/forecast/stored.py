"""A learned model as bytes: JSON and arrays, nothing that runs when it is read."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

_FORMAT = 1


class UnreadableModel(ValueError):
    """Stored bytes that are no model of this version; learn it anew from the labels."""


def packed(told: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return JSON and named arrays as one file; the same content gives the same bytes."""
    said = json.dumps({"format": _FORMAT, **told}, sort_keys=True).encode()
    file = io.BytesIO()
    as_text = np.frombuffer(said, dtype=np.uint8)
    named: dict[str, Any] = {"told": as_text, **arrays}
    np.savez_compressed(file, **named)
    return file.getvalue()


def unpacked(data: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return what `packed` wrote."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            arrays = dict(stored)
        told = json.loads(arrays.pop("told").tobytes())
    except (ValueError, KeyError, OSError, EOFError, TypeError, BadZipFile) as broken:
        raise UnreadableModel("These bytes are no forecast model.") from broken
    if told.get("format") != _FORMAT:
        raise UnreadableModel("This model was stored by another version of the notebook.")
    return told, arrays

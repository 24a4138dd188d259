"""Render JSON with orjson; a stored answer is passed on as the bytes it was."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer


class StoredBody(str):
    """JSON text that was already rendered."""


def encode(value: Any) -> Any:
    """Return what orjson does not know: decimals as numbers, lazy texts as text."""
    if isinstance(value, Decimal):
        return float(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    return str(value)


def dumps(data: Any) -> bytes:
    """Return JSON bytes; NaN and infinities become null.

    orjson refuses half characters (lone surrogates), whole numbers beyond 64 bits and keys that are no
    text, which a client may send and an error must be able to quote; the standard library writes those.
    """
    try:
        return orjson.dumps(data, default=encode)
    except TypeError:
        return json.dumps(data, default=encode).encode()


class OrjsonRenderer(BaseRenderer):
    """The one format of the API."""

    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "binary"

    def render(self, data: Any, accepted_media_type=None, renderer_context=None) -> bytes:
        """Return the bytes of the answer."""
        if data is None:
            return b""
        if isinstance(data, StoredBody):
            return data.encode()
        return dumps(data)


class BytesRenderer(BaseRenderer):
    """Lets a client ask for bytes; the response brings its own content."""

    media_type = "application/octet-stream"
    format = "bytes"
    charset = None
    render_style = "binary"

    def render(self, data, accepted_media_type=None, renderer_context=None) -> bytes:
        """Render what is not a file: a refusal, as the API's JSON."""
        return OrjsonRenderer().render(data)

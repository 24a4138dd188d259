"""The one digest of plans and recipes. Stored rows hold it, so its text never changes."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def digest_of_plain(plain: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a plain value, independent of the order of its keys."""
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

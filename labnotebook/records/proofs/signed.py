"""Whether a checkpoint bears the signature of the key that it names. Pure, as all of a proof."""

from __future__ import annotations

import base64
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from labnotebook.records.proofs.digests import flat


def is_signed(checkpoint: dict[str, Any]) -> bool:
    """Say whether a checkpoint is as its key signed it (Ed25519); whose key that is, is another question."""
    body = {k: v for k, v in checkpoint.items() if k not in ("signature", "public_key")}
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(checkpoint["public_key"]))
        key.verify(base64.b64decode(checkpoint["signature"]), flat(body))
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True

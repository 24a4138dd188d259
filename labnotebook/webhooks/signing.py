"""How a delivery is signed: as Standard Webhooks says, so that its libraries can check it."""

from __future__ import annotations

import base64
import hashlib
import hmac


def headers(*, key: bytes, name: str, at: int, body: bytes) -> dict[str, str]:
    """Return the headers that vouch for a body: which delivery, when it was sent (seconds since 1970), by whom.

    The moment is signed too: a delivery that was caught and is sent again later shows its age.
    """
    signed = b".".join((name.encode(), str(at).encode(), body))
    mac = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {"webhook-id": name, "webhook-timestamp": str(at), "webhook-signature": f"v1,{mac}"}

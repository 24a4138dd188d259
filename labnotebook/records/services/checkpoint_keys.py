"""The key that signs checkpoints, and what is remembered of them outside their file.

The *pin* holds the public keys that may sign, and the number and digest of the last checkpoint. It lies
among the secrets, not beside the file it speaks of: a file that was removed, cut or signed anew with another
key does not fit it. `manage.py verify_history --key` takes a public key from somewhere else altogether.
"""

from __future__ import annotations

import base64
import json
import logging
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from labnotebook.records.whole_files import write_whole

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pin:
    """What is remembered of the checkpoints."""

    public_keys: tuple[str, ...] = ()
    number: int = 0
    digest: str = ""


def secrets_folder() -> Path:
    """Return where key and pin lie."""
    return Path(settings.DATA_DIR) / "secrets"


def key_file() -> Path:
    """Return the file of the private key."""
    return secrets_folder() / "checkpoint_key"


def pin_file() -> Path:
    """Return the file of the pin."""
    return secrets_folder() / "checkpoint_pin.json"


def public_key_of(key: Ed25519PrivateKey) -> str:
    """Return a key's public half as it stands in the file of the checkpoints."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def read_key() -> Ed25519PrivateKey | None:
    """Return the signing key, None when it is not there or no key."""
    try:
        return Ed25519PrivateKey.from_private_bytes(key_file().read_bytes())
    except (OSError, ValueError):
        return None


def signing_key() -> Ed25519PrivateKey:
    """Return the signing key, readable by its owner only; a lost one is replaced by a new one."""
    key = read_key()
    if key is None:
        key, path = Ed25519PrivateKey.generate(), key_file()
        if path.exists():
            path.replace(path.with_name(f"{path.name}.damaged"))
            log.warning("the key of the checkpoints is damaged; a new one signs from now on")
        write_whole(path, key.private_bytes_raw())
    return key


def read_pin() -> Pin | None:
    """Return the pin, None when there is none; raises ValueError when it cannot be read."""
    try:
        said = json.loads(pin_file().read_text())
        return Pin(tuple(said["public_keys"]), int(said["number"]), str(said["digest"]))
    except FileNotFoundError:
        return None
    except (OSError, KeyError, TypeError, ValueError) as failure:
        raise ValueError(f"{pin_file()} cannot be read ({failure})") from failure


def remember(key: Ed25519PrivateKey, *, number: int, digest: str) -> None:
    """Pin the last checkpoint. A key is pinned by itself only when no other was before it."""
    try:
        pin = read_pin() or Pin()
    except ValueError as failure:
        log.warning("%s; it is written anew", failure)
        pin = Pin()
    keys = pin.public_keys or (public_key_of(key),)
    write_pin(replace(pin, public_keys=keys, number=number, digest=digest))


def write_pin(pin: Pin) -> None:
    """Write the pin in one piece."""
    write_whole(pin_file(), json.dumps(asdict(pin), indent=1).encode())


def pin_key(public_key: str) -> None:
    """Let another key sign from now on: a person's decision, after the old one was lost."""
    pin = read_pin() or Pin()
    if public_key not in pin.public_keys:
        write_pin(replace(pin, public_keys=(*pin.public_keys, public_key)))


def is_public_key(text: str) -> bool:
    """Say whether a text is a public key as it stands in the file of the checkpoints."""
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
    except ValueError:
        return False
    return True

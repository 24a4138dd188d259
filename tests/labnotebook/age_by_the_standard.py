"""A file of age opened by what its standard says (https://age-encryption.org/v1), without the product's own code."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

ALPHABET = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"


def hkdf(key: bytes, salt: bytes, info: bytes) -> bytes:
    """RFC 5869 with SHA-256, for 32 bytes."""
    extracted = hmac.digest(salt or bytes(32), key, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def raw(text: bytes | str) -> bytes:
    return base64.b64decode(text + ("==" if isinstance(text, str) else b"=="))


def secret_of(identity: str) -> bytes:
    """The 32 bytes of AGE-SECRET-KEY-1…: letters of five bits, the last six of which check."""
    letters = identity.strip().removeprefix("AGE-SECRET-KEY-1")[:-6]
    bits = "".join(f"{ALPHABET.index(letter):05b}" for letter in letters)
    return int(bits[:256], 2).to_bytes(32, "big")


def open_age(data: bytes, *, passphrase: str = "", secret: bytes = b"") -> bytes:
    first, words, body, last, payload = data.split(b"\n", 4)
    assert first == b"age-encryption.org/v1"
    if passphrase:
        kind, salt, factor = words.removeprefix(b"-> ").split()
        assert kind == b"scrypt"
        salt, n = b"age-encryption.org/v1/scrypt" + raw(salt), 2 ** int(factor)
        wrap = hashlib.scrypt(passphrase.encode(), salt=salt, n=n, r=8, p=1, dklen=32, maxmem=2**28)
    else:
        kind, share = words.removeprefix(b"-> ").split()
        assert kind == b"X25519"
        key = X25519PrivateKey.from_private_bytes(secret)
        shared = key.exchange(X25519PublicKey.from_public_bytes(raw(share)))
        salt = raw(share) + key.public_key().public_bytes_raw()
        wrap = hkdf(shared, salt, b"age-encryption.org/v1/X25519")
    file_key = ChaCha20Poly1305(wrap).decrypt(bytes(12), raw(body), None)
    assert len(file_key) == 16
    head = b"\n".join((first, words, body, b"---"))
    assert last == b"--- " + base64.b64encode(
        hmac.digest(hkdf(file_key, b"", b"header"), head, "sha256")
    ).rstrip(b"=")
    cipher = ChaCha20Poly1305(hkdf(file_key, payload[:16], b"payload"))
    sealed = payload[16:]
    parts = [sealed[i : i + 65552] for i in range(0, len(sealed), 65552)]
    assert len(parts) == 1 or len(parts[-1]) > 16, "the last chunk is empty, and not the only one"
    return b"".join(
        cipher.decrypt(n.to_bytes(11, "big") + bytes([n == len(parts) - 1]), part, None)
        for n, part in enumerate(parts)
    )

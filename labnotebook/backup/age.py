"""Encrypted files in the format of age (age-encryption.org/v1), which other programs open too.

A head holds the file's own key, sealed for one reader: an `Identity` (X25519) or a `Passphrase` (scrypt).
The content follows in chunks of 64 KiB by ChaCha20-Poly1305. The nonce of a chunk is its number, and
whether it is the last: what was cut, altered or moved does not open. Memory holds two chunks.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
from collections.abc import Iterator
from itertools import count
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from labnotebook.backup.bech32 import bech32, bytes_of_bech32

FIRST_LINE = b"age-encryption.org/v1\n"
CHUNK = 64 * 1024
SEALED_CHUNK = CHUNK + 16
KEY_PREFIX = "age-secret-key-"
WORK_FACTOR = 17  # scrypt takes 2**17 blocks: 128 MB and a third of a second for each guess
MOST_WORK = 20  # what a file may ask for: 1 GB
LONGEST_LINE = 200


class CannotOpen(ValueError):
    """It is damaged, or not sealed for this key; ``str()`` says which, as the end of a sentence."""


class Reader(Protocol):
    """Whom a file is sealed for."""

    def seal(self, file_key: bytes) -> tuple[str, bytes]:
        """Return what the head says of the reader, and the file's key as only that one can open it."""
        ...

    def unseal(self, words: list[str], sealed: bytes) -> bytes:
        """Return the file's key; raises CannotOpen."""
        ...


class Identity:
    """A key pair: 32 secret bytes, and what follows from them."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret
        self._key = X25519PrivateKey.from_private_bytes(secret)
        self._public = self._key.public_key().public_bytes_raw()

    @classmethod
    def from_text(cls, text: str) -> Identity:
        """Read what ``str()`` wrote, among lines that begin with #; raises ValueError."""
        lines = [line.strip() for line in text.splitlines()]
        (line,) = [line for line in lines if line and not line.startswith("#")]
        return cls(bytes_of_bech32(KEY_PREFIX, line.lower()))

    def __str__(self) -> str:
        return bech32(KEY_PREFIX, self.secret).upper()

    def seal(self, file_key: bytes) -> tuple[str, bytes]:
        """Seal by a key pair that is forgotten at once."""
        fleeting = X25519PrivateKey.generate()
        share = fleeting.public_key().public_bytes_raw()
        shared = fleeting.exchange(X25519PublicKey.from_public_bytes(self._public))
        return f"X25519 {_text(share)}", _seal(self._wrapping(shared, share), file_key)

    def unseal(self, words: list[str], sealed: bytes) -> bytes:
        """Open what was sealed for this identity."""
        if len(words) != 2 or words[0] != "X25519":
            raise CannotOpen("it is not sealed for a key")
        share = _bytes(words[1], 32)
        try:
            shared = self._key.exchange(X25519PublicKey.from_public_bytes(share))
        except ValueError as failure:
            raise CannotOpen("its head is damaged") from failure
        return _unseal(self._wrapping(shared, share), sealed)

    def _wrapping(self, shared: bytes, share: bytes) -> bytes:
        return _follow(shared, share + self._public, b"age-encryption.org/v1/X25519")


class Passphrase:
    """What a person types; made costly to guess by scrypt."""

    def __init__(self, text: str) -> None:
        self._text = text.encode(errors="surrogateescape")  # whatever a terminal gave

    def seal(self, file_key: bytes) -> tuple[str, bytes]:
        """Seal with a salt of its own."""
        salt = os.urandom(16)
        wrapping = self._wrapping(salt, WORK_FACTOR)
        return f"scrypt {_text(salt)} {WORK_FACTOR}", _seal(wrapping, file_key)

    def unseal(self, words: list[str], sealed: bytes) -> bytes:
        """Open what was sealed with this passphrase."""
        if len(words) != 3 or words[0] != "scrypt" or not re.fullmatch(r"[1-9]\d?", words[2]):
            raise CannotOpen("it is not sealed with a passphrase")
        if int(words[2]) > MOST_WORK:
            raise CannotOpen(f"it asks for scrypt with 2^{words[2]}, more than 2^{MOST_WORK}")
        return _unseal(self._wrapping(_bytes(words[1], 16), int(words[2])), sealed)

    def _wrapping(self, salt: bytes, work_factor: int) -> bytes:
        blocks = 2**work_factor
        return hashlib.scrypt(
            self._text,
            salt=b"age-encryption.org/v1/scrypt" + salt,
            n=blocks,
            r=8,
            p=1,
            dklen=32,
            maxmem=1024 * (blocks + 1024),
        )


class Sealing:
    """Takes plain bytes and writes them encrypted; without `close` the file never opens."""

    def __init__(self, out: BinaryIO, reader: Reader) -> None:
        file_key, nonce = os.urandom(16), os.urandom(16)
        words, sealed = reader.seal(file_key)
        head = FIRST_LINE + f"-> {words}\n{_text(sealed)}\n---".encode()
        out.write(head + f" {_text(_mac(file_key, head))}\n".encode() + nonce)
        self._out, self._cipher = out, ChaCha20Poly1305(_follow(file_key, nonce, b"payload"))
        self._number, self._held = 0, bytearray()

    def write(self, data: bytes) -> None:
        """Take some more; what may be the last chunk is held back."""
        self._held += data
        while len(self._held) > CHUNK:
            self._put(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]

    def close(self) -> None:
        """Write the last chunk, marked as such."""
        self._put(bytes(self._held), last=True)

    def _put(self, chunk: bytes, *, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._number, last=last), chunk, None))
        self._number += 1


def opened(file: BinaryIO, reader: Reader) -> Iterator[bytes]:
    """Yield the content chunk by chunk; raises CannotOpen at what is not as it was written."""
    file_key = _file_key(file, reader)
    cipher = ChaCha20Poly1305(_follow(file_key, file.read(16), b"payload"))
    sealed = file.read(SEALED_CHUNK)
    for number in count():
        following = file.read(SEALED_CHUNK)
        try:
            chunk = cipher.decrypt(_nonce(number, last=not following), sealed, None)
        except InvalidTag:
            raise CannotOpen(
                f"its chunk {number + 1} was cut, altered or moved, or what follows is missing"
            ) from None
        yield chunk
        if not following:
            return
        sealed = following


def _file_key(file: BinaryIO, reader: Reader) -> bytes:
    """Read the head: one reader, as `Sealing` writes it."""
    lines = [file.readline(LONGEST_LINE) for _ in range(4)]
    first, of_reader, body, mac = lines
    if first != FIRST_LINE or not of_reader.startswith(b"-> ") or not mac.startswith(b"--- "):
        raise CannotOpen("it does not begin as an encrypted file does")
    try:
        words = of_reader.decode("ascii")[3:].removesuffix("\n").split(" ")
        file_key = reader.unseal(words, _bytes(body.decode("ascii").removesuffix("\n"), 32))
        said = _bytes(mac.decode("ascii")[4:].removesuffix("\n"), 32)
    except UnicodeDecodeError:
        raise CannotOpen("its head is damaged") from None
    if not hmac.compare_digest(said, _mac(file_key, b"".join(lines[:3]) + b"---")):
        raise CannotOpen("its head is damaged")
    return file_key


def _seal(key: bytes, file_key: bytes) -> bytes:
    return ChaCha20Poly1305(key).encrypt(bytes(12), file_key, None)


def _unseal(key: bytes, sealed: bytes) -> bytes:
    try:
        return ChaCha20Poly1305(key).decrypt(bytes(12), sealed, None)
    except InvalidTag:
        raise CannotOpen("it was sealed with another key or passphrase, or is damaged") from None


def _follow(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=salt, info=purpose).derive(secret)


def _mac(file_key: bytes, head: bytes) -> bytes:
    return hmac.digest(_follow(file_key, b"", b"header"), head, "sha256")


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def _bytes(text: str, length: int) -> bytes:
    """Return what `_text` wrote, of this length; one text for one content."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        data = b""
    if len(data) != length or _text(data) != text:
        raise CannotOpen("its head is damaged")
    return data

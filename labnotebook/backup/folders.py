"""The folder of a backup: where its files lie, and how they are read and written, plain or encrypted.

In an encrypted one every file is sealed for one identity, which lies in ``KEY.age``, itself sealed with the
passphrase. Blobs are named by an HMAC of their SHA-256, so that who has a file cannot tell whether the lab has it.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from labnotebook.backup.age import CannotOpen, Identity, Passphrase, Sealing, opened
from labnotebook.records.blobs import blob_damage, blob_path
from labnotebook.records.refusals import Refusal
from labnotebook.records.whole_files import write_whole

MANIFEST = "MANIFEST.json"
CHECKPOINTS = "checkpoints.jsonl"
KEY = "KEY.age"
PIECE = 1024**2


class NewFile:
    """What is being written, with its digest and size as they are when decrypted."""

    def __init__(self, out: BinaryIO | Sealing) -> None:
        self._out = out
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        """Take some more."""
        self._digest.update(data)
        self.size += len(data)
        self._out.write(data)

    @property
    def sha256(self) -> str:
        """The digest of what was written so far."""
        return self._digest.hexdigest()


class Shelf:
    """Blobs by their content, and files that are there whole or not at all; encrypted where there is a key."""

    def __init__(
        self, key: Identity | None = None, *, at: Callable[[str], Path] = blob_path
    ) -> None:
        self.key, self._at = key, at

    def blob(self, sha256: str) -> Path:
        """Return where a blob lies."""
        return self._at(sha256)

    def chunks(self, path: Path) -> Iterator[bytes]:
        """Yield what a file holds; raises CannotOpen or OSError."""
        with path.open("rb") as file:
            if self.key:
                yield from opened(file, self.key)
            else:
                yield from iter(lambda: file.read(PIECE), b"")

    def digest(self, path: Path) -> str:
        """Return the SHA-256 of what a file holds; raises CannotOpen or OSError."""
        digest = hashlib.sha256()
        for chunk in self.chunks(path):
            digest.update(chunk)
        return digest.hexdigest()

    def blob_damage(self, sha256: str) -> str:
        """Say what is wrong with a blob; '' when it is what was stored."""
        path = self.blob(sha256)
        if not (self.key and path.exists()):
            return blob_damage(path, sha256)
        try:
            return "" if self.digest(path) == sha256 else "its content is not what was stored"
        except CannotOpen as failure:
            return str(failure)
        except OSError as failure:
            return f"it cannot be read ({failure.strerror})"

    @contextmanager
    def new_file(self, path: Path, mode: int = 0o600) -> Iterator[NewFile]:
        """Write a file that is in its place, synced, when the block ends well; else all is as before."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.new")
        draft.unlink(missing_ok=True)
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
                sealing = Sealing(raw, self.key) if self.key else None
                yield NewFile(sealing or raw)
                if sealing:
                    sealing.close()
                raw.flush()
                os.fchmod(raw.fileno(), mode)
                os.fsync(raw.fileno())
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        draft.replace(path)


class Folder(Shelf):
    """The folder of one backup."""

    def __init__(self, path: Path, key: Identity | None = None) -> None:
        super().__init__(key)
        self.path = path
        # As secret as the key that it follows from; the manifest, which is encrypted, names the names.
        self._names = hmac.digest(key.secret, b"names of blobs", "sha256") if key else b""

    def file(self, name: str) -> Path:
        """Return where a file of this name lies."""
        return self.path / (f"{name}.age" if self.key else name)

    def blob(self, sha256: str) -> Path:
        """Return where a blob lies."""
        name = self.blob_name(sha256)
        return self.file(f"blobs/sha256/{name[:2]}/{name[2:4]}/{name}")

    def blob_name(self, sha256: str) -> str:
        """Return what a blob is called here."""
        return hmac.digest(self._names, sha256.encode(), "sha256").hex() if self.key else sha256


def folder_to_fill(path: Path, passphrase: str) -> Folder:
    """Return the folder of a backup that is to be taken, made if need be; encrypted with a passphrase.

    Refuses what would mix plain and encrypted files.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not passphrase:
        if is_encrypted(path):
            raise Refusal(
                f"{path} holds an encrypted backup, and no passphrase is set. Set its passphrase in"
                " LABNOTEBOOK_BACKUP_PASSPHRASE, or name another folder."
            )
        return Folder(path)
    if not is_encrypted(path):
        if (path / MANIFEST).exists() or any(path.glob("database-*")):
            raise Refusal(
                f"{path} holds a backup that is not encrypted. Name another folder for the encrypted"
                " one; delete this one when you no longer need it."
            )
        made = io.BytesIO()
        sealing = Sealing(made, Passphrase(passphrase))
        sealing.write(f"{Identity(os.urandom(32))}\n".encode())
        sealing.close()
        write_whole(path / KEY, made.getvalue())
    return Folder(path, _read_key(path, passphrase))


def folder_to_restore(path: Path, passphrase: str) -> Folder:
    """Return the folder of a backup that is there, encrypted or not."""
    if not is_encrypted(path):
        return Folder(path)
    if not passphrase:
        raise Refusal(
            f"The backup in {path} is encrypted. Set its passphrase in LABNOTEBOOK_BACKUP_PASSPHRASE;"
            " without it nobody can read the backup."
        )
    return Folder(path, _read_key(path, passphrase))


def is_encrypted(path: Path) -> bool:
    """Say whether a folder holds an encrypted backup, or what is left of one."""
    return (path / KEY).exists() or (path / f"{MANIFEST}.age").exists()


def _read_key(path: Path, passphrase: str) -> Identity:
    try:
        with (path / KEY).open("rb") as file:
            text = b"".join(opened(file, Passphrase(passphrase)))
        return Identity.from_text(text.decode())
    except FileNotFoundError:
        raise Refusal(
            f"{path} holds an encrypted backup without its {KEY}, and nothing of it can be read. Bring"
            f" {KEY} back from another copy of the backup, or name another folder."
        ) from None
    except CannotOpen as failure:
        raise Refusal(
            f"{path / KEY} does not open: {failure}. Look at LABNOTEBOOK_BACKUP_PASSPHRASE: it has to"
            " be the passphrase with which the first backup into this folder was taken."
        ) from failure
    except ValueError as failure:
        raise Refusal(f"{path / KEY} opens, but holds no key: {failure}.") from failure

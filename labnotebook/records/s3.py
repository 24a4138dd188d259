"""The bucket itself, by django-storages and boto3: imported where the settings name one, and nowhere else."""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from django.core.files import File
from storages.backends.s3 import S3Storage

from labnotebook.records.blobs import blob_name
from labnotebook.records.refusals import StorageAway

log = logging.getLogger(__name__)

PIECE = 1024**2
ONE_REQUEST = 5 * 1024**3  # what S3 takes in one request, under one checksum


class BlobBucket(S3Storage):
    """Blobs in a bucket under the names that they have in the data folder. Nothing is ever deleted here."""

    def get_default_settings(self) -> dict[str, Any]:
        """Return how the bucket is asked: soon given up, each body signed by its hash, in one request."""
        ways: dict[str, Any] = {"payload_signing_enabled": True}
        if self.own_endpoint:
            ways["addressing_style"] = "path"
        return {
            **super().get_default_settings(),
            "client_config": Config(
                s3=ways,
                connect_timeout=3,
                read_timeout=30,
                retries={"mode": "standard", "total_max_attempts": 2},
                # Servers other than Amazon's often know no checksum behind the body; ours stands before it.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
            "transfer_config": TransferConfig(multipart_threshold=ONE_REQUEST, use_threads=False),
        }

    def __init__(self, **options: Any) -> None:
        self.own_endpoint = bool(options.get("endpoint_url"))
        super().__init__(**options)

    def get_object_parameters(self, name: str) -> dict[str, Any]:
        """Return what is sent with an object: its SHA-256, which is its name."""
        return {"ChecksumSHA256": _as_s3_writes(name.rpartition("/")[2])}

    def put(self, path: Path, sha256: str) -> None:
        """Send a file, and return when the bucket has its bytes; raises `StorageAway` when it has not."""
        with _asked(), path.open("rb") as file:
            self.save(blob_name(sha256), File(file))
        if not self.has(sha256, path):
            log.error("the bucket took %s and does not have it", sha256)
            raise StorageAway("took a file and does not have it")

    def has(self, sha256: str, path: Path) -> bool:
        """Say whether the bucket has the very bytes of a file: by the checksum that it states, else by reading them."""
        with _asked():
            try:
                head = self._client().head_object(
                    Bucket=self.bucket_name, Key=blob_name(sha256), ChecksumMode="ENABLED"
                )
            except ClientError as failure:
                if _code(failure) in ("404", "NoSuchKey"):
                    return False
                raise
            if head["ContentLength"] != path.stat().st_size:
                return False
            if stated := head.get("ChecksumSHA256"):
                return stated == _as_s3_writes(sha256)
            digest = hashlib.sha256()
            for piece in self._pieces(sha256):
                digest.update(piece)
            return digest.hexdigest() == sha256

    def fetch(self, sha256: str, path: Path) -> bool:
        """Write the bytes that the bucket has into a file, whatever they are; False when it has none."""
        with _asked():
            try:
                pieces = self._pieces(sha256)
                first = next(pieces, b"")
            except ClientError as failure:
                if _code(failure) == "NoSuchKey":
                    return False
                raise
            with path.open("wb") as file:
                file.write(first)
                file.writelines(pieces)
        return True

    def _client(self) -> Any:
        return self.connection.meta.client

    def _pieces(self, sha256: str) -> Iterator[bytes]:
        answer = self._client().get_object(Bucket=self.bucket_name, Key=blob_name(sha256))
        yield from answer["Body"].iter_chunks(PIECE)


@contextmanager
def _asked() -> Iterator[None]:
    """Say in a sentence that the bucket did not answer, or refused the notebook."""
    try:
        yield
    except ClientError as failure:
        log.warning("the bucket refuses: %s", failure)
        raise StorageAway(f"refuses the notebook ({_code(failure)})") from failure
    except NoCredentialsError as failure:
        log.warning("the bucket cannot be asked: %s", failure)
        raise StorageAway("needs a key, and this notebook was given none") from failure
    except (BotoCoreError, Boto3Error) as failure:
        log.warning("the bucket does not answer: %s", failure)
        raise StorageAway("does not answer") from failure


def _code(failure: ClientError) -> str:
    return str(failure.response.get("Error", {}).get("Code", "unknown"))


def _as_s3_writes(sha256: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256)).decode()

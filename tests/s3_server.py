"""A real server of S3 for tests, and what a test says of the notebook's files in its bucket."""

from __future__ import annotations

import hashlib
import io
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3
from botocore.config import Config
from django.conf import settings
from django.core.management import CommandError, call_command

from labnotebook.records.blobs import blob_path
from labnotebook.records.models import StoredFile
from labnotebook.records.services.files import hashed_upload, store_file
from tests.factories import make_person, make_project

KEYS = {"AWS_ACCESS_KEY_ID": "notebook", "AWS_SECRET_ACCESS_KEY": "only-for-this-test"}
NAME = "files"


class Server:
    """A server of S3 that checks signatures, on a free port of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.client = boto3.client(
            "s3",
            endpoint_url=self.address,
            region_name="us-east-1",
            aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"total_max_attempts": 1}),
        )

    def start(self) -> None:
        words = [sys.executable, "-m", "nanio", "serve", "--host", "127.0.0.1", "--no-access-log"]
        words += ["--port", str(self.port), "--data-dir", str(self.folder), "--log-level", "error"]
        keys = {"NANIO_ACCESS_KEY": "notebook", "NANIO_SECRET_KEY": "only-for-this-test"}
        self.process = subprocess.Popen(words, env={**os.environ, **keys})
        until = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert self.process.poll() is None, "it ended"
                assert time.monotonic() < until
                time.sleep(0.02)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def make(self, name: str) -> str:
        self.client.create_bucket(Bucket=name)
        return name

    def content(self, name: str) -> dict[str, bytes]:
        """Every object of a bucket, by its key."""
        found = self.client.list_objects_v2(Bucket=name).get("Contents", [])
        return {one["Key"]: self.read(name, one["Key"]) for one in found}

    def read(self, name: str, key: str) -> bytes:
        return self.client.get_object(Bucket=name, Key=key)["Body"].read()


@contextmanager
def stating(size: int, checksums: list[str]) -> Iterator[tuple[str, list]]:
    """A server that takes what it is sent, and states one checksum after the other."""
    got = []

    class Takes(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.path, {n.lower(): v for n, v in self.headers.items()}, body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_HEAD(self):
            self.send_response(200)
            self.send_header("Content-Length", str(size))
            self.send_header("x-amz-checksum-sha256", checksums.pop(0))
            self.end_headers()

        def log_message(self, *said):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Takes) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", got
        finally:
            server.shutdown()


def key(sha256: str) -> str:
    return f"sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def store(content: bytes, name: str = "pl.csv") -> StoredFile:
    person = make_person()
    return store_file(by=person, project=make_project(person), upload=hashed_upload(content, name))


def used_ago(sha256: str, seconds: float) -> None:
    os.utime(blob_path(sha256), (time.time() - seconds,) * 2)


def cached() -> list[Path]:
    return list((settings.BLOB_ROOT / "sha256").glob("??/??/*"))


def verify() -> str:
    said = io.StringIO()
    try:
        call_command("verify_history", stdout=said, stderr=said)
    except CommandError as error:
        return f"{said.getvalue()}{error}"
    return said.getvalue()

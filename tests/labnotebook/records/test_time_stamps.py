"""A time stamp of an authority proves that a checkpoint existed; the authority here is OpenSSL's."""

import base64
import io
import json
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.management import CommandError, call_command

from labnotebook.records.services.checkpoints import checkpoint_file, write_checkpoint
from labnotebook.records.services.time_stamps import (
    read_stamps,
    stamp_newest,
    stamp_problems,
    stamps_file,
)
from tests.factories import make_project

pytestmark = pytest.mark.django_db

CONFIGURATION = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
"""


def openssl(*arguments, **more):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, **more)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A small authority: root, certificate for time stamping, configuration."""
    folder = tmp_path_factory.mktemp("authority")
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=folder))
    new = ("req", "-newkey", "rsa:2048", "-nodes")
    root = ("-subj", "/CN=Root of the tests", "-x509", "-days", "30")
    openssl(*new, *root, "-keyout", f"{folder}/root.key", "-out", f"{folder}/root.pem")
    signer = ("-subj", "/CN=Time of the tests")
    openssl(*new, *signer, "-keyout", f"{folder}/tsa.key", "-out", f"{folder}/tsa.csr")
    (folder / "usage").write_text(
        "extendedKeyUsage = critical,timeStamping\nkeyUsage = critical,digitalSignature\n"
        "basicConstraints = CA:FALSE\nsubjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid\n"
    )
    openssl(
        *("x509", "-req", "-in", f"{folder}/tsa.csr", "-CA", f"{folder}/root.pem", "-days", "30"),
        *("-CAkey", f"{folder}/root.key", "-CAcreateserial", "-out", f"{folder}/tsa.pem"),
        *("-extfile", f"{folder}/usage"),
    )
    return folder


@pytest.fixture
def served(authority, settings, tmp_path):
    """It answers at an address, and the notebook knows it."""

    class Authority(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            (tmp_path / "query").write_bytes(asked)
            openssl(
                *("ts", "-reply", "-config", f"{authority}/tsa.cnf"),
                *("-queryfile", f"{tmp_path}/query", "-out", f"{tmp_path}/reply"),
            )
            self.send_response(200)
            self.end_headers()
            self.wfile.write((tmp_path / "reply").read_bytes())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Authority)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.DATA_DIR = tmp_path
    settings.BLOB_ROOT = tmp_path / "blobs"
    settings.TIMESTAMP_ADDRESS = f"http://127.0.0.1:{server.server_port}/"
    settings.TIMESTAMP_ROOTS = str(authority / "root.pem")
    make_project()
    write_checkpoint()
    yield server
    server.shutdown()
    server.server_close()


def forge(change):
    """Change the one stamp that is kept."""
    stamp = json.loads(stamps_file().read_text())
    content = bytearray(base64.b64decode(stamp["response"]))
    change(stamp, content)
    stamp["response"] = base64.b64encode(bytes(content)).decode()
    stamps_file().write_text(json.dumps(stamp) + "\n")


def test_the_newest_checkpoint_is_stamped_once_and_the_stamp_holds(served):
    assert stamp_newest()["number"] == 1
    assert stamp_newest() is None
    make_project()
    write_checkpoint()
    assert stamp_newest()["number"] == 2
    assert len(read_stamps()) == 2
    assert list(stamp_problems()) == []


def test_openssl_verifies_what_is_kept_too(served, authority, tmp_path):
    stamp = stamp_newest()
    line = json.loads(checkpoint_file().read_text())
    (tmp_path / "data").write_bytes(
        json.dumps(line, sort_keys=True, separators=(",", ":")).encode()
    )
    (tmp_path / "kept").write_bytes(base64.b64decode(stamp["response"]))
    verify = ("ts", "-verify", "-data", f"{tmp_path}/data", "-in", f"{tmp_path}/kept")
    assert b"OK" in openssl(*verify, "-CAfile", f"{authority}/root.pem").stdout


def test_one_bit_of_a_stamp_is_noticed_wherever_it_is(served):
    stamp_newest()
    kept = stamps_file().read_text()
    size = len(base64.b64decode(json.loads(kept)["response"]))
    for place in range(40, size - 20, size // 12):
        forge(lambda _, content, place=place: content.__setitem__(place, content[place] ^ 1))
        assert list(stamp_problems()), place
        stamps_file().write_text(kept)
    assert list(stamp_problems()) == []


def test_a_stamp_of_another_checkpoint_or_by_nobody_known_is_noticed(
    served, authority, settings, tmp_path
):
    stamp_newest()
    make_project()
    write_checkpoint()
    forge(lambda stamp, _: stamp.update(number=2))
    assert "Mismatch between messages" in next(stamp_problems())
    forge(lambda stamp, _: stamp.update(number=7))
    assert "there is no such checkpoint" in next(stamp_problems())
    forge(lambda stamp, _: stamp.update(number=1))
    assert list(stamp_problems()) == []
    other = tmp_path / "other.pem"
    openssl(
        *("req", "-newkey", "rsa:2048", "-nodes", "-x509", "-subj", "/CN=Another", "-days", "30"),
        *("-keyout", f"{tmp_path}/other.key", "-out", str(other)),
    )
    settings.TIMESTAMP_ROOTS = str(other)
    assert "does not hold" in next(stamp_problems())


def test_an_authority_that_is_away_costs_nothing(served, caplog):
    served.shutdown()
    served.server_close()
    assert stamp_newest() is None
    assert "no time stamp from" in caplog.text
    assert read_stamps() == []


def test_an_answer_that_is_no_stamp_is_kept_and_told(served, monkeypatch):
    monkeypatch.setattr(
        "labnotebook.records.services.time_stamps._ask", lambda _: b"<html>Busy</html>"
    )
    stamp_newest()
    assert "does not hold" in next(stamp_problems())
    with pytest.raises(CommandError):
        call_command("verify_history", stdout=io.StringIO(), stderr=io.StringIO())


def test_without_roots_nothing_is_claimed_and_that_is_said(served, settings):
    stamp_newest()
    settings.TIMESTAMP_ROOTS = ""
    said = io.StringIO()
    call_command("verify_history", stdout=said)
    assert "1 time stamps were not verified" in said.getvalue()


def test_a_torn_line_is_a_finding_and_no_end(served):
    stamp_newest()
    stamps_file().write_text(stamps_file().read_text() + '{"number": 9, "resp')
    assert list(stamp_problems()) == ["line 2 of time_stamps.jsonl cannot be read as a time stamp"]

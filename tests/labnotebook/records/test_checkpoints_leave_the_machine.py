"""Copies of the checkpoints elsewhere notice what was changed here, file, key and database together."""

import io
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection

from labnotebook.records.management.commands import relay
from labnotebook.records.services import checkpoint_keys as keys
from labnotebook.records.services.checkpoint_copies import send_copies
from labnotebook.records.services.checkpoints import (
    checkpoint_file,
    read_checkpoints,
    write_checkpoint,
)
from labnotebook.records.services.signatures import sign
from tests.factories import make_batch, make_person, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    settings.BLOB_ROOT = tmp_path / "data" / "blobs"
    settings.DATA_DIR.mkdir()


@pytest.fixture
def elsewhere(settings, tmp_path):
    """A folder on another disk."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    settings.CHECKPOINT_FOLDERS = [str(folder)]
    return folder


def signed(times=1):
    for _ in range(times):
        make_project()
        write_checkpoint()


def verify(*arguments):
    said = io.StringIO()
    try:
        call_command("verify_history", *arguments, stdout=said, stderr=said)
    except CommandError as failure:
        return f"{said.getvalue()}{failure}"
    return said.getvalue()


@contextmanager
def keeper(status=201):
    """Yield the address of a server that keeps what is posted, and what it kept."""
    kept = []

    class Keeper(BaseHTTPRequestHandler):
        def do_POST(self):
            kept.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.end_headers()

        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write("\n".join(kept).encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keeper)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", kept
    finally:
        server.shutdown()
        server.server_close()


def test_every_place_is_told_every_checkpoint_once(settings, elsewhere):
    settings.CHECKPOINT_MAIL = ["safe@example.org"]
    with keeper() as (address, kept):
        settings.CHECKPOINT_ADDRESSES = [address]
        signed(2)
        assert send_copies() == []
        assert send_copies() == []
        signed()
        assert send_copies() == []
    lines = checkpoint_file().read_text().splitlines()
    assert (elsewhere / "checkpoints.jsonl").read_text().splitlines() == lines == kept
    assert [one.subject.rpartition(" checkpoint ")[2] for one in mail.outbox] == ["1 to 2", "3"]
    assert lines[2] in mail.outbox[1].body


def test_a_place_that_does_not_answer_is_told_next_time_and_keeps_nobody_waiting(
    settings, tmp_path, elsewhere
):
    away = tmp_path / "not mounted"
    settings.CHECKPOINT_FOLDERS = [str(away), str(elsewhere)]
    signed()
    (trouble,) = send_copies()
    assert "is the disk mounted?" in trouble
    assert (elsewhere / "checkpoints.jsonl").exists()
    away.mkdir()
    assert send_copies() == []
    assert (away / "checkpoints.jsonl").read_text() == checkpoint_file().read_text()


@pytest.mark.parametrize("status", [302, 401, 500])
def test_an_address_that_refuses_or_leads_elsewhere_counts_as_not_told(settings, status):
    signed()
    with keeper(status) as (address, _):
        settings.CHECKPOINT_ADDRESSES = [address]
        (trouble,) = send_copies()
    assert str(status) in trouble


def test_a_copy_that_agrees_is_said_to(elsewhere, tmp_path):
    signed(2)
    send_copies()
    assert "and 1 copies of them agree" in verify()
    assert "and 2 copies of them agree" in verify("--against", str(elsewhere / "checkpoints.jsonl"))


def test_a_database_that_was_set_back_with_all_its_files_is_noticed(elsewhere):
    """As when an old backup is restored over newer data: chains, file, key and pin all fit one another."""
    signed(2)
    old = checkpoint_file().read_text(), keys.pin_file().read_text()
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(seq) FROM records_revision")
        (last,) = cursor.fetchone()
    signed()
    send_copies()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "DELETE FROM records_securityevent WHERE id::text IN (SELECT record_id FROM records_revision"
            " WHERE table_name = 'records_securityevent' AND seq > %s)",
            [last],
        )
        cursor.execute(
            "DELETE FROM records_membership WHERE id::text IN (SELECT record_id FROM records_revision"
            " WHERE table_name = 'records_membership' AND seq > %s)",
            [last],
        )
        cursor.execute(
            "DELETE FROM records_project WHERE id::text IN (SELECT record_id FROM records_revision"
            " WHERE table_name = 'records_project' AND seq > %s)",
            [last],
        )
        cursor.execute(
            "DELETE FROM auth_user WHERE id::text IN (SELECT record_id FROM records_revision"
            " WHERE table_name = 'auth_user' AND seq > %s)",
            [last],
        )
        cursor.execute("DELETE FROM records_revision WHERE seq > %s", [last])
        cursor.execute("SET session_replication_role = DEFAULT")
    checkpoint_file().write_text(old[0])
    keys.pin_file().write_text(old[1])
    said = verify()
    assert "checkpoint 3 of" in said
    assert "which was set back or changed" in said
    (elsewhere / "checkpoints.jsonl").unlink()
    assert "holds no checkpoint, and 3 were left there" in verify()


def test_everything_here_signed_anew_does_not_fit_the_copy(elsewhere):
    signed(2)
    send_copies()
    for path in (checkpoint_file(), keys.key_file(), keys.pin_file()):
        path.unlink()
    write_checkpoint()
    assert "is signed with another key than was pinned" in verify()


def test_a_copy_is_read_from_an_address(settings):
    with keeper() as (address, kept):
        settings.CHECKPOINT_ADDRESSES = [address]
        signed(2)
        send_copies()
        assert "copies of them agree" in verify("--against", address)
        kept.append(kept[1].replace('"number": 2', '"number": 3'))
        assert "has no valid signature" in verify("--against", address)
    assert "cannot be read" in verify("--against", address)


def test_an_empty_copy_vouches_for_nothing(tmp_path):
    signed()
    (tmp_path / "empty").touch()
    assert "holds no checkpoint" in verify("--against", str(tmp_path / "empty"))


@pytest.fixture
def command(monkeypatch):
    monkeypatch.setattr(relay, "ADVISORY_LOCK", relay.ADVISORY_LOCK + 2)
    command = relay.Command()
    command.sweep()  # its first: everything is due
    return command


def test_a_signature_is_covered_by_a_checkpoint_at_once_and_told_outside(command, elsewhere):
    person = make_person()
    batch = make_batch(make_project(person))
    command.sweep()
    before = read_checkpoints()[-1]
    sign(by=person, record=batch, meaning="author")
    command.sweep()
    command.beside[relay._tell_outside].join(20)
    assert read_checkpoints()[-1]["number"] == before["number"] + 1
    assert (elsewhere / "checkpoints.jsonl").read_text() == checkpoint_file().read_text()


def test_a_relay_that_is_told_to_stop_signs_what_was_recorded_last(command, monkeypatch):
    monkeypatch.setattr(relay, "close_old_connections", lambda: None)  # the test's own
    before = read_checkpoints()[-1]["number"]
    make_project()
    command.handle(once=True)
    assert read_checkpoints()[-1]["number"] == before  # not due yet
    command.sweep = lambda: command.stopping.set()
    command.handle()
    assert read_checkpoints()[-1]["number"] == before + 1

"""Start, disturb and stop the whole notebook, as real processes."""

import contextlib
import os
import shutil
import signal
import socket
import tempfile
from pathlib import Path

import psutil
import pytest

from tests.labnotebook.notebook_process import Notebook, free_port

pytestmark = pytest.mark.slow


@contextlib.contextmanager
def a_notebook(environment):
    # Not pytest's tmp_path: as root the database runs as another user, who cannot enter that one.
    place = Path(tempfile.mkdtemp(prefix="labnotebook-up-")).resolve()
    place.chmod(0o711)
    notebook = Notebook(place / "data", environment, free_port())
    try:
        yield notebook
    finally:
        notebook.end()
        servers = (notebook.data / "servers").resolve()
        shutil.rmtree(servers, ignore_errors=True)
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def notebook(outside_environment):
    """One that was never started."""
    with a_notebook(outside_environment) as notebook:
        yield notebook


@pytest.fixture(scope="module")
def _one(outside_environment):
    with a_notebook(outside_environment) as notebook:
        yield notebook


@pytest.fixture
def running(_one):
    """Return one notebook for all tests, started where the one before stopped it: a first start takes long."""
    if _one.process is None or _one.process.poll() is not None:
        _one.start()
    return _one


def test_a_notebook_at_work_owns_no_table_of_its_own(running):
    """Only what makes tables connects as their owner."""
    asked = (
        "from labnotebook.records.rights import has_its_own_role as own, loosened_rights as loose;"
        "print(own(), list(loose()))"
    )
    assert running.command("shell", "-v", "0", "-c", asked).stdout.strip() == "True []"
    assert running.command("verify_history").returncode == 0


def test_what_fills_tables_connects_as_their_owner(running):
    """Past the triggers, which only the owner may switch off."""
    seeded = running.command("seed_history", "--batches", "3", "--yes")
    assert "3 batches in the project" in seeded.stdout, seeded.stderr


def test_a_first_start_tells_of_no_error(running):
    assert "ERROR" not in running.log.read_text()


def gone(processes: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=10)
    return not alive


def named(processes: list[psutil.Process], part: str) -> psutil.Process:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            if part in " ".join(process.cmdline()):
                return process
    raise AssertionError(f"no process has '{part}' in its command line")


def test_ctrl_c_stops_everything_and_the_next_start_has_the_same_people(running):
    assert running.healthz() == (200, {"status": "ok"})
    password = running.said(r"Sign in as 'chemist' with the password (\S+) ")
    assert len(password) >= 16
    people = running.people()
    assert people.startswith("chemist ")
    assert password not in people
    children = running.children()

    assert running.interrupt() == 0
    assert gone(children)
    assert "The notebook has stopped." in running.log.read_text()
    assert running.healthz()[0] == 0

    stopped = running.command("showmigrations")
    assert stopped.returncode == 1
    assert "does not answer. Start the notebook with 'make run'" in stopped.stderr
    assert "Traceback" not in stopped.stderr

    running.start()
    assert running.people() == people


def test_a_second_start_is_refused_in_a_sentence(running):
    second = running.command("up", PORT=str(free_port()))
    assert second.returncode == 1
    assert f"already running (process {running.process.pid})" in second.stderr
    assert "Traceback" not in second.stderr
    assert running.healthz()[0] == 200


def test_a_port_in_use_is_refused_in_a_sentence(notebook):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = notebook.command("up", PORT=str(port))
    assert refused.returncode == 1
    assert f"Port {port} of 127.0.0.1 cannot be used" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_nonsense_port_is_refused_in_a_sentence(notebook):
    refused = notebook.command("up", PORT="eighty")
    assert refused.returncode == 1
    assert refused.stderr.strip() == (
        "PORT is 'eighty', but must be a whole number from 1 to 65535."
    )


def test_killing_everything_at_once_loses_no_data(running):
    people, children = running.people(), running.children()
    for process in [running.process, *children]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
    running.process.wait(10)
    running.start()
    assert running.people() == people


@pytest.mark.parametrize(
    "part", ["servers/postgres", "valkey-server", "gunicorn", "celery", "relay", "manage.py serve"]
)
def test_a_process_that_dies_is_started_again(running, wait_until, part):
    victim = named(running.children(), part)
    victim.kill()
    victim.wait(10)
    successor = wait_until(lambda: _successor(running, part, victim.pid), timeout_s=30)
    assert successor.is_running()
    assert wait_until(lambda: running.healthz()[0] == 200, timeout_s=30)


def _successor(running, part, old_pid):
    try:
        found = named(running.children(), part)
    except AssertionError:
        return None
    return found if found.pid != old_pid else None


def test_secrets_are_readable_by_their_owner_only(running):
    for path in (running.data / "secrets").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path
    assert (running.data / "secrets").stat().st_mode & 0o077 == 0
    assert (running.data / "servers").stat().st_mode & 0o077 == 0


def test_killing_the_supervisor_loses_no_data_and_leaves_nobody_in_the_way(running):
    people, children = running.people(), running.children()
    running.kill()
    running.start()
    assert gone(children)
    assert running.people() == people
    assert running.interrupt() == 0

"""What goes onto a server is closed: Django's own deployment checks, and what each container may do."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]


def test_the_deployment_checks_find_nothing_behind_https(outside_environment, tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={
            **outside_environment,
            "LABNOTEBOOK_DATA": str(tmp_path),
            "LABNOTEBOOK_HTTPS": "true",
            "SECRET_KEY": "A long one, 4 only this test: 0a1b2c3d4e5f6g7h8i9j-klmnopqrstuvwxyz",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_writes_nothing_but_its_volumes_and_gains_no_right(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["pids_limit"]
    assert name == "prepare" or service["mem_limit"]


def test_what_reads_files_reaches_nothing_outside():
    reach = {name for name, service in SERVICES.items() if "outside" in service["networks"]}
    assert reach == {"web", "relay", "sender"}
    queues = {n: SERVICES[n]["command"] for n in ("worker", "sender")}
    assert {n: said[said.index("--queues") + 1] for n, said in queues.items()} == {
        "worker": "celery",
        "sender": "outside",
    }
    networks = yaml.safe_load((ROOT / "compose.yaml").read_text())["networks"]
    for name in SERVICES["worker"]["networks"]:
        assert networks[name]["internal"] is True


def test_only_what_writes_reads_and_backs_up_files_knows_the_keys_of_the_bucket():
    knows = {
        name
        for name, service in SERVICES.items()
        if "AWS_SECRET_ACCESS_KEY" in (service.get("environment") or {})
    }
    reach = {name for name, service in SERVICES.items() if "storage" in service["networks"]}
    assert knows == reach == {"web", "worker", "relay", "prepare"}


def test_a_worker_that_is_told_to_stop_is_given_the_time_that_it_takes():
    grace = int(SERVICES["worker"]["stop_grace_period"].removesuffix("s"))
    assert grace > settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT


def test_backups_and_their_passphrase_are_the_relays_alone():
    secret = "LABNOTEBOOK_BACKUP_PASSPHRASE"
    for of, word in (("environment", secret), ("volumes", ":/backups")):
        assert {n for n, one in SERVICES.items() if word in str(one.get(of))} == {"relay"}
    # The page of the health is answered by the web.
    assert {SERVICES[n]["environment"]["LABNOTEBOOK_BACKUP_FOLDER"] for n in ("web", "relay")} == {
        "/backups"
    }
    assert "/backups" in (ROOT / "Dockerfile").read_text()


def test_only_what_prepares_knows_the_owner_of_the_tables():
    knows = {
        name
        for name, service in SERVICES.items()
        if "DATABASE_OWNER_URL" in (service.get("environment") or {})
    }
    assert knows == {"prepare"}

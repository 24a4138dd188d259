"""Signed checkpoints notice what a chain per record cannot."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from labnotebook.records.models import Revision, SecurityEvent
from labnotebook.records.services.checkpoints import (
    checkpoint_file,
    read_checkpoints,
    verify_checkpoints,
    write_checkpoint,
)
from labnotebook.records.services.verification import verify_history
from tests.factories import make_project

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def forget(project):
    """Remove a project as a superuser would: rows and revisions, all traces."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        members = [str(pk) for pk in project.memberships.values_list("pk", flat=True)]
        events = SecurityEvent.objects.filter(project=project).values_list("pk", flat=True)
        events = [str(pk) for pk in events]
        cursor.execute("DELETE FROM records_securityevent WHERE project_id = %s", [project.pk])
        cursor.execute("DELETE FROM records_membership WHERE project_id = %s", [project.pk])
        cursor.execute("DELETE FROM records_project WHERE id = %s", [project.pk])
        cursor.execute(
            "DELETE FROM records_revision WHERE (table_name = 'records_project' AND record_id = %s)"
            " OR (table_name = 'records_membership' AND record_id = ANY(%s))"
            " OR (table_name = 'records_securityevent' AND record_id = ANY(%s))",
            [str(project.pk), members, events],
        )
        cursor.execute("SET session_replication_role = DEFAULT")


def test_a_checkpoint_covers_what_came_since_the_last_one():
    make_project()
    first = write_checkpoint()
    assert first["count"] == Revision.objects.count()
    assert write_checkpoint() is None
    make_project()
    second = write_checkpoint()
    assert second["since"] == first["upto"]
    assert verify_checkpoints().problems == ()


def test_a_record_removed_with_its_whole_history_is_noticed():
    project = make_project()
    write_checkpoint()
    forget(project)
    assert not verify_history().findings  # the chains cannot tell
    assert "that are there now" in verify_checkpoints().problems[0]
    with pytest.raises(CommandError):
        call_command("verify_history", stderr=io.StringIO())


@pytest.mark.parametrize("what", ["root", "count", "upto", "at"])
def test_a_checkpoint_that_was_edited_is_noticed(what):
    make_project()
    write_checkpoint()
    line = json.loads(checkpoint_file().read_text())
    line[what] = "2020-01-01T00:00:00" if what == "at" else 1 if what != "root" else "0" * 64
    checkpoint_file().write_text(json.dumps(line) + "\n")
    assert any("signature" in p for p in verify_checkpoints().problems)


def test_a_checkpoint_that_was_taken_out_is_noticed():
    for _ in range(3):
        make_project()
        write_checkpoint()
    lines = checkpoint_file().read_text().splitlines()
    checkpoint_file().write_text("\n".join([lines[0], lines[2]]) + "\n")
    assert any("does not follow" in p for p in verify_checkpoints().problems)


def test_the_signing_key_is_its_owners_alone(tmp_path):
    make_project()
    write_checkpoint()
    assert (tmp_path / "secrets" / "checkpoint_key").stat().st_mode & 0o777 == 0o600
    assert len(read_checkpoints()) == 1

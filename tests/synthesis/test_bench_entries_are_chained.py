"""A bench entry that is changed, removed or put in behind the triggers' back is found."""

import re

import pytest
from django.db import connection

from labnotebook.records.history import chain
from labnotebook.records.models import Revision
from labnotebook.records.services.checkpoints import verify_checkpoints, write_checkpoint
from labnotebook.records.services.verification import verify_history
from synthesis.services.bench import record_events
from tests.factories import entry, make_batch

EVENTS = "synthesis_benchevent"


@pytest.fixture
def batch(lab, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    batch = make_batch(lab.project)
    for n in range(3):
        record_events(by=lab.mira, batch=batch, events=[entry("note", "", f"note {n}")])
    return batch


def quietly(*statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT")


def findings(table: str = EVENTS) -> str:
    return "; ".join(f.sentence for f in verify_history().findings if f.table == table)


def test_the_entries_of_a_batch_form_one_chain_that_says_who_and_why(lab, batch):
    chain = list(Revision.objects.filter(table_name=EVENTS, record_id=str(batch.pk)))
    assert [r.number for r in chain] == [1, 2, 3]
    assert [r.previous_hash for r in chain] == ["", chain[0].hash, chain[1].hash]
    assert {(r.actor, r.reason) for r in chain} == {("mira", "bench entry")}
    assert [r.row["value"] for r in chain] == ["note 0", "note 1", "note 2"]
    assert not verify_history().findings


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            "UPDATE synthesis_benchevent SET value = '\"forged\"' WHERE value = '\"note 1\"'",
            "value",
        ),
        ("UPDATE synthesis_benchevent SET by_id = by_id + 1 WHERE value = '\"note 1\"'", "by_id"),
        ("UPDATE synthesis_benchevent SET at = at - interval '1 day'", "differs.*at"),
        ("DELETE FROM synthesis_benchevent WHERE value = '\"note 1\"'", "gone without a trace"),
        (
            "INSERT INTO synthesis_benchevent (id, kind, target, value, reason, at, received_at, batch_id,"
            " by_id, portion, as_planned, repeat) SELECT gen_random_uuid(), kind, target, value, reason, at,"
            " received_at, batch_id, by_id, portion, as_planned, repeat FROM synthesis_benchevent LIMIT 1",
            "has no history",
        ),
    ],
)
def test_an_entry_tampered_with_is_found(batch, change, sentence):
    quietly(change)
    assert re.search(sentence, findings())


def test_an_entry_removed_with_its_revision_breaks_the_chain(batch):
    quietly(
        "DELETE FROM synthesis_benchevent WHERE value = '\"note 1\"'",
        "DELETE FROM records_revision WHERE table_name = 'synthesis_benchevent' AND number = 2",
    )
    assert "version 2 is missing" in findings()


def test_the_last_entry_removed_with_its_revision_is_found_by_the_checkpoint(batch):
    write_checkpoint()
    quietly(
        "DELETE FROM synthesis_benchevent WHERE value = '\"note 2\"'",
        "DELETE FROM records_revision WHERE table_name = 'synthesis_benchevent' AND number = 3",
    )
    assert not findings()  # the chain alone cannot tell
    assert "that are there now" in verify_checkpoints().problems[0]


def test_entries_of_before_are_chained_by_the_migration(batch):
    quietly("DELETE FROM records_revision WHERE table_name = 'synthesis_benchevent'")
    operation = chain(EVENTS, by="batch_id", order="t.received_at, t.id")
    with connection.cursor() as cursor:
        cursor.execute(operation.reverse_sql)
        cursor.execute(operation.sql)
    revisions = list(Revision.objects.filter(table_name=EVENTS, record_id=str(batch.pk)))
    assert [r.row["value"] for r in revisions] == ["note 0", "note 1", "note 2"]
    assert {(r.actor, r.actor_id) for r in revisions} == {("migration", None)}
    assert not verify_history().findings

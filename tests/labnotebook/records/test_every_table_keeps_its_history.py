"""A model without a history fails the system check."""

import pytest
from django.db import connection

from labnotebook.records import checks, history


def test_every_model_has_a_history_or_a_reason():
    assert list(checks.models_without_history()) == []


def test_a_model_without_either_is_named(monkeypatch):
    monkeypatch.delitem(history.UNTRACKED, "records_job")
    assert [e.id for e in checks.every_table_keeps_its_history()] == ["records.E001"]


@pytest.mark.django_db
def test_every_tracked_table_has_its_triggers_in_the_database():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, array_agg(t.tgname) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal GROUP BY 1"
        )
        found = {table: set(names) for table, names in cursor.fetchall()}
    for table in history.tracked_tables():
        assert {"raise_version", "write_revision", "refuse_truncate"} <= found[table], table

"""Whoever weakens what guards the records is found, and so is who was made somebody else."""

import re

import pytest
from django.db import connection

from labnotebook.records.models import Revision
from labnotebook.records.services.verification import verify_history
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def sql(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def findings() -> str:
    return "; ".join(f"{f.table} {f.record_id}: {f.sentence}" for f in verify_history().findings)


def test_an_untouched_database_is_as_the_program_installed_it():
    assert findings() == ""


@pytest.mark.parametrize(
    ("weaken", "sentence"),
    [
        ("ALTER TABLE records_revision DISABLE TRIGGER USER", "records_revision .* refuse_change"),
        (
            "ALTER TABLE synthesis_benchevent DISABLE TRIGGER USER",
            "synthesis_benchevent .* write_entry",
        ),
        ("ALTER TABLE analysis_outcome DISABLE TRIGGER USER", "analysis_outcome .* write_revision"),
        ("ALTER TABLE auth_user DISABLE TRIGGER write_watched", "auth_user .* write_watched"),
        ("DROP TRIGGER signed_is_locked ON synthesis_addition", "signed_is_locked is missing"),
        ("DROP TRIGGER refresh_history ON analysis_outcome", "analysis_outcome .* refresh_history"),
        ("ALTER TABLE devices_layer DISABLE TRIGGER refresh_history", "devices_layer .* refresh_h"),
        ("DROP FUNCTION analysis_history_changed() CASCADE", "analysis_history_changed .* missing"),
        (
            "CREATE OR REPLACE FUNCTION analysis_refresh_numbers(wanted bigint) RETURNS void"
            " LANGUAGE plpgsql AS $$ BEGIN END $$",
            "analysis_refresh_numbers .* not the one",
        ),
        ("DROP FUNCTION synthesis_keep_plan() CASCADE", "synthesis_keep_plan .* missing"),
        (
            "CREATE OR REPLACE FUNCTION records_write_revision() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RETURN NULL; END $$",
            "records_write_revision .* not the one",
        ),
        (
            "DROP TRIGGER keep_plan ON synthesis_batch;"
            " CREATE TRIGGER keep_plan BEFORE INSERT ON synthesis_batch"
            " FOR EACH ROW EXECUTE FUNCTION synthesis_keep_plan()",
            "keep_plan is not the one",
        ),
        ("ALTER TABLE analysis_outcome DROP COLUMN note CASCADE", "column note is missing"),
        (
            "ALTER TABLE synthesis_addition DROP CONSTRAINT addition_amount_is_not_negative",
            "addition_amount_is_not_negative is missing",
        ),
        (
            "DELETE FROM django_migrations WHERE app = 'synthesis' AND name = '0002_history'",
            "synthesis.0002_history .* not had this migration",
        ),
    ],
)
def test_a_guard_that_was_weakened_is_named(weaken, sentence):
    sql("SET CONSTRAINTS ALL IMMEDIATE", weaken)
    assert re.search(sentence, findings())


@pytest.mark.parametrize(
    "change",
    [
        "username = 'somebody'",
        "is_superuser = true",
        "is_active = false",
        "email = 'x@example.org'",
    ],
)
def test_a_person_changed_behind_the_triggers_is_found(change):
    make_person("mira")
    sql(
        "SET session_replication_role = replica",
        f"UPDATE auth_user SET {change} WHERE username = 'mira'",
        "SET session_replication_role = DEFAULT",
    )
    assert f"differs from its last version in {change.split()[0]}" in findings()


def test_a_person_changed_by_sql_is_recorded_and_a_sign_in_is_not():
    person = make_person("mira")
    sql(f"UPDATE auth_user SET last_login = now() WHERE id = {person.pk}")
    sql(f"UPDATE auth_user SET is_superuser = true WHERE id = {person.pk}")
    said = Revision.objects.filter(table_name="auth_user", record_id=str(person.pk))
    assert [(r.number, r.operation) for r in said] == [(1, "insert"), (2, "update")]
    assert said[0].actor == "test"
    assert said[1].actor.startswith("direct SQL by ")
    assert "password" not in said[1].row
    assert findings() == ""

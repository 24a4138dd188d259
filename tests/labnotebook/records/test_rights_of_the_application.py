"""The application's role reads and writes rows, and can neither touch the history nor call itself somebody else."""

from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper

from labnotebook.records.actors import make_anew, proof_of
from labnotebook.records.models import Project, Revision
from labnotebook.records.rights import give_rights, has_its_own_role, loosened_rights
from labnotebook.records.services.checkpoints import write_checkpoint
from labnotebook.records.services.guards import weakened_guards
from labnotebook.records.services.signatures import broken_signatures
from labnotebook.records.services.verification import verify_history
from tests.api.lab import make_lab
from tests.factories import make_batch, make_person, make_project

pytestmark = pytest.mark.django_db(transaction=True)
REFUSED = psycopg.errors.InsufficientPrivilege


@pytest.fixture
def application():
    """A connection with the role of web, worker and relay."""
    role, password = settings.APPLICATION_ROLE
    give_rights(role)
    of = connection.settings_dict
    with psycopg.connect(
        host=of["HOST"], port=of["PORT"] or None, dbname=of["NAME"], user=role, password=password
    ) as opened:
        yield opened


@pytest.fixture
def owner():
    """A cursor of the tables' owner; what it changed is put right again afterwards."""
    with connection.cursor() as cursor:
        yield cursor
    make_anew()
    give_rights(settings.APPLICATION_ROLE[0])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records_revision SET reason = 'x'",
        "DELETE FROM records_revision",
        "TRUNCATE records_revision",
        "INSERT INTO records_revision (table_name, record_id, number, operation, actor, reason, at,"
        " data, previous_hash, hash) VALUES ('a', '1', 1, 'insert', 'chemist', '', now(), '{}', '', '')",
        "SELECT records_append_revision('records_project', '1', 'update', '{}')",
        "SELECT key FROM records_actorkey",
        "ALTER TABLE records_project DISABLE TRIGGER ALL",
        "ALTER TABLE records_project DISABLE TRIGGER write_revision",
        "DROP TRIGGER write_revision ON records_project",
        "ALTER TABLE records_project DROP COLUMN name",
        "TRUNCATE records_project CASCADE",
        "UPDATE synthesis_benchevent SET value = '1'",
        "DELETE FROM synthesis_benchevent",
        "CREATE OR REPLACE FUNCTION records_write_revision() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RETURN NULL; END $$",
        "CREATE TABLE public.mine (id int)",
        "SET session_replication_role = replica",
        "SET ROLE labnotebook",
        "CREATE DATABASE another",
    ],
)
def test_what_guards_the_record_is_out_of_reach(application, statement):
    application.autocommit = True
    with pytest.raises(REFUSED):
        application.execute(statement)


def test_rows_are_written_and_their_revisions_with_them(application):
    project = make_project()
    application.execute("UPDATE records_project SET name = 'Renamed' WHERE id = %s", [project.pk])
    application.commit()
    last = Revision.objects.of(project).last()
    assert last.row["name"] == "Renamed"
    assert last.actor == "direct SQL by labnotebook_app"


def say(application, actor, actor_id, proof):
    for name, value in (("actor", actor), ("actor_id", actor_id), ("proof", proof)):
        application.execute("SELECT set_config(%s, %s, true)", [f"app.{name}", value])


def test_nobody_is_believed_to_be_another_without_the_notebooks_proof(application):
    project = make_project()
    ours = application.info.backend_pid
    for proof in ("", "0" * 64, proof_of("chemist", "1", "", ours + 1)):
        say(application, "chemist", "1", proof)
        application.execute(
            "UPDATE records_project SET name = 'Forged' WHERE id = %s", [project.pk]
        )
        application.commit()
        last = Revision.objects.of(project).last()
        assert last.actor == "direct SQL by labnotebook_app, calling itself chemist"
        assert last.actor_id is None
    say(application, "chemist", "1", proof_of("chemist", "1", "", ours))
    application.execute("UPDATE records_project SET name = 'Honest' WHERE id = %s", [project.pk])
    application.commit()
    last = Revision.objects.of(project).last()
    assert (last.actor, last.actor_id) == ("chemist", 1)


@contextmanager
def as_application():
    """Let Django itself connect with the application's role."""
    role, password = settings.APPLICATION_ROLE
    give_rights(role)
    ours = connections["default"]
    theirs = DatabaseWrapper({**ours.settings_dict, "USER": role, "PASSWORD": password}, "default")
    connections["default"] = theirs
    try:
        yield
    finally:
        theirs.close()
        connections["default"] = ours


def test_a_whole_lab_is_made_signed_and_verified_with_the_rights_of_the_application():
    person = make_person()
    with as_application():
        assert has_its_own_role()
        lab = make_lab(person, make_project(person, "Perovskites"))
        assert write_checkpoint()["count"] > 100
        assert verify_history().findings == ()
        assert list(broken_signatures()) == []
    assert lab
    actors = set(
        Revision.objects.filter(table_name="synthesis_addition").values_list("actor", flat=True)
    )
    assert actors == {person.username}


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("GRANT DELETE ON records_revision TO labnotebook_app", "the right to DELETE"),
        ("GRANT SELECT ON records_actorkey TO PUBLIC", "everybody was given the right to SELECT"),
        ("GRANT UPDATE ON synthesis_benchevent TO labnotebook_app", "the right to UPDATE"),
        ("GRANT TRUNCATE ON records_project TO labnotebook_app", "the right to TRUNCATE"),
        ("ALTER FUNCTION records_write_revision() SECURITY INVOKER", "no longer runs as"),
        (
            "GRANT EXECUTE ON FUNCTION records_append_revision(text, text, text, text) TO PUBLIC",
            "everybody may call it",
        ),
    ],
)
def test_a_right_that_was_given_by_hand_is_a_finding(application, owner, statement, told):
    assert list(loosened_rights()) == []
    owner.execute(statement)
    assert any(told in sentence for _, sentence in weakened_guards())


def test_the_rights_reach_what_a_day_at_the_bench_needs(application):
    """Everything the pages read and write, row by row, as the application would."""
    make_batch(make_project())
    for table in connection.introspection.django_table_names(include_views=False):
        application.execute(f'SELECT count(*) FROM "{table}"')
        if table not in {"records_revision", "django_migrations"}:
            held = application.execute(
                "SELECT has_table_privilege(%s, 'INSERT')", [f'public."{table}"']
            )
            assert held.fetchone()[0], table
    assert Project.objects.exists()

"""Every write is kept, chained, and noticed when it is altered."""

import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from labnotebook.records.history import as_a_whole, recorded
from labnotebook.records.models import Project, Revision
from labnotebook.records.proofs.digests import revision_hash
from labnotebook.records.services.telling import tell
from labnotebook.records.services.verification import verify_history
from synthesis.models import Chemical
from tests.factories import make_person, make_project, shipped_recipe

pytestmark = pytest.mark.django_db


def sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def behind_its_back(statement, *parameters):
    """Run SQL as somebody who switches the triggers off."""
    sql("SET session_replication_role = replica")
    sql(statement, *parameters)
    sql("SET session_replication_role = DEFAULT")


def test_a_change_says_who_what_and_why():
    person = make_person("mira")
    project = make_project(person, "Old name")
    with recorded(person, "typo"):
        project.set_fields(name="New name")
    (visit,) = tell([project])
    assert visit.who == "mira"
    assert visit.items[-1].text == "changed project New name: name from Old name to New name"
    assert visit.items[-1].reason == "typo"


def test_what_nobody_wrote_words_for_is_called_as_a_form_calls_it():
    shipped_recipe()
    salt = Chemical.objects.get(formula="PbI2")
    salt.set_fields(cas="10101-63-0", density_source="")
    salt.set_fields(cas="7783-46-2")
    assert tell([salt])[0].items[-1].text == (
        f"changed chemical {salt.name}: CAS number from 10101-63-0 to 7783-46-2"
    )


@pytest.mark.parametrize("way", ["save", "queryset", "bulk", "sql"])
def test_no_way_of_writing_escapes_the_history(way):
    project = make_project()
    before = Revision.objects.of(project).count()
    if way == "save":
        project.name = "other"
        project.save()
    elif way == "queryset":
        Project.objects.filter(pk=project.pk).update(name="other")
    elif way == "bulk":
        project.name = "other"
        Project.objects.bulk_update([project], ["name"])
    else:
        sql("UPDATE records_project SET name = 'other' WHERE id = %s", project.pk)
    revisions = list(Revision.objects.of(project))
    assert len(revisions) == before + 1
    assert revisions[-1].row["name"] == "other"
    assert revisions[-1].row["version"] == revisions[-1].number == before + 1


def test_direct_sql_is_named_as_such():
    project = make_project()
    sql("UPDATE records_project SET name = 'other' WHERE id = %s", project.pk)
    assert Revision.objects.of(project).last().actor.startswith("direct SQL by ")
    assert verify_history().direct_sql == 1


def test_an_inner_reason_hands_back_to_the_outer_one():
    person = make_person()
    project = make_project(person)
    with recorded(person, "outer"):
        with recorded("worker", "inner"):
            project.set_fields(name="a")
        project.set_fields(name="b")
    said = [(r.actor, r.reason) for r in Revision.objects.of(project)][-2:]
    assert said == [("worker", "inner"), (person.username, "outer")]


def test_what_was_rolled_back_leaves_no_revision():
    person = make_person()
    project = make_project(person)
    count = Revision.objects.count()
    with pytest.raises(RuntimeError), recorded(person, "fails"):
        project.set_fields(name="lost")
        raise RuntimeError
    assert Revision.objects.count() == count


def test_what_is_done_as_a_whole_is_kept_or_lost_as_a_whole():
    person = make_person()
    project = make_project(person)
    count = Revision.objects.count()
    with pytest.raises(RuntimeError), as_a_whole():
        with recorded(person, "first"):
            project.set_fields(name="lost")
        with recorded(person, "second"):
            raise RuntimeError
    assert Revision.objects.count() == count


def test_nobody_speaks_for_what_comes_after_a_whole_act():
    person = make_person()
    project = make_project(person)
    with as_a_whole(), recorded(person, "within"):
        project.set_fields(name="a")
    sql("UPDATE records_project SET name = 'other' WHERE id = %s", project.pk)
    within, after = list(Revision.objects.of(project))[-2:]
    assert (within.actor, within.reason) == (person.username, "within")
    assert after.actor.startswith("direct SQL by ")


def test_an_inner_reason_hands_back_within_a_whole_act_too():
    person = make_person()
    project = make_project(person)
    with as_a_whole(), recorded(person, "outer"):
        with recorded("worker", "inner"):
            project.set_fields(name="a")
        project.set_fields(name="b")
    said = [(r.actor, r.reason) for r in Revision.objects.of(project)][-2:]
    assert said == [("worker", "inner"), (person.username, "outer")]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records_revision SET actor = 'somebody else'",
        "DELETE FROM records_revision",
        "TRUNCATE records_revision",
        "TRUNCATE records_project CASCADE",
    ],
)
def test_the_history_can_be_neither_changed_nor_removed(statement):
    make_project()
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="kept for good"), transaction.atomic():
        sql(statement)


def test_the_chain_is_recomputed_independently_of_the_database():
    project = make_project(name="ä|5:βγ")
    first = Revision.objects.of(project).first()
    assert first.hash == revision_hash(
        first.previous_hash,
        first.table_name,
        first.record_id,
        first.number,
        first.operation,
        first.actor,
        first.actor_id,
        first.reason,
        first.at,
        first.data,
    )


def test_an_untouched_history_is_intact():
    make_project()
    out = io.StringIO()
    call_command("verify_history", stdout=out)
    assert out.getvalue().startswith("intact")


TAMPERINGS = {
    "a row": ("UPDATE records_project SET name = 'faked' WHERE id = %s", "differs.*name"),
    "a row removed": ("DELETE FROM records_project WHERE id = %s", "gone without a trace"),
    "a revision": (
        "UPDATE records_revision SET actor = 'x' WHERE table_name = 'records_project' AND record_id = %s::text",
        "was altered",
    ),
    "a revision removed": (
        "DELETE FROM records_revision WHERE table_name = 'records_project' AND number = 2 AND record_id = %s::text",
        "is missing",
    ),
    "all revisions removed": (
        "DELETE FROM records_revision WHERE table_name = 'records_project' AND record_id = %s::text",
        "has no history",
    ),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_behind_its_back_is_named(what):
    statement, sentence = TAMPERINGS[what]
    person = make_person()
    project = make_project(person)
    for name in ("second", "third"):
        with recorded(person, "renamed"):
            project.set_fields(name=name)
    untouched = transaction.savepoint()
    behind_its_back(statement, project.pk)
    findings = [f for f in verify_history().findings if f.table == "records_project"]
    assert any(f.record_id == str(project.pk) and re.search(sentence, f.sentence) for f in findings)
    with pytest.raises(CommandError):
        call_command("verify_history", stderr=io.StringIO())
    transaction.savepoint_rollback(untouched)


def test_a_trigger_that_was_dropped_is_named():
    sql("ALTER TABLE records_project DISABLE TRIGGER write_revision")
    assert any("write_revision" in f.sentence for f in verify_history().findings)


def test_a_column_added_later_is_no_tampering():
    make_project()
    sql("ALTER TABLE records_project ADD COLUMN colour text DEFAULT 'red'")
    assert not verify_history().findings

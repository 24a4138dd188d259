"""Comments beside a record: who writes and reads them, whom they tell, and that they stay as written."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from labnotebook.records.models import Revision, Role
from labnotebook.records.proofs.digests import digest_of
from labnotebook.records.services.signatures import broken_signatures, content_of
from labnotebook.records.services.verification import verify_history
from labnotebook.talk.models import Comment
from synthesis.services.batches import sign_batch
from tests.factories import PASSWORD, Api, join, make_made_batch, make_person, make_project

pytestmark = pytest.mark.django_db


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def lab():
    owner = make_person("olga")
    project = make_project(owner)
    join(project, Role.EDITOR, make_person("nina"))
    join(project, Role.WITNESS, make_person("wanda"))
    join(project, Role.VIEWER, make_person("vera"))
    make_person("stefan")
    return owner, project


def test_a_comment_tells_members_and_says_whom_it_could_not_tell(lab):
    owner, project = lab
    batch = make_made_batch(project, by=owner)
    join(project, Role.INSTRUMENT, make_person("xrd"))
    text = "@nina, ask @Wanda. Not @stefan, @nobody or @xrd; mail me@nina.org <script>alert(1)</script>"
    made = Api(owner).post("comments/", {"batch": batch.code, "text": text}).json()
    assert made["mentioned"] == ["nina", "wanda"]
    assert made["not_told"] == ["stefan", "nobody", "xrd"]
    page = signed_in(owner).get(f"/b/{batch.code}/talk/").content.decode()
    assert "@stefan reads nothing in this project" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    listed = Api(owner).get(f"comments/?batch={batch.code}&changed_since=2026-01-01").json()
    assert [row["id"] for row in listed["results"]] == [made["id"]]
    assert Api(owner).get("comments/?batch=NC-9999").json()["results"] == []
    assert Api(owner).get("comments/?measurement=x").status_code == 400


def test_nothing_that_was_typed_is_lost_when_it_is_too_long(lab):
    owner, project = lab
    batch = make_made_batch(project, by=owner)
    client = signed_in(owner)
    answer = client.post(f"/b/{batch.code}/talk/", {"text": "long " * 801})
    assert answer.status_code == 422
    assert "a comment has at most 4000" in answer.content.decode()
    assert "long " * 800 in answer.content.decode()
    assert client.post(f"/b/{batch.code}/talk/", {"text": "ab " * 1333}).status_code == 302
    assert Comment.objects.get().text == ("ab " * 1333).strip()


def test_a_comment_on_a_signed_batch_changes_nothing_that_was_signed(lab):
    owner, project = lab
    batch = make_made_batch(project, by=owner)
    sign_batch(by=owner, batch=batch, password=PASSWORD)
    before = digest_of(content_of(batch))
    comment = Api(owner).post("comments/", {"batch": batch.code, "text": "Looks right."})
    assert comment.status_code == 201
    assert digest_of(content_of(batch)) == before
    assert not list(broken_signatures())
    assert not [one for one in verify_history().findings if "talk" in one.table]


def test_a_comment_stays_as_it_was_written_and_is_withdrawn_by_its_author(lab):
    owner, project = lab
    batch = make_made_batch(project, by=owner)
    made = Api(owner).post("comments/", {"batch": batch.code, "text": "In the wrong flask."}).json()
    for statement in (
        "UPDATE talk_comment SET text = 'Another'",
        "UPDATE talk_comment SET written_by_id = written_by_id + 1",
        "DELETE FROM talk_comment",
    ):
        with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
            connection.cursor().execute(statement)
    address = f"comments/{made['id']}/withdraw/"
    nina = project.memberships.get(user__username="nina").user
    assert Api(nina).post(address, {"reason": "not hers"}).status_code == 403
    assert Api(owner).post(address, {"reason": "."}).status_code == 400
    assert Api(owner).post(address, {"reason": "of NC-0002"}).json()["withdrawn_reason"]
    assert Api(owner).post(address, {"reason": "again"}).status_code == 409
    page = signed_in(nina).get(f"/b/{batch.code}/talk/").content.decode()
    assert "In the wrong flask." in page
    assert "of NC-0002" in page
    with pytest.raises(DatabaseError, match="withdrawn once"), transaction.atomic():
        connection.cursor().execute("UPDATE talk_comment SET withdrawn_reason = 'no reason given'")
    kept = Revision.objects.filter(table_name="talk_comment").order_by("number")
    assert [(one.operation, one.actor) for one in kept] == [("insert", "olga"), ("update", "olga")]

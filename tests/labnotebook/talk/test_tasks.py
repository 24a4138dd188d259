"""Tasks about a record: given to a member, seen on Today, done or dropped, and by whom."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from labnotebook.records.models import Role
from labnotebook.talk.models import Task
from tests.factories import Api, join, make_batch, make_person, make_project

pytestmark = pytest.mark.django_db


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_task_is_given_seen_on_today_done_and_dropped():
    owner = make_person("olga")
    project = make_project(owner)
    nina = join(project, Role.EDITOR, make_person("nina"))
    join(project, Role.VIEWER, make_person("vera"))
    batch = make_batch(project, by=owner)
    today = timezone.localdate()
    page, address = signed_in(owner), f"/b/{batch.code}/talk/"
    asked = {"do": "task", "todo": "Order toluene", "given_to": "nina", "due_date": ""}
    assert page.post(address, asked).status_code == 302
    late = {"todo": "Measure PL again", "due_date": f"{today - timedelta(days=1)}"}
    assert page.post(address, asked | late).status_code == 302
    refused = page.post(address, asked | {"given_to": "vera", "todo": "Look at it"})
    assert refused.status_code == 422
    assert "Look at it" in refused.content.decode()

    mine = signed_in(nina).get("/").content.decode()
    assert mine.index("Measure PL again") < mine.index("Order toluene")
    assert "overdue" in mine
    assert "Measure PL again" not in page.get("/").content.decode()  # only on hers

    api = Api(nina)
    (overdue,) = api.get("tasks/?overdue=true&given_to=nina").json()["results"]
    assert (overdue["text"], overdue["batch"]) == ("Measure PL again", batch.code)
    done = api.post(f"tasks/{overdue['id']}/done/").json()
    assert (done["state"], done["ended_by"], done["is_overdue"]) == ("done", "nina", False)
    assert api.post(f"tasks/{overdue['id']}/done/").status_code == 409
    (left,) = api.get(f"tasks/?state=open&changed_since={today}").json()["results"]
    assert api.post(f"tasks/{left['id']}/drop/", {"reason": "."}).status_code == 400
    sent = {"do": "drop", "reason": "there is plenty"}
    assert page.post(f"/tasks/{left['id']}/end/", sent).status_code == 302
    shown = page.get(address).content.decode()
    assert "there is plenty" in shown
    assert Task.objects.get(pk=left["id"]).ended_by == owner
    assert (
        api.post("tasks/", {"batch": batch.code, "text": "x", "given_to": "vera"}).status_code
        == 400
    )
    with pytest.raises(IntegrityError, match="task_dropped_says_why"), transaction.atomic():
        connection.cursor().execute("UPDATE talk_task SET reason = '' WHERE state = 'dropped'")

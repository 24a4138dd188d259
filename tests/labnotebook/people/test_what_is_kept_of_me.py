"""What the notebook keeps of a person, as one file for her; and nothing that opens a door."""

import json

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from labnotebook.records.models import Role, SecurityEvent
from labnotebook.records.services.projects import remove_member
from tests.factories import PASSWORD, Api, join, make_batch, make_person, make_project

pytestmark = pytest.mark.django_db


def test_a_person_takes_along_what_is_kept_of_her_and_no_secret():
    nina = join(make_project(make_person("olga"), "Perovskites"), Role.EDITOR, make_person("nina"))
    here = nina.memberships.get().project
    elsewhere = make_project(make_person("stefan"), "Elsewhere")
    join(elsewhere, Role.EDITOR, nina)
    batch = make_batch(here, by=nina)
    make_batch(here)  # somebody else's
    make_batch(elsewhere, by=nina)
    remove_member(by=nina, project=elsewhere, membership=nina.memberships.get(project=elsewhere))
    api = Api(nina)
    browser = Client(headers={"user-agent": "Firefox/140.0 Linux"})
    browser.post("/accounts/login/", {"login": "nina", "password": PASSWORD})
    assert "/api/v1/me/data/" in browser.get("/me/").content.decode()
    answer = browser.get("/api/v1/me/data/")
    assert answer["Content-Disposition"].startswith("attachment")
    said = answer.json()
    assert said["username"] == "nina"
    assert [(one["slug"], one["role"]) for one in said["projects"]] == [("perovskites", "editor")]
    assert [one["name"] for one in said["tokens"]] == ["test"]
    assert [one["browser"] for one in said["sessions"]] == ["Firefox on Linux"]
    assert {"signed-in", "token-made"} <= {one["kind"] for one in said["security_events"]}
    made = {(one["kind"], one["id"]): one["address"] for one in said["records"]}
    assert made["batch", batch.code] == f"/api/v1/batches/{batch.code}/"
    assert api.get(made["batch", batch.code]).status_code == 200
    assert [key for kind, key in made if kind == "batch"] == [batch.code]
    assert said["records_elsewhere"] >= 1
    kept = get_user_model().objects.get(pk=nina.pk)
    token = api.client.defaults["HTTP_AUTHORIZATION"].split()[1]
    secrets = (kept.password, token, browser.session.session_key, nina.api_tokens.get().digest)
    assert not any(secret in json.dumps(said) for secret in secrets)
    assert SecurityEvent.objects.filter(kind="exported", person=nina).exists()
    assert Client().get("/api/v1/me/data/").status_code == 401

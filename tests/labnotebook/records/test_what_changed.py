"""A script keeps in step: who it is (`me/`), what changed since (`changed_since`, `changes/`), nothing missed."""

from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import connection

from labnotebook.records.models import Revision
from tests.factories import Api, join, make_batch, make_made_batch, make_person, make_project


@pytest.fixture
def lab(db):
    mira = make_person("mira")
    project = make_project(mira, "Perovskites")
    make_batch(make_project(make_person("stefan"), "Secret"))
    return Api(mira), project


def walked(api, query=""):
    """Return the whole stream, page by page."""
    told, address = [], f"/api/v1/changes/?{query}"
    while address:
        said = api.get(address).json()
        told, address = told + said["results"], said["next"]
    return told, said["after"]


def test_me_says_who_asks_with_which_token_and_in_which_projects(lab):
    api, project = lab
    join(project, "viewer", stefan := make_person())
    said = api.get("me/").json()
    assert said["username"] == "mira"
    assert [(p["slug"], p["role"]) for p in said["projects"]] == [(project.slug, "owner")]
    assert said["token"]["scope"] == "write"
    here = datetime.fromisoformat(said["server_time"])
    assert abs(here - datetime.now(here.tzinfo)) < timedelta(minutes=1)
    assert datetime.fromisoformat(said["token"]["expires_at"]) > here + timedelta(days=80)
    api.client.force_login(stefan)
    del api.client.defaults["HTTP_AUTHORIZATION"]
    said = api.get("me/").json()
    assert (said["token"], said["projects"][0]["role"]) == (None, "viewer")
    api.client.logout()
    assert api.get("me/").status_code == 401


def test_the_stream_tells_every_write_once_in_order_and_leads_to_the_record(lab):
    api, project = lab
    batch = make_made_batch(project)
    told, _ = walked(api, "page_size=3")
    assert [one["seq"] for one in told] == sorted({one["seq"] for one in told})
    kept = Revision.objects.filter(table_name="synthesis_batch", record_id=batch.pk)
    of_batch = [one for one in told if one["kind"] == "batch"]
    own = [(one["version"], one["what"]) for one in of_batch if one["version"]]
    assert own == [(n, "made" if n == 1 else "changed") for n in range(1, kept.count() + 1)]
    assert {one["id"] for one in of_batch} == {batch.code}  # and no batch of another project
    assert "added to" in {one["what"] for one in of_batch}  # lines of the bench
    assert all(one["by"] == "mira" for one in of_batch)
    assert {api.get(one["address"]).status_code for one in told} == {200}
    only, _ = walked(api, "kind=batch")
    assert only == of_batch


def test_who_goes_on_behind_the_last_change_gets_the_next_alone(lab):
    api, project = lab
    make_batch(project)
    _, after = walked(api)
    assert walked(api, f"after={after}") == ([], after)
    batch = make_batch(project)
    told, _ = walked(api, f"after={after}&kind=batch")
    assert [one["id"] for one in told] == [batch.code]


def test_changed_since_is_inclusive_to_the_microsecond_in_lists_and_stream(lab):
    api, project = lab
    first, last = make_batch(project), make_batch(project)
    moment = Revision.objects.of(last).last().at
    for shift, codes in ((0, [last.code]), (1, [])):
        since = (moment + timedelta(microseconds=shift)).isoformat().replace("+", "%2B")
        rows = api.get(f"batches/?changed_since={since}").json()["results"]
        assert [row["code"] for row in rows] == codes
        told, _ = walked(api, f"kind=batch&changed_since={since}")
        assert sorted({one["id"] for one in told}) == codes
    since = moment.date().isoformat()
    assert {
        row["code"] for row in api.get(f"batches/?changed_since={since}").json()["results"]
    } == {
        first.code,
        last.code,
    }
    api.post(f"batches/{first.code}/start/", if_match=f'"batch-{first.pk}-1"')
    since = (moment + timedelta(microseconds=1)).isoformat().replace("+", "%2B")
    rows = api.get(f"batches/?changed_since={since}").json()["results"]
    assert [row["code"] for row in rows] == [first.code]


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("batches/?changed_since=yesterday", "changed_since"),
        ("batches/?changed_since=", "changed_since"),
        ("changes/?changed_since=2026-13-01", "changed_since"),
        ("changes/?after=-1", "after"),
        ("changes/?kind=unicorn", "kind"),
        ("changes/?page_size=0", "page_size"),
        ("changes/?befor=2", "befor"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_field(lab, address, field):
    answer = lab[0].get(address)
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == [field]


@pytest.mark.django_db(transaction=True)
def test_a_write_that_is_still_under_way_holds_back_those_after_it():
    """Numbers are given before writes are seen: told at once, the later one would hide the earlier."""
    person = make_person("mira")
    api, project = Api(person), make_project(person)
    _, after = walked(api)
    with psycopg.connect(
        **{
            k: v
            for k, v in connection.get_connection_params().items()
            if k in ("host", "port", "user", "password", "dbname")
        }
    ) as other:
        other.execute("UPDATE records_project SET description = 'slow' WHERE id = %s", [project.pk])
        second = make_project(person)
        assert walked(api, f"after={after}&kind=project") == ([], after)
    told, _ = walked(api, f"after={after}&kind=project")
    assert [one["id"] for one in told] == [project.slug, second.slug]

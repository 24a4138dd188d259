"""Today says what waits; search and printed codes lead to the page."""

import re
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from synthesis.services.batches import start_batch
from synthesis.services.bench import record_events
from tests.factories import (
    entry,
    join,
    make_batch,
    make_made_batch,
    make_person,
    make_project,
    owner_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def lab(client):
    project = make_project()
    client.force_login(owner_of(project))
    return project


def test_a_new_lab_is_led_to_its_first_plan(client, lab):
    page = client.get("/").content.decode()
    assert "Plan the first batch" in page


def test_today_shows_what_runs_and_what_waits(client, lab):
    planned = make_batch(lab)
    for _ in range(2):
        make_made_batch(lab)
    page = client.get("/").content.decode()
    assert f"/b/{planned.code}/" in page
    assert "planned, not started" in page
    assert "2 batches to sign" in page
    assert 'href="/b/?state=made"' in page


def test_today_says_which_step_runs(client, lab):
    batch = start_batch(by=owner_of(lab), batch=make_batch(lab))
    record_events(by=owner_of(lab), batch=batch, events=[entry("step_start", "degas")])
    assert "2 Keep under vacuum." in client.get("/").content.decode()
    record_events(by=owner_of(lab), batch=batch, events=[entry("step_finish", "degas")])
    assert "Keep under vacuum" not in client.get("/").content.decode()


def test_today_says_how_long_the_step_still_takes(client, lab):
    batch = start_batch(by=owner_of(lab), batch=make_batch(lab))
    begun = timezone.now() - timedelta(minutes=20)
    start = entry("step_start", "degas", at=begun.isoformat())
    record_events(by=owner_of(lab), batch=batch, events=[start])
    planned = timedelta(minutes=60)  # the paper's vacuum
    said = re.search(r'<time-left\s+until="([^"]+)"', client.get("/").content.decode())
    assert abs(datetime.fromisoformat(said[1]) - (begun + planned)) < timedelta(seconds=1)


def test_today_needs_few_queries_whatever_the_lab_holds(client, lab, django_assert_max_num_queries):
    for _ in range(6):
        make_made_batch(lab)
    client.get("/help/")  # notes the session, which the next minute does not
    # with what the lab has measured in a gap, and what waits in the inbox
    with django_assert_max_num_queries(11):
        assert client.get("/").status_code == 200


def test_a_code_leads_straight_to_its_page(client, lab):
    batch = make_batch(lab)
    assert client.get("/search/", {"q": batch.code.lower()})["Location"] == f"/b/{batch.code}/"
    assert client.get(f"/q/{batch.code}/")["Location"] == f"/b/{batch.code}/"


def test_words_find_recipes_and_chemicals(client, lab):
    make_batch(lab)
    page = client.get("/search/", {"q": "iodide"}).content.decode()
    assert "Chemicals" in page
    assert "Nothing of yours" in client.get("/search/", {"q": "zirconium"}).content.decode()


def test_nobody_finds_another_projects_batch(client, lab):
    other = make_batch(make_project())
    assert other.code not in client.get("/").content.decode()
    answer = client.get("/search/", {"q": other.code})
    assert answer.status_code == 200
    assert f"/b/{other.code}/" not in answer.content.decode()


def test_a_member_sees_what_a_stranger_does_not(client, lab):
    batch = make_batch(lab)
    client.force_login(join(lab, "viewer"))
    assert client.get(f"/b/{batch.code}/").status_code == 200
    client.force_login(make_person())
    assert client.get(f"/b/{batch.code}/").status_code == 404


@pytest.mark.parametrize("words", ["", " ", "%", "'; --", "x" * 500])
def test_any_words_may_be_searched_for(client, lab, words):
    assert client.get("/search/", {"q": words}).status_code == 200


def test_a_search_for_what_no_text_holds_is_refused(client, lab):
    assert client.get("/search/", {"q": "\x00"}).status_code == 400


def test_without_signing_in_there_is_only_the_door(client):
    assert client.get("/")["Location"].startswith("/accounts/login/")


def test_reloading_the_address_of_a_form_leads_back_to_its_page(client, lab):
    batch = make_batch(lab)
    visit = client.get(f"/b/{batch.code}/state/", headers={"accept": "text/html,*/*"})
    assert visit["Location"] == f"/b/{batch.code}/"
    assert client.get(f"/api/v1/batches/{batch.code}/start/").status_code == 405

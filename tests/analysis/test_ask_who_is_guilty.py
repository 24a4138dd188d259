"""Bad batches are held against the others of their recipe that the person may see."""

from datetime import UTC, datetime

import pytest
from rest_framework.test import APIClient

from analysis.services.suspects import inquire
from labnotebook.records.refusals import Refusal
from synthesis.models import Addition, Batch
from tests.analysis.history.factories import make_batch, make_person, make_project

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def person():
    return make_person()


@pytest.fixture
def project(person):
    return make_project(person)


def made(project, by, humidity, **said):
    return make_batch(
        project,
        by,
        state="made",
        started_at=DAY,
        finished_at=DAY,
        humidity_percent=humidity,
        **said,
    )


@pytest.fixture
def humid(project, person):
    return [made(project, person, str(75 + n)).code for n in range(9)]


@pytest.fixture
def dry(project, person):
    return [made(project, person, str(50 + n)).code for n in range(9)]


def test_what_the_bad_ones_share_is_named_first(person, humid, dry):
    found = inquire(by=person, codes=humid)
    assert found.others == len(dry)
    first = found.found[0]
    assert first.factor == "humidity, %"
    assert (first.median_bad, first.median_good) == (79, 54)
    assert first.stands_out
    assert "humidity, % stands out most" in found.sentence


def test_only_batches_that_were_made_are_compared_with(person, project, humid, dry):
    make_batch(project, person, humidity_percent="90")
    assert inquire(by=person, codes=humid).others == len(dry)


def test_another_project_is_neither_named_nor_counted(person, humid, dry):
    stranger = make_person()
    theirs = made(make_project(stranger), stranger, "40").code
    assert inquire(by=person, codes=humid).others == len(dry)
    with pytest.raises(Refusal, match=f"no batch {theirs} for you"):
        inquire(by=person, codes=[*humid, theirs])


def test_nothing_to_compare_with_is_said(person, humid):
    with pytest.raises(Refusal, match="2 others"):
        inquire(by=person, codes=humid)


def test_batches_of_two_recipes_are_not_thrown_together(person, project, humid, dry):
    other = made(project, person, "60", recipe="other").code
    with pytest.raises(Refusal, match="2 recipes"):
        inquire(by=person, codes=[*humid, other])


def test_by_api_and_on_the_page(client, person, humid, dry):
    script = APIClient()
    script.force_authenticate(person)
    said = script.get("/api/v1/suspects/", {"bad": ",".join(humid)}).json()
    assert said["results"][0]["factor"] == "humidity, %"
    assert sorted(said["bad"]) == sorted(humid)
    assert "Name the bad batches" in script.get("/api/v1/suspects/").json()["sentence"]
    assert script.get("/api/v1/suspects/", {"bad": "NC-9999"}).status_code == 400
    client.force_login(person)
    page = client.get("/suspects/", {"codes": humid})
    assert "stands out most" in page.content.decode()
    assert client.get("/suspects/", {"bad": "NC-9999"}).status_code == 422


def test_how_many_questions_it_takes_does_not_grow_with_the_batches(
    person, humid, dry, django_assert_num_queries
):
    assert Batch.objects.count() == 18
    assert not Addition.objects.exists()
    with django_assert_num_queries(5):
        inquire(by=person, codes=humid)

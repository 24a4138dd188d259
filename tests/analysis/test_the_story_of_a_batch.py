"""The story of a batch: everything that is known of it, in few queries, as its own resources say it."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from devices.services.devices import build_device
from labnotebook.records.models import Role
from synthesis.models import Batch
from tests.analysis.labs import label
from tests.factories import Api, join, make_made_batch, make_person, make_project
from tests.stories import EVENTS, MEASUREMENTS, make_told_batch

pytestmark = pytest.mark.django_db

MOST_QUERIES = 5  # of a request, the token's look-up included
MOMENT = ("started_at", "finished_at", "weighed_at")


@pytest.fixture(scope="module")
def _told(made_once) -> Batch:
    return make_told_batch(make_project(make_person()))


@pytest.fixture
def told(_told, db) -> Batch:
    """A batch of which much is known."""
    return deepcopy(_told)


def test_a_story_of_everything_takes_few_queries(told):
    assert told.additions.count() == 9
    assert told.step_runs.count() == 12
    assert told.events.count() == EVENTS == 30
    assert told.measurements.count() == MEASUREMENTS == 4
    api = Api(told.planned_by)
    api.get("me/")  # notes the token and its address, which the next minute does not
    with CaptureQueriesContext(connection) as asked:
        story = api.get(f"batches/{told.code}/").json()
    assert len(asked) <= MOST_QUERIES, "\n".join(one["sql"] for one in asked)
    told_of = ("additions", "steps", "observations", "deviations", "notes", "measurements")
    assert [len(story[part]) for part in told_of] == [9, 12, 1, 3, 5, 4]
    assert [one["quantity"] for one in story["computed"]] == ["k_r_per_s", "k_nr_per_s"]


def test_a_story_says_what_the_resources_of_its_parts_say(told, settings):
    settings.TIME_ZONE = "Asia/Tokyo"
    api = Api(told.planned_by)
    # Its entries are of three hours ago: planned before them, and told apart by a pattern, it is scored.
    Batch.objects.filter(pk=told.pk).update(planned_at=told.planned_at - timedelta(hours=4))
    label(told, "gamma")
    story = api.get(f"batches/{told.code}/")
    said, etag = story.json(), story.headers["ETag"]
    (listed,) = api.get("batches/").json()["results"]
    assert {name: said[name] for name in listed} == listed
    assert etag == listed["etag"]
    assert listed["planned_at"].endswith("+09:00")
    of_batch = f"?batch={told.code}"
    for row in (listed := api.get(f"measurements/{of_batch}").json()["results"]):
        assert row["figures"] == row["analysis"]["figures"]
        for name in ("figures", "warnings", "scans", "lot", "layer"):  # in its run, or no batch's
            del row[name]
    assert said["measurements"] == listed
    outcomes = api.get(f"outcomes/{of_batch}&current=true").json()["results"]
    assert said["outcomes"] == sorted(outcomes, key=lambda one: one["id"])
    assert said["forecast"] == api.get(f"forecasts/{said['forecast']['id']}/").json()
    assert said["phase"] == api.get(f"phases/{said['phase']['id']}/").json()
    assert said["phase"]["score"] is not None
    assert said["devices"] == [one["code"] for one in api.get("devices/").json()["results"]]


def test_a_story_says_what_stands_in_the_rows_of_the_bench(told):
    said = Api(told.planned_by).get(f"batches/{told.code}/").json()
    assert (said["plan"], said["targets"], said["lots"]) == (told.plan, told.targets, told.lots)
    for row, addition in zip(told.additions.all(), said["additions"], strict=True):
        assert (row.key, row.weighed_text) == (addition["key"], addition["weighed_text"])
        assert float(row.planned_value) == addition["planned_value"]
        assert addition["lot"] == (row.material.code if row.material else None)
    for run, step in zip(told.step_runs.all(), said["steps"], strict=True):
        assert (run.key, run.text, run.skipped_reason) == (
            step["key"],
            step["text"],
            step["skipped_reason"],
        )
        assert list(step["parameters"]) == [one.name for one in run.parameters.all()]
    react = next(step for step in said["steps"] if step["key"] == "react")
    assert react["parameters"]["duration_s"]["actual"] == 5.6
    assert [note["text"] for note in said["notes"]] == [
        f"Note {number}: γ, µ and ½." for number in range(5)
    ]
    assert {one["basis"] for one in said["quantities"]} == {"planned", "effective", "weighed"}


def test_a_story_says_nothing_of_what_the_person_may_not_see():
    mira, jonas = make_person("mira"), make_person("jonas")
    shared, private = make_project(mira), make_project(mira)
    join(shared, Role.VIEWER, jonas)
    batch = make_made_batch(shared, by=mira)
    hidden = make_made_batch(private, by=mira)
    build_device(by=mira, project=shared, architecture_slug="fret", emitter_batch_code=batch.code)
    other = build_device(by=mira, project=private, architecture_slug="fret")
    other.layers.filter(role="emitter").update(source_batch=batch)  # by SQL; no service does it
    assert len(Api(mira).get(f"batches/{batch.code}/").json()["devices"]) == 2
    assert len(Api(jonas).get(f"batches/{batch.code}/").json()["devices"]) == 1
    missing = Api(jonas).get(f"batches/{hidden.code}/")
    assert missing.status_code == 404
    assert missing.json() == Api(jonas).get("batches/NC-9999/").json()


def test_a_withdrawn_deviation_is_not_told(told):
    before = Api(told.planned_by).get(f"batches/{told.code}/").json()["deviations"]
    told.deviations.filter(target=before[0]["target"]).update(withdrawn_at=told.finished_at)
    after = Api(told.planned_by).get(f"batches/{told.code}/").json()["deviations"]
    assert after == [one for one in before if one["target"] != before[0]["target"]]


def test_a_list_of_batches_takes_two_queries_and_reads_no_plan(told):
    with CaptureQueriesContext(connection) as asked:
        answer = Api(told.planned_by).get("batches/?page_size=100")
    assert len(answer.json()["results"]) == 1
    listing = asked[-1]["sql"]
    assert not [name for name in ("definition", "password", '"plan"') if name in listing]

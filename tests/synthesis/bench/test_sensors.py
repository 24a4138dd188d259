"""A sensor posts readings of the air with a token of its own; they belong to what is under way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from synthesis.models import Batch, BenchEvent, Condition
from tests.factories import Api, entry, make_batch
from tests.synthesis.bench.clock import tell

NOW = timezone.now()


@pytest.fixture
def batch(lab) -> Batch:
    """A batch that was begun an hour ago."""
    batch = make_batch(lab.project)
    tell(lab.mira, batch, entry("step_start", "degas", at=(NOW - timedelta(hours=1)).isoformat()))
    return batch


@pytest.fixture
def sensor(lab) -> Api:
    return Api(lab.mira, "sensor")


def post(client: Api, *readings: tuple[str, str, int], **said):
    """Post readings: name, value, seconds from now."""
    body = [
        {"name": name, "value": value, "at": (NOW + timedelta(seconds=at)).isoformat()}
        for name, value, at in readings
    ]
    return client.post("conditions/", {"readings": body, **said})


def test_a_reading_is_an_entry_of_every_batch_under_way_with_its_time_and_sensor(
    lab, batch, sensor
):
    planned = make_batch(lab.project)
    air = ("humidity_percent", "61.5", -600), ("o2_ppm", "0.4 ppm", -600)
    answer = post(sensor, *air, sensor="hood 2")
    assert answer.status_code == 200
    assert list(answer.json()["batches"]) == [batch.code]
    humidity = batch.conditions.get(name="humidity_percent")
    assert (humidity.value, humidity.at) == (61.5, NOW - timedelta(seconds=600))
    assert humidity.event.value == {"text": "61.5", "sensor": "hood 2"}
    assert humidity.event.by == lab.mira
    batch.refresh_from_db()
    assert batch.humidity_percent == 61.5
    assert not planned.events.exists()


def test_a_reading_posted_twice_is_recorded_once(batch, sensor):
    post(sensor, ("humidity_percent", "61.5", -600))
    answer = post(sensor, ("humidity_percent", "61.5", -600))
    assert len(answer.json()["batches"][batch.code]["known"]) == 1
    assert Condition.objects.count() == 1


def test_readings_that_follow_each_other_within_half_a_minute_are_one(batch, sensor):
    post(sensor, *(("humidity_percent", str(60 + n), -600 + 10 * n) for n in range(7)))
    assert sorted(float(one.value) for one in Condition.objects.all()) == [60, 63, 66]


def test_a_reading_from_before_the_work_belongs_to_no_batch(batch, sensor):
    answer = post(sensor, ("humidity_percent", "61.5", -7200))
    assert answer.json()["batches"][batch.code]["accepted"] == []
    assert not Condition.objects.exists()


def test_without_a_batch_under_way_nothing_is_kept(lab, sensor):
    make_batch(lab.project)
    assert post(sensor, ("humidity_percent", "61.5", 0)).json() == {"batches": {}}
    assert not BenchEvent.objects.exists()


def test_one_batch_is_named_where_several_hoods_are_at_work(lab, batch, sensor):
    other = make_batch(lab.project)
    tell(lab.mira, other, entry("step_start", "degas", at=(NOW - timedelta(hours=1)).isoformat()))
    post(sensor, ("temperature_c", "23.4 °C", -60), batch=other.code)
    assert [one.batch for one in Condition.objects.all()] == [other]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (("noise_db", "40"), 400),
        (("humidity_percent", "damp"), 200),
        (("humidity_percent", "161"), 200),
    ],
)
def test_what_no_sensor_can_read_is_refused(batch, sensor, said, status):
    answer = post(sensor, (*said, -60))
    assert answer.status_code == status
    if status == 200:
        assert answer.json()["batches"][batch.code]["refused"]
    assert not Condition.objects.exists()


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("get", "batches/"),
        ("get", "history/"),
        ("get", "conditions/"),
        ("post", "batches/{}/events/"),
        ("post", "measurements/"),
        ("delete", "conditions/"),
    ],
)
def test_the_token_of_a_sensor_opens_no_other_door(batch, sensor, method, address):
    answer = sensor(method.upper(), address.format(batch.code), {})
    assert answer.status_code == 403
    assert "belongs to a sensor" in answer.json()["detail"]


def test_a_token_that_may_only_read_posts_no_reading(lab, batch):
    assert post(Api(lab.mira, "read"), ("humidity_percent", "61.5", -60)).status_code == 403


def test_a_stranger_posts_to_nobodys_batch(lab, batch):
    answer = post(Api(lab.stranger), ("humidity_percent", "61.5", -60), batch=batch.code)
    assert answer.status_code in (400, 403)
    assert not Condition.objects.exists()


def test_the_last_reading_stands_whether_a_person_or_a_sensor_made_it(lab, batch, sensor):
    at = (NOW - timedelta(seconds=300)).isoformat()
    tell(lab.mira, batch, entry("condition", "humidity_percent", "70 %", at=at))
    post(sensor, ("humidity_percent", "61.5", -600))
    batch.refresh_from_db()
    assert batch.humidity_percent == 70
    post(sensor, ("humidity_percent", "64", -100))
    batch.refresh_from_db()
    assert batch.humidity_percent == 64

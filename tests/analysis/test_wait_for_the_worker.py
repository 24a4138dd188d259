"""``?wait=`` answers when the work is done, costs few threads, and never more time than was given."""

from types import SimpleNamespace

import pytest

from analysis.models import Analysis
from labnotebook.records.api import waiting
from tests.api.lab import _finished, make_lab
from tests.factories import Api, make_person, make_project


@pytest.fixture
def lab(db):
    mira = make_person("mira")
    made = make_lab(mira, make_project(mira))
    return Api(mira), made


@pytest.fixture
def naps(monkeypatch):
    """What is slept, in seconds, without the time; ``then`` happens at the second nap."""
    taken, clock, then = [], [100.0], []

    def sleep(seconds):
        taken.append(seconds)
        clock[0] += seconds
        if len(taken) == 2:
            for act in then:
                act()

    ours = SimpleNamespace(sleep=sleep, monotonic=lambda: clock[0])
    monkeypatch.setattr(waiting, "time", ours)
    return taken, then


def test_the_answer_comes_when_the_work_is_done(lab, naps):
    api, made = lab
    taken, then = naps
    run = Analysis.objects.get(measurement=made["micrograph"])
    then.append(lambda: _finished(run))
    said = api.get(f"analyses/{run.pk}/?wait=20").json()
    assert (said["state"], len(taken)) == ("done", 2)
    assert (
        api.get(f"measurements/{made['micrograph']}/?wait=20").json()["analysis"]["state"] == "done"
    )
    assert len(taken) == 2  # what is final is not waited for


@pytest.mark.parametrize("kind", ["analyses", "measurements", "forecasts"])
def test_no_answer_takes_longer_than_was_given(lab, naps, kind):
    api, made = lab
    key = made["forecast"] if kind == "forecasts" else made["micrograph"]
    if kind == "analyses":
        key = Analysis.objects.get(measurement=made["micrograph"]).pk
    answer = api.get(f"{kind}/{key}/?wait=3.5")
    assert "waiting" in answer.content.decode()
    assert sum(naps[0]) == pytest.approx(3.5)


def test_whoever_finds_the_places_taken_is_answered_at_once(lab, naps):
    api, made = lab
    for _ in range(waiting.MOST_WAITING):
        waiting._places.acquire()
    try:
        assert api.get(f"forecasts/{made['forecast']}/?wait=9").json()["state"] == "waiting"
        assert naps[0] == []
    finally:
        for _ in range(waiting.MOST_WAITING):
            waiting._places.release()
    api.get(f"forecasts/{made['forecast']}/?wait=1")
    assert sum(naps[0]) == pytest.approx(1)


@pytest.mark.parametrize("wrong", ["31", "-1", "soon", "nan", "inf", ""])
def test_a_wait_that_is_none_is_refused(lab, wrong):
    answer = lab[0].get(f"forecasts/{lab[1]['forecast']}/?wait={wrong}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "wait"
    assert lab[0].get("forecasts/?wait=1").status_code == 400  # a list is not waited for

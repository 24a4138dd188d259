"""Two people, one flask: nothing is lost, nothing is silently overwritten."""

import uuid
from threading import Barrier, Thread

import pytest
from django.db import connection

from synthesis.models import Batch, BenchEvent
from synthesis.services.bench import record_events
from tests.factories import entry, make_batch
from tests.synthesis.factories import browser, make_lab
from tests.synthesis.test_bench import bench_of, send
from tests.synthesis.test_plan_a_batch import text_of


def test_two_people_on_one_field_are_both_kept_and_both_shown(lab):
    batch = make_batch(lab.project)
    record_events(by=lab.mira, batch=batch, events=[entry("weighing", "cai2", "55.1", old="")])
    answer = send(browser(lab.jonas), batch, "weighing", "cai2", value="55.4", old="")
    assert "mira recorded “55.1” here" in text_of(answer)
    assert [e.value for e in BenchEvent.objects.order_by("received_at")] == ["55.1", "55.4"]
    assert BenchEvent.objects.get(by=lab.jonas).conflicts_with.by == lab.mira
    page = text_of(browser(lab.mira).get(f"/b/{batch.code}/"))
    assert "mira had recorded “55.1” here. Both are kept" in page
    assert batch.additions.get(key="cai2").weighed_text == "55.4"


def test_a_correction_by_somebody_who_saw_the_value_is_no_conflict(lab):
    batch = make_batch(lab.project)
    record_events(by=lab.mira, batch=batch, events=[entry("weighing", "cai2", "55.1")])
    page = bench_of(browser(lab.jonas), batch)
    assert 'name="old" value="55.1"' in page.content.decode()
    send(browser(lab.jonas), batch, "weighing", "cai2", value="55.4", old="55.1")
    assert BenchEvent.objects.get(by=lab.jonas).conflicts_with is None


def test_one_person_on_two_tablets_is_told_too(lab):
    batch = make_batch(lab.project)
    record_events(by=lab.mira, batch=batch, events=[entry("weighing", "cai2", "55.1", old="")])
    answer = send(browser(lab.mira), batch, "weighing", "cai2", value="55.4", old="")
    assert "Both are kept" in text_of(answer)


def test_the_same_event_sent_twice_counts_once(lab):
    batch, one = make_batch(lab.project), entry("weighing", "cai2", "55.1")
    taken = record_events(by=lab.mira, batch=batch, events=[one, one])
    assert (taken.accepted, taken.known) == ([one["id"]], [one["id"]])
    assert record_events(by=lab.mira, batch=batch, events=[one]).known == [one["id"]]
    assert BenchEvent.objects.count() == 1


def test_an_id_of_another_batch_is_refused(lab):
    one, first, second = entry("note", "", "x"), make_batch(lab.project), make_batch(lab.project)
    record_events(by=lab.mira, batch=first, events=[one])
    taken = record_events(by=lab.mira, batch=second, events=[one])
    assert not taken.accepted
    assert "belongs to an entry of another batch" in taken.refused[0]["message"]


def in_threads(*jobs) -> list:
    """Run jobs at the same moment, each on its own connection; return what they gave."""
    found, gate = [], Barrier(len(jobs))

    def run(job):
        gate.wait()
        try:
            found.append(job())
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return found


@pytest.mark.django_db(transaction=True)
def test_two_people_creating_at_once_get_different_codes():
    lab = make_lab()
    made = in_threads(
        *(lambda who=who: make_batch(lab.project, by=who).code for who in [lab.mira, lab.jonas] * 3)
    )
    assert sorted(made) == [f"NC-000{n}" for n in range(1, 7)]


@pytest.mark.django_db(transaction=True)
def test_a_double_click_that_races_itself_makes_one_batch():
    lab = make_lab()
    form = {"ratio_ca_pb": "0.5", "lead_mmol": "0.376", "idempotency_key": uuid.uuid4().hex}
    client_of = [browser(lab.mira) for _tab in range(3)]
    answers = in_threads(*(lambda c=c: c.post("/plan/", form).status_code for c in client_of))
    assert Batch.objects.count() == 1
    assert 302 in answers


@pytest.mark.django_db(transaction=True)
def test_two_people_recording_at_once_are_both_kept():
    lab = make_lab()
    batch = make_batch(lab.project)

    def tap(person, value):
        form = {
            "id": str(uuid.uuid4()),
            "kind": "weighing",
            "target": "cai2",
            "value": value,
            "old": "",
        }
        client = browser(person)
        return lambda: client.post(f"/b/{batch.code}/events/", form).status_code

    assert in_threads(tap(lab.mira, "55.1"), tap(lab.jonas, "55.4")) == [302, 302]
    assert sorted(e.value for e in BenchEvent.objects.all()) == ["55.1", "55.4"]
    assert BenchEvent.objects.exclude(conflicts_with=None).count() == 1

"""Two clocks, entries that come late, ids that come twice: the newest by its own time stands, all are kept."""

import itertools
import uuid

import pytest

from synthesis.models import BenchEvent
from synthesis.services.bench import record_events
from tests.factories import entry, make_batch
from tests.synthesis.bench.clock import Clock, remarks, tell


@pytest.fixture
def batch(lab):
    return make_batch(lab.project)


def weighed(batch, key="pbi2"):
    return batch.additions.get(key=key).weighed_text


def test_an_older_entry_that_comes_late_does_not_replace_and_says_so(lab, batch):
    clock = Clock()
    tell(lab.mira, batch, clock(-300, "weighing", "pbi2", "173.9 mg"))
    taken = tell(lab.mira, batch, clock(-3600, "weighing", "pbi2", "150.0 mg"))
    assert weighed(batch) == "173.9 mg"
    assert "older than what was recorded" in remarks(taken)
    assert "“173.9 mg” stands" in remarks(taken)
    assert batch.events.count() == 2


@pytest.mark.parametrize("order", [*itertools.permutations(range(3))])
def test_whatever_the_order_of_arrival_the_newest_look_number_and_bottle_stand(lab, batch, order):
    clock = Clock()
    told = [
        (-3600, "clear", "150", "61 %"),
        (-600, "turbid", "165", "66 %"),
        (-60, "colloidal", "171", "74 %"),
    ]
    for place in order:
        at, look, temperature, humidity = told[place]
        tell(
            lab.mira,
            batch,
            clock(at, "observation", "observe_precursor", look),
            clock(at, "parameter", "heat.temperature_c", temperature),
            clock(at, "condition", "humidity_percent", humidity),
        )
    assert batch.precursor_appearance == "colloidal"
    assert batch.humidity_percent == 74
    row = batch.step_runs.get(key="heat").parameters.get(name="temperature_c")
    assert row.actual_text == "171"
    assert batch.conditions.count() == 3


def test_taken_back_is_an_entry_with_a_time_too(lab, batch):
    clock = Clock()
    tell(lab.mira, batch, clock(-300, "weighing", "pbi2", "173.9 mg"))
    tell(lab.mira, batch, clock(-200, "withdraw", "pbi2"))
    tell(lab.mira, batch, clock(-250, "weighing", "pbi2", "174.0 mg"))
    assert weighed(batch) == ""
    tell(lab.mira, batch, clock(-100, "weighing", "pbi2", "173.4 mg"))
    assert weighed(batch) == "173.4 mg"


@pytest.mark.parametrize(
    "other",
    [
        {"value": "999 mg"},
        {"target": "cai2"},
        {"kind": "note"},
        {"reason": "misread"},
        {"portion": True},
        {"at": "2026-01-02T03:04:05+00:00"},
    ],
)
def test_an_id_names_one_entry_for_good(lab, batch, other):
    one = Clock()(-60, "weighing", "pbi2", "173.3 mg")
    assert tell(lab.mira, batch, one).accepted == [one["id"]]
    beside = entry("note", "", "beside it")
    taken = tell(lab.mira, batch, {**one, **other}, beside)
    assert [refused["id"] for refused in taken.refused] == [one["id"]]
    assert "id is taken by another entry" in taken.refused[0]["message"]
    assert taken.refused[0]["index"] == 0
    assert taken.accepted == [beside["id"]]
    assert (weighed(batch), weighed(batch, "cai2")) == ("173.3 mg", "")
    assert tell(lab.mira, batch, one).known == [one["id"]]


def test_an_entry_without_a_time_is_known_when_it_comes_again(lab, batch):
    one = entry("weighing", "pbi2", "173.3 mg")
    tell(lab.mira, batch, one)
    assert tell(lab.mira, batch, one).known == [one["id"]]


def test_what_was_added_under_a_name_of_ours_is_known_when_it_comes_again(lab, batch):
    again = entry("step_start", "wash", repeat=True)
    for _twice in range(2):
        tell(lab.mira, batch, again)
    assert batch.step_runs.filter(repeat_of__key="wash").count() == 1


def test_a_time_still_to_come_is_refused_with_both_clocks(lab, batch):
    taken = tell(lab.mira, batch, Clock()(23 * 3600, "step_start", "load"))
    assert "still to come" in taken.refused[0]["message"]
    assert "server's clock" in taken.refused[0]["message"]
    assert taken.refused[0]["field"] == "0.at"
    batch.refresh_from_db()
    assert batch.state == "planned"


def test_a_clock_a_little_ahead_is_nothing(lab, batch):
    assert tell(lab.mira, batch, Clock()(240, "weighing", "pbi2", "173.3 mg")).accepted


def test_a_time_years_before_the_plan_is_refused(lab, batch, settings):
    settings.BACKDATING_DAYS = 30
    clock = Clock()
    assert tell(lab.mira, batch, clock(-29 * 86400, "step_start", "load")).accepted
    taken = tell(lab.mira, batch, clock(-31 * 86400, "step_start", "degas"))
    assert "more than 30 days before" in taken.refused[0]["message"]


@pytest.mark.parametrize("wrong_by_hours", [23, -23, 24 * 400, -24 * 400])
def test_a_device_that_says_its_own_time_is_corrected_and_both_are_kept(lab, batch, wrong_by_hours):
    clock, off = Clock(), wrong_by_hours * 3600
    one = clock(off - 60, "weighing", "pbi2", "173.3 mg", sent=clock.moment(off).isoformat())
    taken = tell(lab.mira, batch, one)
    assert taken.accepted == [one["id"]]
    assert "clock of the device is wrong" in remarks(taken)
    event = BenchEvent.objects.get(pk=one["id"])
    assert abs((event.at - clock.moment(-60)).total_seconds()) < 30
    assert event.client_at == clock.moment(off - 60)
    later = {**one, "sent": clock.moment(off + 9).isoformat()}  # the queue sends it once more
    assert tell(lab.mira, batch, later).known == [one["id"]]


def test_two_tablets_with_wrong_clocks_keep_the_order_in_which_it_was_done(lab, batch):
    clock, day = Clock(), 86400
    ahead = clock(day - 600, "weighing", "pbi2", "150 mg", sent=clock.moment(day).isoformat())
    behind = clock(-day - 60, "weighing", "pbi2", "173.3 mg", sent=clock.moment(-day).isoformat())
    tell(lab.jonas, batch, behind)
    tell(lab.mira, batch, ahead)
    assert weighed(batch) == "173.3 mg"


def test_a_batch_ends_no_earlier_than_it_began(lab, batch):
    from synthesis.services.finishing import finish_batch

    tell(lab.mira, batch, Clock()(250, "step_start", "load"))
    made = finish_batch(by=lab.mira, batch=batch, unrecorded_reason="only the clock is looked at")
    assert made.started_at <= made.finished_at


def test_work_that_is_entered_later_moves_the_beginning_back(lab, batch):
    clock = Clock()
    tell(lab.mira, batch, clock(-60, "weighing", "pbi2", "173.3 mg"))
    tell(lab.mira, batch, clock(-600, "step_start", "load"))
    assert batch.started_at == clock.moment(-600)


def test_one_refused_entry_holds_back_no_other_and_names_its_place(lab, batch):
    good = [entry("note", "", "humid day"), entry("weighing", "pbi2", "173.9 mg")]
    bad = [entry("weighing", "nope", "1 mg"), {"id": "no uuid", "kind": "note", "value": "x"}]
    taken = record_events(by=lab.mira, batch=batch, events=[good[0], *bad, good[1]])
    assert taken.accepted == [one["id"] for one in good]
    assert [one["index"] for one in taken.refused] == [1, 2]


def test_an_entry_is_taken_back_by_its_id_and_only_once(lab, batch):
    clock = Clock()
    first, second = (
        clock(at, "weighing", "pbi2", text) for at, text in ((-90, "170 mg"), (-60, "17 mg"))
    )
    tell(lab.mira, batch, first, second)
    undo = clock(-50, "withdraw", "", {"entry": second["id"]})
    assert tell(lab.mira, batch, undo).accepted
    assert weighed(batch) == "170 mg"
    again = tell(lab.mira, batch, entry("withdraw", "", {"entry": second["id"]}))
    assert "taken back already" in again.refused[0]["message"]
    stranger = tell(lab.mira, batch, entry("withdraw", "", {"entry": str(uuid.uuid4())}))
    assert "no such entry" in stranger.refused[0]["message"]


@pytest.mark.parametrize(
    ("said", "is_gone"),
    [
        (("observation", "observe_precursor", "turbid"), lambda b: b.precursor_appearance == ""),
        (("condition", "humidity_percent", "61 %"), lambda b: b.humidity_percent is None),
        (("parameter", "react.duration_s", "5.6"), lambda b: b.quench_s is None),
        (("step_start", "degas"), lambda b: b.step_runs.get(key="degas").started_at is None),
        (
            ("deviation", "", {"sentence": "other flask", "kind": "other"}),
            lambda b: not b.deviations.filter(withdrawn_at=None).exists(),
        ),
    ],
)
def test_undo_takes_any_entry_back(lab, batch, said, is_gone):
    one = entry(*said)
    assert tell(lab.mira, batch, one).accepted
    assert not is_gone(batch)
    assert tell(lab.mira, batch, entry("withdraw", "", {"entry": one["id"]})).accepted
    assert is_gone(batch)

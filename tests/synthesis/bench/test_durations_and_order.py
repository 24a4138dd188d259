"""Start and end are the duration, and what is not as planned is noticed: time, order, amount, bottle."""

from decimal import Decimal

import pytest

from tests.factories import Api, entry, make_batch
from tests.synthesis.bench.clock import Clock, noticed, remarks, tell
from tests.synthesis.factories import make_bottle


@pytest.fixture
def batch(lab):
    return make_batch(lab.project)


def duration(batch, step):
    row = batch.step_runs.get(key=step).parameters.filter(name="duration_s").first()
    return row and row.actual_value


def test_growth_from_start_to_end_is_its_duration_to_a_tenth(lab, batch):
    clock = Clock()
    tell(lab.mira, batch, clock(-100, "step_start", "react"), clock(-94.6, "step_finish", "react"))
    assert duration(batch, "react") == Decimal("5.4")
    assert batch.quench_s == Decimal("5.4")
    assert not noticed(batch)  # within 10 % of 5 s
    story = Api(lab.mira).get(f"batches/{batch.code}/").json()
    growth = next(one for one in story["steps"] if one["key"] == "react")["parameters"][
        "duration_s"
    ]
    assert (growth["actual_text"], growth["origin"]) == ("5.4 s", "clock")


def test_from_the_injection_to_the_ice_bath_is_the_growth(lab, batch):
    clock = Clock()
    tell(
        lab.mira, batch, clock(-100, "step_finish", "inject_cs"), clock(-91, "step_start", "quench")
    )
    assert batch.quench_s == Decimal("9.0")
    assert [one.kind for one in noticed(batch)] == ["time"]
    assert "9 s where 5 s was planned" in noticed(batch)[0].sentence


def test_a_time_that_was_typed_stands_before_the_clock_until_it_is_taken_back(lab, batch):
    clock = Clock()
    tell(lab.mira, batch, clock(-100, "step_start", "react"), clock(-94.6, "step_finish", "react"))
    typed = clock(-90, "parameter", "react.duration_s", "5.1 s")
    tell(lab.mira, batch, typed)
    assert batch.quench_s == Decimal("5.1")
    tell(lab.mira, batch, entry("withdraw", "react.duration_s"))
    assert batch.quench_s == Decimal("5.4")


@pytest.mark.parametrize(
    ("planned", "start", "finish", "severity"),
    [
        (3600, -4000, -400, None),
        (3600, -4000, -50, "minor"),  # 3950 s: 350 s are within 10 % ... of 3600 s are 360 s
        (3600, -2400, -2340, "major"),
        (3600, -9000, -100, "major"),
    ],
)
def test_a_vacuum_cut_short_or_forgotten_is_noticed_by_its_clock(
    lab, batch, planned, start, finish, severity
):
    clock = Clock()
    tell(
        lab.mira, batch, clock(start, "step_start", "degas"), clock(finish, "step_finish", "degas")
    )
    off = abs(finish - start - planned)
    expected = [] if off <= planned / 10 else ["minor" if off <= planned / 2 else "major"]
    assert [one.severity for one in noticed(batch, "time")] == expected


def test_done_without_start_is_no_time_at_all_and_asks_for_it(lab, batch):
    clock = Clock()
    taken = tell(lab.mira, batch, clock(-60, "step_finish", "degas"))
    assert "when did it begin?" in remarks(taken)
    assert duration(batch, "degas") is None
    assert not noticed(batch)
    tell(lab.mira, batch, clock(-3660, "step_start", "degas"))
    assert duration(batch, "degas") == 3600
    assert not noticed(batch)


def test_an_end_before_the_beginning_is_refused(lab, batch):
    clock = Clock()
    tell(lab.mira, batch, clock(-60, "step_start", "degas"))
    taken = tell(lab.mira, batch, clock(-90, "step_finish", "degas"))
    assert "cannot finish before it started" in taken.refused[0]["message"]


def test_steps_out_of_order_are_noticed_whatever_order_they_come_in(lab, batch):
    clock = Clock()
    steps = [("quench", -3000, -2950), ("degas", -2400, -300), ("react", -250, -245)]
    for key, start, finish in steps:
        tell(lab.mira, batch, clock(start, "step_start", key), clock(finish, "step_finish", key))
    (order,) = noticed(batch, "order")
    assert (order.target, order.severity) == ("quench", "major")
    assert "done before Keep under vacuum; Let the nanocrystals grow" in order.sentence
    tell(lab.mira, batch, clock(-200, "step_start", "quench"), clock(-150, "step_finish", "quench"))
    assert not noticed(batch, "order")


def test_a_look_out_of_turn_is_no_disorder(lab, batch):
    clock = Clock()
    tell(
        lab.mira,
        batch,
        clock(-200, "step_start", "observe_precursor"),
        clock(-100, "step_start", "heat"),
    )
    assert not noticed(batch, "order")


@pytest.mark.parametrize(
    ("target", "typed", "severity"),
    [
        ("react.duration_s", "1 min", "major"),
        ("react.duration_s", "5.6", "minor"),
        ("heat.temperature_c", "1.7", "major"),
        ("heat.temperature_c", "174", "minor"),
        ("heat.temperature_c", "172", None),
        ("spin_crude.speed_rpm", "500", "major"),
    ],
)
def test_how_far_off_a_number_is_decides_how_much_it_matters(lab, batch, target, typed, severity):
    tell(lab.mira, batch, entry("parameter", target, typed))
    assert [one.severity for one in noticed(batch)] == ([severity] if severity else [])


def test_a_slip_of_two_places_is_said_at_once(lab, batch):
    taken = tell(lab.mira, batch, entry("parameter", "heat.temperature_c", "1.7"))
    assert "is 1/100 of the plan (170 °C). Check the decimal point" in remarks(taken)


def test_another_hydrate_is_a_substitution_with_the_mass_that_would_have_been_right(lab, batch):
    wet = make_bottle(lab, "calcium-iodide-tetrahydrate")
    taken = tell(
        lab.mira,
        batch,
        entry("weighing", "pbi2", "173.3 mg"),
        entry("lot", "cai2", wet.code),
        entry("weighing", "cai2", "55.3 mg"),
    )
    (swap,) = noticed(batch, "substitution")
    assert "weigh 68.8 mg instead of 55.3 mg" in swap.sentence
    assert "weigh 68.8 mg" in remarks(taken)
    (amount,) = noticed(batch, "amount")
    assert "55.3 mg where 68.8 mg would be as planned" in amount.sentence
    tell(lab.mira, batch, entry("weighing", "cai2", "68.8 mg"))
    assert not noticed(batch, "amount")
    assert noticed(batch, "substitution")


def test_what_was_left_out_is_noticed_with_its_reason(lab, batch):
    tell(lab.mira, batch, entry("skip", "ola", reason="the bottle was empty"))
    tell(lab.mira, batch, entry("skip", "wash", reason="kept the crude"))
    kept = {one.target: (one.severity, one.reason) for one in noticed(batch, "skipped")}
    assert kept == {
        "ola": ("major", "the bottle was empty"),
        "wash": ("major", "kept the crude"),
    }
    tell(lab.mira, batch, entry("weighing", "ola", "1.0 mL"))
    assert [one.target for one in noticed(batch, "skipped")] == ["wash"]


def test_a_bottle_that_cannot_be_counted_any_more_loses_no_entry(lab, batch):
    bottle = make_bottle(lab, "toluene")
    refused = tell(lab.mira, batch, entry("lot", "cai2", bottle.code))
    assert refused.refused
    later = [
        entry("weighing", "pbi2", "173.9 mg"),
        entry("weighing", "cai2", "55.1 mg"),
        entry("note", "", "after it"),
    ]
    assert tell(lab.mira, batch, *later).accepted == [one["id"] for one in later]
    assert batch.ratio_ca_pb_weighed is not None

"""Portions, repeats and conditions are rows with times."""

from decimal import Decimal

import pytest

from synthesis.models import Movement
from synthesis.services.movements import left_in
from tests.factories import Api, entry, make_batch
from tests.synthesis.bench.clock import Clock, noticed, remarks, tell
from tests.synthesis.factories import make_bottle


@pytest.fixture
def batch(lab):
    return make_batch(lab.project)


def test_two_portions_add_up_each_uncertain_by_itself(lab, batch):
    clock = Clock()
    tell(lab.mira, batch, clock(-200, "weighing", "pbi2", "173.3 mg"))
    tell(lab.mira, batch, clock(-100, "weighing", "cai2", "30.0 mg"))
    tell(lab.mira, batch, clock(-50, "weighing", "cai2", "25.3 mg", portion=True))
    row = batch.additions.get(key="cai2")
    assert (row.weighed_value, row.weighed_text) == (Decimal("55.3"), "30.0 mg + 25.3 mg")
    # the plan's balance: u 0.1 mg each, so 0.1 mg x sqrt(2)
    assert row.weighed_uncertainty == pytest.approx(Decimal("0.141421"), abs=Decimal("0.000001"))
    assert row.portions.filter(stands=True).count() == 2
    story = Api(lab.mira).get(f"batches/{batch.code}/").json()
    told = next(one for one in story["additions"] if one["key"] == "cai2")["portions"]
    assert [one["text"] for one in told] == ["30.0 mg", "25.3 mg"]
    # R ± u by hand: n(Ca) = 55.3 x 0.99 / 293.887, n(Pb) = 173.3 / 461.009
    assert batch.ratio_ca_pb_weighed == pytest.approx(0.49556, abs=2e-4)


def test_without_that_word_the_second_is_a_correction_of_all(lab, batch):
    clock = Clock()
    tell(
        lab.mira,
        batch,
        clock(-100, "weighing", "cai2", "30.0 mg"),
        clock(-80, "weighing", "cai2", "25.3 mg", portion=True),
        clock(-50, "weighing", "cai2", "55.1 mg"),
    )
    row = batch.additions.get(key="cai2")
    assert (row.weighed_value, row.portions.filter(stands=True).count()) == (Decimal("55.1"), 1)
    assert row.portions.count() == 3


def test_portions_from_two_bottles_take_from_each_what_came_from_it(lab, batch):
    first, second = (
        make_bottle(lab, amount_received=Decimal(1000), amount_unit="mg") for _ in range(2)
    )
    clock = Clock()
    tell(lab.mira, batch, clock(-90, "weighing", "cai2", {"text": "30.0 mg", "lot": first.code}))
    more = {"text": "25.3 mg", "lot": second.code}
    tell(lab.mira, batch, clock(-60, "weighing", "cai2", more, portion=True))
    assert (left_in(first).value, left_in(second).value) == (Decimal(970), Decimal("974.7"))
    tell(lab.mira, batch, clock(-30, "withdraw", "cai2"))
    assert (left_in(first).value, left_in(second).value) == (Decimal(1000), Decimal(1000))


def test_each_portion_counts_with_the_assay_of_its_own_bottle(lab, batch):
    pure = make_bottle(lab, assay_percent="100", assay_kind="mass_fraction")
    half = make_bottle(lab, assay_percent="50", assay_kind="mass_fraction")
    clock = Clock()
    tell(
        lab.mira,
        batch,
        clock(-99, "weighing", "pbi2", "173.3 mg"),
        clock(-90, "weighing", "cai2", {"text": "30.0 mg", "lot": pure.code}),
        clock(-60, "weighing", "cai2", {"text": "20.0 mg", "lot": half.code}, portion=True),
    )
    # (30.0 + 0.5 x 20.0) mg / 293.887 = 0.13611 mmol Ca; 173.3 / 461.009 = 0.37591 mmol Pb
    assert batch.ratio_ca_pb_weighed == pytest.approx(0.36208, abs=3e-4)


def test_the_second_weighing_of_one_amount_takes_from_the_bottle_once(lab, batch):
    bottle = make_bottle(lab, amount_received=Decimal(1000), amount_unit="mg")
    same = {"text": "55.3 mg", "lot": bottle.code}
    tell(lab.mira, batch, entry("weighing", "cai2", same))
    tell(lab.mira, batch, entry("weighing", "cai2", same))
    assert left_in(bottle).value == Decimal("944.7")
    assert Movement.objects.in_force().filter(kind="used").count() == 1


def test_a_step_done_once_more_is_a_step_of_its_own_with_its_times(lab, batch):
    clock = Clock()
    tell(lab.mira, batch, clock(-900, "step_start", "wash"), clock(-800, "step_finish", "wash"))
    taken = tell(lab.mira, batch, clock(-700, "step_start", "wash", repeat=True))
    assert "wash_2" in remarks(taken)
    tell(lab.mira, batch, clock(-600, "step_finish", "wash_2"))
    first, second = (batch.step_runs.get(key=key) for key in ("wash", "wash_2"))
    assert (first.started_at, first.finished_at) == (clock.moment(-900), clock.moment(-800))
    assert (second.started_at, second.finished_at) == (clock.moment(-700), clock.moment(-600))
    assert second.repeat_of == first
    assert [one.target for one in noticed(batch, "repeated")] == ["wash_2"]


def test_a_step_begun_again_without_that_word_says_what_it_replaces(lab, batch):
    clock = Clock()
    tell(lab.mira, batch, clock(-900, "step_start", "wash"), clock(-800, "step_finish", "wash"))
    taken = tell(lab.mira, batch, clock(-700, "step_start", "wash"))
    assert "Send it as a repeat" in remarks(taken)


def test_every_reading_of_the_air_stays_in_the_story(lab, batch):
    clock = Clock()
    told = {"humidity_percent": "61.25", "temperature_c": "22.4", "o2_ppm": "0.3", "h2o_ppm": "0.1"}
    tell(lab.mira, batch, *(clock(-4000, "condition", *one) for one in told.items()))
    tell(lab.mira, batch, clock(-100, "condition", "humidity_percent", "74.75 %"))
    story = Api(lab.mira).get(f"batches/{batch.code}/").json()
    assert [one["text"] for one in story["conditions"] if one["name"] == "humidity_percent"] == [
        "61.25",
        "74.75 %",
    ]
    assert {one["name"] for one in story["conditions"]} == set(told)
    assert batch.humidity_percent == Decimal("74.75")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("humidity_percent", "101"),
        ("humidity_percent", "-1"),
        ("temperature_c", "-300"),
        ("o2_ppm", "2000000"),
        ("pressure", "1"),
    ],
)
def test_air_that_cannot_be_is_refused(lab, batch, name, value):
    assert tell(lab.mira, batch, entry("condition", name, value)).refused
    assert not batch.conditions.exists()


def test_a_liquid_may_be_weighed_through_its_density(lab, batch):
    tell(lab.mira, batch, entry("weighing", "ode", "7.89 g"))
    row = batch.additions.get(key="ode")
    # octadecene 0.789 g/mL: 7.89 g are 10.0 mL
    assert row.weighed_value == pytest.approx(Decimal("10.0"), rel=Decimal("0.002"))
    assert row.weighed_text == "7.89 g"
    assert not noticed(batch, "amount")


def test_said_as_planned_is_marked_and_less_certain_than_a_reading(lab, batch):
    tell(lab.mira, batch, entry("weighing", "ola", "1.00 mL", as_planned=True))
    row = batch.additions.get(key="ola")
    assert row.said_as_planned
    # anywhere within 5 % of 1.00 mL: 0.05 / sqrt(3)
    assert row.weighed_uncertainty == pytest.approx(Decimal("0.028868"), abs=Decimal("0.000001"))
    tell(lab.mira, batch, entry("weighing", "ola", "1.00 mL"))
    assert not batch.additions.get(key="ola").said_as_planned


def test_a_reagent_that_the_recipe_does_not_have_is_an_addition_said_so(lab, batch):
    more = make_bottle(lab, "toluene")
    tell(lab.mira, batch, entry("weighing", "", {"text": "1 mL", "lot": more.code}))
    assert len(noticed(batch, "added")) == 1

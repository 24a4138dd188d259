"""Balances and pipettes are records: plans and weighings count with what they can tell."""

from datetime import date, timedelta
from decimal import Decimal
from math import hypot

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from labnotebook.records.refusals import NotPermitted, Refusal
from synthesis.models import Instrument
from synthesis.services.bench import record_events
from synthesis.services.instruments import add_instrument, correct_instrument, retire_instrument
from synthesis.services.plans import solve
from tests.factories import Api, entry, make_batch, shipped_recipe
from tests.synthesis.factories import browser, make_bottle

PB, CA, I = 207.2, 40.078, 126.90447  # noqa: E741  (g/mol, IUPAC 2021)
PBI2, CAI2 = PB + 2 * I, CA + 2 * I
TARGETS = {"ratio_ca_pb": "0.5", "lead_mmol": "0.376"}


def enter(lab, kind="balance", **said) -> Instrument:
    said = {"name": "XPR205", "resolution": Decimal("0.01"), "uncertainty": Decimal("0.02")} | said
    return add_instrument(by=lab.mira, kind=kind, **said)


def plan(lab, **said):
    version = shipped_recipe().current
    return solve(user=lab.mira, version=version, targets=TARGETS, **said).plan


def weigh(lab, batch, *entries):
    taken = record_events(by=lab.mira, batch=batch, events=list(entries))
    batch.refresh_from_db()
    return taken


def ratio_of(batch):
    return batch.composition["effective"]["ratio_ca_pb"]


def test_without_an_instrument_a_weighing_counts_as_a_tenth_of_a_milligram(lab):
    assert plan(lab).as_dict()["balance"] == {
        "resolution_mg": "0.1",
        "uncertainty_mg": "0.1",
        "volume_uncertainty_percent": "1",
    }


def test_a_plan_rounds_to_the_steps_of_the_labs_balance_and_names_it(lab):
    fine = enter(lab)
    made = plan(lab)
    masses = {line.key: line.weigh_mg for line in made.reagents if line.weigh_mg}
    assert masses["pbi2"] == Decimal("173.34")  # 0.376 mmol of 461.01 g/mol
    assert masses["cai2"] == Decimal("55.25")  # 0.188 mmol of 293.89 g/mol
    assert made.as_dict()["balance"]["code"] == fine.code


def test_the_uncertainty_of_r_follows_from_the_balance(lab):
    batch = make_batch(lab.project, by=lab.mira)
    coarse = enter(lab, name="kitchen", resolution=Decimal(1), uncertainty=Decimal("0.6"))
    events = [
        entry("weighing", key, {"text": mass, "instrument": coarse.code})
        for key, mass in (("pbi2", "173 mg"), ("cai2", "55 mg"))
    ]
    assert weigh(lab, batch, *events).refused == []
    # The paper's CaI2 is 99 %, to which its recipe assumes ± 0.5 %.
    ratio = 0.99 * (55 / CAI2) / (173 / PBI2)
    relative = hypot(0.6 / 55, 0.6 / 173, 0.005 / 0.99)
    assert ratio_of(batch)["value"] == pytest.approx(ratio, rel=1e-5)
    assert ratio_of(batch)["uncertainty"] == pytest.approx(ratio * relative, rel=1e-3)


def test_a_part_in_per_cent_and_a_part_that_is_the_same_count_in_quadrature(lab):
    pipette = enter(
        lab, "pipette", name="P1000", resolution=Decimal("0.001"), uncertainty=Decimal("0.003"),
        uncertainty_percent=Decimal("0.8"),
    )  # fmt: skip
    assert pipette.uncertainty_of(Decimal("0.5")) == pytest.approx(Decimal("0.005"))  # 3-4-5


def test_a_portion_keeps_the_instrument_that_measured_it_and_its_uncertainty_then(lab):
    enter(lab)
    other = enter(lab, name="old one", resolution=Decimal("0.1"), uncertainty=Decimal("0.15"))
    batch = make_batch(lab.project, by=lab.mira)
    weigh(lab, batch, entry("weighing", "pbi2", {"text": "173.9 mg", "instrument": other.code}))
    correct_instrument(
        by=lab.mira, instrument=other, version=None, reason="certificate", uncertainty=Decimal(1)
    )
    row = batch.additions.get(key="pbi2")
    assert (row.instrument, row.weighed_uncertainty) == (other, Decimal("0.15"))
    story = Api(lab.mira).get(f"batches/{batch.code}/").json()
    told = next(one for one in story["additions"] if one["key"] == "pbi2")
    assert (told["instrument"], told["weighed_uncertainty"]) == (other.code, 0.15)


def test_nobody_names_one_and_the_plans_balance_is_taken(lab):
    fine = enter(lab)
    batch = make_batch(lab.project, by=lab.mira)
    weigh(lab, batch, entry("weighing", "pbi2", "173.34 mg"))
    row = batch.additions.get(key="pbi2")
    assert (row.instrument, row.weighed_uncertainty) == (fine, Decimal("0.02"))


def test_a_batch_that_was_planned_before_is_weighed_on_the_labs_balance(lab):
    batch = make_batch(lab.project, by=lab.mira)
    fine = enter(lab)
    weigh(lab, batch, entry("weighing", "pbi2", "173.3 mg"))
    assert batch.additions.get(key="pbi2").instrument == fine


def test_what_is_taken_back_keeps_no_instrument(lab):
    enter(lab)
    batch = make_batch(lab.project, by=lab.mira)
    weigh(lab, batch, entry("weighing", "pbi2", "173.34 mg"), entry("withdraw", "pbi2"))
    row = batch.additions.get(key="pbi2")
    assert (row.weighed_value, row.instrument, row.weighed_uncertainty) == (None, None, None)


def test_a_bottle_is_left_with_the_uncertainty_of_the_balance(lab):
    coarse = enter(lab, name="kitchen", resolution=Decimal(1), uncertainty=Decimal("0.6"))
    batch = make_batch(lab.project, by=lab.mira)
    bottle = make_bottle(lab, amount_received=Decimal(5000), amount_unit="mg")
    value = {"text": "55 mg", "lot": bottle.code, "instrument": coarse.code}
    weigh(lab, batch, entry("weighing", "cai2", value))
    left = Api(lab.mira).get(f"lots/{bottle.code}/").json()["left"]
    assert (left["value"], left["uncertainty"]) == (4945, 0.6)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("173.345 mg", "shows steps of 0.01"),
        ("5 mg", "from 20"),
        ("250 g", "up to"),
    ],
)
def test_a_reading_that_the_balance_cannot_give_is_asked_about_and_kept(lab, text, words):
    enter(lab, smallest=Decimal(20), largest=Decimal(220_000))
    batch = make_batch(lab.project, by=lab.mira)
    taken = weigh(lab, batch, entry("weighing", "pbi2", text))
    assert len(taken.accepted) == 1
    assert any(words in one["message"] for one in taken.remarks)


def test_a_calibration_that_is_past_is_said_in_the_plan_and_at_the_bench(lab):
    due = timezone.localdate() - timedelta(days=1)
    enter(lab, calibration_due_date=due)
    assert [one.code for one in plan(lab).warnings].count("calibration_due") == 1
    batch = make_batch(lab.project, by=lab.mira)
    taken = weigh(lab, batch, entry("weighing", "pbi2", "173.34 mg"))
    assert "was to be calibrated by" in taken.remarks[0]["message"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pipette", "name a balance"),
        ("retired", "is retired: dropped"),
        ("I-9999", "There is no instrument I-9999"),
    ],
)
def test_what_does_not_weigh_is_refused_at_the_bench_and_holds_back_nothing(lab, name, words):
    codes = {
        "pipette": enter(lab, "pipette", name="P1000").code,
        "retired": enter(lab, name="first").code,
    }
    retired = Instrument.objects.get(code=codes["retired"])
    retire_instrument(by=lab.mira, instrument=retired, reason="dropped")
    batch = make_batch(lab.project, by=lab.mira)
    wrong = entry("weighing", "pbi2", {"text": "173.3", "instrument": codes.get(name, name)})
    taken = weigh(lab, batch, wrong, entry("weighing", "cai2", "55.3 mg"))
    assert words in taken.refused[0]["message"]
    assert len(taken.accepted) == 1


def test_a_mass_below_the_step_of_the_named_balance_is_refused_with_what_would_do(lab):
    enter(lab)
    coarse = enter(lab, name="kitchen", resolution=Decimal(100), uncertainty=Decimal(60))
    with pytest.raises(Refusal, match="cannot be weighed on a balance that shows 100 mg"):
        plan(lab, instruments={"balance": coarse.code})
    assert plan(lab).reagents  # the lab's own can


def test_the_first_of_a_kind_is_taken_by_default_and_gives_way(lab):
    first, second = enter(lab), enter(lab, name="second")
    assert (first.is_default, second.is_default) == (True, False)
    correct_instrument(by=lab.mira, instrument=second, version=None, reason="new", is_default=True)
    assert list(Instrument.objects.filter(is_default=True)) == [second]
    retire_instrument(by=lab.mira, instrument=second, reason="sold")
    assert plan(lab).balance.code == ""


def test_a_calibration_that_is_still_to_come_is_refused(lab):
    with pytest.raises(Refusal, match="still to come") as refused:
        enter(lab, calibrated_date=timezone.localdate() + timedelta(days=2))
    assert refused.value.field == "calibrated_date"


def test_who_only_reads_enters_none(lab):
    with pytest.raises(NotPermitted):
        add_instrument(by=lab.vera, kind="balance", name="x", resolution=1, uncertainty=1)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ("resolution = 0", "instrument_shows_steps"),
        ("resolution = 'NaN'", "numbers_are_finite"),
        ("uncertainty = 0, uncertainty_percent = 0", "instrument_is_uncertain"),
        ("uncertainty_percent = -1", "instrument_is_uncertain"),
        ("smallest = 10, largest = 5", "instrument_range_goes_up"),
        ("retired_at = now()", "instrument_retired_says_why"),
        ("is_default = true", "one_default_of_a_kind"),
        (
            "calibrated_date = '2026-02-01', calibration_due_date = '2026-01-01'",
            "calibration_lasts",
        ),
    ],
)
def test_sql_cannot_make_an_instrument_that_cannot_be(lab, change, match):
    enter(lab)
    second = enter(lab, name="second")
    with (
        pytest.raises(IntegrityError, match=match),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE synthesis_instrument SET {change} WHERE id = %s", [second.pk])


def test_an_instrument_is_entered_corrected_and_retired_by_the_api(lab):
    api = Api(lab.mira)
    said = {"kind": "balance", "name": "XPR205", "resolution": "0.01", "uncertainty": "0.02"}
    made = api.post("instruments/", said, Idempotency_Key="a")
    assert made.status_code == 201, made.content
    assert api.post("instruments/", said, Idempotency_Key="a").json() == made.json()
    code, tag = made.json()["code"], made.json()["etag"]
    assert made.json()["unit"] == "mg"
    answer = api.post(f"recipes/{shipped_recipe().slug}/plan/", {**TARGETS, "balance": code})
    assert answer.json()["balance"]["code"] == code
    said = {"uncertainty": "0.03", "reason": "new certificate"}
    nothing = api("PATCH", f"instruments/{code}/", {**said, "reason": "."}, If_Match=tag)
    assert (nothing.status_code, nothing.json()["errors"][0]["field"]) == (400, "reason")
    changed = api("PATCH", f"instruments/{code}/", said, If_Match=tag)
    assert changed.status_code == 200, changed.content
    stale = api("PATCH", f"instruments/{code}/", said, If_Match=tag)
    assert stale.status_code == 412
    assert api.post(f"instruments/{code}/retire/", {"reason": "."}).status_code == 400
    for _twice in range(2):
        retired = api.post(f"instruments/{code}/retire/", {"reason": "sold"}, Idempotency_Key="b")
        assert (retired.status_code, retired.json()["retired_reason"]) == (200, "sold")
    again = api.post(f"instruments/{code}/retire/", {"reason": "broken"})
    assert again.status_code == 409
    assert "already: sold" in again.json()["detail"]
    refused = api.post(f"recipes/{shipped_recipe().slug}/plan/", {**TARGETS, "balance": code})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "balance")


def test_a_pipette_is_entered_on_the_page_in_the_units_of_its_label(lab):
    client = browser(lab.mira)
    answer = client.post(
        "/instruments/new/pipette/",
        {
            "name": "P200", "resolution": "0.2 µL", "uncertainty": "0.6 µL", "uncertainty_percent": "",
            "smallest": "20 µL", "largest": "200 µL", "calibrated_date": "2026-01-15",
        },
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    made = Instrument.objects.get()
    assert (made.resolution, made.uncertainty) == (Decimal("0.0002"), Decimal("0.0006"))
    assert (made.smallest, made.largest) == (Decimal("0.02"), Decimal("0.2"))
    assert made.calibrated_date == date(2026, 1, 15)
    assert "P200" in client.get("/instruments/").content.decode()
    assert "P200" in client.get(f"/instruments/{made.code}/").content.decode()
    assert 'name="pipette"' in client.get("/plan/").content.decode()

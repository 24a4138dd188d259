"""A bottle that is low, promised or past its date is said by the API and at the bench, as on the pages."""

from __future__ import annotations

import pytest

from synthesis.models import Batch
from synthesis.services.cautions import BottleWatch
from tests.factories import Api, entry, make_batch
from tests.synthesis.factories import browser, make_bottle
from tests.synthesis.test_bench import bench_of
from tests.synthesis.test_plan_a_batch import text_of

PLAN = "recipes/cspbi3-seed-core-shell/plan/"
SERIES = "recipes/cspbi3-seed-core-shell/series/"
STORY = {"ratio_ca_pb": 0.5, "lead_mmol": 0.376}


def said_of(body, code):
    return {w["code"]: w for w in body["warnings"] if w.get("lot") == code}


@pytest.fixture
def old(lab):
    """40 mg of the 55.3 mg that R = 0.5 takes, past its date."""
    return make_bottle(lab, amount_received=40, amount_unit="mg", expires_date="2020-01-31")


def test_the_plan_of_the_api_says_what_is_low_and_past_its_date_with_its_key(lab, old):
    body = Api(lab.mira).post(PLAN, {**STORY, "lots": {"cai2": old.code}}).json()
    said = said_of(body, old.code)
    assert set(said) == {"lot_low", "lot_expired"}
    assert {one["key"] for one in said.values()} == {"cai2"}
    assert said["lot_low"]["message"] == "L-0001 has 40 mg left; this plan takes 55.3 mg."
    assert said["lot_expired"]["message"] == "L-0001 was to be used before 31 Jan 2020."
    assert said["lot_low"]["severity"] == "caution"


def test_a_bottle_that_is_full_and_fresh_is_not_spoken_of(lab):
    bottle = make_bottle(lab, amount_received=500, amount_unit="mg", expires_date="2099-01-31")
    body = Api(lab.mira).post(PLAN, {**STORY, "lots": {"cai2": bottle.code}}).json()
    assert said_of(body, bottle.code) == {}


def test_what_other_batches_were_promised_is_counted(lab):
    bottle = make_bottle(lab, amount_received=100, amount_unit="mg")
    batch = make_batch(lab.project, lots={"cai2": bottle.code})
    body = Api(lab.mira).post(PLAN, {**STORY, "lots": {"cai2": bottle.code}}).json()
    # 100 mg for twice 55.3 mg
    sentence = said_of(body, bottle.code)["lot_reserved"]["message"]
    assert "planned batches take 55.25 mg; this plan takes 55.3 mg more" in sentence
    page = text_of(bench_of(browser(lab.mira), batch))
    assert "planned batches take" not in page  # its own promise does not count against it
    make_batch(lab.project, lots={"cai2": bottle.code})
    page = text_of(bench_of(browser(lab.mira), batch))
    assert "planned batches take 55.25 mg; this plan takes 55.25 mg more" in page


def test_every_plan_of_a_series_says_it_for_itself(lab, old):
    asked = {"vary": {"ratio_ca_pb": [0.25, 0.5]}, "fixed": {"lead_mmol": 0.376}}
    rows = Api(lab.mira).post(SERIES, {**asked, "lots": {"cai2": old.code}}).json()["plans"]
    # R = 0.25 takes 27.6 mg of the 40
    assert [set(said_of(row["plan"], old.code)) for row in rows] == [
        {"lot_expired"},
        {"lot_low", "lot_expired"},
    ]


def test_a_series_asks_for_its_bottles_once(lab, old, django_assert_max_num_queries):
    api = Api(lab.mira)
    asked = {"fixed": {"lead_mmol": 0.376}, "lots": {"cai2": old.code}}
    api.post(SERIES, {**asked, "vary": {"ratio_ca_pb": [0.5]}})
    with django_assert_max_num_queries(20):
        ratios = [n / 40 for n in range(1, 41)]
        rows = api.post(SERIES, {**asked, "vary": {"ratio_ca_pb": ratios}}).json()["plans"]
    assert len(rows) == 40


def test_the_bench_says_it_before_anything_is_weighed(lab, old):
    batch = make_batch(lab.project, lots={"cai2": old.code})
    client = browser(lab.mira)
    page = text_of(bench_of(client, batch))
    assert "L-0001 has 40 mg left; this plan takes 55.25 mg." in page
    assert "L-0001 was to be used before 31 Jan 2020." in page
    api = Api(lab.mira)
    api.post(f"batches/{batch.code}/events/", [entry("weighing", "cai2", "55.3 mg")])
    page = text_of(bench_of(client, batch))
    assert "this plan takes" not in page  # the remark of the entry says the rest


def test_what_is_said_today_is_not_frozen_into_the_batch(lab, old):
    batch = make_batch(lab.project, lots={"cai2": old.code})
    assert said_of(batch.plan, old.code) == {}
    assert Batch.objects.get(pk=batch.pk).plan["warnings"] == batch.plan["warnings"]


def test_nothing_is_asked_of_the_database_without_a_bottle(lab, django_assert_num_queries):
    from datetime import date

    with django_assert_num_queries(0):
        assert BottleWatch([], date(2026, 1, 1)).cautions({}, {}) == []

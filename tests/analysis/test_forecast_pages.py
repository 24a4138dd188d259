"""The forecast as a chemist meets it: beside the planner, frozen with a batch, and on its own page."""

import pytest

from analysis.models import Forecast
from tests.analysis.factories import address, make_batch, run_jobs, text

pytestmark = pytest.mark.django_db


def test_the_frozen_forecast_is_shown_with_its_score(page, batch):
    run_jobs("forecast_batch")
    here = address("batch-forecast", batch.code)
    assert "It is scored when" in text(page.get(here))
    said = {"phase": "gamma", "evidence": "none", "reason": "it is red"}
    page.post(address("batch-phase", batch.code), said)
    assert "Not scored" in text(page.get(here))
    page.post(address("batch-phase", batch.code), {**said, "evidence": "xrd_elsewhere"})
    assert "Log score" in text(page.get(here))


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "Type R"),
        ("?ratio_ca_pb=abc", "Type R"),
        ("?ratio_ca_pb=0,5", "What to expect at"),
        ("?ratio_ca_pb=1e9", "Type R"),
        ("?ratio_ca_pb=0.5&plan=recipe%3Dnowhere", "What to expect at"),
        ("?ratio_ca_pb=0.5&plan=recipe%3D%2500", "What to expect at"),
        (
            "?ratio_ca_pb=0.5&plan=recipe%3Dcspbi3-seed-core-shell%26lot_pbi2%3DL-9999",
            "What to expect at",
        ),
    ],
)
def test_the_planner_asks_what_to_expect(page, query, says):
    assert says in text(page.get(address("plan-forecast") + query))


def test_the_planner_expects_what_the_batch_will_freeze(page, batch):
    planner = page.get("/plan/", {"ratio_ca_pb": "0.4"})
    shown = page.get(address("plan-forecast"), dict(planner.context["question"]))
    frozen = make_batch(batch.project, ratio="0.4")
    run_jobs("forecast_batch")
    forecast = Forecast.objects.get(batch=frozen)
    assert shown.context["said"]["phase"] == forecast.result["phase"]
    assert shown.context["said"]["conditions"] == forecast.result["conditions"]


def test_the_planner_shows_earlier_batches_near_this_ratio(page, batch):
    shown = text(page.get(address("plan-earlier") + "?ratio_ca_pb=0.5"))
    assert batch.code in shown
    assert batch.code not in text(page.get(address("plan-earlier") + "?ratio_ca_pb=1.5"))


def test_the_forecast_page_answers_and_refuses_in_words(page):
    here = address("forecast")
    assert "Model card" in text(page.get(here))
    asked = page.get(here, {"ratio_ca_pb": "0.3", "precursor_appearance": "turbid"})
    assert "Nobody has measured R between 0.25 and 0.5" in text(asked)
    assert page.get(here, {"ratio_ca_pb": "40"}).status_code == 422

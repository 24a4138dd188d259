"""The forecast as a chemist meets it: beside the planner, frozen with a batch, and on its own page."""

import math

import pytest

from analysis.models import Forecast, Guess, ModelVersion
from labnotebook.records.services.signatures import content_of
from tests.analysis.factories import address, make_batch, run_jobs, text
from tests.analysis.labs import label, learn, make_lab

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


def test_a_guess_is_frozen_and_scored_beside_the_model(page, batch):
    run_jobs("forecast_batch")
    here, guess = address("batch-forecast", batch.code), address("batch-guess", batch.code)
    assert "Say what you expect" in text(page.get(here))
    assert page.post(guess, {"phase": "gamma", "chance": "0.95"}).status_code == 302
    again = page.post(guess, {"phase": "alpha", "chance": "0.95"})
    assert again.status_code == 409
    assert "frozen" in text(again)
    label(batch, "gamma")
    shown = text(page.get(here))
    assert "Say what you expect" not in shown
    assert f"log score {-math.log(0.95):.2f}" in " ".join(shown.split())


def test_a_guess_is_told_in_the_history_of_the_batch_and_signed_with_it(page, batch):
    page.post(address("batch-guess", batch.code), {"phase": "gamma", "chance": "0.8"})
    assert "expected γ with 0.80" in text(page.get(address("batch-changes", batch.code)))
    assert list(content_of(batch)["analysis_guess"]) == [str(Guess.objects.get().pk)]


def test_who_knows_the_phase_does_not_guess_any_more(page, batch):
    label(batch, "gamma", evidence="none")
    assert "Say what you expect" not in text(page.get(address("batch-forecast", batch.code)))
    assert page.post(address("batch-guess", batch.code), {"phase": "gamma"}).status_code == 422
    assert not Guess.objects.exists()


def test_the_card_of_a_version_says_how_it_did_and_an_owner_pins_it(page, batch):
    make_lab(batch.project, 0.15, [0.05, 0.2, 0.3])
    learn(batch.project)
    version = ModelVersion.objects.get()
    here = address("model-detail", version.pk)
    shown = text(page.get(here))
    assert "Learned from 3 batches" in shown
    for name in ("this way of learning", "the paper alone", "frequencies", "rule of thumb"):
        assert name in shown
    pinned = page.post(address("model-pin", 0), {"do": "pin", "reason": "labels mixed up"})
    assert pinned.status_code == 302
    assert "labels mixed up" in text(page.get(address("model-list")))
    frozen = make_batch(batch.project)
    run_jobs("forecast_batch")
    assert Forecast.objects.get(batch=frozen).model_version == "0"
    assert page.post(address("model-pin", version.pk), {"do": "unpin"}).status_code == 422


def test_the_panel_says_which_version_spoke_and_from_how_many_batches(page, batch):
    make_lab(batch.project, 0.15, [0.05, 0.2, 0.3])
    learn(batch.project)
    shown = " ".join(text(page.get(address("plan-forecast"), {"ratio_ca_pb": "0.3"})).split())
    assert "learned from 3 batches" in shown
    assert "rest on the paper alone" not in shown

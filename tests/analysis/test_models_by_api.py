"""Versions, pins, guesses and sources of labels, as a script meets them."""

from __future__ import annotations

import pytest

from analysis.models import Guess, ModelVersion
from analysis.services.learning import code_version
from tests.analysis.factories import make_batch, run_jobs
from tests.analysis.labs import label, learn, make_lab
from tests.factories import Api, make_project, owner_of

pytestmark = pytest.mark.django_db


def test_an_empty_lab_lists_the_version_that_knows_the_paper_only():
    api = Api(owner_of(make_project()))
    (row,) = api.get("models/").json()["results"]
    assert (row["version"], row["labels"], row["log_loss"]) == (0, 0, None)
    card = api.get("models/0/").json()
    assert card["backtest"]["n"] == 0
    assert card["in_use_by"] == [row["in_use_by"][0]]
    assert api.get("models/99/").status_code == 404


def test_a_version_is_told_with_its_backtest_and_pinned_by_an_owner():
    project = make_project()
    api = Api(owner_of(project))
    made = make_lab(project, 0.15, [0.05, 0.2, 0.3])
    learn(project)
    number = ModelVersion.objects.get().pk
    versions = [row["version"] for row in api.get("models/").json()["results"]]
    assert versions == [number, 0]
    card = api.get(f"models/{number}/").json()
    assert card["backtest"]["log_loss"] == card["log_loss"] > 0
    assert {"paper", "rule", "frequencies"} <= card["backtest"].keys()
    assert [one["batch"] for one in card["batches"]] == [batch.code for batch in made]
    assert card["code_version"] == code_version()
    pinned = api.post("models/0/pin/", {"reason": "labels mixed up"})
    assert pinned.status_code == 200, pinned.content
    assert pinned.json()["in_use_by"] == [project.slug]
    assert api.post(f"models/{number}/unpin/", {"reason": "not pinned"}).status_code == 409
    assert api.post("models/0/unpin/", {"reason": "they are mended"}).status_code == 200
    assert api.get(f"models/{number}/").json()["in_use_by"] == [project.slug]


def test_a_guess_of_chances_is_scored_by_what_was_found():
    batch = make_batch()
    api = Api(batch.planned_by)
    run_jobs("forecast_batch")
    body = {"batch": batch.code, "chances": {"gamma": 0.6, "alpha": 0.4}}
    assert api.post("guesses/", {**body, "chances": {"gamma": 0.6}}).status_code == 400
    made = api.post("guesses/", body)
    assert made.status_code == 201, made.content
    assert sum(made.json()["chances"].values()) == pytest.approx(1)
    assert made.json()["score"] is None
    assert api.post("guesses/", body).status_code == 409
    label(batch, "alpha")
    (row,) = api.get(f"guesses/?batch={batch.code}").json()["results"]
    # mixed, delta and failed are never below 0.01 each; the two that were said give way
    assert row["score"]["probability"] == pytest.approx(0.97 * 0.4)
    assert row["score"]["hit"] is False
    with pytest.raises(Exception, match="frozen"):
        Guess.objects.update(note="I knew it")

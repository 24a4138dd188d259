"""What to try next comes as plans that can be made, each kept with what was expected of it."""

import pytest
from rest_framework.test import APIClient

from analysis.models import TakenSuggestion
from analysis.services.outcomes import type_outcome
from analysis.services.suggestion_lab import lab_of
from analysis.services.suggestions import suggest
from analysis.services.suggestions_taken import came_out, take_suggestion
from analysis.suggestions import GOALS
from labnotebook.records.refusals import NotPermitted, Refusal
from synthesis.models import Batch
from synthesis.services.batches import BatchOrder, create_batches
from synthesis.services.plans import planner_for
from tests.analysis.factories import make_batch
from tests.analysis.labs import label, learn, make_lab, make_labelled
from tests.factories import join, make_project, owner_of

pytestmark = pytest.mark.django_db
RECIPE = "cspbi3-seed-core-shell"
ASK = "/api/v1/suggestions/"


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def script(project):
    client = APIClient()
    client.force_authenticate(owner_of(project))
    return client


def offers(project, goal="boundary", **more):
    return suggest(lab_of(owner_of(project), project, RECIPE), goal=goal, **more)


def test_a_new_lab_is_sent_into_the_gap_of_the_paper_with_a_plan(script, project):
    said = script.get(ASK, {"recipe": RECIPE, "goal": "boundary", "n": 1}).json()
    (one,) = said["results"]
    assert 0.25 < one["inputs"]["ratio_ca_pb"] < 0.5
    assert one["expected_gain"] > 0
    assert one["model_version"] == 0
    made = script.post("/api/v1/batches/", {"recipe": RECIPE, **one["inputs"]}, format="json")
    assert made.status_code == 201, made.content


def test_a_lab_of_its_own_is_sent_to_its_own_boundary(project):
    make_lab(project, 0.2, [0.05, 0.1, 0.15, 0.25, 0.3, 0.4, 0.5, 0.6])
    learn(project)
    (one,) = offers(project, n=1)
    assert 0.1 < one.suggestion.ratio < 0.3
    assert one.model_version > 0


def test_a_flask_on_the_way_changes_what_is_suggested_next(project):
    (before,) = offers(project, n=1)
    make_batch(project, ratio="0.375")
    (after,) = offers(project, n=1)
    assert "1 that is on the way" in after.suggestion.why
    assert after.suggestion.gain < before.suggestion.gain


def test_what_was_expected_is_kept_with_the_batch_and_held_against_what_came(project):
    (one,) = offers(project, n=1)
    taken = take_suggestion(by=owner_of(project), seal=one.seal)
    assert float(taken.batch.ratio_ca_pb) == pytest.approx(one.suggestion.ratio)
    assert taken.why == one.suggestion.why
    assert came_out([taken])[0].sentence == "No evidence of its phase yet."
    done = make_labelled_of(taken.batch)
    assert came_out([taken])[0].phase == "gamma"
    assert came_out([taken])[0].sentence == "It became γ."
    assert done.pk == taken.batch_id


def make_labelled_of(batch):
    from synthesis.services.batches import start_batch

    start_batch(by=batch.planned_by, batch=batch)
    batch.refresh_from_db()
    label(batch, "gamma")
    return batch


def test_a_suggestion_that_was_altered_or_grew_old_makes_no_batch(project, monkeypatch):
    (one,) = offers(project, n=1)
    with pytest.raises(Refusal, match="no suggestion of this notebook"):
        take_suggestion(by=owner_of(project), seal=one.seal[:-3] + "abc")
    monkeypatch.setattr("analysis.services.suggestions.DAYS_OPEN", -1)
    with pytest.raises(Refusal, match="Ask for suggestions again"):
        take_suggestion(by=owner_of(project), seal=one.seal)
    assert not Batch.objects.filter(project=project).exists()


def test_the_best_is_looked_for_at_the_temperatures_that_were_tried_and_planned_there(project):
    by, planner = owner_of(project), planner_for(owner_of(project), RECIPE)
    asked = [(r, t) for r in ("0.5", "0.6", "0.7") for t in ("155", "170")]
    for ratio, celsius in asked:
        targets = {"ratio_ca_pb": ratio, "injection_temperature_c": celsius}
        (batch,) = create_batches(by=by, orders=[BatchOrder(project, planner, targets)])
        value = "93" if celsius == "155" else "60"
        type_outcome(by=by, subject=batch, quantity="plqy_percent", text=value, note="elsewhere")
    (one,) = offers(project, goal="quality", n=1)
    assert one.inputs["injection_temperature_c"] == 155
    assert one.others == ["injection at 155 °C"]
    taken = take_suggestion(by=by, seal=one.seal)
    assert taken.batch.plan["targets"]["injection_temperature_c"] in ("155", "155.0")


def test_a_viewer_may_look_and_not_plan(project):
    viewer = join(project, "viewer")
    (one,) = suggest(lab_of(viewer, project, RECIPE), goal="gap", n=1)
    with pytest.raises(NotPermitted):
        take_suggestion(by=viewer, seal=one.seal)
    assert not TakenSuggestion.objects.exists()


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"goal": "nonsense"}, "goal"),
        ({"n": 0}, "n"),
        ({"n": 11}, "n"),
        ({"figure": "beauty"}, "figure"),
        ({"colour": "red"}, "colour"),
        ({"recipe": "no-such-recipe"}, "recipe"),
        ({"recipe": "zno-nanocrystals"}, "recipe"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_at_its_field(script, asked, field):
    answer = script.get(ASK, {"recipe": RECIPE, **asked})
    assert answer.status_code == 400
    assert field in str(answer.json()["errors"])


@pytest.mark.parametrize("goal", ["repeat", "confirm"])
def test_nothing_to_suggest_is_said_in_words(script, goal):
    answer = script.get(ASK, {"recipe": RECIPE, "goal": goal})
    assert answer.status_code == 400
    assert "batches" in answer.json()["detail"]


def test_flasks_that_disagree_are_suggested_again(project):
    first, second = make_labelled(project, 0.4, "gamma"), make_labelled(project, 0.4, "alpha")
    (one,) = offers(project, "repeat")
    assert first.code in one.suggestion.why
    assert second.code in one.suggestion.why


def test_a_phase_by_eye_is_no_evidence_that_flasks_disagree(project):
    make_labelled(project, 0.4, "gamma")
    make_labelled(project, 0.4, "alpha", evidence="none")
    with pytest.raises(Refusal, match="No two batches"):
        offers(project, "repeat")


def test_what_an_uncertainty_is_worth_is_said_with_the_cause(script):
    said = script.get(f"{ASK}worth/", {"recipe": RECIPE, "ratio_ca_pb": 0.4}).json()
    assert said["sentence"].endswith(".")
    assert any(one["is_flasks"] for one in said["results"])
    assert any("assay" in one["what"] for one in said["results"])
    worths = [one["worth"] for one in said["results"]]
    assert worths == sorted(worths, reverse=True)


@pytest.mark.parametrize("goal", GOALS)
def test_the_page_answers_for_every_goal(client, project, goal):
    client.force_login(owner_of(project))
    answer = client.get("/forecast/next/", {"goal": goal})
    assert answer.status_code == 200
    assert b"What to try next" in answer.content


def test_one_click_plans_the_first_suggestion_once(client, project):
    client.force_login(owner_of(project))
    shown = client.get("/forecast/next/").context["offers"]
    (offer, key), *_others = shown
    form = {"seal": offer.seal, "idempotency_key": key}
    first, again = (client.post("/forecast/next/", form) for _ in range(2))
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    assert TakenSuggestion.objects.count() == 1
    assert "Why it was made" in client.get("/forecast/next/").content.decode()

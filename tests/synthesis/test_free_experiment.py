"""No recipe: reagents and steps are added as one goes; in a batch of a recipe that is a deviation."""

from decimal import Decimal

import pytest

from synthesis.chemistry.recipe import RecipeDefinition
from synthesis.models import Recipe
from synthesis.services.batches import create_batch
from synthesis.services.bench import record_events
from synthesis.services.finishing import finish_batch
from synthesis.services.recipes import publish_version
from tests.factories import entry, make_batch
from tests.synthesis.factories import browser, make_bottle
from tests.synthesis.test_bench import send


@pytest.fixture
def experiment(lab):
    definition = RecipeDefinition.from_dict(
        {"slug": "free", "name": "Free experiment, tried", "kind": "experiment"}
    )
    recipe = Recipe.objects.create(
        slug="free", name=definition.name, kind="experiment", shared_with_lab=True
    )
    version = publish_version(by=lab.mira, recipe=recipe, definition=definition)
    return create_batch(by=lab.mira, project=lab.project, version=version, targets={})


def test_reagents_and_steps_are_added_as_one_goes(lab, experiment):
    lead, caesium = make_bottle(lab, "lead-iodide"), make_bottle(lab, "caesium-carbonate")
    taken = record_events(
        by=lab.mira,
        batch=experiment,
        events=[
            entry("weighing", "", {"text": "461.0 mg", "lot": lead.code}),
            entry("weighing", "cs", {"text": "0.1629 g", "lot": caesium.code}),
            entry("step_start", "", {"operation": "stir", "text": "Stir until clear"}),
            entry("parameter", "stir_until_clear.temperature_c", "60"),
            entry("step_finish", "stir_until_clear"),
        ],
    )
    assert not taken.refused
    assert experiment.code.startswith("EX-")
    amounts = dict(experiment.additions.values_list("name", "weighed_value"))
    assert amounts == {lead.name: 461, caesium.name: Decimal("162.9")}
    assert list(experiment.step_runs.values_list("operation", flat=True)) == ["stir"]
    experiment.refresh_from_db()
    # 2 · 162.9/325.82 mmol caesium on 461.0/461.01 mmol lead
    assert experiment.composition["effective"]["ratio_cs_pb"]["value"] == pytest.approx(
        1.0, abs=0.001
    )
    assert not experiment.deviations.exists()
    assert finish_batch(by=lab.mira, batch=experiment).state == "made"


def test_the_same_entry_again_adds_nothing(lab, experiment):
    lead = make_bottle(lab, "lead-iodide")
    once = entry("weighing", "", {"text": "461.0 mg", "lot": lead.code})
    for _time in range(2):
        record_events(by=lab.mira, batch=experiment, events=[once])
    assert experiment.additions.count() == 1


def test_what_cannot_be_told_is_refused_in_words(lab, experiment):
    lead = make_bottle(lab, "lead-iodide")
    taken = record_events(
        by=lab.mira,
        batch=experiment,
        events=[
            entry("weighing", "dust", "1 mg"),
            entry("weighing", "", "1 mg"),
            entry("weighing", "pb 2", {"text": "1 mg", "lot": lead.code}),
            entry("weighing", "pb", {"text": "1 h", "lot": lead.code}),
            entry("step_start", "dance", {"operation": "dance"}),
        ],
    )
    assert [one["message"].split(".")[0][:40] for one in taken.refused] == [
        "This batch has no reagent 'dust'",
        "Say what it is: a bottle, or the operati",
        "A new reagent or step is called by lette",
        "“1 h” is a time, but this field takes a ",
        "This batch has no step 'dance'",
    ]
    assert not experiment.additions.exists()


def test_a_reagent_beside_the_recipe_is_kept_and_is_a_deviation(lab):
    batch, zinc = make_batch(lab.project), make_bottle(lab, "zinc-acetate")
    taken = record_events(
        by=lab.mira,
        batch=batch,
        events=[entry("weighing", "zinc", {"text": "10 mg", "lot": zinc.code})],
    )
    assert not taken.refused
    assert batch.additions.get(key="zinc").weighed_value == 10
    assert "which the recipe does not have" in batch.deviations.get().sentence


def test_the_bench_page_adds_a_reagent_and_a_step(lab, experiment):
    lead, client = make_bottle(lab, "lead-iodide"), browser(lab.mira)
    page = client.get(f"/b/{experiment.code}/bench/add/").content.decode()
    assert lead.code in page
    assert "Add reagent" in page
    send(client, experiment, "weighing", headers={}, value="461 mg", value_lot=lead.code)
    send(client, experiment, "step_start", headers={}, value_operation="stir", value_text="Stir")
    assert experiment.additions.get().weighed_text == "461 mg"
    assert experiment.step_runs.get().text == "Stir"
    shown = client.get(f"/b/{experiment.code}/bench/", follow=True).content.decode()
    assert "461 mg" in shown

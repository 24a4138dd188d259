"""A recipe may say itself how far off is still as planned; the whole bench then goes by it."""

import copy
import re
from decimal import Decimal

import pytest

from labnotebook.records.refusals import Refusal
from synthesis.models import Recipe
from synthesis.services.batches import create_batch, start_batch
from synthesis.services.bench import record_events
from synthesis.services.questions import question_of
from synthesis.services.recipe_writing import publish_draft, save_draft
from tests.factories import entry, make_recipe
from tests.synthesis.factories import browser

pytestmark = pytest.mark.django_db


def write(lab, key, **tolerances):
    """Return a version of the lab's own whose step says these tolerances."""
    recipe = make_recipe(lab.project, by=lab.mira)
    definition = copy.deepcopy(recipe.draft.definition)
    (step,) = [one for one in definition["steps"] if one["key"] == key]
    step["tolerances"] = tolerances
    save_draft(by=lab.mira, recipe=recipe, definition=definition, version=None)
    return publish_draft(by=lab.mira, recipe=Recipe.objects.get(pk=recipe.pk), note="as we do it")


def plan(lab, version):
    targets = {"ratio_ca_pb": "0.5", "lead_mmol": "0.376"}
    made = create_batch(by=lab.mira, project=lab.project, version=version, targets=targets)
    return start_batch(by=lab.mira, batch=made)


def severities(lab, batch, target, typed):
    taken = record_events(by=lab.mira, batch=batch, events=[entry("parameter", target, typed)])
    assert not taken.refused, taken.refused
    return [one.severity for one in batch.deviations.filter(withdrawn_at=None, target=target)]


@pytest.mark.parametrize(
    ("typed", "severity"),
    [("5.9", []), ("6.1", ["minor"]), ("9.9", ["minor"]), ("10.1", ["major"])],
)
def test_a_deviation_begins_where_the_recipe_says(lab, typed, severity):
    # planned 5 s; for every step 10 % would be allowed: 5.6 s is a deviation of the paper's recipe
    batch = plan(lab, write(lab, "react", duration_s="1"))
    assert severities(lab, batch, "react.duration_s", typed) == severity


def test_a_stricter_recipe_notices_more(lab):
    batch = plan(lab, write(lab, "heat", temperature_c="0.5"))
    # 3 °C for every step
    assert severities(lab, batch, "heat.temperature_c", "171") == ["minor"]


def test_the_question_and_the_field_and_the_clock_go_by_it(lab):
    batch = plan(lab, write(lab, "react", duration_s="1"))
    assert question_of(batch, "parameter", "react.duration_s", "9.9") == ""
    assert "far from the plan (5 s)" in question_of(batch, "parameter", "react.duration_s", "10.1")
    page = browser(lab.mira).get(f"/b/{batch.code}/bench/", follow=True).content.decode()
    clock, field = (
        re.search(rf'{begin}[^>]*data-allowed="([\d.]+)"', page)[1]
        for begin in ('class="growth"', 'data-target-is="react.duration_s"')
    )
    assert Decimal(clock) == Decimal(field) == 1
    assert "as planned from 4 to 6 s" in page


def test_it_is_frozen_in_the_plan_and_a_newer_version_leaves_it(lab):
    version = write(lab, "react", duration_s="1")
    batch = plan(lab, version)
    (step,) = [one for one in batch.plan["steps"] if one["key"] == "react"]
    assert step["tolerances"] == {"duration_s": "1"}
    save_draft(
        by=lab.mira,
        recipe=version.recipe,
        definition=copy.deepcopy(version.definition) | {"summary": "changed"},
        version=None,
    )
    assert severities(lab, batch, "react.duration_s", "5.9") == []


def test_a_step_that_is_done_once_more_keeps_it(lab):
    batch = plan(lab, write(lab, "degas", duration_s="60"))
    taken = record_events(
        by=lab.mira, batch=batch, events=[entry("step_start", "degas", None, repeat=True)]
    )
    assert not taken.refused, taken.refused
    rows = batch.step_runs.filter(operation="degas").values_list("parameters__allowed", flat=True)
    assert {one for one in rows if one is not None} == {Decimal(60)}


def test_a_plan_of_a_recipe_that_says_none_has_none(lab):
    batch = plan(lab, make_recipe(lab.project, by=lab.mira).current)
    assert all("tolerances" not in step for step in batch.plan["steps"])
    assert severities(lab, batch, "react.duration_s", "5.6") == ["minor"]


@pytest.mark.parametrize(
    ("tolerances", "words"),
    [
        ({"speed_rpm": "5"}, "a tolerance is given for “speed_rpm”, which this step does not plan"),
        ({"duration_s": "-1"}, "duration_s"),
        ({"duration_s": "soon"}, "duration_s"),
    ],
)
def test_a_tolerance_that_cannot_be_is_refused_with_its_path(lab, tolerances, words):
    with pytest.raises(Refusal) as refused:
        write(lab, "react", **tolerances)
    assert words in str(refused.value)


def test_the_page_of_the_recipe_says_it(lab):
    version = write(lab, "react", duration_s="1")
    client, slug = browser(lab.mira), version.recipe.slug
    assert "as planned within 1 s" in client.get(f"/recipes/{slug}/").content.decode().replace(
        "\u202f", " "
    )

"""The invariants of the model, by their numbers in the notes on it (1-8, 13, 14)."""

import uuid
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from labnotebook.records.models import Job
from labnotebook.records.refusals import Refusal
from synthesis.chemistry.typed import parse_quantity
from synthesis.models import (
    Addition,
    Batch,
    BenchEvent,
    Ingredient,
    Recipe,
    RecipeVersion,
    StepRun,
    StepRunParameter,
)
from synthesis.services import batches
from synthesis.services.batches import create_batch, start_batch
from synthesis.services.bench import record_events
from synthesis.services.finishing import finish_batch
from synthesis.services.recipes import load_shipped, publish_version
from tests.factories import entry, make_batch, shipped_recipe
from tests.synthesis.factories import browser, make_bottle
from tests.synthesis.test_plan_a_batch import text_of


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE synthesis_recipeversion SET definition = '{}'",
        "DELETE FROM synthesis_recipeversion",
        "UPDATE synthesis_ingredient SET volume_ml = 1",
        "DELETE FROM synthesis_ingredient",
        "UPDATE synthesis_recipestep SET text = 'x'",
        "UPDATE synthesis_stepparameter SET value = 1",
    ],
)
def test_1_a_published_recipe_never_changes(lab, statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_1_publishing_the_same_content_makes_no_new_version(lab):
    before = RecipeVersion.objects.count()
    load_shipped()
    assert RecipeVersion.objects.count() == before


def test_1_another_content_is_another_version_and_old_batches_keep_theirs(lab):
    batch, recipe = make_batch(lab.project), shipped_recipe()
    plain = recipe.current.definition
    changed = {**plain, "summary": "Changed."}
    definition = type(recipe.current.read()).from_dict(changed)
    newer = publish_version(by=lab.mira, recipe=recipe, definition=definition, note="shorter")
    assert newer.number == 2
    batch.refresh_from_db()
    assert batch.recipe_version.number == 1
    assert make_batch(lab.project).recipe_version == newer


def test_2_an_ingredient_has_exactly_one_rule_for_its_amount(lab):
    newest = shipped_recipe().current
    version = RecipeVersion.objects.create(
        recipe=newest.recipe, number=2, definition=newest.definition, content_sha256="0" * 64
    )
    said = {"recipe_version": version, "position": 99, "role": "solvent"}
    for amounts in ({}, {"mass_mg": 1, "volume_ml": 1}):
        with pytest.raises(IntegrityError, match="one_amount_rule"), transaction.atomic():
            Ingredient.objects.create(key="x", **said, **amounts)


def test_3_a_recipe_names_chemicals_and_a_batch_names_bottles(lab):
    assert "material" not in {f.name for f in Ingredient._meta.get_fields()}
    bottle = make_bottle(lab)
    batch = make_batch(lab.project, lots={"cai2": bottle.code})
    assert batch.additions.get(key="cai2").material == bottle
    assert bottle.code not in str(
        Recipe.objects.get(slug="cspbi3-seed-core-shell").current.definition
    )


def test_4_nothing_actual_is_ever_filled_in_from_the_plan(lab):
    batch = start_batch(by=lab.mira, batch=make_batch(lab.project))
    finish_batch(by=lab.mira, batch=batch, unrecorded_reason="test")
    batch.refresh_from_db()
    assert not Addition.objects.exclude(
        weighed_value=None, weighed_text="", weighed_at=None
    ).exists()
    assert not StepRun.objects.exclude(started_at=None, finished_at=None).exists()
    assert not StepRunParameter.objects.exclude(actual_value=None, actual_text="").exists()
    assert (batch.ratio_ca_pb_weighed, batch.humidity_percent, batch.quench_s) == (None, None, None)
    assert batch.precursor_appearance == ""


def test_5_a_weighed_amount_keeps_its_text_unit_and_number_together(lab):
    batch = make_batch(lab.project)
    record_events(by=lab.mira, batch=batch, events=[entry("weighing", "cai2", "0,0551 g")])
    row = batch.additions.get(key="cai2")
    assert (row.weighed_text, row.unit, row.weighed_value) == ("0,0551 g", "mg", Decimal("55.1"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Addition.objects.filter(pk=row.pk).update(weighed_text="")
    taken = record_events(by=lab.mira, batch=batch, events=[entry("weighing", "cai2", "55.1 mL")])
    assert taken.refused


@given(st.decimals(min_value="0.001", max_value="99999", places=3))
def test_6_an_amount_typed_in_another_unit_is_the_same_amount(value):
    as_mg = parse_quantity(f"{value} mg", unit="mg").value
    as_g = parse_quantity(f"{value / 1000} g", unit="mg").value
    # four decimals: 1,000 could be a thousand, and is asked about
    as_ug = parse_quantity(f"{value * 1000:.4f} µg".replace(".", ","), unit="mg").value
    assert as_mg == as_g == as_ug == value


@pytest.mark.parametrize("lead", ["0", "-1", "0 mmol"])
def test_7_an_amount_is_above_zero(lab, lead):
    with pytest.raises(Refusal, match="above 0"):
        create_batch(
            by=lab.mira,
            project=lab.project,
            version=shipped_recipe().current,
            targets={"lead_mmol": lead},
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        batch = make_batch(lab.project)
        Addition.objects.filter(batch=batch, key="cai2").update(
            weighed_value=-1, weighed_text="-1", weighed_at=batch.planned_at
        )


def test_8_more_taken_than_received_is_flagged_not_hidden(lab):
    bottle = make_bottle(lab, amount_received=40, amount_unit="mg")
    batch = make_batch(lab.project, lots={"cai2": bottle.code})
    record_events(by=lab.mira, batch=batch, events=[entry("weighing", "cai2", "55.1")])
    page = text_of(browser(lab.mira).get(f"/lots/{bottle.code}/"))
    assert "More was weighed from it than was received" in page
    assert "−15.1 mg" in page


def test_13_a_batch_finishes_only_when_all_is_recorded_or_explained(lab):
    batch = start_batch(by=lab.mira, batch=make_batch(lab.project))
    with pytest.raises(Refusal, match="Not recorded yet"):
        finish_batch(by=lab.mira, batch=batch)
    entries = [entry("weighing", a.key, f"{a.planned_value}") for a in batch.additions.all()]
    entries += [entry("step_finish", s.key) for s in batch.step_runs.all()]
    entries += [entry("parameter", "react.duration_s", "5 s")]
    assert not record_events(by=lab.mira, batch=batch, events=entries).refused
    assert finish_batch(by=lab.mira, batch=batch).state == "made"


def test_14_a_batch_is_made_whole_or_not_at_all(lab, monkeypatch):
    def fails(*_args):
        raise RuntimeError("the power went")

    monkeypatch.setattr(batches, "_write_steps", fails)
    with pytest.raises(RuntimeError):
        make_batch(lab.project)
    assert not Batch.objects.exists()
    assert not Addition.objects.exists()
    assert not Job.objects.filter(kind="forecast_batch").exists()
    monkeypatch.undo()
    assert make_batch(lab.project).code == "NC-0001"


def test_14_one_refused_entry_leaves_no_trace_of_itself(lab):
    batch = make_batch(lab.project)
    good, bad = entry("weighing", "pbi2", "173.9"), entry("weighing", "cai2", "lots")
    taken = record_events(by=lab.mira, batch=batch, events=[bad, good])
    assert taken.accepted == [good["id"]]
    assert [str(pk) for pk in BenchEvent.objects.values_list("pk", flat=True)] == [good["id"]]
    assert batch.additions.get(key="cai2").weighed_value is None
    assert uuid.UUID(taken.refused[0]["id"]) == uuid.UUID(bad["id"])

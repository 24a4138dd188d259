"""Recipes on their pages: what they say, what the paper leaves open, what changed."""

import pytest

from synthesis.chemistry.recipe import load_shipped_recipes
from synthesis.models import Recipe
from synthesis.services.recipes import publish_version
from tests.factories import make_batch, make_project, shipped_recipe
from tests.synthesis.factories import browser
from tests.synthesis.test_plan_a_batch import text_of

PAPER = "/recipes/cspbi3-seed-core-shell/"


def test_every_recipe_that_ships_has_its_page_and_its_plan(lab):
    client = browser(lab.mira)
    listed = client.get("/recipes/").content.decode()
    slugs = set(load_shipped_recipes())
    assert slugs <= set(Recipe.objects.values_list("slug", flat=True))
    for slug in slugs:
        assert f"/recipes/{slug}/" in listed
        assert client.get(f"/recipes/{slug}/").status_code == 200
        planned = client.get("/plan/", {"recipe": slug})
        if Recipe.objects.get(slug=slug).kind == "device":
            assert planned.headers["Location"] == f"/runs/new/?architecture={slug}"
            continue
        assert planned.status_code == 200
        assert planned.context["recipe"].slug == slug


def test_a_recipe_says_what_is_assumed(lab):
    page = text_of(browser(lab.mira).get(PAPER))
    assert "Assumed by us" in page
    assert "Every further wash takes the volumes" in page
    assert "Assumed: Its kind, mass fraction, and the uncertainty of 0.5 %." in page
    assert "× Purification cycles" in page


def test_what_another_source_reports_stands_on_its_page(lab):
    page = text_of(browser(lab.mira).get("/recipes/cspbbr3-benzoyl-bromide/"))
    assert "7.1 ± 1.4 nm" in page
    assert "PL at 498 nm" in page


def test_a_recipe_says_how_each_amount_is_found(lab):
    page = text_of(browser(lab.mira).get(PAPER))
    assert "10.0 mL at 0.376 mmol Pb" in page
    assert "from R = n(Ca)/n(Pb) in the feed" in page
    assert "80–90 %" in page
    assert "10 min" in page


def test_a_recipe_says_what_the_paper_does_not(lab):
    page = text_of(browser(lab.mira).get(PAPER))
    assert "What the source does not say" in page
    assert "rotor radius" in page
    assert "The paper does not give the vacuum pressure." in page


def test_outcomes_say_what_is_stated_and_what_inferred_and_where_nothing_is_known(lab):
    outcomes = browser(lab.mira).get(PAPER).context["outcomes"]
    assert [row["ratio"] for row in outcomes] == ["0", "0.25", "0.25–0.5", "0.5", "0.75"]
    assert [row.get("evidence") for row in outcomes] == [
        "stated",
        "inferred",
        None,
        "stated",
        "stated",
    ]
    assert outcomes[2]["gap"] == "no data in the source"


def test_an_earlier_version_stays_readable_and_the_change_is_shown(lab):
    recipe = shipped_recipe()
    first = recipe.current.read()
    plain = first.as_dict()
    step = next(s for s in plain["steps"] if s["key"] == "react")
    step["parameters"]["duration_s"] = "8"
    publish_version(
        by=lab.mira, recipe=recipe, definition=type(first).from_dict(plain), note="longer"
    )
    newest = browser(lab.mira).get(PAPER)
    told = [(c.where, c.before, c.after) for c in newest.context["changes"]]
    assert told == [("step react, parameters, duration s", "5", "8")]
    assert "longer" in text_of(newest)
    old = browser(lab.mira).get(PAPER, {"version": "1"})
    assert "This is version 1" in text_of(old)
    assert "170 °C, 5 s" in text_of(old).replace("\u202f", " ")


@pytest.mark.parametrize("asked", ["99", "x", "", "²", "1e3"])
def test_an_unknown_version_shows_the_newest(lab, asked):
    assert browser(lab.mira).get(PAPER, {"version": asked}).context["is_newest"]


def test_only_the_batches_that_one_may_see_are_counted(lab):
    make_batch(lab.project)
    make_batch(make_project())
    assert browser(lab.mira).get(PAPER).context["batch_count"] == 1
    assert browser(lab.stranger).get(PAPER).context["batch_count"] == 0


def test_an_unknown_recipe_is_not_found(lab):
    assert browser(lab.mira).get("/recipes/nothing/").status_code == 404


def test_a_viewer_plans_nothing(lab):
    assert "Plan a batch" not in text_of(browser(lab.vera).get(PAPER))

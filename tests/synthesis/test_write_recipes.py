"""A chemist writes her own recipes: drafts, checks, versions, forks, files, series."""

import copy

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from synthesis.models import Batch, Recipe, RecipeVersion
from tests.factories import (
    NANOCRYSTALS,
    Api,
    entry,
    make_person,
    make_project,
    make_recipe,
    shipped_recipe,
)

pytestmark = pytest.mark.django_db

BROMIDE = {
    "name": "CsBr in water",
    "kind": "layer_solution",
    "inputs": [
        {
            "key": "scale",
            "name": "Scale",
            "kind": "scale",
            "default": "1",
            "reference": "1",
        }
    ],
    "ingredients": [
        {
            "key": "csbr",
            "chemical": "caesium-bromide-own",
            "name": "Caesium bromide",
            "formula": "CsBr",
            "role": "caesium source",
            "amount": {"mass_mg": "212.8", "scales_with": "scale", "at": "1"},
        },
        {
            "key": "water",
            "chemical": "water-own",
            "name": "Water",
            "formula": "H2O",
            "density_g_ml": "0.997",
            "role": "solvent",
            "amount": {"volume_ml": "1", "scales_with": "scale", "at": "1"},
        },
    ],
    "steps": [
        {
            "key": "stir",
            "operation": "stir",
            "text": "Stir.",
            "parameters": {"duration_s": "600"},
            "ingredients": ["csbr", "water"],
        }
    ],
}


@pytest.fixture
def api():
    shipped_recipe()
    person = make_person("mira")
    make_project(person, "Perovskites")
    return Api(person)


def begun(api, definition=BROMIDE) -> str:
    answer = api.post("recipes/", {"definition": definition})
    assert answer.status_code == 201, answer.content
    return answer.json()["slug"]


def test_a_recipe_is_begun_published_and_planned(api):
    slug = begun(api)
    assert slug == "csbr-in-water"
    assert api.get(f"recipes/{slug}/").json()["version"] is None
    refused = api.post(f"recipes/{slug}/plan/", {})
    assert refused.status_code == 409
    assert "draft" in refused.json()["detail"]
    published = api.post(f"recipes/{slug}/publish/", {"change_note": "first"})
    assert published.status_code == 201
    plan = api.post(f"recipes/{slug}/plan/", {"scale": 2}).json()
    assert next(line for line in plan["reagents"] if line["key"] == "csbr")["weigh_mg"] == 425.6


def test_a_draft_may_be_wrong_and_says_how(api):
    slug = begun(api, {"name": "Begun"})
    draft = api.get(f"recipes/{slug}/draft/")
    assert {fault["field"] for fault in draft.json()["errors"]} == {"ingredients"}
    refused = api.post(f"recipes/{slug}/publish/", {"change_note": "too early"})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "ingredients"
    assert not RecipeVersion.objects.filter(recipe__slug=slug).exists()


def test_check_names_the_path_of_each_fault_and_stores_nothing(api):
    wrong = copy.deepcopy(BROMIDE)
    wrong["ingredients"][0]["amount"] = {"mass_mg": "1", "volume_ml": "1"}
    before = Recipe.objects.count()
    answer = api.post("recipes/check/", {"definition": wrong})
    assert [fault["field"] for fault in answer.json()["errors"]] == ["ingredients[0].amount"]
    assert api.post("recipes/check/", {"definition": {"slug": "x", **BROMIDE}}).json() == {
        "errors": []
    }
    assert Recipe.objects.count() == before


def test_what_cannot_be_solved_at_its_defaults_is_a_fault_at_its_ingredient(api):
    full = {"slug": "full", **copy.deepcopy(BROMIDE)}
    full["ingredients"][0]["amount"] = {"weight_percent": "100", "of": "water"}
    (fault,) = api.post("recipes/check/", {"definition": full}).json()["errors"]
    assert fault["field"].startswith("ingredients")
    assert "100" in fault["message"]


def test_an_unknown_chemical_or_stock_is_a_fault_at_its_place(api):
    wrong = {"slug": "wrong", **copy.deepcopy(BROMIDE)}
    wrong["ingredients"][0] = {
        "key": "csbr", "chemical": "moon-dust", "role": "caesium source", "amount": {"mass_mg": "1"},
    }  # fmt: skip
    (fault,) = api.post("recipes/check/", {"definition": wrong}).json()["errors"]
    assert fault["field"] == "ingredients[0].chemical"
    wrong["ingredients"][0] = {
        "key": "csbr", "stock": "moon-water", "role": "caesium source", "amount": {"volume_ml": "1"},
    }  # fmt: skip
    (fault,) = api.post("recipes/check/", {"definition": wrong}).json()["errors"]
    assert fault["field"] == "ingredients[0].stock"


def test_a_draft_is_kept_as_she_types_and_a_stale_one_is_refused(api):
    slug = begun(api)
    first = api.get(f"recipes/{slug}/draft/")
    changed = {**BROMIDE, "summary": "half written"}
    kept = api(
        "PUT", f"recipes/{slug}/draft/", {"definition": changed}, if_match=first.headers["ETag"]
    )
    assert kept.status_code == 200
    assert kept.json()["definition"]["summary"] == "half written"
    stale = api(
        "PUT", f"recipes/{slug}/draft/", {"definition": BROMIDE}, if_match=first.headers["ETag"]
    )
    assert stale.status_code == 412
    assert stale.json()["current"]["definition"]["summary"] == "half written"
    assert api("PUT", f"recipes/{slug}/draft/", {"definition": BROMIDE}).status_code == 428


def test_a_version_never_changes_and_the_difference_is_told_by_parts(api):
    slug = begun(api)
    api.post(f"recipes/{slug}/publish/", {"change_note": "first"})
    changed = copy.deepcopy(BROMIDE)
    changed["steps"][0]["parameters"]["duration_s"] = "900"
    changed["ingredients"].append(
        {"key": "glycerol", "chemical": "glycerol", "name": "Glycerol", "role": "additive",
         "amount": {"mass_mg": "5"}}
    )  # fmt: skip
    tag = api.get(f"recipes/{slug}/draft/").headers["ETag"]
    api("PUT", f"recipes/{slug}/draft/", {"definition": changed}, if_match=tag)
    api.post(f"recipes/{slug}/publish/", {"change_note": "longer"})
    numbers = [row["number"] for row in api.get(f"recipes/{slug}/versions/").json()]
    assert numbers == [2, 1]
    diff = api.get(f"recipes/{slug}/diff/?from=1&to=2").json()
    told = {change["path"]: (change["before"], change["after"]) for change in diff["changes"]}
    assert told["steps[stir].parameters.duration_s"] == ("600", "900")
    assert told["ingredients[glycerol]"][0] == ""
    assert api.get(f"recipes/{slug}/definition/?version=1&as=json").json()["steps"][0][
        "parameters"
    ] == {"duration_s": "600"}


def reads_of(table, asked):
    return [sql for one in asked if f'FROM "synthesis_{table}"' in (sql := one["sql"] or "")]


def test_of_a_recipe_only_the_newest_definition_is_read_and_once(api):
    slug = begun(api)
    for number, summary in enumerate(("first", "second", "third"), start=1):
        draft = api.get(f"recipes/{slug}/draft/")
        said = {"definition": BROMIDE | {"summary": summary}}
        api("PUT", f"recipes/{slug}/draft/", said, if_match=draft.headers["ETag"])
        published = api.post(f"recipes/{slug}/publish/", {"change_note": summary})
        assert published.json()["number"] == number
    with CaptureQueriesContext(connection) as asked:
        shown = api.get(f"recipes/{slug}/").json()
    assert (shown["version"], shown["definition"]["summary"]) == (3, "third")
    assert len(reads_of("recipe", asked)) == len(reads_of("recipeversion", asked)) == 1
    with CaptureQueriesContext(connection) as asked:
        rows = api.get("recipes/").json()["results"]
    assert next(row for row in rows if row["slug"] == slug)["version"] == 3
    (sql,) = reads_of("recipeversion", asked)
    with connection.cursor() as cursor:
        cursor.execute(sql)
        assert len(cursor.fetchall()) == len(rows)


def test_a_number_that_an_input_gave_is_told_with_its_default(api):
    forked = api.post(f"recipes/{NANOCRYSTALS}/fork/", {"name": "Ours at 160 °C"}).json()["slug"]
    api.post(f"recipes/{forked}/publish/", {"change_note": "as shipped"})
    draft = api.get(f"recipes/{forked}/draft/")
    definition = draft.json()["definition"]
    for step in definition["steps"]:
        if step["key"] == "heat":
            step["parameters"]["temperature_c"] = "160"
    api(
        "PUT",
        f"recipes/{forked}/draft/",
        {"definition": definition},
        if_match=draft.headers["ETag"],
    )
    api.post(f"recipes/{forked}/publish/", {"change_note": "cooler"})
    (change,) = api.get(f"recipes/{forked}/diff/?from=1&to=2").json()["changes"]
    assert change["before"].startswith("170 °C, varied by")
    assert change["after"] == "160"


def test_publishing_the_same_again_makes_no_version(api):
    slug = begun(api)
    api.post(f"recipes/{slug}/publish/", {"change_note": "first"})
    again = api.post(f"recipes/{slug}/publish/", {"change_note": "again"})
    assert again.status_code == 409
    assert len(api.get(f"recipes/{slug}/versions/").json()) == 1


def test_what_ships_is_forked_and_not_changed(api):
    draft = api.get(f"recipes/{NANOCRYSTALS}/draft/")
    refused = api(
        "PUT",
        f"recipes/{NANOCRYSTALS}/draft/",
        {"definition": draft.json()["definition"]},
        if_match=draft.headers["ETag"],
    )
    assert refused.status_code == 403
    assert "Fork it" in refused.json()["detail"]
    forked = api.post(f"recipes/{NANOCRYSTALS}/fork/", {"name": "Ours at 160 °C"}).json()
    assert forked["slug"] == "ours-at-160-c"
    assert forked["forked_from"] == f"{NANOCRYSTALS} v1"
    assert forked["definition"]["source"]["doi"] == "10.1021/acsnano.3c00789"


@pytest.mark.parametrize("form", ["yaml", "toml", "json"])
def test_a_recipe_goes_out_as_a_file_and_comes_in_as_the_same_recipe(api, form):
    answer = api.get(f"recipes/{NANOCRYSTALS}/definition/?as={form}")
    assert answer.headers["Content-Disposition"].endswith(f'.{form}"')
    text = answer.content.decode()
    renamed = text.replace(NANOCRYSTALS, "came-back")
    made = api.post("recipes/", {"text": renamed, "format": form})
    assert made.status_code == 201, made.content
    api.post("recipes/came-back/publish/", {"change_note": "from a file"})
    original = api.get(f"recipes/{NANOCRYSTALS}/").json()["definition"]
    assert api.get("recipes/came-back/").json()["definition"] == {**original, "slug": "came-back"}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("name: [1, 2", "YAML"),
        ("- just\n- a list", "no table"),
        ("a: &x [1]\nb: *x\n", "aliases"),
        ("name: " + "[" * 40 + "]" * 40, "nests"),
    ],
)
def test_a_file_that_is_no_recipe_is_refused_in_words(api, text, word):
    answer = api.post("recipes/", {"text": text})
    assert answer.status_code == 400
    assert word in answer.json()["detail"]


def test_a_retired_recipe_stays_readable_and_is_not_planned(api):
    slug = begun(api)
    api.post(f"recipes/{slug}/publish/", {"change_note": "first"})
    api.post(f"recipes/{slug}/retire/", {"reason": "The salt is no longer sold."})
    refused = api.post("batches/", {"recipe": slug})
    assert refused.status_code == 409
    assert "no longer sold" in refused.json()["detail"]
    assert slug not in str(api.get("recipes/?retired=false").json())
    assert api.get(f"recipes/{slug}/definition/").status_code == 200
    api.post(f"recipes/{slug}/bring-back/", {"reason": "A new supplier."})
    assert api.post("batches/", {"recipe": slug}).status_code == 201


def test_a_short_name_that_is_taken_is_refused_with_one_that_is_free(api):
    begun(api, {**BROMIDE, "slug": "bromide"})
    again = api.post("recipes/", {"definition": {**BROMIDE, "slug": "bromide"}})
    assert again.status_code == 400
    assert "bromide-2" in again.json()["detail"]


def test_a_series_plans_values_side_by_side_and_stores_nothing(api):
    body = {"vary": {"ratio_ca_pb": [0, 0.25, -1]}, "fixed": {"lead_mmol": 0.376}}
    rows = api.post(f"recipes/{NANOCRYSTALS}/series/", body).json()["plans"]
    assert [row["inputs"]["ratio_ca_pb"] for row in rows] == [0, 0.25, -1]
    masses = [
        next(line for line in row["plan"]["reagents"] if line["key"] == "cai2")["mass_mg"]
        for row in rows[:2]
    ]
    assert masses == pytest.approx([0, 27.625], abs=0.01)  # 0.094 mmol · 293.89 g/mol
    assert rows[2]["plan"] is None
    assert rows[2]["errors"][0]["field"] == "ratio_ca_pb"
    assert Batch.objects.count() == 0


def test_a_list_makes_all_batches_or_none(api):
    one = {"recipe": NANOCRYSTALS, "lead_mmol": 0.376}
    made = api.post("batches/", [{**one, "ratio_ca_pb": ratio} for ratio in (0.1, 0.2, 0.3)])
    assert made.status_code == 201
    assert len({batch["code"] for batch in made.json()}) == 3
    refused = api.post("batches/", [{**one, "ratio_ca_pb": 0.1}, {**one, "ratio_ca_pb": -1}])
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "1.ratio_ca_pb"
    assert "Batch 2 of the list" in refused.json()["detail"]
    assert Batch.objects.count() == 3


def test_an_emptied_target_is_refused_and_a_missing_one_takes_the_default(api):
    for nothing in ("", None, " "):
        answer = api.post(f"recipes/{NANOCRYSTALS}/plan/", {"ratio_ca_pb": nothing})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "ratio_ca_pb"
    assert api.post(f"recipes/{NANOCRYSTALS}/plan/", {}).status_code == 200


def test_a_condition_of_a_fork_is_planned_and_reaches_the_bench(api):
    person = api.person
    project = person.memberships.get().project
    recipe = make_recipe(project, by=person)
    draft = api.get(f"recipes/{recipe.slug}/draft/")
    definition = draft.json()["definition"]
    definition["inputs"] = [
        *(one for one in definition["inputs"] if one["key"] != "injection_c"),
        {"key": "injection_c", "name": "Injection", "kind": "condition", "unit": "°C",
         "default": "170", "minimum": "150", "maximum": "170"},
    ]  # fmt: skip
    for step in definition["steps"]:
        if step["key"] == "heat":
            step["parameters"] = {"temperature_c": {"input": "injection_c"}}
    kept = api(
        "PUT",
        f"recipes/{recipe.slug}/draft/",
        {"definition": definition},
        if_match=draft.headers["ETag"],
    )
    assert kept.json()["errors"] == []
    api.post(f"recipes/{recipe.slug}/publish/", {"change_note": "temperature as a condition"})
    code = api.post("batches/", {"recipe": recipe.slug, "injection_c": "155 °C"}).json()["code"]
    steps = {step["key"]: step for step in api.get(f"batches/{code}/").json()["steps"]}
    assert steps["heat"]["parameters"]["temperature_c"]["planned"] == 155
    hot = api.post(f"recipes/{recipe.slug}/plan/", {"injection_c": 200})
    assert hot.status_code == 400
    assert "at most 170" in hot.json()["detail"]


def test_a_lab_adds_an_operation_and_uses_it(api):
    grind = {"name": "grind", "label": "Grind", "parameters": [{"name": "duration_s"}]}
    assert api.post("operations/", grind).status_code == 201
    assert api.post("operations/", grind).status_code == 400
    listed = api.get("operations/").json()
    assert (listed["next"], listed["previous"]) == (None, None)
    assert "grind" in [one["name"] for one in listed["results"]]
    ground = {"slug": "ground", **copy.deepcopy(BROMIDE)}
    ground["steps"][0]["operation"] = "grind"
    assert api.post("recipes/check/", {"definition": ground}).json() == {"errors": []}


def test_recipes_are_found_by_what_they_use(api):
    assert [r["slug"] for r in api.get("recipes/?chemical=zinc-acetate").json()["results"]] == []
    found = api.get("recipes/?chemical=calcium-iodide").json()["results"]
    assert {recipe["slug"] for recipe in found} == {NANOCRYSTALS, "caix-seeds", "cspbi3-pbs-seeds"}
    assert "pei-solution" in str(api.get("recipes/?operation=spin-coat").json())


def test_recipes_and_batches_are_found_by_the_numbers_of_their_steps(api):
    def slugs(query):
        return {recipe["slug"] for recipe in api.get(f"recipes/?{query}").json()["results"]}

    assert NANOCRYSTALS in slugs("parameter=temperature_c&parameter__gte=165")
    assert NANOCRYSTALS not in slugs("parameter=temperature_c&parameter__gte=175")
    assert NANOCRYSTALS in slugs("operation=react&parameter=duration_s&parameter__lte=5")
    code = api.post("batches/", {"recipe": NANOCRYSTALS}).json()["code"]
    api.post(f"batches/{code}/events/", [entry("parameter", "react.duration_s", "7.5 s")])
    asked = "batches/?operation=react&parameter=duration_s&parameter__gte="
    assert code in str(api.get(asked + "7").json())
    assert code not in str(api.get(asked + "8").json())
    for wrong in ("parameter__gte=3", "parameter=colour", "parameter=duration_s&parameter__gte=x"):
        assert api.get(f"batches/?{wrong}").status_code == 400

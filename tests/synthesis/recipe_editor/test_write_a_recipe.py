"""A chemist writes a recipe in the form: it is kept while wrong, checked, published, never lost."""

import html
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from labnotebook.records.models import Role
from synthesis.chemistry.planning import solve_plan
from synthesis.models import Recipe, RecipeDraft
from synthesis.services import recipe_writing as writing
from synthesis.views import recipe_solved
from tests.factories import join, make_person
from tests.synthesis.recipe_editor.form import edit_url, fields_of, fork, without_nothing

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "slug",
    ["cspbi3-seed-core-shell", "cs-oleate", "mn-cspbcl3-hot-injection", "pedot-pss-layer",
     "cspbbr3-reprecipitation", "zno-nanocrystals", "fret", "p-i-n"],
)  # fmt: skip
def test_a_form_that_is_saved_as_it_came_changes_nothing(visitor, mira, project, slug):
    recipe = fork(mira, project, slug)
    before = recipe.draft.definition
    page = visitor.get(edit_url(recipe)).content.decode()
    visitor.post(edit_url(recipe), fields_of(page) | {"do": "save"})
    after = RecipeDraft.objects.get(recipe=recipe).definition
    assert without_nothing(after) == without_nothing(before)


def test_a_blank_recipe_is_begun_with_a_name_and_written_step_by_step(visitor, project):
    answer = visitor.post(
        reverse("synthesis:recipe-new"), {"name": "Mn:CsPbCl3", "kind": "nanocrystals"}
    )
    recipe = Recipe.objects.get(name="Mn:CsPbCl3")
    assert answer.headers["Location"] == edit_url(recipe)
    for do in ("add:inputs:ratio", "add:inputs:amount", "add:ingredients", "add:steps"):
        page = visitor.get(edit_url(recipe)).content.decode()
        visitor.post(edit_url(recipe), fields_of(page) | {"do": do})
    page = visitor.get(edit_url(recipe)).content.decode()
    sent = fields_of(page)
    sent |= {
        "inputs-0-name": ["R, Mn / Pb"],
        "inputs-0-numerator": ["Mn"],
        "inputs-0-denominator": ["Pb"],
    }
    sent |= {"inputs-0-default": ["1"], "inputs-1-default": ["0,2"]}
    sent |= {"ingredients-0-what": ["PbI2"], "ingredients-0-role": ["lead source"]}
    sent |= {"ingredients-0-rule": ["mass_mg"], "ingredients-0-value": ["0.0553 g"]}
    sent |= {
        "steps-0-operation": ["degas"],
        "steps-0-text": ["Pump"],
        "steps-0-p-duration_s": ["60"],
    }
    visitor.post(edit_url(recipe), sent | {"do": "save"})
    said = RecipeDraft.objects.get(recipe=recipe).definition
    assert [one["key"] for one in said["inputs"]] == ["ratio_mn_pb", "lead_mmol"]
    assert said["inputs"][1]["default"] == "0.2"
    assert said["ingredients"][0]["chemical"] == "lead-iodide"
    assert said["ingredients"][0]["key"] == "pbi2"
    assert said["ingredients"][0]["amount"] == {"mass_mg": "55.3"}
    assert said["steps"][0]["parameters"] == {"duration_s": "3600"}  # typed in minutes, as shown


def test_what_cannot_be_read_stays_as_it_was_typed_and_the_check_says_where(visitor, mira, project):
    recipe = fork(mira, project)
    page = visitor.get(edit_url(recipe)).content.decode()
    sent = fields_of(page) | {"inputs-0-default": ["a lot"], "do": "save"}
    visitor.post(edit_url(recipe), sent)
    page = visitor.get(edit_url(recipe)).content.decode()
    assert fields_of(page)["inputs-0-default"] == ["a lot"]
    assert "inputs[0].default" in page
    assert 'data-field="inputs-0-default"' in page
    assert "Publish version" not in page[: page.index('id="changes"')]


def test_a_reference_follows_the_part_that_is_renamed(visitor, mira, project):
    recipe = fork(mira, project)
    page = visitor.get(edit_url(recipe)).content.decode()
    sent = fields_of(page)
    place = [k for k, v in sent.items() if v == ["lead_mmol"] and re.fullmatch(r"inputs-\d-key", k)]
    visitor.post(edit_url(recipe), sent | {place[0]: ["lead_scale"], "do": "save"})
    said = RecipeDraft.objects.get(recipe=recipe).definition
    text = json.dumps(said)
    assert '"lead_scale"' in text
    assert '"lead_mmol"' not in text
    assert not writing.check_definition(by=mira, definition=said).faults


def test_parts_are_moved_copied_and_removed(visitor, mira, project):
    recipe = fork(mira, project)
    keys = [one["key"] for one in recipe.draft.definition["steps"]]
    for do, expected in (
        ("down:steps:0", [keys[1], keys[0], *keys[2:]]),
        ("up:steps:1", keys),
        ("copy:steps:0", [keys[0], f"{keys[0]}_2", *keys[1:]]),
        ("remove:steps:1", keys),
    ):
        page = visitor.get(edit_url(recipe)).content.decode()
        visitor.post(edit_url(recipe), fields_of(page) | {"do": do})
        said = RecipeDraft.objects.get(recipe=recipe).definition
        assert [one["key"] for one in said["steps"]] == expected


def test_the_order_on_the_page_is_the_order_of_the_draft(visitor, mira, project):
    recipe = fork(mira, project)
    sent = fields_of(visitor.get(edit_url(recipe)).content.decode())
    keys = [one["key"] for one in recipe.draft.definition["ingredients"]]
    answer = visitor.post(
        edit_url(recipe),
        sent | {"ingredients": sent["ingredients"][::-1]},
        headers={"HX-Request": "true"},
    )
    said = RecipeDraft.objects.get(recipe=recipe).definition
    assert [one["key"] for one in said["ingredients"]] == keys[::-1]
    assert 'id="row-ingredients-0"' in answer.content.decode()


def test_typing_answers_with_what_follows_and_never_with_the_fields(visitor, mira, project):
    recipe = fork(mira, project)
    sent = fields_of(visitor.get(edit_url(recipe)).content.decode())
    answer = visitor.post(
        edit_url(recipe), sent | {"inputs-0-default": ["0.25"]}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "27.6" in answer  # 0.25 · 0.376 mmol · 293.887 mg/mmol CaI2
    assert 'name="inputs-0-default"' not in answer
    assert re.search(r'name="version" value="2"', answer)


def test_a_draft_that_somebody_else_changed_is_not_overwritten_and_nothing_typed_is_lost(
    visitor, mira, project
):
    recipe = fork(mira, project)
    sent = fields_of(visitor.get(edit_url(recipe)).content.decode())
    tom = join(project, Role.EDITOR, make_person("tom"))
    writing.save_draft(
        by=tom, recipe=recipe, definition={**recipe.draft.definition, "summary": "Tom's"}, version=1
    )
    mine = sent | {"summary": ["Mira's"], "do": "save"}
    answer = visitor.post(edit_url(recipe), mine)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody changed this" in html.unescape(page)
    assert fields_of(page)["summary"] == ["Mira's"]
    assert RecipeDraft.objects.get(recipe=recipe).definition["summary"] == "Tom's"
    visitor.post(edit_url(recipe), fields_of(page) | {"do": "overwrite"})
    assert RecipeDraft.objects.get(recipe=recipe).definition["summary"] == "Mira's"


def test_it_is_published_with_a_reason_and_compared_with_the_batch_of_march(visitor, mira, project):
    recipe = fork(mira, project)
    page = visitor.get(edit_url(recipe)).content.decode()
    answer = visitor.post(edit_url(recipe), fields_of(page) | {"do": "publish", "change_note": ""})
    assert answer.status_code == 422
    assert "what changed" in answer.content.decode()
    page = visitor.get(edit_url(recipe)).content.decode()
    visitor.post(edit_url(recipe), fields_of(page) | {"do": "publish", "change_note": "ours"})
    page = visitor.get(edit_url(recipe)).content.decode()
    sent = fields_of(page) | {"inputs-0-default": ["0.6"], "change_note": "more calcium"}
    visitor.post(edit_url(recipe), sent | {"do": "publish"})
    assert recipe.current.number == 2
    compared = visitor.get(
        reverse("synthesis:recipe-compare", args=[recipe.slug]), {"from": 1, "batch": "NC-0031"}
    ).content.decode()
    assert "What changed since NC-0031" in compared
    assert re.search(r"<del>\s*0\.5\s*</del>", compared)
    assert re.search(r"<ins>\s*0\.6\s*</ins>", compared)


def test_what_ships_is_forked_and_never_edited(visitor, project):
    url = reverse("synthesis:recipe-edit", args=["cs-oleate"])
    assert visitor.get(url).headers["Location"] == reverse(
        "synthesis:recipe-fork", args=["cs-oleate"]
    )
    visitor.post(reverse("synthesis:recipe-fork", args=["cs-oleate"]), {"name": "Our oleate"})
    assert Recipe.objects.get(name="Our oleate").forked_from.recipe.slug == "cs-oleate"


def test_a_recipe_goes_out_as_a_file_and_comes_back(visitor, mira, project):
    recipe, other = fork(mira, project), fork(mira, project, "cs-oleate")
    for form in ("yaml", "toml"):
        file = visitor.get(reverse("synthesis:recipe-file", args=[recipe.slug, form]), {"draft": 1})
        assert "attachment" in file.headers["Content-Disposition"]
        sent = fields_of(visitor.get(edit_url(other)).content.decode())
        upload = SimpleUploadedFile(f"recipe.{form}", file.content)
        visitor.post(edit_url(other), sent | {"do": "file", "file": upload})
        said = RecipeDraft.objects.get(recipe=other).definition
        assert said["ingredients"] == recipe.draft.definition["ingredients"]
        assert said["slug"] == other.slug


def test_a_file_that_is_no_recipe_is_refused_and_the_draft_stays(visitor, mira, project):
    recipe = fork(mira, project)
    sent = fields_of(visitor.get(edit_url(recipe)).content.decode())
    upload = SimpleUploadedFile("recipe.yaml", b"\xff\xfe\x00")
    answer = visitor.post(edit_url(recipe), sent | {"do": "file", "file": upload})
    assert answer.status_code == 422
    assert "This is no text" in answer.content.decode()
    assert RecipeDraft.objects.get(recipe=recipe).definition["name"] == "Ours"


def test_a_retired_recipe_leaves_the_list_and_comes_back(visitor, mira, project):
    recipe = fork(mira, project)
    writing.publish_draft(by=mira, recipe=recipe, note="first")
    state = reverse("synthesis:recipe-state", args=[recipe.slug])
    visitor.post(state, {"do": "retire", "reason": "too hot"})
    listed = reverse("synthesis:recipe-list")
    assert f"/recipes/{recipe.slug}/" not in visitor.get(listed).content.decode()
    assert f"/recipes/{recipe.slug}/" in visitor.get(listed, {"retired": 1}).content.decode()
    visitor.post(state, {"do": "bring-back", "reason": "cooler now"})
    assert f"/recipes/{recipe.slug}/" in visitor.get(listed).content.decode()


@pytest.mark.parametrize(
    ("words", "slug"), [("oleate", "cs-oleate"), ("MnCl2", "mn-cspbcl3-hot-injection")]
)
def test_recipes_are_found_by_name_and_by_what_goes_in(visitor, words, slug):
    page = visitor.get(reverse("synthesis:recipe-list"), {"q": words}).content.decode()
    assert f"/recipes/{slug}/" in page
    assert "/recipes/pei-solution/" not in page


def test_a_keystroke_reads_the_shelf_once_and_solves_each_plan_once(
    visitor, mira, project, monkeypatch
):
    recipe = fork(mira, project)
    sent = fields_of(visitor.get(edit_url(recipe)).content.decode())
    asked = []

    def counted(definition, targets, **more):
        asked.append(dict(targets))
        return solve_plan(definition, targets, **more)

    for place in (writing, recipe_solved):
        monkeypatch.setattr(place, "solve_plan", counted)
    with CaptureQueriesContext(connection) as queries:
        visitor.post(edit_url(recipe), sent, headers={"HX-Request": "true"})
    assert asked == [{}, {"ratio_ca_pb": "0"}, {"ratio_ca_pb": "5"}]  # the defaults and both ends
    read = [one["sql"] for one in queries if 'FROM "synthesis_chemical"' in one["sql"]]
    assert len(read) == 1

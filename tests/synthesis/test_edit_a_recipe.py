"""A chemist writes a recipe in the form: it is kept while wrong, checked, published, never lost."""

import html
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from labnotebook.records.models import Role
from synthesis.chemistry.planning import solve_plan
from synthesis.models import Recipe, RecipeDraft
from synthesis.services import recipe_writing as writing
from synthesis.services.recipes import load_shipped
from synthesis.views import recipe_solved
from tests.factories import join, make_person, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def mira():
    load_shipped()
    return make_person("mira")


@pytest.fixture
def project(mira):
    return make_project(mira, "Perovskites")


@pytest.fixture
def visitor(mira, project):
    client = Client()
    client.force_login(mira, backend="django.contrib.auth.backends.ModelBackend")
    return client


def fork(mira, project, slug="cspbi3-seed-core-shell") -> Recipe:
    version = Recipe.objects.get(slug=slug).current
    return writing.fork_recipe(by=mira, version=version, project=project, name="Ours")


def edit_url(recipe):
    return reverse("synthesis:recipe-edit", args=[recipe.slug])


FIELD = re.compile(
    r"<input(?P<input>[^>]*)>|<textarea(?P<area>[^>]*)>(?P<text>.*?)</textarea>"
    r"|<select(?P<select>[^>]*)>(?P<options>.*?)</select>",
    re.DOTALL,
)


def attribute(tag, name):
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else None


def fields_of(page: str) -> dict[str, list[str]]:
    """What a browser without a script would send for the editor's form."""
    form = page[page.index('id="editor"') : page.index("</form>", page.index('id="editor"'))]
    sent: dict[str, list[str]] = {}
    for match in FIELD.finditer(form):
        tag = match["input"] or match["area"] or match["select"] or ""
        name = attribute(tag, "name")
        if not name or attribute(tag, "type") == "file":
            continue
        if attribute(tag, "type") == "checkbox" and "checked" not in tag:
            continue
        if match["select"] is not None:
            options = re.findall(r"<option([^>]*)>([^<]*)", match["options"])
            chosen = next(
                (o for o in options if "selected" in o[0]), options[0] if options else None
            )
            value = "" if chosen is None else attribute(chosen[0], "value")
            value = html.unescape(chosen[1].strip()) if value is None and chosen else value
        else:
            value = (
                html.unescape(match["text"]) if match["area"] else attribute(tag, "value") or "on"
            )
            value = "" if match["input"] and attribute(tag, "value") == "" else value
            if match["input"] and attribute(tag, "value") is None:
                value = "on" if attribute(tag, "type") == "checkbox" else ""
        sent.setdefault(name, []).append(value)
    return sent


def without_nothing(value):
    """Leave out what is empty: it says the same as no entry."""
    if isinstance(value, dict):
        kept = {k: without_nothing(v) for k, v in value.items()}
        return {k: v for k, v in kept.items() if v not in ({}, [], "", None)}
    return [without_nothing(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "slug",
    ["cspbi3-seed-core-shell", "cs-oleate", "mn-cspbcl3-hot-injection", "pedot-pss-layer",
     "cspbbr3-reprecipitation", "zno-nanocrystals"],
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


def test_segments_and_drops_of_a_spin_coating_are_rows(visitor, mira, project):
    recipe = fork(mira, project)
    page = visitor.get(edit_url(recipe)).content.decode()
    visitor.post(edit_url(recipe), fields_of(page) | {"do": "add:steps:spin-coat"})
    page = visitor.get(edit_url(recipe)).content.decode()
    number = len(recipe.draft.definition["steps"])
    row = f"steps-{number}-r-segments-0-"
    sent = fields_of(page)
    assert f"{row}speed_rpm" in sent
    sent |= {
        f"{row}speed_rpm": ["2000"],
        f"{row}acceleration_rpm_s": ["1000"],
        f"{row}duration_s": ["30 s"],
    }
    visitor.post(edit_url(recipe), sent | {f"steps-{number}-text": ["Spin"], "do": "save"})
    said = RecipeDraft.objects.get(recipe=recipe).definition["steps"][-1]
    assert said["rows"]["segments"][0]["speed_rpm"] == "2000"
    assert said["rows"]["segments"][0]["duration_s"] == "30"


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


def saved(visitor, recipe, fields):
    """Send the form with these fields changed; return the draft and the page that then shows it."""
    sent = fields_of(visitor.get(edit_url(recipe)).content.decode())
    visitor.post(edit_url(recipe), sent | fields | {"do": "save"})
    page = visitor.get(edit_url(recipe)).content.decode()
    return RecipeDraft.objects.get(recipe=recipe).definition, page


def with_ligand_choice(visitor, recipe):
    """Add a choice of ligand as the last input; return the number of its fields."""
    sent = fields_of(visitor.get(edit_url(recipe)).content.decode())
    visitor.post(edit_url(recipe), sent | {"do": "add:inputs:choice"})
    place = len(RecipeDraft.objects.get(recipe=recipe).definition["inputs"]) - 1
    options = "short = Octylamine\nlong = Oleylamine"
    saved(
        visitor,
        recipe,
        {f"inputs-{place}-name": ["Ligand"], f"inputs-{place}-options": [options]},
    )
    return place


def test_an_ingredient_is_one_of_several_chemicals_by_a_choice(visitor, mira, project):
    recipe = fork(mira, project)
    place = with_ligand_choice(visitor, recipe)
    keys = [one["key"] for one in recipe.draft.definition["ingredients"]]
    ola = f"ingredients-{keys.index('ola')}"
    said, page = saved(visitor, recipe, {f"{ola}-choice": ["ligand"], f"{ola}-what": [""]})
    assert "the options should be those of an input" in page
    assert f'data-field="{ola}-choice"' in page
    fields = {f"{ola}-o-short": ["Nonsense"], f"{ola}-o-long": ["Oleylamine (OLA)"]}
    said, page = saved(visitor, recipe, fields)
    assert f'data-field="{ola}-o-short"' in page
    assert fields_of(page)[f"{ola}-o-short"] == ["Nonsense"]
    said, page = saved(visitor, recipe, {f"{ola}-o-short": ["oleic-acid"]})
    choice = said["ingredients"][keys.index("ola")]["choice"]
    assert choice["input"] == "ligand"
    assert choice["options"]["short"] == {"chemical": "oleic-acid"}
    assert not writing.check_definition(by=mira, definition=said).faults
    said, _page = saved(visitor, recipe, {f"inputs-{place}-key": ["amine"]})
    assert said["ingredients"][keys.index("ola")]["choice"]["input"] == "amine"  # it follows


def test_a_step_is_only_for_some_options_of_a_choice(visitor, mira, project):
    recipe = fork(mira, project)
    with_ligand_choice(visitor, recipe)
    said, page = saved(visitor, recipe, {"steps-1-when-ligand": ["long"]})
    assert said["steps"][1]["when"] == {"ligand": "long"}
    assert fields_of(page)["steps-1-when-ligand"] == ["long"]
    assert not writing.check_definition(by=mira, definition=said).faults
    said, page = saved(visitor, recipe, {"steps-1-when-ligand": ["long", "gone"]})
    assert 'data-field="steps-1-when-ligand"' in page  # “gone” is no option, stays, and is said
    assert fields_of(page)["steps-1-when-ligand"] == ["long", "gone"]


def test_gaps_and_printed_purities_are_written_and_their_faults_said_at_the_field(
    visitor, mira, project
):
    recipe = fork(mira, project)
    gaps = [k for k in fields_of(visitor.get(edit_url(recipe)).content.decode()) if "-gaps-1-" in k]
    row = gaps[0].rpartition("-")[0]
    keys = [one["key"] for one in recipe.draft.definition["ingredients"]]
    lead = f"ingredients-{keys.index('pbi2')}"
    fields = {f"{row}-low": ["0,8"], f"{row}-high": ["0.75"], f"{row}-message": ["Nobody."]}
    fields |= {f"{lead}-purity-low_percent": ["100.5"]}
    said, page = saved(visitor, recipe, fields)
    gap = {"low": "0.8", "high": "0.75", "message": "Nobody."}
    assert gap in [g for one in said["inputs"] for g in one.get("gaps", [])]
    assert f'data-field="{row}-low"' in page
    assert f'data-field="{lead}-purity-low_percent"' in page
    fields = {f"{row}-high": ["0.95"], f"{lead}-purity-low_percent": ["99.9"]}
    said, page = saved(visitor, recipe, fields)
    purity = said["ingredients"][keys.index("pbi2")]["printed_purity"]
    assert (purity["low_percent"], purity["kind"]) == ("99.9", "trace_metals")
    assert not writing.check_definition(by=mira, definition=said).faults


def test_the_form_keeps_a_tolerance_that_it_does_not_show(visitor, mira, project):
    recipe = fork(mira, project)
    definition = recipe.draft.definition
    (react,) = [one for one in definition["steps"] if one["key"] == "react"]
    react["tolerances"] = {"duration_s": "1"}
    writing.save_draft(by=mira, recipe=recipe, definition=definition, version=None)
    page = visitor.get(edit_url(recipe)).content.decode()
    visitor.post(edit_url(recipe), fields_of(page) | {"do": "save"})
    after = RecipeDraft.objects.get(recipe=recipe).definition
    assert without_nothing(after) == without_nothing(definition)

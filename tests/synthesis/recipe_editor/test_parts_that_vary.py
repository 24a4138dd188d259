"""What is not the same every time: segments, choices, gaps, tolerances; each written in the form."""

import pytest

from synthesis.models import RecipeDraft
from synthesis.services import recipe_writing as writing
from tests.synthesis.recipe_editor.form import edit_url, fields_of, fork, saved

pytestmark = pytest.mark.django_db


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


def test_how_far_off_is_still_as_planned_is_written_at_the_step(visitor, mira, project):
    recipe = fork(mira, project)
    keys = [one["key"] for one in recipe.draft.definition["steps"]]
    degas, react = f"steps-{keys.index('degas')}", f"steps-{keys.index('react')}"
    fields = {f"{degas}-t-duration_s": ["2"], f"{react}-t-duration_s": ["0,5"]}
    said, page = saved(visitor, recipe, fields)
    assert said["steps"][keys.index("degas")]["tolerances"] == {"duration_s": "120"}  # typed in min
    assert said["steps"][keys.index("react")]["tolerances"] == {"duration_s": "0.5"}
    assert fields_of(page)[f"{degas}-t-duration_s"] == ["2"]
    assert not writing.check_definition(by=mira, definition=said).faults
    said, page = saved(visitor, recipe, {f"{react}-t-duration_s": ["a bit"]})
    assert fields_of(page)[f"{react}-t-duration_s"] == ["a bit"]
    assert f'data-field="{react}-t-duration_s"' in page
    said, _page = saved(visitor, recipe, {f"{react}-t-duration_s": [""]})
    assert "tolerances" not in said["steps"][keys.index("react")]


def test_a_tolerance_of_one_segment_and_one_of_nothing_stay_to_be_seen(visitor, mira, project):
    recipe = fork(mira, project, "pedot-pss-layer")
    definition = recipe.draft.definition
    spun = {"operation": "spin-coat", "text": "Spin", "rows": {"segments": [{"speed_rpm": "2000"}]}}
    at, step = len(definition["steps"]), {"key": "spin_again", **spun}
    definition["steps"].append(step)
    step["tolerances"] = {"segments_1_speed_rpm": "50", "temperature_c": "2"}
    writing.save_draft(by=mira, recipe=recipe, definition=definition, version=None)
    said, page = saved(visitor, recipe, {})
    assert said["steps"][at]["tolerances"] == step["tolerances"]
    assert f'data-field="steps-{at}-t-temperature_c"' in page  # the step plans no temperature
    assert f'data-field="steps-{at}-t-segments_1_speed_rpm"' not in page

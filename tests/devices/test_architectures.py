"""An architecture is a versioned recipe of layers: shipped, written, forked, and refused in words."""

import pytest

from devices.models import Device, Layer
from devices.services.architectures import architecture_named, architectures_for
from labnotebook.records.refusals import Refusal
from synthesis.chemistry.layers import LayerRole
from synthesis.chemistry.recipe import InvalidRecipe, RecipeDefinition
from synthesis.models import Recipe, RecipeVersion
from synthesis.services.recipe_writing import (
    FaultyRecipe,
    fork_recipe,
    publish_draft,
    retire_recipe,
)
from synthesis.services.recipes import load_shipped
from tests.devices.factories import BARE, make_device, make_project, publish
from tests.factories import make_person

FIVE = {"p-i-n", "fret", "hole-only", "electron-only", "capacitor"}


def test_the_five_of_the_paper_belong_to_the_whole_lab(db):
    anybody = make_person("anybody")
    assert {one.slug for one in architectures_for(anybody)} == FIVE


def test_loading_twice_writes_once(db):
    versions = RecipeVersion.objects.count()
    load_shipped()
    assert RecipeVersion.objects.count() == versions


def test_a_projects_own_recipe_of_a_shipped_name_stays_theirs(without_reference_data):
    project = make_project(make_person("mira"))
    Recipe.objects.create(slug="fret", name="Ours", kind="device", project=project)
    load_shipped()
    assert Recipe.objects.get(slug="fret").name == "Ours"
    assert Recipe.objects.get(slug="fret-as-shipped").current is not None


def test_every_shipped_architecture_can_be_built(lab):
    for architecture in architectures_for(lab.mira):
        device = make_device(lab.mira, lab.project, architecture.slug)
        assert device.layers.count() == len(architecture.layers)
        assert device.layers.filter(role="emitter").count() == 1


def test_a_fork_is_changed_and_built_as_its_own(lab):
    theirs = architecture_named(lab.mira, "fret").version
    fork = fork_recipe(by=lab.mira, version=theirs, project=lab.project, name="FRET, no LiF")
    draft = fork.draft.definition
    draft["layers"] = [one for one in draft["layers"] if one["key"] != "lif"]
    draft["steps"] = [one for one in draft["steps"] if one.get("layer") != "lif"]
    fork.draft.set_fields(definition=draft)
    publish_draft(by=lab.mira, recipe=fork, note="without LiF")
    device = make_device(lab.mira, lab.project, fork.slug)
    assert "LiF" not in device.layers.values_list("material_name", flat=True)
    assert fork.forked_from == theirs


def test_a_retired_architecture_is_not_offered_and_says_why(lab):
    recipe = publish(lab.mira, lab.project, BARE)
    retire_recipe(by=lab.mira, recipe=recipe, reason="peels off")
    assert recipe.slug not in {one.slug for one in architectures_for(lab.mira)}
    with pytest.raises(Refusal, match="peels off"):
        make_device(lab.mira, lab.project, recipe.slug)
    assert not Device.objects.exists()


def test_the_roles_of_a_built_layer_are_those_that_a_recipe_may_say():
    assert set(Layer.Role.values) == set(LayerRole.__args__)


def ito(key="ito", **more):
    return {"key": key, "role": "electrode", "material": "ITO", **more}


@pytest.mark.parametrize(
    ("layers", "path", "sentence"),
    [
        ([], "layers", "has no layers"),
        ([ito(), ito()], "layers[1].key", "two layers called ito"),
        ([ito(role="window")], "layers[0].role", "“role” is “window”"),
        ([ito(material=" ")], "layers[0].material", "needs “material”"),
        ([ito(thickness_nm="0")], "layers[0].thickness_nm", "should be above 0"),
        ([ito(), None, ito(key="al")], "layers[1]", "table of names and values, not None"),
        ([ito(thickness_nm="thin")], "layers[0].thickness_nm", "should be a number"),
        ([ito(thickness_nm="1e12")], "layers[0].thickness_nm", "Leave it out"),
        ([ito(thickness_tolerance_nm="2")], "layers[0].thickness_tolerance_nm", "belongs to a"),
        ([ito(key=k, role="emitter") for k in "ab"], "layers[1].role", "2 emitters"),
        ([ito(key=f"l{n}") for n in range(51)], "layers", "at most 50"),
        ([ito(colour="blue")], "layers[0].colour", "unknown entries: colour"),
    ],
)
def test_a_stack_that_cannot_be_is_refused_with_its_place(layers, path, sentence):
    with pytest.raises(InvalidRecipe, match=sentence) as refusal:
        RecipeDefinition.from_dict({**BARE, "slug": "bare", "layers": layers})
    assert path in {fault.path for fault in refusal.value.faults}


def test_a_step_that_makes_no_layer_of_the_stack_is_refused(lab):
    step = {"key": "s", "operation": "anneal", "text": "Anneal.", "layer": "gold"}
    with pytest.raises(FaultyRecipe, match="the layer “gold”"):
        publish(lab.mira, lab.project, {**BARE, "steps": [step]})


def test_only_a_device_has_layers():
    stock = {"slug": "s", "name": "S", "kind": "experiment", "layers": [ito()]}
    with pytest.raises(InvalidRecipe, match="Only a recipe of the kind “device” has layers"):
        RecipeDefinition.from_dict(stock)

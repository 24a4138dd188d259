"""Recipes contradict themselves in many ways; each is refused in words."""

import copy

import pytest

from synthesis.chemistry.recipe import (
    InvalidRecipe,
    RecipeDefinition,
    load_shipped_chemicals,
    load_shipped_recipes,
)

GOOD = load_shipped_recipes()["cspbi3-seed-core-shell"].as_dict()


def changed(path, value):
    plain = copy.deepcopy(GOOD)
    *parents, last = path
    place = plain
    for name in parents:
        place = place[name]
    place[last] = value
    return plain


@pytest.mark.parametrize(
    ("path", "value", "word"),
    [
        (("slug",), "", "needs “slug”"),
        (("kind",), "soup", "nanocrystals"),
        (("colour",), "red", "unknown entries: colour"),
        (("ingredients",), [], "no ingredients"),
        (("ingredients", 1, "colour"), "red", "unknown entries: colour"),
        (("ingredients", 1, "role"), "hero", "lead source"),
        (("ingredients", 1, "formula"), "pbi2", "capital"),
        (("ingredients", 1, "key"), "ode", "two ingredients called ode"),
        (("ingredients", 1, "amount"), {"mass_mg": "0"}, "above 0"),
        (("ingredients", 1, "amount"), {"mass_mg": "nan"}, "finite"),
        (("ingredients", 1, "amount"), {"mass_mg": "ten"}, "should be a number"),
        (("ingredients", 1, "amount"), {"equivalents": "2"}, "needs “of”"),
        (("ingredients", 1, "amount"), {"equivalents": "2", "of": "zzz"}, "does not list"),
        (("ingredients", 1, "amount"), {"equivalents": "2", "of": "pbi2"}, "ring"),
        (("ingredients", 1, "amount"), {"solves": "zzz"}, "does not list"),
        (("ingredients", 1, "amount"), {"solves": "ratio_ca_pb"}, "Two ingredients carry"),
        (
            ("ingredients", 1, "amount"),
            {"mass_mg": "5", "scales_with": "lead_mmol"},
            "belong together",
        ),
        (("ingredients", 1, "chemical"), None, "exactly one of chemical"),
        (("ingredients", 2, "printed_purity"), {"low_percent": "120", "kind": "unknown"}, "100 %"),
        (("inputs", 0, "kind"), "choice", "options"),
        (("inputs", 0, "minimum"), "9", "above the maximum"),
        (("steps", 0, "operation"), "pray", "load"),
        (("steps", 0, "ingredients"), ["zzz"], "does not list"),
        (("steps", 0, "vessel"), "bucket", "does not list"),
        (("vessels", 0, "size"), "bucket_ml", "does not list"),
        (("vessels", 0, "size"), "lead_mmol", "an input of the kind “size”"),
        (("vessels", 0, "volume_ml"), "50", "a volume and an input for it"),
        (("steps", 1, "parameters"), {"temperature_c": "9000"}, "between"),
        (("steps", 1, "parameters"), {"temperature_f": "120"}, "not known"),
        (("outcomes", 0, "phase"), "zeta", "alpha"),
        (("outcomes", 0, "evidence"), "hearsay", "stated"),
    ],
)
def test_a_recipe_that_contradicts_itself_is_refused_in_words(path, value, word):
    with pytest.raises(InvalidRecipe, match=word):
        RecipeDefinition.from_dict(changed(path, value))


OF_THE_PAPER = {
    "cs-oleate", "cspbi3-seed-core-shell", "cspbi3-without-calcium", "cspbi3-pbs-seeds", "caix-seeds",
    "zno-nanocrystals", "pei-solution", "poly-tpd-solution", "pedot-pss-layer", "nanocrystal-ink",
    "p-i-n", "fret", "hole-only", "electron-only", "capacitor",
}  # fmt: skip
OF_OTHERS = {
    "cspbbr3-hot-injection", "cspbbr3-benzoyl-bromide", "cspbbr3-reprecipitation",
    "mapbbr3-reprecipitation", "mn-cspbcl3-hot-injection", "free-experiment",
}  # fmt: skip


def test_the_paper_ships_whole_and_others_beside_it():
    recipes = load_shipped_recipes()
    assert set(recipes) == OF_THE_PAPER | OF_OTHERS
    doi = "10.1021/acsnano.3c00789"
    assert {slug for slug, one in recipes.items() if one.source.get("doi") == doi} == OF_THE_PAPER


def test_a_hydrate_is_another_chemical_than_its_salt():
    chemicals = load_shipped_chemicals()
    assert chemicals["zinc-acetate"].formula != chemicals["zinc-acetate-dihydrate"].formula
    assert chemicals["calcium-iodide"].cas == "10102-68-8"


def test_a_cas_number_that_ships_has_a_right_check_digit():
    for chemical in load_shipped_chemicals().values():
        if chemical.cas:
            digits = [int(sign) for sign in chemical.cas.replace("-", "")]
            weighted = sum(
                place * digit for place, digit in enumerate(reversed(digits[:-1]), start=1)
            )
            assert weighted % 10 == digits[-1], chemical.slug


def test_what_the_paper_leaves_open_is_listed_and_never_filled_in():
    for recipe in load_shipped_recipes().values():
        assert recipe.unknowns or recipe.kind == "device"  # there it stands at layers and steps
        assert all(layer.thickness_nm or not layer.thickness_source for layer in recipe.layers)
        for step in recipe.steps:
            assert not set(step.unknowns) & set(step.parameters)

"""Stacks as plain values: what the paper prints, and what is refused. Needs no database."""

import re

import pytest

from devices.stacks import stack_doubts, stack_of
from synthesis.chemistry.layers import RecipeLayer, materials_line
from synthesis.chemistry.recipe import load_shipped_recipes

RECIPES = {slug: one for slug, one in load_shipped_recipes().items() if one.kind == "device"}
STACKS = {slug: stack_of(recipe) for slug, recipe in RECIPES.items()}


@pytest.mark.parametrize(
    ("slug", "printed"),
    [
        ("p-i-n", "ITO / ZnO / PEI / CsPbI3 NCs / TCTA / MoOx / Ag"),  # L657–664
        ("fret", "ITO / PEDOT:PSS / poly-TPD / CsPbI3 NCs / TPBi / LiF / Al"),  # L665–675
        ("hole-only", "ITO / PEDOT:PSS / CsPbI3 NCs / MoOx / Ag"),  # L320
        ("electron-only", "ITO / ZnO / PEI / CsPbI3 NCs / LiF / Al"),  # L321
        ("capacitor", "ITO / PEDOT:PSS / CsPbI3 NCs / LiF / Al"),  # L407
    ],
)
def test_the_order_of_the_layers_is_the_printed_one(slug, printed):
    layers = RECIPES[slug].layers
    assert materials_line((one.role, one.material) for one in layers) == printed
    assert [one.layer.material for one in STACKS[slug] if one.layer.is_emitter] == ["CsPbI3 NCs"]


def test_the_nickname_of_the_p_i_n_stack_does_not_hide_its_polarity():
    assert "ITO is the cathode" in RECIPES["p-i-n"].polarity
    assert "n-i-p" in RECIPES["p-i-n"].summary


def test_only_printed_thicknesses_are_there_and_captions_are_marked():
    known = {
        (slug, layer.material): (layer.thickness_nm, layer.thickness_source)
        for slug, recipe in RECIPES.items()
        for layer in recipe.layers
        if layer.thickness_nm is not None
    }
    caption = "caption, approximate"
    assert known == {
        ("fret", "TPBi"): (40, "printed"),
        ("fret", "LiF"): (1, "printed"),
        ("fret", "Al"): (100, "printed"),
        ("hole-only", "PEDOT:PSS"): (30, caption),
        ("hole-only", "CsPbI3 NCs"): (30, caption),
        ("hole-only", "MoOx"): (1, caption),
        ("hole-only", "Ag"): (100, caption),
        ("electron-only", "CsPbI3 NCs"): (30, caption),
        ("electron-only", "LiF"): (1, caption),
        ("electron-only", "Al"): (100, caption),
    }


@pytest.mark.parametrize(
    ("slug", "material", "words"),
    [
        ("p-i-n", "ZnO", "spin-coat 1000 rpm, 40 s; anneal 150 °C, 10 min, in air"),
        (
            "p-i-n",
            "PEI",
            "spin-coat 0.2 wt % in 2-methoxyethanol, 4000 rpm; anneal 150 °C, 10 min, under nitrogen",
        ),
        ("p-i-n", "TCTA", "evaporate 1 × 10⁻⁴ Pa"),
        ("fret", "PEDOT:PSS", "spin-coat 4000 rpm, 40 s; anneal 150 °C, 15 min, in air"),
        (
            "fret",
            "poly-TPD",
            "spin-coat 8 mg/mL in chlorobenzene, 4000 rpm, 40 s, under nitrogen; "
            "anneal 150 °C, 15 min, under nitrogen",
        ),
        ("fret", "CsPbI3 NCs", "spin-coat 1000 rpm, 40 s"),
        ("hole-only", "PEDOT:PSS", ""),  # the text names the stack only
    ],
)
def test_a_process_reads_as_printed(slug, material, words):
    (place,) = [one for one in STACKS[slug] if one.layer.material == material]
    assert place.process_text == words


def test_what_the_paper_leaves_open_is_said():
    (pei,) = [one for one in STACKS["p-i-n"] if one.layer.material == "PEI"]
    assert "duration_s" not in pei.steps[0].parameters
    assert pei.steps[0].unknowns["duration_s"] == "Not given."
    for recipe in RECIPES.values():
        assert all(layer.source for layer in recipe.layers)


def layer(role, material, **said):
    return RecipeLayer(key=material.lower(), role=role, material=material, **said)


GLASS, ITO, NCS, AL = (
    layer("substrate", "Glass"), layer("anode", "ITO"), layer("emitter", "NCs"), layer("cathode", "Al"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ([GLASS, ITO, NCS], "no electrode above the emitter NCs"),
        ([GLASS, NCS, AL], "no electrode below the emitter NCs"),
        ([ITO, GLASS, NCS, AL], "Glass is the substrate, but lies above other layers"),
        ([ITO, NCS, layer("anode", "Ag")], "contact called anode"),
    ],
)
def test_an_order_of_layers_with_a_hole_is_told_in_a_sentence(layers, words):
    (said,) = stack_doubts(layers)
    assert re.search(words, said)


def test_the_stacks_of_the_paper_and_a_film_on_glass_are_whole():
    for recipe in RECIPES.values():
        assert stack_doubts(recipe.layers) == []
    assert stack_doubts([GLASS, layer("interlayer", "NCs")]) == []

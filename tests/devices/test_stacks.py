"""Stacks as plain values: what the paper prints, and what is refused. Needs no database."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.stacks import (
    InvalidStack,
    materials_line,
    read_layers,
    read_stack,
    shipped_stacks,
)

STACKS = {stack.slug: stack for stack in shipped_stacks()}


def line(slug: str) -> str:
    return materials_line((layer.role, layer.material) for layer in STACKS[slug].layers)


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
    assert line(slug) == printed
    assert STACKS[slug].emitter.material == "CsPbI3 NCs"


def test_the_nickname_of_the_p_i_n_stack_does_not_hide_its_polarity():
    assert "ITO is the cathode" in STACKS["p-i-n"].polarity
    assert "n-i-p" in STACKS["p-i-n"].note


def test_only_printed_thicknesses_are_there_and_captions_are_marked():
    known = {
        (slug, layer.material): (layer.thickness_nm, layer.thickness_source)
        for slug, stack in STACKS.items()
        for layer in stack.layers
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
    (layer,) = [one for one in STACKS[slug].layers if one.material == material]
    assert layer.process_text == words


def test_what_the_paper_leaves_open_is_said():
    (pei,) = [layer for layer in STACKS["p-i-n"].layers if layer.material == "PEI"]
    assert "duration_s" not in pei.steps[0].parameters
    assert pei.steps[0].unknowns["duration_s"] == "Not given."
    for stack in STACKS.values():
        assert all(layer.source for layer in stack.layers)


def test_a_stack_comes_back_unchanged_from_json():
    for stack in STACKS.values():
        assert read_layers([layer.as_dict() for layer in stack.layers]) == stack.layers


def ito(index=0, **more):
    return {"index": index, "role": "electrode", "material": "ITO", **more}


@given(st.lists(st.integers(0, 6), min_size=1, max_size=6))
def test_layers_are_numbered_without_gap_or_double(indices):
    layers = [ito(index) for index in indices]
    if sorted(indices) == list(range(len(indices))):
        assert [layer.index for layer in read_layers(layers)] == list(range(len(indices)))
    else:
        with pytest.raises(InvalidStack, match="each number once"):
            read_layers(layers)


@pytest.mark.parametrize(
    ("layers", "sentence"),
    [
        ([], "has no layers"),
        (None, "has no layers"),
        ([ito(n) for n in range(51)], "at most 50"),
        (["ITO"], "table of names and values"),
        ([ito(True)], "index"),
        ([ito(-1)], "index"),
        ([ito("0")], "index"),
        ([ito(role="window")], "“role” is “window”"),
        ([ito(role=["electrode"])], "should be one of"),
        ([ito(material="  ")], "needs “material”"),
        ([ito(material="x" * 121)], "120"),
        ([ito(is_emitter=True)], "role emitter"),
        ([ito(role="emitter")], "role emitter"),
        ([ito(n, role="emitter", is_emitter=True) for n in (0, 1)], "2 emitters"),
        ([ito(thickness_nm="0", thickness_source="printed")], "above 0"),
        ([ito(thickness_nm="nan", thickness_source="printed")], "finite"),
        ([ito(thickness_nm="thin", thickness_source="printed")], "should be a number"),
        ([ito(thickness_nm=30.0, thickness_source="printed")], "as text"),
        ([ito(thickness_nm="30")], "where the thickness comes from"),
        ([ito(colour="blue")], "unknown entries: colour"),
        ([ito(steps=[{"operation": "paint"}])], "“paint” is not known"),
        ([ito(steps=[{"operation": "anneal", "parameters": {"heat": "1"}}])], "“heat”"),
        (
            [ito(steps=[{"operation": "anneal", "parameters": {"temperature_c": "9000"}}])],
            "between -200 and 1200 °C",
        ),
        (
            [
                ito(
                    steps=[
                        {
                            "operation": "anneal",
                            "parameters": {"duration_s": "1"},
                            "unknowns": {"duration_s": "Not given."},
                        }
                    ]
                )
            ],
            "given and called unknown",
        ),
    ],
)
def test_a_stack_that_contradicts_itself_is_refused_in_words(layers, sentence):
    with pytest.raises(InvalidStack, match=sentence):
        read_layers(layers)


def test_layers_may_be_listed_in_any_order():
    glass = {"index": 0, "role": "substrate", "material": "Glass"}
    assert [layer.material for layer in read_layers([ito(1), glass])] == ["Glass", "ITO"]


def test_printed_digits_are_kept():
    (layer,) = read_layers([ito(thickness_nm="40.0", thickness_source="own")])
    assert str(layer.thickness_nm) == "40.0"
    assert layer.thickness_nm == Decimal(40)


def test_an_architecture_needs_a_slug_and_a_name():
    with pytest.raises(InvalidStack, match="needs “slug”"):
        read_stack({"name": "x", "layers": [ito()]})

"""Which ratios a plan reports, and by which names."""

import pytest

from synthesis.chemistry.atomic_weights import ATOMIC_WEIGHTS
from synthesis.chemistry.element_names import ELEMENT_NAMES, listed, named, species_key
from synthesis.chemistry.planning import (
    solve_plan,
)
from tests.synthesis.chemistry.written import CS_OLEATE, LEAD, ingredient, recipe


def test_every_element_with_a_weight_has_a_name():
    assert set(ATOMIC_WEIGHTS) <= set(ELEMENT_NAMES)
    assert len(set(ELEMENT_NAMES.values())) == len(ELEMENT_NAMES)


@pytest.mark.parametrize(
    ("species", "key"),
    [("Pb", "lead"), ("Cs", "caesium"), ("I", "iodide"), ("Mn", "manganese"), ("FA", "fa")],
)
def test_a_concentration_is_called_by_its_species(species, key):
    assert species_key(species) == key


def test_a_group_is_named_in_sentences_and_an_element_is_not():
    assert named("FA") == "FA (formamidinium)"
    assert named("Pb") == "Pb"
    assert listed(["Cs", "Pb", "Br"]) == "Cs, Pb and Br"
    assert listed(["Cs"]) == "Cs"


def keys(plan):
    return [ratio.key for ratio in plan.ratios]


def test_the_usual_ratios_follow_from_what_is_in_the_flask():
    plan = solve_plan(
        recipe(
            ingredient("csbr", "CsBr", {"amount_mmol": "1"}),
            ingredient("snbr2", "SnBr2", {"amount_mmol": "0.5"}),
            ingredient("pbi2", "PbI2", {"amount_mmol": "0.5"}),
            product_formula="CsPbBr3",
        ),
        {},
    )
    assert plan.reference == "Pb"  # of the product; tin only goes in
    assert set(keys(plan)) == {
        "ratio_cs_pb", "ratio_br_pb", "ratio_sn_pb", "ratio_i_pb", "ratio_br_cs", "ratio_i_cs",
        "ratio_cs_b", "lead_fraction_feed",
    }  # fmt: skip
    assert float(plan.composition["ratio_cs_b"].value) == 1  # 1 / (0.5 + 0.5)
    assert float(plan.composition["lead_fraction_feed"].value) == 0.5
    assert plan.first_ratio is None


@pytest.mark.parametrize(
    ("inputs", "product", "reference"),
    [
        ([LEAD | {"element": "Sn", "default": "0.5"}], "CsPbBr3", "Sn"),
        ([], "CsSnBr3", "Sn"),
        ([], "", "Pb"),  # the first metal that goes in
    ],
)
def test_the_reference_is_what_the_recipe_speaks_of(inputs, product, reference):
    plan = solve_plan(
        recipe(
            ingredient("pbi2", "PbI2", {"amount_mmol": "0.5"}),
            ingredient("snbr2", "SnBr2", {"amount_mmol": "0.5"}),
            inputs=inputs,
            product_formula=product,
        ),
        {},
    )
    assert plan.reference == reference


def test_a_ratio_that_is_asked_is_not_reported_twice_under_another_key():
    ratio = {"key": "tin", "name": "Sn/Pb", "kind": "ratio", "numerator": "Sn", "default": "1"}
    plan = solve_plan(
        recipe(
            ingredient("pbi2", "PbI2", {"amount_mmol": "0.5"}),
            ingredient("sni2", "SnI2", {"solves": "tin"}),
            inputs=[ratio | {"denominator": "Pb"}],
        ),
        {},
    )
    assert "ratio_sn_pb" not in keys(plan)
    assert plan.first_ratio.key == "tin"
    assert [ratio.symbol for ratio in plan.ratios][:2] == ["R", "I/Pb"]


def test_carbonate_is_no_species_of_a_stock():
    assert solve_plan(CS_OLEATE, {}).as_dict()["reagents"][0]["species"] == {"Cs": 2}

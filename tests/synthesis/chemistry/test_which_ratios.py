"""Which ratios a plan reports, and by which names."""

from decimal import Decimal

import pytest

from synthesis.chemistry.additions import Addition
from synthesis.chemistry.atomic_weights import ATOMIC_WEIGHTS
from synthesis.chemistry.composition import weighed_composition
from synthesis.chemistry.element_names import ELEMENT_NAMES, listed, named, species_key
from synthesis.chemistry.planning import (
    solve_plan,
)
from synthesis.chemistry.ratios import ratio_name
from tests.synthesis.chemistry.written import CS_OLEATE, LEAD, PAPER, ingredient, recipe


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


def test_with_one_metal_on_the_b_site_nothing_is_shared_out():
    plan = solve_plan(
        recipe(
            ingredient("csbr", "CsBr", {"amount_mmol": "1"}),
            ingredient("pbbr2", "PbBr2", {"amount_mmol": "1"}),
        ),
        {},
    )
    assert set(keys(plan)) == {"ratio_cs_pb", "ratio_br_pb", "ratio_br_cs"}


def test_a_ratio_is_written_the_same_from_a_text_and_from_a_list():
    for below in ("Pb+Mn", "Pb + Mn", ["Pb", "Mn"]):
        assert ratio_name("Mn", below) == "Mn/(Pb+Mn)"


def test_a_zero_that_was_typed_has_parts_of_no_relative_size():
    taken = [Addition("pbi2", Decimal("173.3"), "mg"), Addition("cai2", Decimal(0), "mg")]
    known = weighed_composition(solve_plan(PAPER, {}), taken).ratios["ratio_ca_pb"]
    assert known.value == 0
    (part,) = known.budget()
    assert part.cause == "weighing Calcium iodide, anhydrous"
    assert (float(part.share), part.relative_percent) == (pytest.approx(1), 0)


def test_what_made_a_stock_uncertain_is_named_in_the_plan_that_draws_it():
    known = solve_plan(PAPER, {}).composition["ratio_cs_pb_effective"]
    assert "hot" in known.as_dict()["note"]
    assumed = [part.cause for part in known.budget() if part.assumed]
    assert len(assumed) == 1
    assert "the assay of" in assumed[0]
    # drawn, and the 30 of 32.5 mL of its solvent: 1 % and 0.92 %
    first, second = known.budget()[:2]
    assert float(first.relative_percent) == pytest.approx(1, rel=0.01)
    assert float(second.relative_percent) == pytest.approx(30 / 32.5, rel=0.01)

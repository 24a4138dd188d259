"""A line of a frozen plan is read back as the reagent that it was made of, also out of older plans."""

from dataclasses import asdict, replace
from decimal import Decimal

import pytest

from synthesis.chemistry.planning import Source, solve_plan
from synthesis.chemistry.reagent_lines import read_planned, read_reagent
from synthesis.chemistry.reported import frozen_ratios
from tests.synthesis.chemistry.written import CS_OLEATE, DMF, PAPER, ingredient, ratio, recipe

BOTTLES = {
    "cai2": Source(
        "L-7", "CaI2·4H2O", Decimal("0.98"), "mass_fraction", assay_uncertainty=Decimal("0.004")
    ),
    "oa": Source(
        "L-8", "C18H34O2", Decimal("0.7"), "titration",
        assay_high=Decimal("0.9"), density_g_ml=Decimal("0.9"),
    ),
    "cs_oleate": Source(
        "S-1", concentration_mol_l=Decimal("0.150"), concentration_uncertainty_mol_l=Decimal("0.003")
    ),
}  # fmt: skip
KEPT = (
    "key", "name", "role", "chemical", "recipe_formula", "formula", "density_g_ml", "purity",
    "per_mmol", "stock", "recipe_stock", "bias_percent", "bias_reason", "is_liquid",
)  # fmt: skip
KEYS = [one.key for one in PAPER.ingredients]


def plain(value):
    """Numbers as floats, so that what a document holds compares with what it was made of."""
    if isinstance(value, Decimal):
        return pytest.approx(float(value), rel=1e-12)
    if hasattr(value, "__dataclass_fields__"):
        return plain(asdict(value))
    if hasattr(value, "items"):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    return value


def holds(found, right, names=KEPT):
    """Check that one reagent is the other."""
    for name in names:
        one, other = getattr(found, name), plain(getattr(right, name))
        if hasattr(one, "__dataclass_fields__"):
            one = asdict(one)
        _same(one, other, name)


def _same(one, other, name):
    if isinstance(other, dict):
        assert list(one) == list(other), name
        for key, value in other.items():
            _same(one[key], value, f"{name}.{key}")
    elif isinstance(other, list):
        assert len(one) == len(other), name
        for left, right in zip(one, other, strict=True):
            _same(left, right, name)
    elif isinstance(one, Decimal):
        assert float(one) == other, name
    else:
        assert one == other, name


@pytest.mark.parametrize("key", KEYS)
def test_what_the_recipe_says_is_read_back_without_a_bottle(key):
    line = solve_plan(PAPER, {}).line(key)
    for read in (read_reagent(line.as_dict()), read_planned(line.as_dict())):
        holds(read, line.reagent)
        assert read.recipe_purity == read.purity
        assert read.source is None
        assert read.is_given_by_volume is (line.measured_by == "volume")


@pytest.mark.parametrize("key", BOTTLES)
def test_what_a_bottle_said_is_read_back_with_its_code(key):
    line = solve_plan(PAPER, {}, BOTTLES).line(key)
    read = read_planned(line.as_dict())
    holds(read, line.reagent)
    assert read.source.code == BOTTLES[key].code
    holds(read_reagent(line.as_dict()), solve_plan(PAPER, {}).line(key).reagent)


def test_a_stock_of_several_salts_keeps_that_it_has_no_formula_unit():
    """Two species of one salt share a unit; of two salts none is known."""
    salts = [
        ingredient(key, formula, {"amount_mmol": "1"})
        for key, formula in (("pbbr2", "PbBr2"), ("csi", "CsI"))
    ]
    taken = {"key": "ink", "stock": "ink", "role": "lead source", "amount": {"volume_ml": "1"}}
    for parts, unit in ((salts[:1], {"Pb": 1, "Br": 2}), (salts, {})):
        made = recipe(*parts, DMF, kind="stock_solution", slug="ink")
        line = solve_plan(recipe(taken), {}, stocks={"ink": made}).line("ink")
        read = read_reagent(line.as_dict())
        assert read.stock.unit == unit
        holds(read, line.reagent)


def old(line, *unknown):
    """A line as plans were frozen before these were kept."""
    return {name: value for name, value in line.as_dict().items() if name not in unknown}


def test_a_plan_that_keeps_one_purity_keeps_the_recipes_when_no_bottle_was_chosen():
    plan = solve_plan(PAPER, {})
    for key in KEYS:
        right = plan.line(key).reagent
        right = replace(right, purity=replace(right.purity, assumed=False))
        holds(read_reagent(old(plan.line(key), "recipe_assay")), right)
    wet = solve_plan(PAPER, {}, BOTTLES).line("cai2")
    unknown = read_reagent(old(wet, "recipe_assay")).purity
    assert (unknown.value, unknown.kind, unknown.counted) == (None, "unknown", 1)


def test_a_plan_that_keeps_one_density_keeps_that():
    line = solve_plan(PAPER, {}, BOTTLES).line("oa")
    assert read_reagent(line.as_dict()).density_g_ml == Decimal("0.887")
    assert read_reagent(old(line, "recipe_density_g_ml")).density_g_ml == Decimal("0.9")


def test_a_plan_that_keeps_one_strength_keeps_that_of_one_species_as_its_unit():
    line = old(
        solve_plan(PAPER, {}, BOTTLES).line("cs_oleate"),
        "recipe_stock", "concentration_causes", "concentration_unit", "concentration_origin",
    )  # fmt: skip
    stock = read_reagent(line | {"concentration_relative_uncertainty": 0.02}).stock
    assert (stock.real, stock.unit, stock.origin) == ({"Cs": Decimal("0.15")}, {"Cs": 1}, "planned")
    (cause,) = stock.causes
    assert cause.name == "titre cs_oleate"
    assert cause.words == "the titre of Cs-oleate stock"
    assert float(cause.effects["Cs"]) == pytest.approx(0.003)


def test_the_notes_of_a_line_are_those_of_the_plan_and_of_the_recipe():
    line = solve_plan(PAPER, {}, BOTTLES, correct_for_assay=True).line("cai2").as_dict()
    assert line["note"] == (
        "Weighed mass corrected for the assay of 98.00 %. The paper's mass is not corrected for the 99 % assay."
    )


# ratios ------------------------------------------------------------------------------------


def keys(ratios):
    return [one.key for one in ratios]


def test_the_ratios_of_a_frozen_plan_are_those_that_it_reported():
    plan = solve_plan(PAPER, {})
    read = frozen_ratios(plan.as_dict())
    for one, right in zip(read, plan.ratios, strict=True):
        assert one == replace(right, is_first=False)
    assert [one.asked for one in read][:2] == [True, False]


@pytest.mark.parametrize("made", [PAPER, CS_OLEATE], ids=["lead", "caesium alone"])
def test_a_plan_frozen_before_it_named_them_reported_the_usual_ones(made):
    plan = solve_plan(made, {})
    without = {name: value for name, value in plan.as_dict().items() if name != "ratios"}
    assert set(keys(frozen_ratios(without))) == set(keys(plan.ratios))


def test_a_plan_without_any_metal_reported_none():
    plan = solve_plan(recipe(ingredient("mabr", "MABr", {"amount_mmol": "1"})), {})
    without = {name: value for name, value in plan.as_dict().items() if name != "ratios"}
    assert frozen_ratios(without) == []


def test_of_what_the_recipe_asks_a_ratio_over_the_others_are_told():
    asked = recipe(
        ingredient("sni2", "SnI2", {"solves": "tin"}),
        ingredient("pbi2", "PbI2", {"amount_mmol": "1"}),
        inputs=[ratio("Sn", "Pb", "0.5", "tin")],
    )
    assert solve_plan(asked, {}).reference == "Pb"  # though tin goes in first


def test_the_metal_of_a_soap_is_no_ligand():
    soap = ingredient("soap", "Zn(C18H33O2)2", {"amount_mmol": "1"}, "ligand")
    amine = ingredient("ola", "OLABr", {"amount_mmol": "1"}, "ligand")
    lead = ingredient("pbi2", "PbI2", {"amount_mmol": "1"})
    found = keys(solve_plan(recipe(lead, soap, amine), {}).ratios)
    assert "ratio_oa_ola" in found
    assert not {"ratio_oa_zn", "ratio_ola_zn"} & set(found)

"""What comes out of a bottle, at planning: titres, compositions, densities, and ratios beside the plan."""

from decimal import Decimal

import pytest

from synthesis.chemistry.additions import Addition
from synthesis.chemistry.composition import weighed_composition
from synthesis.chemistry.planning import Source, solve_plan
from synthesis.chemistry.recipe import load_shipped_recipes
from tests.synthesis.chemistry.written import DMF, ingredient, ratio, recipe, said

LEAD = ingredient("pbi2", "PbI2", {"amount_mmol": "1"})
BROMIDE = ingredient("csbr", "CsBr", {"amount_mmol": "1"})


def poured(bottle, *parts):
    """The stock in a bottle of one that is made of these and DMF, as a plan draws it."""
    made = recipe(*parts, DMF, kind="stock_solution", slug="ink")
    taken = {"key": "ink", "stock": "ink", "role": "lead source", "amount": {"volume_ml": "1"}}
    plan = solve_plan(recipe(taken), {}, {"ink": bottle}, stocks={"ink": made})
    return plan.line("ink").reagent, plan.line("ink").as_dict()


def composed(**more):
    """A bottle whose batch was weighed: 0.4 mol/L of each salt, within 1 %."""
    salts = {
        "Pb": ("0.4", "0.004"),
        "I": ("0.8", "0.008"),
        "Cs": ("0.4", "0.004"),
        "Br": ("0.4", "0.004"),
    }
    composition = {name: (Decimal(a), Decimal(b)) for name, (a, b) in salts.items()}
    return Source("S-1", composition=composition, **more)


# stocks ------------------------------------------------------------------------------------


def test_of_one_salt_all_species_are_right_or_wrong_together():
    _, line = poured(composed(origin="weighed"), LEAD)
    assert line["concentrations_mol_l"] == {"I": 0.8, "Pb": 0.4}
    assert line["concentration_causes"] == [
        {
            "name": "composition S-1",
            "words": "the concentration of S-1",
            "assumed": False,
            "effects": {"I": 0.008, "Pb": 0.004},
        }
    ]
    assert line["concentration_origin"] == "weighed"


def test_of_several_salts_each_species_is_uncertain_by_itself():
    _, line = poured(composed(origin="weighed"), LEAD, BROMIDE)
    effects = {"Br": 0.004, "Cs": 0.004, "I": 0.008, "Pb": 0.004}
    assert line["concentration_causes"] == [
        {
            "name": f"composition S-1 {one}",
            "words": f"the concentration of S-1, {one}",
            "assumed": False,
            "effects": {one: effect},
        }
        for one, effect in effects.items()
    ]


def test_a_composition_of_unknown_origin_is_planned():
    reagent, line = poured(composed(), LEAD)
    assert (reagent.stock.origin, line["concentration_origin"]) == ("planned", "planned")


def test_a_titre_of_one_species_leaves_the_others_as_they_were_weighed():
    titre = {
        "concentration_mol_l": Decimal("0.5"),
        "concentration_uncertainty_mol_l": Decimal("0.01"),
        "concentration_species": "Cs",
    }
    reagent, line = poured(composed(origin="weighed", **titre), LEAD, BROMIDE)
    assert reagent.stock.real == {
        "Br": Decimal("0.4"), "Cs": Decimal("0.5"), "I": Decimal("0.8"), "Pb": Decimal("0.4"),
    }  # fmt: skip
    assert line["concentration_causes"] == [
        {
            "name": "titre S-1",
            "words": "the titre of S-1",
            "assumed": False,
            "effects": {"Cs": 0.01},
        }
    ]
    assert line["concentration_origin"] == "titrated"


def test_a_titre_of_one_species_of_a_salt_is_one_of_the_others_too():
    """1.0 mol/L of iodide is 0.5 mol/L of lead iodide."""
    titre = {"concentration_mol_l": Decimal(1), "concentration_species": "I"}
    reagent, _ = poured(Source("S-1", **titre), LEAD)
    assert reagent.stock.real == {"I": 1, "Pb": Decimal("0.5")}


# bottles -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("density", "volume_ml"), [(None, 0.95538), ("0.9", 0.94156)])
def test_the_density_of_a_bottle_counts_where_it_says_one(density, volume_ml):
    """3 mmol of 282.468 g/mol over 0.887 or 0.9 g/mL."""
    oleic = ingredient("oa", "C18H34O2", {"amount_mmol": "3"}, "ligand", density_g_ml="0.887")
    bottle = Source("L-1", "C18H34O2", density_g_ml=density and Decimal(density))
    plan = solve_plan(recipe(oleic), {}, {"oa": bottle})
    assert float(plan.line("oa").volume_ml) == pytest.approx(volume_ml, rel=1e-4)


@pytest.mark.parametrize(
    ("chemical", "formula", "mass_mg", "key"),
    [
        ("salt", "CsI", "259.81", "ratio_cs_pb"),
        (
            "oleic-acid",
            "C18H34O2",
            "282.468",
            "ratio_oa_pb",
        ),  # the list of chemicals names its oleate
    ],
)
def test_what_the_recipe_gives_no_formula_counts_by_that_of_its_bottle(
    chemical, formula, mass_mg, key
):
    unsaid = ingredient("x", "", {"mass_mg": mass_mg}) | {"chemical": chemical}
    plan = solve_plan(recipe(LEAD, unsaid), {}, {"x": Source("L-1", formula)})
    assert float(plan.composition[key].value) == pytest.approx(1, rel=1e-4)


# ratios beside the plan --------------------------------------------------------------------

FREE = load_shipped_recipes()["free-experiment"]
MASSES = {"csbr": ("CsBr", "212.8"), "pbbr2": ("PbBr2", "367.0"), "kbr": ("KBr", "119.0")}


def taken(*keys):
    return [
        Addition(key, Decimal(MASSES[key][1]), "mg", Source(f"L-{key}", MASSES[key][0]))
        for key in keys
    ]


def test_a_free_experiment_reports_the_usual_ratios_of_what_was_taken():
    found = weighed_composition(solve_plan(FREE, {}), taken("csbr", "pbbr2")).ratios
    assert {key: round(float(one.value), 3) for key, one in found.items()} == {
        "ratio_cs_pb": 1.0, "ratio_br_pb": 3.0, "ratio_br_cs": 3.0,
    }  # fmt: skip


def test_of_salts_without_a_metal_for_the_b_site_the_first_is_counted_over():
    found = weighed_composition(solve_plan(FREE, {}), taken("csbr", "kbr")).ratios
    assert set(found) == {"ratio_br_cs", "ratio_k_cs", "ratio_br_k"}


def test_without_any_metal_there_is_nothing_to_count_over():
    acid = Source("L-1", "C18H34O2", chemical_slug="oleic-acid", density_g_ml=Decimal("0.887"))
    found = weighed_composition(solve_plan(FREE, {}), [Addition("oa", Decimal(1), "mL", acid)])
    assert (set(found.amounts_mmol), found.ratios) == ({"OA"}, {})


def test_what_is_added_to_a_plan_is_counted_over_what_the_plan_counts_over():
    tin = ingredient("sni2", "SnI2", {"solves": "tin"})
    asked = recipe(LEAD, tin, inputs=[ratio("Sn", "Pb", "1", "tin")])
    recorded = [
        Addition("sni2", Decimal("372.5"), "mg"),
        Addition("pbi2", Decimal("461.0"), "mg"),
        *taken("kbr"),
    ]
    found = weighed_composition(solve_plan(asked, {}), recorded).ratios
    added = {"ratio_k_pb", "ratio_br_pb", "ratio_br_k", "ratio_i_k", "ratio_k_b"}
    assert set(found) == {"tin", "ratio_i_pb", "lead_fraction_feed"} | added
    # Sn/Pb is there under the recipe's own name


def test_what_is_recorded_first_changes_nothing_of_what_is_counted_over():
    tin = Addition("sni2", Decimal("372.5"), "mg", Source("L-1", "SnI2"))
    recorded = [
        tin,
        Addition("pbi2", Decimal("461.0"), "mg"),
        Addition("csbr", Decimal("212.8"), "mg"),
    ]
    found = weighed_composition(solve_plan(recipe(LEAD, BROMIDE), {}), recorded).ratios
    assert "ratio_sn_pb" in found
    assert not {"ratio_pb_sn", "ratio_cs_sn"} & set(found)


def test_a_stock_that_was_not_weighed_is_said_so_in_the_plan():
    made = recipe(LEAD, DMF, kind="stock_solution", slug="ink")
    drawn = {"key": "ink", "stock": "ink", "role": "lead source", "amount": {"volume_ml": "1"}}
    plan = solve_plan(recipe(drawn), {}, {"ink": composed()}, stocks={"ink": made})
    assert [severity for severity, _ in said(plan, "stock_planned")] == ["caution"]

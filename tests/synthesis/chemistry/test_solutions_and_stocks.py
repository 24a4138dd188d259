"""Solutions by concentration, and what stocks hold, each held against a number written out."""

from decimal import Decimal

import pytest

from synthesis.chemistry.additions import Addition
from synthesis.chemistry.planning import (
    Source,
    UnfitSource,
    UnsolvablePlan,
    solve_plan,
)
from synthesis.chemistry.recipe import RecipeDefinition
from synthesis.chemistry.stocks import composition_of_batch
from tests.synthesis.chemistry.written import (
    CS_OLEATE,
    DMF,
    PAPER,
    ingredient,
    recipe,
    warnings,
)


def test_a_solvent_may_be_given_by_its_mass():
    by_mass = ingredient("dmf", "C3H7NO", {"mass_mg": "944"}, "solvent", density_g_ml="0.944")
    plan = solve_plan(
        recipe(
            ingredient("pbi2", "PbI2", {"weight_percent": "20", "of": "dmf"}),
            ingredient("csi", "CsI", {"concentration_mol_l": "0.5", "of": "dmf"}),
            by_mass,
        ),
        {},
    )
    # 0.5 mmol of 259.81 g/mol in 1 mL; 20/80 of 944 + 129.9 mg
    assert float(plan.line("csi").mass_mg) == pytest.approx(129.905, abs=0.01)
    assert float(plan.line("pbi2").mass_mg) == pytest.approx(268.48, abs=0.01)


def test_per_solution_counts_what_dissolves():
    lead = ingredient("pbi2", "PbI2", {"concentration_mol_l": "1.2", "of": "dmf"})
    lead["amount"]["per"] = "solution"
    with pytest.raises(UnsolvablePlan, match="its own volume is not known") as refusal:
        solve_plan(recipe(lead, DMF), {})
    assert refusal.value.field == "ingredients.pbi2"
    plan = solve_plan(recipe(lead | {"density_g_ml": "6.16", "role": "lead source"}, DMF), {})
    # V = 2 mL / (1 - 1.2 · 461.009 / 6160) = 2.1973 mL of solution
    volume = 2 / (1 - 1.2 * 461.009 / 6160)
    assert float(plan.line("pbi2").amount_mmol) == pytest.approx(1.2 * volume, rel=1e-6)
    assert "counts per mL of the solution" in warnings(plan, "concentration_basis")[0].message


@pytest.mark.parametrize("amount", [{"mass_mg": "1888"}, {"volume_ml": "2"}])
def test_per_solution_and_per_solvent_stand_beside_each_other(amount):
    """2 mL of DMF: V = 2 mL / (1 - 0.5 · 461.009/6160 - 0.5 · 259.810/4510) for what counts per solution."""
    per = {"of": "dmf", "per": "solution"}
    other = DMF | {"key": "dmso", "chemical": "dmso", "name": "dmso"}
    plan = solve_plan(
        recipe(
            ingredient("nacl", "NaCl", {"concentration_mol_l": "0.5", "of": "dmf"}),
            ingredient("kcl", "KCl", {"concentration_mol_l": "3", **per, "of": "dmso"}, density_g_ml="1.98"),
            ingredient("pbi2", "PbI2", {"concentration_mol_l": "0.5", **per}, density_g_ml="6.16"),
            ingredient("csi", "CsI", {"concentration_mol_l": "0.5", **per}, density_g_ml="4.51"),
            DMF | {"amount": amount},
            other,
        ),
        {},
    )  # fmt: skip
    volume = 2 / (1 - 0.5 * 461.00894 / 6160 - 0.5 * 259.80992 / 4510)
    for key in ("pbi2", "csi"):
        assert float(plan.line(key).amount_mmol) == pytest.approx(0.5 * volume, rel=1e-6)
    assert plan.line("nacl").amount_mmol == 1
    # 3 mol/L · 74.548 g/mol / 1980 g/L in the other solvent
    assert float(plan.line("kcl").amount_mmol) == pytest.approx(
        6 / (1 - 3 * 74.548 / 1980), rel=1e-4
    )


def test_a_polymer_per_solution_needs_its_density_and_no_formula():
    """V = 2 mL / (1 - 100/1200); 100 mg in each."""
    amount = {"concentration_mg_ml": "100", "of": "dmf", "per": "solution"}
    polymer = ingredient("peo", "", amount, "polymer", density_g_ml="1.2")
    plan = solve_plan(recipe(polymer, DMF), {})
    assert float(plan.line("peo").mass_mg) == pytest.approx(200 / (1 - 100 / 1200), rel=1e-6)


def test_in_a_made_up_volume_a_concentration_counts_all_of_it():
    lead = ingredient("pbi2", "PbI2", {"concentration_mol_l": "1", "of": "dmf"})
    other = ingredient("dmso", "C2H6OS", {"volume_ml": "1"}, "solvent", density_g_ml="1.1")
    plan = solve_plan(recipe(lead, other, DMF | {"amount": {"fills_to_ml": "5"}}), {})
    assert plan.line("pbi2").amount_mmol == 5


def test_what_is_molar_counts_as_mass_beside_what_is_by_weight():
    """1 mmol of CsI beside 1888 mg of DMF: 20/80 of 2147.8 mg."""
    plan = solve_plan(
        recipe(
            ingredient("pbi2", "PbI2", {"weight_percent": "20", "of": "dmf"}),
            ingredient("csi", "CsI", {"concentration_mol_l": "0.5", "of": "dmf"}),
            DMF,
        ),
        {},
    )
    assert float(plan.line("pbi2").mass_mg) == pytest.approx((1888 + 259.81) / 4, rel=1e-5)


def test_per_solvent_in_a_made_up_volume_counts_the_solvent_alone():
    lead = ingredient("pbi2", "PbI2", {"concentration_mol_l": "1", "of": "dmf", "per": "solvent"})
    acid = ingredient("dmso", "C2H6OS", {"volume_ml": "1"}, "solvent", density_g_ml="1.1")
    plan = solve_plan(recipe(lead, acid, DMF | {"amount": {"fills_to_ml": "5"}}), {})
    assert float(plan.line("pbi2").amount_mmol) == 4


@pytest.mark.parametrize("mg_ml", ["6160", "7000"])
def test_too_much_for_any_solution_is_refused(mg_ml):
    lead = ingredient(
        "pbi2", "PbI2", {"concentration_mg_ml": mg_ml, "of": "dmf", "per": "solution"},
        density_g_ml="6.16",
    )  # fmt: skip
    with pytest.raises(UnsolvablePlan, match="more than the whole solution"):
        solve_plan(recipe(lead, DMF), {})


@pytest.mark.parametrize(
    ("acid_ml", "said"), [("1.765", "refused"), ("2.11", "cautioned"), ("2.13", "")]
)
def test_a_carbonate_needs_an_acid_group_for_each_charge(acid_ml, said):
    """814.0 mg of Cs2CO3 take up 4.997 mmol of acid; 90 % oleic acid holds 2.826 mmol/mL."""
    plain = CS_OLEATE.as_dict()
    next(i for i in plain["ingredients"] if i["key"] == "oa")["amount"]["volume_ml"] = acid_ml
    changed = RecipeDefinition.from_dict(plain)
    if said == "refused":
        with pytest.raises(UnsolvablePlan, match="below 1") as refusal:
            solve_plan(changed, {})
        assert refusal.value.field == "ingredients.oa"
        return
    assert bool(warnings(solve_plan(changed, {}), "acid_per_carbonate")) is bool(said)


def test_a_stock_of_several_salts_has_no_moles_of_its_own():
    ink = recipe(
        ingredient("pbbr2", "PbBr2", {"mass_mg": "367"}),
        ingredient("csbr", "CsBr", {"mass_mg": "212.8"}),
        DMF,
        kind="stock_solution",
    )
    for amount in ({"amount_mmol": "0.1"}, {"equivalents": "1", "of": "pb"}):
        used = {"key": "ink", "stock": "ink", "role": "lead source", "amount": amount}
        lead = ingredient("pb", "PbBr2", {"amount_mmol": "1"})
        with pytest.raises(UnsolvablePlan, match="several salts") as refusal:
            solve_plan(recipe(lead, used), {}, stocks={"ink": ink})
        assert refusal.value.field == "ingredients.ink"


def test_the_salt_of_a_stock_counts_by_formula_unit():
    ink = recipe(ingredient("pbbr2", "PbBr2", {"amount_mmol": "1"}), DMF, kind="stock_solution")
    used = {"key": "ink", "stock": "ink", "role": "lead source", "amount": {"amount_mmol": "0.2"}}
    plan = solve_plan(recipe(used), {}, stocks={"ink": ink})
    assert float(plan.line("ink").volume_ml) == pytest.approx(0.4)  # 1 mmol in 2 mL
    assert float(plan.composition["ratio_br_pb"].value) == 2
    # volume and strength move both ions together
    assert float(plan.composition["ratio_br_pb"].uncertainty) == 0


def test_a_stock_in_part_recorded_stays_planned_and_says_what_is_missing():
    plan = solve_plan(CS_OLEATE, {})
    found = composition_of_batch(plan, [Addition("cs2co3", Decimal("407.0"), "mg")])
    assert (found.origin, found.not_recorded) == ("planned", ("oa", "ode"))
    assert float(found.species["Cs"][0]) == pytest.approx(0.0768, rel=1e-3)
    assert found.volume_ml == Decimal("32.5")


def test_portions_of_a_stocks_solvent_add_up():
    plan = solve_plan(CS_OLEATE, {})
    taken = [
        Addition("cs2co3", Decimal("814.0"), "mg"),
        Addition("oa", Decimal("2.5"), "mL"),
        Addition("ode", Decimal(10), "mL"),
        Addition("ode", Decimal(20), "mL"),
    ]
    found = composition_of_batch(plan, taken)
    value, uncertainty = found.species["Cs"]
    assert found.origin == "weighed"
    assert float(value) == pytest.approx(2 * 814.0 * 0.999 / 325.819 / 32.5, rel=1e-5)
    # 1 % of each portion by itself: 0.025, 0.1 and 0.2 mL
    volumes = (0.025**2 + 0.1**2 + 0.2**2) ** 0.5 / 32.5
    expected = (volumes**2 + 0.001**2 + (0.1 / 814) ** 2) ** 0.5
    assert float(uncertainty / value) == pytest.approx(expected, rel=1e-3)


def test_nanocrystals_have_no_composition_that_follows_from_what_went_in():
    assert composition_of_batch(solve_plan(PAPER, {}), []).species == {}


def test_a_stock_composed_of_other_species_is_refused():
    source = Source("S-1", composition={"Na": (Decimal("0.1"), Decimal("0.01"))}, origin="weighed")
    with pytest.raises(UnfitSource, match="S-1 holds Na") as refusal:
        solve_plan(PAPER, {}, {"cs_oleate": source})
    assert refusal.value.field == "lots.cs_oleate"


def test_a_composition_counts_with_its_uncertainty_and_origin():
    composition = {"Cs": (Decimal("0.15"), Decimal("0.003"))}
    source = Source("S-1", composition=composition, origin="weighed")
    plan = solve_plan(PAPER, {}, {"cs_oleate": source})
    known = plan.composition["ratio_cs_pb"]
    assert float(known.value) == pytest.approx(0.15 / 0.376)
    # 2 % of the strength, 1 % of the volume, 0.1 mg of lead iodide
    expected = (0.02**2 + 0.01**2 + (0.1 / 173.34) ** 2) ** 0.5
    assert float(known.uncertainty / known.value) == pytest.approx(expected, rel=1e-4)
    assert not warnings(plan, "stock_planned")
    assert warnings(plan, "stock_concentration")


def diluted(lead_mmol="1"):
    """A stock of PbBr2 in 2 mL, a weaker one of 1 mL of it and 2 mL more, and what draws 0.3 mL of that."""
    strong = recipe(
        ingredient("pbbr2", "PbBr2", {"amount_mmol": lead_mmol}),
        DMF,
        slug="strong",
        kind="stock_solution",
    )
    part = {"key": "strong", "stock": "strong", "role": "lead source", "amount": {"volume_ml": "1"}}
    weak = recipe(part, DMF, slug="weak", kind="stock_solution")
    return {"strong": strong, "weak": weak}


DRAWN = recipe(
    {"key": "weak", "stock": "weak", "role": "lead source", "amount": {"volume_ml": "0.3"}},
    ingredient("csbr", "CsBr", {"amount_mmol": "0.1"}),
)


def test_a_stock_of_a_stock_is_worked_out_once_for_many_plans():
    stocks = diluted()
    first, again = (solve_plan(DRAWN, {}, stocks=stocks) for _time in range(2))
    # 1 mmol in 2 mL, 1 mL of that in 3 mL, 0.3 mL drawn: 0.05 mmol beside 0.1 mmol CsBr
    assert float(first.composition["ratio_cs_pb"].value) == pytest.approx(2)
    assert again.line("weak").reagent.stock is first.line("weak").reagent.stock
    assert again.line("weak").reagent is first.line("weak").reagent


def test_a_diluted_stock_of_one_salt_is_asked_for_in_moles_as_the_strong_one_is():
    used = {"key": "weak", "stock": "weak", "role": "lead source"}
    plan = solve_plan(recipe(used | {"amount": {"amount_mmol": "0.05"}}), {}, stocks=diluted())
    assert float(plan.line("weak").volume_ml) == pytest.approx(0.3)  # of 1/6 mol/L


def test_another_recipe_of_the_stock_below_gives_another_stock_above():
    weak = diluted()["weak"]
    found = [
        solve_plan(DRAWN, {}, stocks=diluted(lead) | {"weak": weak}).composition["ratio_cs_pb"]
        for lead in ("1", "2", "1")
    ]
    assert [float(one.value) for one in found] == pytest.approx([2, 1, 2])


def test_a_stock_that_is_made_from_itself_by_way_of_another_is_refused_also_the_second_time():
    strong = recipe(
        {"key": "weak", "stock": "weak", "role": "lead source", "amount": {"volume_ml": "1"}},
        DMF,
        slug="strong",
        kind="stock_solution",
    )
    stocks = diluted()
    solve_plan(DRAWN, {}, stocks=stocks)
    for _time in range(2):
        with pytest.raises(UnsolvablePlan, match="made from itself"):
            solve_plan(DRAWN, {}, stocks=stocks | {"strong": strong})
    # planned by itself, "strong" may not draw on what is made of a "strong" either
    with pytest.raises(UnsolvablePlan, match="made from itself"):
        solve_plan(strong, {}, stocks=stocks)

"""The limits and words of the calculator, each held against a number written out."""

from decimal import Decimal

import pytest

from synthesis.chemistry.additions import Addition, bottle_remark
from synthesis.chemistry.atomic_weights import ATOMIC_WEIGHTS
from synthesis.chemistry.composition import weighed_composition
from synthesis.chemistry.element_names import ELEMENT_NAMES, listed, named, species_key
from synthesis.chemistry.planning import (
    Balance,
    ImpossibleTarget,
    Source,
    UnfitSource,
    UnsolvablePlan,
    solve_plan,
)
from synthesis.chemistry.recipe import RecipeDefinition, load_shipped_recipes
from synthesis.chemistry.stocks import composition_of_batch

PAPER = load_shipped_recipes()["cspbi3-seed-core-shell"]
CS_OLEATE = load_shipped_recipes()["cs-oleate"]
LEAD = {"key": "lead_mmol", "name": "Lead", "kind": "amount", "element": "Pb", "unit": "mmol"}


def ingredient(key, formula, amount, role="additive", **more):
    said = {"key": key, "chemical": key, "name": key, "formula": formula, "role": role}
    return said | {"amount": amount} | more


def recipe(*ingredients, inputs=(), kind="nanocrystals", **more):
    plain = {"slug": "case", "name": "Case", "kind": kind, "inputs": list(inputs)}
    return RecipeDefinition.from_dict(
        {**plain, "ingredients": list(ingredients), **more}, chemicals={}
    )


def warnings(plan, code):
    return [one for one in plan.warnings if one.code == code]


DMF = ingredient("dmf", "C3H7NO", {"volume_ml": "2"}, "solvent", density_g_ml="0.944")


# names -------------------------------------------------------------------------------------


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


# which ratios ------------------------------------------------------------------------------


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


# assays ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("assay", "kind", "fits"),
    [
        ("1.05", "titration", True),
        ("1.051", "titration", False),
        ("1", "mass_fraction", True),
        ("1.001", "mass_fraction", False),
        ("0.0105", "mass_fraction", False),
        ("0.0106", "mass_fraction", True),
        ("0.005", "unknown", True),  # it corrects nothing
    ],
)
def test_the_limits_of_an_assay(assay, kind, fits):
    if fits:
        assert Source("L-1", assay=Decimal(assay), assay_kind=kind).purity.value == Decimal(assay)
        return
    with pytest.raises(UnfitSource):
        Source("L-1", assay=Decimal(assay), assay_kind=kind)


def test_a_range_runs_upwards_and_its_middle_counts():
    purity = Source("L-1", "", Decimal("0.7"), "titration", assay_high=Decimal("0.9")).purity
    assert (purity.value, purity.counted) == (Decimal("0.8"), Decimal("0.8"))
    assert purity.spread == Decimal("0.125")
    with pytest.raises(UnfitSource, match="lower value first"):
        Source("L-1", "", Decimal("0.9"), "titration", assay_high=Decimal("0.7"))


@pytest.mark.parametrize(
    ("kind", "counted"),
    [("mass_fraction", "0.9"), ("titration", "0.9"), ("trace_metals", "1"), ("unknown", "1")],
)
def test_only_two_kinds_of_assay_count(kind, counted):
    source = Source("L-1", assay=Decimal("0.9"), assay_kind=kind)
    assert source.purity.counted == Decimal(counted)


@pytest.mark.parametrize(("assay", "severity"), [("0.98", "info"), ("0.979", "caution")])
def test_a_poor_bottle_is_cautioned_of_when_nothing_is_corrected(assay, severity):
    source = {"cai2": Source("L-1", "CaI2", Decimal(assay), "mass_fraction")}
    (caution,) = (one for one in warnings(solve_plan(PAPER, {}, source), "assay_not_corrected"))
    assert caution.severity == severity
    assert not warnings(
        solve_plan(PAPER, {}, source, correct_for_assay=True), "assay_not_corrected"
    )


def test_a_printed_purity_typed_as_a_fraction_is_asked_about_with_its_path():
    plain = PAPER.as_dict()
    calcium = next(one for one in plain["ingredients"] if one["key"] == "cai2")
    calcium["printed_purity"]["low_percent"] = "0.99"
    with pytest.raises(UnfitSource, match=r"0\.99 % or 99 %") as refusal:
        solve_plan(RecipeDefinition.from_dict(plain), {})
    assert refusal.value.field == "ingredients.cai2.printed_purity"


# the balance -------------------------------------------------------------------------------


def mass_of(mg, balance=None, scale=True):
    """A recipe that asks for so many mg of lead iodide."""
    inputs = [LEAD | {"default": f"{mg / Decimal('461.00894'):.9f}", "reference": "1"}]
    if scale:
        inputs.append({"key": "scale", "name": "Scale", "kind": "scale", "default": "1"})
    carrier = ingredient("pbi2", "PbI2", {"solves": "lead_mmol"}, "lead source")
    return solve_plan(recipe(carrier, inputs=inputs), {}, balance=balance)


def test_less_than_one_digit_is_refused_and_one_digit_is_not():
    assert mass_of(Decimal("0.1001")).line("pbi2").weigh_mg == Decimal("0.1")
    with pytest.raises(UnsolvablePlan, match="cannot be weighed") as refusal:
        mass_of(Decimal("0.0999"))
    assert refusal.value.field == "lead_mmol"
    # ten times the uncertainty of 0.1 mg is 1 mg: 11 times as much
    assert "make it 11 times as large (Scale 11)" in str(refusal.value)
    # 0.000217 mmol; 2 mmol/L is the next 1, 2 or 5 below 2.17 mmol/L in 0.1 mL
    assert "0.108 mL of a stock of 2 mmol/L PbI2" in str(refusal.value)


def test_a_finer_balance_weighs_it():
    fine = Balance(Decimal("0.01"), Decimal("0.01"))
    assert mass_of(Decimal("0.0999"), fine).line("pbi2").weigh_mg == Decimal("0.10")


def test_a_batch_a_hundred_times_as_large_is_no_advice():
    with pytest.raises(UnsolvablePlan) as refusal:
        mass_of(Decimal("0.009"))
    assert "times as large" not in str(refusal.value)
    with pytest.raises(UnsolvablePlan, match="100 times as large"):
        mass_of(Decimal("0.01001"))


# solutions ---------------------------------------------------------------------------------


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


def test_per_solvent_in_a_made_up_volume_counts_the_solvent_alone():
    lead = ingredient("pbi2", "PbI2", {"concentration_mol_l": "1", "of": "dmf", "per": "solvent"})
    acid = ingredient("dmso", "C2H6OS", {"volume_ml": "1"}, "solvent", density_g_ml="1.1")
    plan = solve_plan(recipe(lead, acid, DMF | {"amount": {"fills_to_ml": "5"}}), {})
    assert float(plan.line("pbi2").amount_mmol) == 4


def test_too_much_for_any_solution_is_refused():
    lead = ingredient(
        "pbi2", "PbI2", {"concentration_mg_ml": "7000", "of": "dmf", "per": "solution"},
        density_g_ml="6.16",
    )  # fmt: skip
    with pytest.raises(UnsolvablePlan, match="more than the whole solution"):
        solve_plan(recipe(lead, DMF), {})


# stocks ------------------------------------------------------------------------------------


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


# what is asked -----------------------------------------------------------------------------


@pytest.mark.parametrize("empty", ["", " ", None])
def test_an_emptied_target_is_asked_for_and_a_missing_one_takes_the_default(empty):
    with pytest.raises(ImpossibleTarget, match="Say which") as refusal:
        solve_plan(PAPER, {"ratio_ca_pb": empty})
    assert refusal.value.field == "ratio_ca_pb"
    assert solve_plan(PAPER, {}).targets.typed["ratio_ca_pb"] == "0.5"


def test_a_larger_batch_is_warned_of_by_the_recipes_own_shortest_step():
    (said,) = warnings(solve_plan(PAPER, {"lead_mmol": "1.2", "flask_ml": "250"}), "scale_up")
    assert "the 5 s of the recipe's shortest step" in said.message
    plain = PAPER.as_dict()
    next(s for s in plain["steps"] if s["key"] == "react")["parameters"]["duration_s"] = "14400"
    slow = RecipeDefinition.from_dict(plain)
    (said,) = warnings(solve_plan(slow, {"lead_mmol": "1.2", "flask_ml": "250"}), "scale_up")
    assert "shortest step" not in said.message


# at the bench ------------------------------------------------------------------------------


def test_the_remark_on_a_bottle_says_what_to_weigh_and_is_silent_on_the_same_salt():
    plan = solve_plan(PAPER, {})
    said = bottle_remark(plan, "cai2", Source("L-7", "CaI2·4H2O"))
    assert said.startswith("L-7 holds a hydrate, CaI2·4H2O, not the planned CaI2")
    assert "weigh 68.8 mg instead of 55.3 mg" in said
    assert bottle_remark(plan, "cai2", Source("L-8", "CaI2")) == ""
    assert bottle_remark(plan, "cs_oleate", Source("S-1", recipe_slug="cs-oleate")) == ""
    with pytest.raises(UnfitSource):
        bottle_remark(plan, "cai2", Source("L-9", "NaI"))


def test_a_volume_and_its_mass_count_the_same_at_face_value():
    plan = solve_plan(PAPER, {})
    lead = Addition("pbi2", Decimal("173.3"), "mg")
    by_volume = weighed_composition(plan, [lead, Addition("oa", Decimal(1), "mL")])
    by_mass = weighed_composition(plan, [lead, Addition("oa", Decimal(887), "mg")])
    for side in ("amounts_mmol", "effective_amounts_mmol"):
        one, other = getattr(by_volume, side)["OA"], getattr(by_mass, side)["OA"]
        assert one.value == other.value
    assert float(by_mass.amounts_mmol["OA"].value) == pytest.approx(887 / 282.468, rel=1e-4)

"""The recipes that ship: their numbers are their sources', and what no source says stands in words.

Molar masses in g/mol, from the standard atomic weights, worked out by hand: PbBr2 367.008,
CsBr 212.809, CH3NH3Br 111.97, Pb(CH3COO)2·3H2O 379.3, Cs2CO3 325.819, PbCl2 278.1, MnCl2 125.84,
MnCl2·4H2O 197.90, oleylammonium chloride 303.96, PbI2 461.009, CaI2 293.887.
"""

import pytest

from synthesis.chemistry.planning import PlanRefused, Source, solve_plan
from synthesis.chemistry.recipe import load_shipped_recipes

RECIPES = load_shipped_recipes()
PAPER = "10.1021/acsnano.3c00789"
SAID = {  # what a recipe leaves to the chemist, because its source does not say it
    "zno-nanocrystals": {"zinc_acetate_form": "anhydrous"},
    "cspbi3-pbs-seeds": {"ratio_ca_pb": "0.5", "seeds_mg": "2"},
}
OURS_FOR_WANT_OF_A_SOURCE = (
    "cspbbr3-hot-injection", "mapbbr3-reprecipitation", "mn-cspbcl3-hot-injection",
)  # fmt: skip


def plan(slug, targets=None, **kwargs):
    return solve_plan(RECIPES[slug], {**SAID.get(slug, {}), **(targets or {})}, **kwargs)


def weighed(plan):
    return {one.key: float(one.weigh_mg) for one in plan.reagents if one.weigh_mg is not None}


def drawn(plan):
    return {one.key: float(one.volume_ml) for one in plan.reagents if one.volume_ml is not None}


def value(plan, name):
    return float(plan.composition[name].value)


@pytest.mark.parametrize("slug", sorted(RECIPES))
def test_every_recipe_that_ships_can_be_planned(slug):
    body = plan(slug).as_dict()
    assert body["recipe"]["slug"] == slug
    for step in body["steps"]:
        for number in step["parameters"].values():
            assert float(number) >= 0  # each is a number once the inputs have given theirs


@pytest.mark.parametrize("slug", sorted(SAID))
def test_what_the_source_does_not_say_is_asked_for(slug):
    for key in SAID[slug]:
        left = {name: said for name, said in SAID[slug].items() if name != key}
        with pytest.raises(PlanRefused) as refused:
            solve_plan(RECIPES[slug], left)
        assert refused.value.field == key


def test_no_number_is_told_as_a_source_that_nobody_read():
    for slug in OURS_FOR_WANT_OF_A_SOURCE:
        recipe = RECIPES[slug]
        assert "read" in recipe.source["where"]
        assert "unknown here" in recipe.unknowns["amounts"]
        assert recipe.assumed
        assert not any(one.printed_amount or one.printed_purity for one in recipe.ingredients)
        assert not recipe.outcomes
        assert not any(one.tested for one in recipe.inputs)


def test_a_recipe_of_the_paper_prints_its_numbers_and_the_others_say_their_source():
    for recipe in RECIPES.values():
        if recipe.kind == "experiment":
            continue
        assert recipe.source["citation"], recipe.slug
        if recipe.kind == "device":  # what is not known stands at its layers and steps
            assert all(layer.source for layer in recipe.layers), recipe.slug
            continue
        assert recipe.unknowns, recipe.slug
        assert recipe.assumed, recipe.slug


# the paper's flask: what an input changes, and what it leaves alone


@pytest.mark.parametrize(
    ("cycles", "toluene", "acetate", "washes"),
    [("0", None, None, 0), ("1", 2, 2, 1), ("2", 4, 4, 2)],
)
def test_purification_cycles_take_their_solvents_and_steps(cycles, toluene, acetate, washes):
    found = plan("cspbi3-seed-core-shell", {"purification_cycles": cycles})
    assert drawn(found).get("toluene_wash") == toluene
    assert drawn(found).get("ethyl_acetate") == acetate
    assert drawn(found)["toluene_final"] == 1
    steps = found.as_dict()["steps"]
    rounds = [step for step in steps if step["key"].startswith("wash")]
    assert len(rounds) == washes
    for step in rounds:  # each round takes 2.0 mL of each, however many there are
        assert [(one["key"], one["amount"]) for one in step["ingredients"]] == [
            ("toluene_wash", 2.0), ("ethyl_acetate", 2.0),
        ]  # fmt: skip
    assert len([step for step in steps if step["key"].startswith("spin_washed")]) == washes
    assert weighed(found) == {"pbi2": 173.3, "cai2": 55.3}


def test_the_wash_follows_the_scale_as_well():
    found = plan("cspbi3-seed-core-shell", {"purification_cycles": "3", "lead_mmol": "0.188"})
    assert drawn(found)["ethyl_acetate"] == pytest.approx(2.0 * 3 / 2)


def test_the_injection_temperature_is_where_it_was_asked_for():
    steps = plan("cspbi3-seed-core-shell", {"injection_temperature_c": "155"}).as_dict()["steps"]
    hot = {s["key"]: s["parameters"].get("temperature_c") for s in steps if s["stage"] == "Inject the caesium"}  # fmt: skip
    assert (hot["heat"], hot["inject_cs"], hot["react"]) == ("155", "155", "155")
    assert next(s for s in steps if s["key"] == "degas")["parameters"]["temperature_c"] == "120"


def test_the_paper_says_its_humidity_and_not_its_ink():
    flags = {flag.code: flag.message for flag in RECIPES["cspbi3-seed-core-shell"].flags}
    assert "60 to 80 %" in flags["humidity"]
    assert "unknown" in flags["ink_concentration"]


def test_what_is_ours_and_not_the_papers_is_marked():
    recipe = RECIPES["cspbi3-seed-core-shell"]
    assert "0.5 %" in recipe.ingredient("cai2").printed_purity.assumed
    assert recipe.ingredient("pbi2").printed_purity.assumed
    assert "0.1 %" in RECIPES["cs-oleate"].ingredient("cs2co3").printed_purity.assumed
    assert {"ligands", "atmosphere", "cai2_purity", "second_wash"} <= set(recipe.assumed)
    assert plan("cspbi3-seed-core-shell").as_dict()["assumed"] == dict(recipe.assumed)


def test_the_flask_without_calcium_is_the_papers_at_r_0():
    with_none = plan("cspbi3-seed-core-shell", {"ratio_ca_pb": "0"})
    without = plan("cspbi3-without-calcium")
    assert weighed(without) == {"pbi2": 173.3}
    assert drawn(without) == drawn(with_none)
    assert value(without, "ratio_i_pb") == 2
    assert value(without, "ratio_cs_pb") == value(with_none, "ratio_cs_pb")
    assert (without.expected["phase"], without.expected["size_nm"]) == ("alpha", "13.5 ± 4.1")


def test_seeds_are_quenched_before_the_caesium():
    found = plan("caix-seeds")
    assert not any("Cs" in one.formula for one in (line.reagent for line in found.reagents))
    assert weighed(found) == {"pbi2": 173.3, "cai2": 55.3}
    spin = next(s for s in found.as_dict()["steps"] if s["operation"] == "centrifuge")
    assert spin["parameters"] == {"speed_rpm": "10000", "duration_s": "600"}
    assert found.expected["size_nm"] == "3"
    assert "88.4 at%" in found.expected["note"]


def test_lead_inside_the_seeds_is_not_lead_in_solution():
    few, many = (plan("cspbi3-pbs-seeds", {"seeds_mg": mass}) for mass in ("2", "20"))
    assert weighed(few) == {"pbi2": 173.3, "cai2": 55.3, "pbs": 2}
    assert weighed(many) == {"pbi2": 173.3, "cai2": 55.3, "pbs": 20}
    unknown = " ".join(RECIPES["cspbi3-pbs-seeds"].unknowns.values())
    assert all(word in unknown for word in ("size", "how much", "R in the control"))


def test_zinc_oxide_is_washed_with_hexane_and_taken_up_in_ethanol():
    one = drawn(plan("zno-nanocrystals"))
    # 5 mL filled up to 50 mL; 3 mL filled up to 50 mL again
    assert (one["hexane_first"], one["hexane_second"]) == (50 - 5, 50 - 3)
    assert (one["ethanol_first"], one["ethanol_second"]) == (3, 3)
    eight = drawn(plan("zno-nanocrystals", {"tubes": "8"}))
    assert eight["hexane_first"] == 8 * 45
    none = plan("zno-nanocrystals", {"tubes": "0"})
    assert not any(line.key.startswith("hexane") for line in none.reagents)


@pytest.mark.parametrize(
    ("slug", "speed", "seconds"),
    [("pedot-pss-layer", "4000", "40"), ("nanocrystal-ink", "1000", "40")],
)
def test_a_layer_is_spun_as_printed(slug, speed, seconds):
    spin = next(s for s in plan(slug).as_dict()["steps"] if s["operation"] == "spin-coat")
    assert spin["parameters"] == {"speed_rpm": speed, "duration_s": seconds}


def test_the_ink_says_that_nobody_knows_its_concentration():
    assert "mg/mL" in RECIPES["nanocrystal-ink"].unknowns["concentration"]


# other chemistries


def test_reprecipitation_weighs_what_its_source_prints():
    found = plan("cspbbr3-reprecipitation")
    # 0.1468 g PbBr2 / 367.008 = 0.4000 mmol; 0.0851 g CsBr / 212.809 = 0.3999 mmol
    assert weighed(found) == {"pbbr2": 146.8, "csbr": 85.1}
    assert drawn(found) == {"ola": 0.6, "oa": 1.8, "dmf": 10, "toluene": 50}
    assert value(found, "ratio_br_pb") == pytest.approx(3)
    assert drawn(plan("cspbbr3-reprecipitation", {"portions": "4"}))["toluene"] == 200


def test_methylammonium_takes_the_place_of_caesium_mole_for_mole():
    found = plan("mapbbr3-reprecipitation", {"ratio_ma_pb": "0.8"})
    assert weighed(found) == {"pbbr2": 146.8, "mabr": pytest.approx(0.32 * 111.97, abs=0.06)}
    assert value(found, "ratio_ma_pb") == pytest.approx(0.8)
    assert found.ratios[0].key == "ratio_ma_pb"


def test_benzoyl_bromide_weighs_what_its_source_prints():
    found = plan("cspbbr3-benzoyl-bromide")
    masses = weighed(found)
    assert masses["lead_acetate"] == pytest.approx(76, rel=0.0025)  # 0.2 mmol · 379.3 = 75.9 mg
    assert masses["cs2co3"] == 16
    assert masses["tdpa"] == pytest.approx(0.6 * 278.37, abs=0.1)
    assert drawn(found)["benzoyl_bromide"] == 0.05
    # 16 mg · 2 / 325.819 = 0.0982 mmol of caesium, not the 0.2 of “0.1 mmol” of carbonate
    assert value(found, "ratio_cs_pb") == pytest.approx(2 * 16 / 325.819 / 0.2, rel=1e-4)
    assert "0.049 mmol" in RECIPES["cspbbr3-benzoyl-bromide"].unknowns["cs2co3_amount"]
    # 3.5 volumes on 10 + 0.5 + 0.05 mL
    assert drawn(found)["ethyl_acetate_first"] == pytest.approx(3.5 * 10.55, abs=0.05)


def test_bromide_by_hot_injection_stands_on_the_papers_flask():
    found = plan("cspbbr3-hot-injection")
    assert weighed(found) == {"pbbr2": pytest.approx(0.376 * 367.008, abs=0.06)}
    # 1.0 mL of the paper's stock on 0.376 mmol of lead
    assert drawn(found)["cs_oleate"] == pytest.approx(1.0, rel=0.001)


def test_manganese_and_chloride_are_two_targets():
    found = plan("mn-cspbcl3-hot-injection", {"lead_mmol": "0.2", "ratio_mn_pb": "0.5", "ratio_cl_pb": "5"})  # fmt: skip
    # PbCl2 0.2 · 278.1; MnCl2 0.1 · 125.84; chloride left: 1.0 - 0.4 - 0.2 = 0.4 mmol · 303.96
    assert weighed(found) == pytest.approx({"pbcl2": 55.6, "mncl2": 12.6, "olacl": 121.6}, abs=0.06)
    assert value(found, "ratio_mn_pb") == pytest.approx(0.5)
    assert value(found, "ratio_cl_pb") == pytest.approx(5)
    assert [one.key for one in found.ratios if one.asked] == ["ratio_mn_pb", "ratio_cl_pb", "ratio_cs_pb"]  # fmt: skip
    wet = plan(
        "mn-cspbcl3-hot-injection",
        {"lead_mmol": "0.2", "ratio_mn_pb": "0.5", "ratio_cl_pb": "5"},
        sources={"mncl2": Source("L-9", "MnCl2·4H2O")},
    )
    assert weighed(wet)["mncl2"] == pytest.approx(0.1 * 197.90, abs=0.06)


def test_less_chloride_than_the_metals_bring_is_refused():
    with pytest.raises(PlanRefused) as refused:
        plan("mn-cspbcl3-hot-injection", {"ratio_mn_pb": "1", "ratio_cl_pb": "3"})
    assert refused.value.field == "ratio_cl_pb"


def test_a_free_experiment_plans_nothing():
    found = plan("free-experiment")
    assert (found.reagents, found.as_dict()["steps"]) == ((), [])

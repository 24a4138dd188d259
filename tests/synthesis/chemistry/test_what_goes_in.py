"""Amounts, strengths and their uncertainty in the less usual recipes, each worked out by hand."""

from decimal import Decimal

import pytest

from synthesis.chemistry.additions import Addition
from synthesis.chemistry.composition import weighed_composition
from synthesis.chemistry.planning import Source, solve_plan
from synthesis.chemistry.stocks import composition_of_batch
from tests.synthesis.chemistry.written import DMF, PAPER, ingredient, ratio, reads_well, recipe

LEAD = ingredient("pbi2", "PbI2", {"amount_mmol": "1"})  # 461.009 mg
POLYMER = ingredient("peo", "", {"mass_mg": "10"}, "polymer")
INK = recipe(LEAD, DMF, kind="stock_solution", slug="ink")  # 1 mmol in 2 mL
ODE = ingredient("ode", "C18H36", {"volume_ml": "9"}, "solvent", density_g_ml="0.789")


def oleic(amount, **more):
    said = {"density_g_ml": "0.887", "species": {"OA": "1"}} | more
    return ingredient("oa", "C18H34O2", amount, "ligand", **said)


def poured(key="ink", **amount):
    return {"key": key, "stock": key, "role": "lead source", "amount": amount}


def relative(known):
    return float(known.uncertainty / known.value)


def root(*parts):
    return sum(part**2 for part in parts) ** 0.5


# amounts -----------------------------------------------------------------------------------


def test_equivalents_of_a_stock_count_its_moles():
    salt = ingredient("csi", "CsI", {"equivalents": "2", "of": "ink"})
    plan = solve_plan(recipe(poured(volume_ml="1"), salt), {}, stocks={"ink": INK})
    assert float(plan.line("csi").amount_mmol) == 1  # twice 1 mL of 0.5 mol/L


def test_a_stock_by_equivalents_is_drawn_by_its_strength():
    lead = ingredient("pbbr2", "PbBr2", {"amount_mmol": "1"})
    plan = solve_plan(recipe(lead, poured(equivalents="0.2", of="pbbr2")), {}, stocks={"ink": INK})
    assert float(plan.line("ink").volume_ml) == pytest.approx(0.4)  # 0.2 mmol of 0.5 mol/L


def test_a_stock_diluted_into_another_is_half_as_strong():
    thin = recipe(
        poured(volume_ml="1"), DMF | {"amount": {"volume_ml": "1"}},
        kind="stock_solution", slug="thin",
    )  # fmt: skip
    plan = solve_plan(recipe(poured("thin", volume_ml="2")), {}, stocks={"ink": INK, "thin": thin})
    (line,) = plan.as_dict()["reagents"]
    assert line["planned_concentrations_mol_l"] == {"I": 0.5, "Pb": 0.25}
    assert float(plan.line("thin").amount_mmol or 0) in (0, 0.5)


def test_what_fills_up_is_the_rest_with_its_mass():
    water = ingredient("water", "H2O", {"fills_to_ml": "5"}, "solvent", density_g_ml="0.998")
    line = solve_plan(recipe(DMF, water, oleic({"volume_ml": "1"})), {}).line("water")
    assert (line.measured_by, line.volume_ml, line.note) == ("volume", 2, "")
    assert line.mass_mg == 1996
    unknown = solve_plan(recipe(DMF, water | {"density_g_ml": None}), {}).line("water")
    assert (unknown.volume_ml, unknown.mass_mg) == (3, None)


def test_a_stock_that_holds_nothing_to_count_is_poured_as_it_is():
    made = recipe(POLYMER, DMF, kind="stock_solution", slug="ink")
    line = solve_plan(recipe(poured(volume_ml="1.5"), LEAD), {}, stocks={"ink": made}).line("ink")
    assert (line.measured_by, line.volume_ml, line.amount_mmol) == ("volume", Decimal("1.5"), None)
    assert (line.note, line.reagent.name, line.ingredient.stock) == ("", "ink", "ink")


def test_a_liquid_asked_in_moles_is_corrected_by_volume():
    asked = recipe(LEAD, oleic({"amount_mmol": "3"}))
    neat_ml = 3 * 282.468 / 887
    bottle = {"oa": Source("L-1", "C18H34O2", Decimal("0.9"), "titration")}
    plain = solve_plan(asked, {}, bottle).line("oa")
    assert float(plain.volume_ml) == pytest.approx(neat_ml, rel=1e-5)
    assert plain.note == ""
    corrected = solve_plan(asked, {}, bottle, correct_for_assay=True).line("oa")
    assert float(corrected.volume_ml) == pytest.approx(neat_ml / 0.9, rel=1e-5)
    assert corrected.note == "Volume corrected for the assay of 90.0 %."
    assert solve_plan(asked, {}, correct_for_assay=True).line("oa").note == ""


def test_the_moles_of_a_solvent_are_nobodys_business_but_those_of_an_additive_are():
    water = ingredient("water", "H2O", {"volume_ml": "1"}, density_g_ml="1")
    ether = ingredient("ether", "C4H10O", {"volume_ml": "1"}, "antisolvent", density_g_ml="0.713")
    plan = solve_plan(recipe(LEAD, DMF, ether, water), {})
    assert plan.line("dmf").amount_mmol is None
    assert plan.line("ether").amount_mmol is None
    assert float(plan.line("water").amount_mmol) == pytest.approx(1000 / 18.015, rel=1e-4)


def test_a_range_of_purity_leaves_asked_moles_as_asked():
    label = {"low_percent": "80", "high_percent": "90", "kind": "mass_fraction"}
    line = solve_plan(recipe(LEAD, oleic({"amount_mmol": "3"}, printed_purity=label)), {}).line(
        "oa"
    )
    assert (line.amount_mmol, line.amount_mmol_range) == (3, None)


# uncertainty -------------------------------------------------------------------------------


def test_a_concentration_is_as_uncertain_as_its_mass_and_its_volume():
    little = ingredient("pbi2", "PbI2", {"mass_mg": "5"})
    known = solve_plan(recipe(little, DMF, kind="layer_solution"), {}).composition["lead_mol_l"]
    assert float(known.value) == pytest.approx(5 / 461.00894 / 2)
    assert relative(known) == pytest.approx(root(0.1 / 5, 0.01), rel=1e-6)
    assert known.note.startswith("Per mL of the liquids that go in: additive volumes")
    reads_well(known.note)
    filled = recipe(little, DMF | {"amount": {"fills_to_ml": "2"}}, kind="layer_solution")
    made_up = solve_plan(filled, {}).composition["lead_mol_l"]
    assert made_up.note == "Per mL of the solution as made up."
    paper = solve_plan(PAPER, {}).composition["lead_mol_l"]
    assert "Per mL of the liquids in the 50 mL three-neck flask: additive" in paper.note
    reads_well(paper.note)


@pytest.mark.parametrize(("lots", "together"), [(("L-1", "L-1"), True), (("L-1", "L-2"), False)])
def test_one_bottle_poured_twice_is_one_cause_and_two_bottles_are_two(lots, together):
    salts = [ingredient(key, "PbI2", {"mass_mg": "4610"}) for key in ("first", "second")]
    asked = recipe(*salts, ingredient("cs", "CsI", {"mass_mg": "2598"}), inputs=[])
    label = {
        "assay": Decimal("0.9"),
        "assay_kind": "titration",
        "assay_uncertainty": Decimal("0.09"),
    }
    bottles = [Source(code, **label) for code in lots]
    plan = solve_plan(asked, {}, dict(zip(("first", "second"), bottles, strict=True)))
    known = plan.composition["ratio_cs_pb_effective"]
    # 10 % of each; of two bottles of one size the mean is off by 10 % / √2
    assert relative(known) == pytest.approx(0.1 if together else 0.1 / 2**0.5, rel=1e-3)


def test_what_is_drawn_twice_is_uncertain_twice():
    other = recipe(
        ingredient("csbr", "CsBr", {"amount_mmol": "2"}), DMF, kind="stock_solution", slug="cs"
    )
    asked = recipe(
        poured(volume_ml="1"), poured("cs", volume_ml="1"), inputs=[ratio("Cs", "Pb", "2")]
    )
    plan = solve_plan(asked, {}, stocks={"ink": INK, "cs": other})
    known = plan.composition["asked"]
    # 1 % of either draw, 1 % of either solvent; 0.1 mg of 461 and of 426 mg is nothing beside it
    assert relative(known) == pytest.approx(0.02, rel=1e-3)
    words = {part.cause for part in known.budget()[:4]}
    assert {"measuring ink", "measuring cs"} <= words


def test_the_budget_says_what_was_weighed_and_what_was_measured():
    label = {"low_percent": "80", "high_percent": "90", "kind": "mass_fraction"}
    lead = ingredient("pbi2", "PbI2", {"mass_mg": "461"})
    asked = recipe(
        lead, oleic({"solves": "asked"}, printed_purity=label), inputs=[ratio("OA", "Pb", "5")]
    )
    plan = solve_plan(asked, {})
    planned = {part.cause for part in plan.composition["asked"].budget()}
    assert planned == {"measuring oa", "weighing pbi2"}
    real = {part.cause: float(part.share) for part in plan.composition["asked_effective"].budget()}
    assert set(real) == planned | {"the purity range of oa"}
    # 5/85/√3, 1 % and 0.1 mg of 461 mg
    parts = [5 / 85 / 3**0.5, 0.01, 0.1 / 461]
    assert real["the purity range of oa"] == pytest.approx((parts[0] / root(*parts)) ** 2, rel=1e-4)


def test_what_is_not_taken_is_not_uncertain():
    plan = solve_plan(PAPER, {"ratio_ca_pb": "0"})
    for key in ("ratio_ca_pb", "ratio_ca_pb_effective"):
        assert (plan.composition[key].value, plan.composition[key].uncertainty) == (0, 0)


def test_a_polymer_on_the_way_hides_nothing():
    plan = solve_plan(recipe(POLYMER, LEAD, ingredient("csi", "CsI", {"amount_mmol": "1"})), {})
    # 461.0 and 259.8 mg on the balance
    expected = 259.8 / 259.80992 / (461.0 / 461.00894)
    assert float(plan.composition["ratio_cs_pb_effective"].value) == pytest.approx(expected)


def test_a_stock_of_a_liquid_is_sure_where_its_own_volume_counts_twice():
    """1 mL in 10 mL: 1 % more of it makes the stock 0.9 % stronger, 1 % more solvent 0.9 % weaker."""
    plan = solve_plan(recipe(oleic({"volume_ml": "1"}), ODE, kind="stock_solution"), {})
    recorded = [Addition("oa", Decimal(1), "mL"), Addition("ode", Decimal(9), "mL")]
    found = composition_of_batch(plan, recorded)
    value, uncertainty = found.species["OA"]
    assert float(value) == pytest.approx(887 / 282.468 / 10, rel=1e-4)
    assert float(uncertainty / value) == pytest.approx(root(0.009, 0.009), rel=1e-4)


def test_a_liquid_from_two_bottles_is_measured_twice():
    plan = solve_plan(recipe(LEAD, DMF, kind="layer_solution"), {})
    recorded = [
        Addition("pbi2", Decimal("461.0"), "mg"),
        Addition("dmf", Decimal("0.5"), "mL", Source("L-1")),
        Addition("dmf", Decimal("1.5"), "mL", Source("L-2")),
    ]
    found = composition_of_batch(plan, recorded)
    value, uncertainty = found.species["Pb"]
    assert float(value) == pytest.approx(461.0 / 461.00894 / 2)
    assert float(uncertainty / value) == pytest.approx(
        root(0.1 / 461, root(0.005, 0.015) / 2), rel=1e-4
    )


def test_a_salt_from_two_bottles_is_weighed_twice():
    plan = solve_plan(recipe(LEAD, DMF, kind="layer_solution"), {})
    recorded = [
        Addition("pbi2", Decimal(4), "mg", Source("L-1", "PbI2")),
        Addition("pbi2", Decimal(3), "mg", Source("L-2", "PbI2")),
        Addition("dmf", Decimal("2"), "mL"),
    ]
    value, uncertainty = composition_of_batch(plan, recorded).species["Pb"]
    assert float(value) == pytest.approx(7 / 461.00894 / 2)
    # 0.1 mg each time, 1 % of the volume
    assert float(uncertainty / value) == pytest.approx(root(0.1 / 7, 0.1 / 7, 0.01), rel=1e-6)


def test_a_ligand_from_two_bottles_is_measured_twice_in_its_stock():
    """0.4 and 0.6 mL in 10 mL: what either is off by makes the stock stronger and larger at once."""
    plan = solve_plan(recipe(oleic({"volume_ml": "1"}), ODE, kind="stock_solution"), {})
    recorded = [
        Addition("oa", Decimal("0.4"), "mL", Source("L-1", "C18H34O2")),
        Addition("oa", Decimal("0.6"), "mL", Source("L-2", "C18H34O2")),
        Addition("ode", Decimal(9), "mL"),
    ]
    value, uncertainty = composition_of_batch(plan, recorded).species["OA"]
    # 1 % of 0.4 mL of 1 mL, times the 9 of 10 mL that are not the acid itself
    parts = (0.01 * 0.4 * 0.9, 0.01 * 0.6 * 0.9, 0.01 * 0.9)
    assert float(uncertainty / value) == pytest.approx(root(*parts), rel=1e-4)


# what a batch holds, as a document ---------------------------------------------------------


def test_a_stocks_composition_as_a_document():
    plan = solve_plan(recipe(LEAD, DMF, kind="layer_solution"), {})
    plain = composition_of_batch(plan, [Addition("pbi2", Decimal("461.0"), "mg")]).as_dict()
    assert set(plain) == {"species", "origin", "volume_ml", "not_recorded"}
    assert (plain["origin"], plain["volume_ml"], plain["not_recorded"]) == ("planned", 2.0, ["dmf"])
    assert plain["species"]["Pb"] == {
        "mol_l": pytest.approx(0.49999, rel=1e-4),
        "uncertainty": pytest.approx(0.49999 * root(0.01, 0.1 / 461), rel=1e-3),
    }


def test_what_is_no_solution_has_no_composition():
    dry = solve_plan(recipe(LEAD, POLYMER, kind="stock_solution"), {})
    found = composition_of_batch(dry, [Addition("pbi2", Decimal("461.0"), "mg")])
    assert found.as_dict() == {
        "species": {}, "origin": "planned", "volume_ml": None, "not_recorded": ["peo"],
    }  # fmt: skip
    crystals = composition_of_batch(solve_plan(PAPER, {}), []).as_dict()
    assert crystals == {
        "species": {}, "origin": "planned", "volume_ml": None, "not_recorded": [],
    }  # fmt: skip


def test_what_was_recorded_as_a_document():
    plan = solve_plan(recipe(LEAD, ingredient("csi", "CsI", {"amount_mmol": "1"}), DMF), {})
    found = weighed_composition(
        plan, [Addition("pbi2", Decimal("484.1"), "mg"), Addition("dmf", Decimal("1.9"), "mL")]
    ).as_dict()
    assert set(found) == {
        "ratios", "effective", "amounts_mmol", "effective_amounts_mmol", "deviations", "missing",
        "waiting_for", "complete",
    }  # fmt: skip
    lead, dmf = found["deviations"]
    assert lead == {
        "key": "pbi2", "unit": "mg", "planned": 461.0, "actual": 484.1,
        "percent": pytest.approx(23.1 / 4.61),
    }  # fmt: skip
    assert dmf == {
        "key": "dmf", "unit": "mL", "planned": 2.0, "actual": 1.9, "percent": pytest.approx(-5),
    }  # fmt: skip
    assert found["missing"] == ["csi"]
    assert found["complete"] is False
    assert found["waiting_for"]["ratio_cs_pb"] == ["csi"]
    assert found["amounts_mmol"]["Pb"]["value"] == pytest.approx(484.1 / 461.00894)


def test_what_was_planned_at_zero_is_zero_without_a_record():
    plan = solve_plan(PAPER, {"ratio_ca_pb": "0"})
    found = weighed_composition(plan, [Addition("pbi2", Decimal("173.3"), "mg")])
    assert "ratio_ca_pb" not in found.ratios  # nobody said so: unknown, not 0
    assert found.ratios["lead_fraction_feed"].value == 1
    assert found.ratios["ratio_i_pb"].value == 2
    (deviation,) = found.deviations
    assert deviation.percent == 0
    planned_none = weighed_composition(
        plan, [Addition("pbi2", Decimal("173.3"), "mg"), Addition("cai2", Decimal("5.5"), "mg")]
    )
    assert planned_none.as_dict()["deviations"][1]["percent"] is None

"""The paper's recipes come out as published: Guo et al., ACS Nano 2023, 17, 9290."""

import tomllib
from decimal import Decimal

import pytest

from synthesis.chemistry.planning import Source, UnsolvablePlan, solve_plan
from synthesis.chemistry.recipe import DATA, RecipeDefinition, load_shipped_recipes

PAPER = tomllib.loads((DATA / "paper.toml").read_text("utf-8"))
NANOCRYSTALS = load_shipped_recipes()["cspbi3-seed-core-shell"]
CS_OLEATE = load_shipped_recipes()["cs-oleate"]
ZNO = load_shipped_recipes()["zno-nanocrystals"]
MASS = 0.0025  # "reproduces the paper": masses within 0.25 %


def plan_at(ratio="0.5", lead="0.376", **kwargs):
    return solve_plan(NANOCRYSTALS, {"ratio_ca_pb": ratio, "lead_mmol": lead}, **kwargs)


def value(plan, name):
    return float(plan.composition[name].value)


def codes(plan):
    return [warning.code for warning in plan.warnings]


def test_the_published_masses_come_out():
    plan = plan_at()
    assert float(plan.line("pbi2").mass_mg) == pytest.approx(173.34, rel=1e-4)
    assert float(plan.line("cai2").mass_mg) == pytest.approx(55.25, rel=1e-4)
    printed = PAPER["nanocrystals"]
    assert float(plan.line("pbi2").mass_mg) == pytest.approx(float(printed["pbi2_mg"]), rel=MASS)
    assert float(plan.line("cai2").mass_mg) == pytest.approx(
        float(printed["cai2_mg_at_half"]), rel=MASS
    )
    volumes = {line.key: line.volume_ml for line in plan.reagents if line.volume_ml is not None}
    assert volumes == {
        "ode": 10, "ola": 1, "oa": 1, "cs_oleate": 1,
        "toluene_wash": 2, "ethyl_acetate": 2, "toluene_final": 1,
    }  # fmt: skip


# R, CaI2 mmol, mg, mg at 99 %, mg as tetrahydrate, y_feed, I:Pb, I:Cs, Cs:(Pb+Ca): science notes, section 2
TABLE = [
    ("0", 0, 0, 0, 0, 1, 2.0, 4.90, 0.4085),
    ("0.25", 0.094, 27.63, 27.90, 34.40, 0.800, 2.5, 6.12, 0.3268),
    ("0.5", 0.188, 55.25, 55.81, 68.80, 0.667, 3.0, 7.34, 0.2723),
    ("0.75", 0.282, 82.88, 83.71, 103.20, 0.571, 3.5, 8.57, 0.2334),
]


@pytest.mark.parametrize(
    ("ratio", "mmol", "mg", "at_99", "hydrate", "y", "i_pb", "i_cs", "cs_b"), TABLE
)
def test_the_table_of_ratios_comes_out(ratio, mmol, mg, at_99, hydrate, y, i_pb, i_cs, cs_b):
    plan = plan_at(ratio)
    line = plan.line("cai2")
    assert float(line.amount_mmol) == pytest.approx(mmol, rel=0.003)
    assert float(line.mass_mg) == pytest.approx(mg, rel=0.002)
    corrected = plan_at(ratio, correct_for_assay=True).line("cai2")
    assert float(corrected.weigh_mg) == pytest.approx(at_99, abs=0.06)  # to the balance's 0.1 mg
    wet = plan_at(ratio, sources={"cai2": Source("L-1", "CaI2.4H2O")}).line("cai2")
    assert float(wet.mass_mg) == pytest.approx(hydrate, rel=0.002)
    assert wet.amount_mmol == line.amount_mmol
    assert value(plan, "ratio_ca_pb") == float(ratio)
    assert value(plan, "lead_fraction_feed") == pytest.approx(y, rel=0.005)
    assert value(plan, "ratio_i_pb") == pytest.approx(i_pb, rel=0.005)
    assert value(plan, "ratio_i_cs") == pytest.approx(i_cs, rel=0.005)
    assert value(plan, "ratio_cs_pb") == pytest.approx(0.4085, rel=0.01)
    assert value(plan, "ratio_cs_b") == pytest.approx(cs_b, rel=0.005)


def test_no_calcium_is_kept_as_a_line_of_zero():
    line = plan_at("0").line("cai2")
    assert (line.mass_mg, line.weigh_mg) == (0, 0)


def test_the_balance_and_the_assay_say_how_sharp_the_ratio_is():
    composition = plan_at().composition
    nominal, effective = composition["ratio_ca_pb"], composition["ratio_ca_pb_effective"]
    # 0.1 mg in 55.25 and 173.34 mg, in quadrature
    expected = 0.5 * ((0.1 / 55.2507) ** 2 + (0.1 / 173.3394) ** 2) ** 0.5
    assert float(nominal.uncertainty) == pytest.approx(expected, rel=1e-4)
    assert float(effective.value) == pytest.approx(0.496, abs=0.001)
    assert float(effective.uncertainty) == pytest.approx(0.0027, abs=0.0001)


def test_correcting_for_the_assay_brings_the_effective_ratio_back_to_the_target():
    corrected = plan_at(correct_for_assay=True)
    assert corrected.line("cai2").weigh_mg == Decimal("55.8")
    assert value(corrected, "ratio_ca_pb_effective") == pytest.approx(0.5, abs=0.0005)


def test_caesium_oleate_has_the_concentration_of_additive_volumes_and_says_so():
    plan = solve_plan(CS_OLEATE, {})
    assert value(plan, "caesium_mol_l") == pytest.approx(0.1537, rel=0.003)
    assert value(plan, "caesium_mol_l_solvent_only") == pytest.approx(0.1665, rel=0.003)
    assert value(plan, "ratio_oa_cs") == pytest.approx(1.42, rel=0.005)
    assert "stock_basis" in codes(plan)
    assert "additive volumes" in next(w.message for w in plan.warnings if w.code == "stock_basis")
    assert plan.vessels[0].percent == Decimal("32.5")


def test_a_stock_drawn_hot_holds_less_and_is_no_less_certain():
    composition = plan_at().composition
    cold, hot = composition["ratio_cs_pb"], composition["ratio_cs_pb_effective"]
    assert float(cold.value) == pytest.approx(2 * 814.0 / 325.819 / 32.5 / 0.376, rel=1e-4)
    # counted at 99.9 %, on 173.3 mg of lead iodide, 9 % less because it is drawn at 150 °C
    real = 2 * 814.0 * 0.999 / 325.819 / 32.5 / (173.3 / 461.00894)
    assert float(hot.value) == pytest.approx(real * 0.91, rel=1e-4)
    assert "hot" in hot.note
    assert not cold.note
    for known in (cold, hot):
        assert float(known.uncertainty / known.value) == pytest.approx(0.0137, abs=0.0005)


def test_a_computed_stock_is_as_uncertain_as_its_volumes_mass_and_assay():
    composition = plan_at().composition
    # 1 % of the drawn millilitre; 1 % of 2.5 mL and of 30 mL in 32.5 mL; 0.1 mg; 0.1 % assay
    volumes = (0.025**2 + 0.3**2) ** 0.5 / 32.5
    stock = (volumes**2 + (0.1 / 814) ** 2 + 0.001**2) ** 0.5
    assert stock == pytest.approx(0.00932, abs=0.00002)
    known = composition["ratio_cs_pb"]
    expected = (stock**2 + 0.01**2 + (0.1 / 173.34) ** 2) ** 0.5
    assert float(known.uncertainty / known.value) == pytest.approx(expected, rel=1e-3)


def with_oleic_acid(volume_ml):
    plain = CS_OLEATE.as_dict()
    next(i for i in plain["ingredients"] if i["key"] == "oa")["amount"]["volume_ml"] = volume_ml
    return RecipeDefinition.from_dict(plain)


def test_too_little_oleic_acid_for_the_caesium_is_refused():
    with pytest.raises(UnsolvablePlan, match="Oleic acid"):
        solve_plan(with_oleic_acid("1.7"), {})


def test_barely_enough_oleic_acid_is_warned_of():
    assert "acid_per_carbonate" in codes(solve_plan(with_oleic_acid("2.0"), {}))
    assert "acid_per_carbonate" not in codes(solve_plan(CS_OLEATE, {}))


def test_technical_ligands_are_ranges():
    plan = plan_at()
    low, high = plan.line("ola").amount_mmol_range
    assert (float(low), float(high)) == pytest.approx((2.43, 2.74), rel=0.003)
    assert plan.line("ola").amount_mmol is None
    assert float(plan.line("oa").amount_mmol) == pytest.approx(2.83, rel=0.003)
    ola = plan.composition["ratio_ola_pb"]
    assert (float(ola.low), float(ola.high)) == pytest.approx((6.47, 7.27), rel=0.003)
    assert float(ola.uncertainty) == pytest.approx((7.2748 - 6.4665) / 2 / 3**0.5, rel=0.06)
    assert value(plan, "ratio_oa_pb") == pytest.approx(7.52, rel=0.003)


def test_caesium_limits_the_yield():
    result = plan_at().theoretical_yield
    assert result.limiting_element == "Cs"
    assert float(result.mass_mg) == pytest.approx(110.7, rel=0.005)
    assert float(result.used_fraction["Pb"]) == pytest.approx(0.408, abs=0.002)


def test_the_flask_after_injection_is_as_computed_by_hand():
    plan = plan_at()
    assert value(plan, "lead_mol_l") == pytest.approx(0.02892, rel=0.003)
    assert value(plan, "caesium_mol_l") == pytest.approx(0.01181, rel=0.005)
    assert float(plan.vessels[0].percent) == 26


@pytest.mark.parametrize(
    ("form", "zinc_mmol", "oh_zn"), [("anhydrous", 2.3999, 2.084), ("dihydrate", 2.0059, 2.493)]
)
def test_the_form_of_zinc_acetate_decides_the_base_per_zinc(form, zinc_mmol, oh_zn):
    plan = solve_plan(ZNO, {"zinc_acetate_form": form})
    assert float(plan.line("zn_acetate").amount_mmol) == pytest.approx(zinc_mmol, rel=0.0005)
    assert value(plan, "ratio_oh_zn") == pytest.approx(oh_zn, rel=0.0005)
    assert plan.vessels[0].percent == 16


def test_layer_solutions_come_out_at_their_strength():
    pei = solve_plan(load_shipped_recipes()["pei-solution"], {})
    solvent = pei.line("2-methoxyethanol").mass_mg
    assert pei.line("pei").mass_mg / (pei.line("pei").mass_mg + solvent) == pytest.approx(
        Decimal("0.002")
    )
    tpd = solve_plan(load_shipped_recipes()["poly-tpd-solution"], {"scale": "2"})
    assert tpd.line("poly-tpd").mass_mg == 80


@pytest.mark.parametrize(
    ("ratio", "phase", "evidence", "appearance"),
    [
        ("0", "alpha", "stated", "clear"),
        ("0.25", "alpha", "inferred", "clear"),
        ("0.50", "gamma", "stated", "colloidal"),
        ("0.75", "gamma", "stated", "turbid"),
    ],
)
def test_the_papers_outcome_stands_beside_its_own_ratios(ratio, phase, evidence, appearance):
    expected = plan_at(ratio).expected
    assert (expected["phase"], expected["evidence"]) == (phase, evidence)
    assert expected["precursor_appearance"] == appearance


def test_between_the_papers_ratios_nothing_is_claimed():
    plan = plan_at("0.4")
    assert plan.expected is None
    assert "unmeasured_gap" in codes(plan)


def test_the_plan_says_what_the_uncertainty_of_its_ratio_comes_from():
    parts = plan_at().as_dict()["uncertainty_budget"]["ratio_ca_pb_effective"]
    # 0.5 % of the assay; 0.1 mg in 55.3 mg and in 173.3 mg
    squares = [(0.5 / 99) ** 2, (0.1 / 55.3) ** 2, (0.1 / 173.3) ** 2]
    assert [part["share"] for part in parts] == pytest.approx(
        [one / sum(squares) for one in squares], rel=1e-3
    )
    assert sum(part["share"] for part in parts) == pytest.approx(1)
    assert parts[0]["from"] == "the assay of Calcium iodide, anhydrous"
    (said,) = (w for w in plan_at().warnings if w.code == "uncertainty_budget")
    assert "88 % from the assay" in said.message


def test_an_assumed_purity_is_named_as_assumed():
    plain = NANOCRYSTALS.as_dict()
    calcium = next(one for one in plain["ingredients"] if one["key"] == "cai2")
    calcium["printed_purity"]["assumed"] = "the kind and the uncertainty"
    plan = solve_plan(RecipeDefinition.from_dict(plain), {})
    assert plan.as_dict()["uncertainty_budget"]["ratio_ca_pb_effective"][0]["assumed"]
    (said,) = (w for w in plan.warnings if w.code == "uncertainty_budget")
    assert "(assumed)" in said.message

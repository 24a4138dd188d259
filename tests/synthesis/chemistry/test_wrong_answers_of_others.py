"""Silent wrong answers of other calculators (synthesis notes, section 3), as vectors for ours."""

from decimal import Decimal

import pytest

from synthesis.chemistry.planning import Source, UnsolvablePlan, solve_plan
from synthesis.chemistry.recipe import InvalidRecipe, RecipeDefinition

CHEMICALS = {
    "pbi2": {"slug": "pbi2", "name": "Lead iodide", "formula": "PbI2"},
    "cai2": {"slug": "cai2", "name": "Calcium iodide", "formula": "CaI2"},
}
R_INPUT = {
    "key": "ratio_ca_pb",
    "name": "R",
    "kind": "ratio",
    "numerator": "Ca",
    "denominator": "Pb",
}
LEAD_INPUT = {"key": "lead_mmol", "name": "Lead", "kind": "amount", "element": "Pb", "unit": "mmol"}
DMF = {"key": "dmf", "chemical": "dmf", "name": "DMF", "density_g_ml": "0.944", "role": "solvent"}


def ingredient(key, formula, amount, role="additive", **more):
    return {
        "key": key,
        "chemical": key,
        "name": key,
        "formula": formula,
        "role": role,
        "amount": amount,
        **more,
    }


def recipe(*ingredients, inputs=()):
    return RecipeDefinition.from_dict(
        {
            "slug": "test",
            "name": "Test",
            "kind": "stock_solution",
            "inputs": list(inputs),
            "ingredients": list(ingredients),
        },
        chemicals={},
    )


def test_a_small_dopant_is_not_rounded_away():
    """ESCALATE: 1 mL of 0.1 M PbI2 and 0.01 M CaI2 gives 0.0 g CaI2. Right: 46.10 and 2.939 mg."""
    plan = solve_plan(
        recipe(
            ingredient("pbi2", "PbI2", {"concentration_mol_l": "0.1", "of": "dmf"}, "lead source"),
            ingredient(
                "cai2", "CaI2", {"concentration_mol_l": "0.01", "of": "dmf"}, "calcium source"
            ),
            DMF | {"amount": {"volume_ml": "1"}},
        ),
        {},
    )
    assert float(plan.line("pbi2").mass_mg) == pytest.approx(46.10, abs=0.005)
    assert float(plan.line("cai2").mass_mg) == pytest.approx(2.939, abs=0.0005)
    assert plan.line("cai2").weigh_mg == Decimal("2.9")
    # a 0.1 mg balance alone is 3.4 % on this ratio
    ratio = plan.composition["ratio_ca_pb"]
    assert float(ratio.uncertainty / ratio.value) == pytest.approx(0.034, abs=0.0005)
    assert {"small_mass", "coarse_ratio"} <= {warning.code for warning in plan.warnings}


def test_two_liquid_acids_leave_the_right_room_for_the_solvent():
    """ESCALATE: 6.23 mL DMF (the last acid subtracted twice). Right: 7.74 mL."""
    plan = solve_plan(
        recipe(
            ingredient("hi", "HI", {"amount_mmol": "5"}, density_g_ml="1.70"),
            ingredient("hcooh", "HCOOH", {"amount_mmol": "50"}, density_g_ml="1.22"),
            DMF | {"amount": {"fills_to_ml": "10"}},
        ),
        {},
    )
    assert float(plan.line("dmf").volume_ml) == pytest.approx(7.74, abs=0.005)
    assert float(sum(line.volume_ml for line in plan.reagents)) == pytest.approx(10)


def test_a_dilute_acid_counts_its_assay():
    """ESCALATE assumes neat acids and says nothing. 5 mmol HI from 57 % acid is 0.660 mL.

    As bought it is 0.376 mL, which brings 2.85 mmol: the plan says so, and corrects when asked.
    """
    acid = ingredient("hi", "HI", {"amount_mmol": "5"}, density_g_ml="1.70")
    lead = ingredient("pb", "PbI2", {"amount_mmol": "1"})
    weak = {"hi": Source("L-1", assay=Decimal("0.57"), assay_kind="mass_fraction")}
    corrected = solve_plan(recipe(lead, acid), {}, weak, correct_for_assay=True)
    right = 5 * 127.912 / 0.57 / 1700
    assert float(corrected.line("hi").volume_ml) == pytest.approx(right, rel=1e-4)
    assert float(corrected.effective("ratio_i_pb").value) == pytest.approx(7, abs=0.001)
    as_bought = solve_plan(recipe(lead, acid), {}, weak)
    assert float(as_bought.effective("ratio_i_pb").value) == pytest.approx(4.85, abs=0.001)
    (caution,) = (w for w in as_bought.warnings if w.code == "assay_not_corrected")
    assert caution.severity == "caution"
    assert "0.660 mL" in caution.message


def test_two_solvents_that_fill_up_ask_for_their_ratio():
    """ESCALATE: 9.95 mL of each."""
    with pytest.raises(InvalidRecipe, match="ratio between them is missing"):
        recipe(
            DMF | {"amount": {"fills_to_ml": "10"}},
            DMF | {"key": "dmso", "amount": {"fills_to_ml": "10"}},
        )


def test_a_solvent_that_has_no_room_left_is_refused():
    with pytest.raises(UnsolvablePlan, match="already fill"):
        solve_plan(
            recipe(
                DMF | {"key": "other", "amount": {"volume_ml": "12"}},
                DMF | {"amount": {"fills_to_ml": "10"}},
            ),
            {},
        )


@pytest.mark.parametrize(("ratio", "lead"), [("0.05", "0.1"), ("0.5", "0.01")])
def test_a_dopant_without_a_source_fails_however_little_of_it(ratio, lead):
    """mixsol: answers with PbI2 alone, 40 % too much lead at 1:0.5, because its residual is absolute."""
    alone = recipe(
        ingredient("pbi2", "PbI2", {"solves": "lead_mmol"}), inputs=(R_INPUT, LEAD_INPUT)
    )
    with pytest.raises(UnsolvablePlan, match="No ingredient brings Ca"):
        solve_plan(alone, {"ratio_ca_pb": ratio, "lead_mmol": lead})
    assert solve_plan(alone, {"ratio_ca_pb": 0, "lead_mmol": lead}).line("pbi2").mass_mg > 0


def test_a_target_that_the_fixed_amounts_miss_fails_by_its_relative_residual():
    missing_a_percent = recipe(
        ingredient("pbi2", "PbI2", {"solves": "lead_mmol"}),
        ingredient("cai2", "CaI2", {"amount_mmol": "0.00101"}),
        inputs=(R_INPUT, LEAD_INPUT),
    )
    with pytest.raises(UnsolvablePlan, match="missed by 1"):
        solve_plan(missing_a_percent, {"ratio_ca_pb": "0.01", "lead_mmol": "0.1"})


def test_a_carrier_that_holds_none_of_its_element_fails():
    wrong = recipe(
        ingredient("pbi2", "PbI2", {"solves": "lead_mmol"}),
        ingredient("salt", "NaI", {"solves": "ratio_ca_pb"}),
        ingredient("trace", "CaI2", {"amount_mmol": "0.001"}),
        inputs=(R_INPUT, LEAD_INPUT),
    )
    with pytest.raises(UnsolvablePlan, match="salt"):
        solve_plan(wrong, {"ratio_ca_pb": "0.5", "lead_mmol": "0.376"})


def test_more_than_asked_from_elsewhere_is_refused_not_negative():
    rich = recipe(
        ingredient("pbi2", "PbI2", {"solves": "lead_mmol"}),
        ingredient("cai2", "CaI2", {"solves": "ratio_ca_pb"}),
        ingredient("extra", "CaBr2", {"amount_mmol": "1"}),
        inputs=(R_INPUT, LEAD_INPUT),
    )
    with pytest.raises(UnsolvablePlan, match="already bring more"):
        solve_plan(rich, {"ratio_ca_pb": "0.5", "lead_mmol": "0.376"})


def test_two_calcium_sources_share_one_target():
    shared = recipe(
        ingredient("pbi2", "PbI2", {"solves": "lead_mmol"}),
        ingredient("cai2", "CaI2", {"solves": "ratio_ca_pb"}),
        ingredient("cabr2", "CaBr2", {"equivalents": "0.1", "of": "pbi2"}),
        inputs=(R_INPUT, LEAD_INPUT),
    )
    plan = solve_plan(shared, {"ratio_ca_pb": "0.5", "lead_mmol": "1"})
    assert plan.line("cai2").amount_mmol == Decimal("0.4")
    assert plan.composition["ratio_ca_pb"].value == Decimal("0.5")


def test_the_purity_of_one_salt_does_not_leak_into_the_next():
    """PerMix: k(PbI2) = 1.10 also multiplies CsI. Right: CsI stays at 259.8 mg."""
    both = recipe(
        ingredient("pbi2", "PbI2", {"concentration_mol_l": "1", "of": "dmf"}),
        ingredient("csi", "CsI", {"concentration_mol_l": "1", "of": "dmf"}),
        DMF | {"amount": {"volume_ml": "1"}},
    )
    impure = Source("L-1", assay=1 / Decimal("1.10"), assay_kind="mass_fraction")
    plan = solve_plan(both, {}, {"pbi2": impure}, correct_for_assay=True)
    assert plan.line("pbi2").weigh_mg == Decimal("507.1")
    assert plan.line("csi").weigh_mg == Decimal("259.8")


def test_purity_acts_in_both_directions():
    """Chemotion: 10 mL of a 1 M stock at 0.9 comes back as 9.0 mL."""
    salt = ingredient("csi", "CsI", {"concentration_mol_l": "1", "of": "dmf"})
    solvent = DMF | {"amount": {"volume_ml": "10"}}
    impure = Source("L-1", assay=Decimal("0.9"), assay_kind="mass_fraction")
    line = solve_plan(recipe(salt, solvent), {}, {"csi": impure}, correct_for_assay=True).line(
        "csi"
    )
    moles_back = line.reagent.mmol_in_mass(line.mass_mg / Decimal("0.9"), counted=True)
    assert abs(moles_back / 1 - 10) < Decimal("1e-12")  # mL at 1 mmol/mL


def test_amounts_that_disagree_cannot_both_be_given():
    """ESCALATE #245, NOMAD: mass, volume and molarity accepted together. Invariant 2."""
    for amount in (
        {"mass_mg": "5", "volume_ml": "1"},
        {},
        {"amount_mmol": "1", "solves": "lead_mmol"},
    ):
        with pytest.raises(InvalidRecipe, match="exactly one way"):
            recipe(ingredient("pbi2", "PbI2", amount), inputs=(LEAD_INPUT,))


def test_rescaling_is_a_new_calculation_and_leaves_equivalents_alone():
    """Chemotion #2297, #3041: rescaling deletes equivalents or sets the solvent to 0."""
    scaled = recipe(
        ingredient("pbi2", "PbI2", {"solves": "lead_mmol"}),
        ingredient("csi", "CsI", {"equivalents": "1.5", "of": "pbi2"}),
        DMF | {"amount": {"volume_ml": "10", "scales_with": "lead_mmol", "at": "1"}},
        inputs=(LEAD_INPUT,),
    )
    for lead in ("1", "2.5", "1"):
        plan = solve_plan(scaled, {"lead_mmol": lead})
        assert plan.line("csi").amount_mmol == Decimal("1.5") * Decimal(lead)
        assert plan.line("dmf").volume_ml == 10 * Decimal(lead)

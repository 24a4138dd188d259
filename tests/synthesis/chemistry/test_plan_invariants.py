"""What holds for every plan, whatever is asked for."""

import json
from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesis.chemistry.amounts import (
    mass_mg_from_mmol,
    mass_mg_from_volume_ml,
    mmol_from_mass_mg,
    volume_ml_from_mass_mg,
)
from synthesis.chemistry.planning import Source, solve_plan
from synthesis.chemistry.recipe import RecipeDefinition, load_shipped_recipes

NANOCRYSTALS = load_shipped_recipes()["cspbi3-seed-core-shell"]
ratios = st.just(Decimal(0)) | st.decimals(min_value="0.05", max_value=5, places=4)
leads = st.decimals(min_value="0.05", max_value="30", places=4)
assays = st.decimals(min_value="0.05", max_value=1, places=5)
positive = st.decimals(min_value="0.0001", max_value="1e6", places=4)


def test_the_same_inputs_give_the_same_bytes():
    """Invariant 1: a calculation is a value; running it twice changes nothing."""
    targets = {"ratio_ca_pb": "0.5", "lead_mmol": "0.376"}
    before = json.dumps(NANOCRYSTALS.as_dict(), sort_keys=True)
    first, second = (json.dumps(solve_plan(NANOCRYSTALS, targets).as_dict()) for _ in range(2))
    assert first == second
    assert json.dumps(NANOCRYSTALS.as_dict(), sort_keys=True) == before


def test_the_fingerprint_follows_the_inputs_and_nothing_else():
    def sha(ratio="0.5", **kwargs):
        return solve_plan(NANOCRYSTALS, {"ratio_ca_pb": ratio}, **kwargs).inputs_sha256

    assert sha("0.5") == sha("0.50") == sha(Decimal("0.5"))
    different = {
        sha("0.5"),
        sha("0.51"),
        sha(correct_for_assay=True),
        sha(sources={"cai2": Source("L-1", "CaI2")}),
        sha(sources={"cai2": Source("L-2", "CaI2")}),
    }
    assert len(different) == 5


def test_the_callers_decimal_settings_do_not_change_a_plan():
    usual = json.dumps(solve_plan(NANOCRYSTALS, {}).as_dict())
    with localcontext() as context:
        context.prec = 6
        assert json.dumps(solve_plan(NANOCRYSTALS, {}).as_dict()) == usual


@given(ratio=ratios, lead=leads)
@settings(max_examples=40)
def test_the_masses_in_the_table_give_back_the_targets(ratio, lead):
    """Invariant 7 and the element balance: amounts are finite, not negative, and reach the target."""
    plan = solve_plan(NANOCRYSTALS, {"ratio_ca_pb": ratio, "lead_mmol": lead})
    rows = {row["key"]: row for row in plan.as_dict()["reagents"]}
    lead_mmol = rows["pbi2"]["mass_mg"] / 461.00894
    calcium_mmol = rows["cai2"]["mass_mg"] / 293.88694
    assert lead_mmol == pytest.approx(float(lead), rel=1e-9)
    assert calcium_mmol == pytest.approx(float(ratio) * float(lead), rel=1e-9)
    assert all(residual <= Decimal("0.001") for residual in plan.residuals.values())
    for row in rows.values():
        for name in ("mass_mg", "volume_ml", "weigh_mg", "amount_mmol"):
            assert row[name] is None or 0 <= row[name] < 1e9
    # the counter-ion is reported, not hidden: I/Pb rises by 2 R
    assert float(plan.composition["ratio_i_pb"].value) == pytest.approx(
        2 + 2 * float(ratio), rel=1e-9
    )


@given(lead=st.decimals(min_value="0.05", max_value="10", places=3), factor=st.integers(2, 3))
@settings(max_examples=25)
def test_scaling_multiplies_every_amount_and_changes_no_ratio(lead, factor):
    small = solve_plan(NANOCRYSTALS, {"lead_mmol": lead})
    large = solve_plan(NANOCRYSTALS, {"lead_mmol": lead * factor})
    for one, other in zip(small.reagents, large.reagents, strict=True):
        for name in ("mass_mg", "volume_ml", "amount_mmol"):
            before, after = getattr(one, name), getattr(other, name)
            assert (before is None) == (after is None)
            if before is not None:
                assert float(after) == pytest.approx(float(before) * factor, rel=1e-12)
    for name in ("ratio_ca_pb", "ratio_cs_pb", "ratio_i_pb", "ratio_oa_pb"):
        assert float(large.composition[name].value) == pytest.approx(
            float(small.composition[name].value)
        )


@given(assay=assays)
@settings(max_examples=30)
def test_a_corrected_mass_holds_the_planned_moles_whatever_the_assay(assay):
    source = Source("L-1", "CaI2·4H2O", assay, "mass_fraction")
    plan = solve_plan(NANOCRYSTALS, {}, {"cai2": source}, correct_for_assay=True)
    weigh = float(plan.line("cai2").weigh_mg)
    assert weigh * float(assay) / 365.94694 == pytest.approx(0.188, abs=0.051 / 365.9)


@given(
    mmol=positive,
    mass=st.decimals(min_value=1, max_value=2000, places=3),
    assay=assays,
    density=assays,
)
@settings(max_examples=100)
def test_grams_moles_and_millilitres_go_round_and_come_back(mmol, mass, assay, density):
    """Invariant 6: g, mol and mL with any assay are the identity to 1e-12."""
    weighed = mass_mg_from_mmol(mmol, mass, assay)
    volume = volume_ml_from_mass_mg(weighed, density)
    back = mmol_from_mass_mg(mass_mg_from_volume_ml(volume, density), mass, assay)
    assert abs(back / mmol - 1) < Decimal("1e-12")


def test_a_plan_never_names_a_lot_unless_one_was_chosen():
    """Invariant 3: the recipe names chemicals, only a run names bottles."""
    text = json.dumps(NANOCRYSTALS.as_dict())
    assert '"lot"' not in text
    rows = solve_plan(NANOCRYSTALS, {}, {"pbi2": Source("L-9")}).as_dict()["reagents"]
    assert {row["key"]: row["lot"] for row in rows if row["lot"]} == {"pbi2": "L-9"}


def test_a_plan_survives_json_unchanged_and_carries_its_scaled_steps():
    plan = solve_plan(NANOCRYSTALS, {"lead_mmol": "0.752"}).as_dict()
    assert json.loads(json.dumps(plan, allow_nan=False)) == plan
    steps = {step["key"]: step for step in plan["steps"]}
    assert [step["position"] for step in plan["steps"]] == list(range(1, len(plan["steps"]) + 1))
    injected = steps["inject_cs"]["ingredients"][0]
    assert (injected["key"], injected["amount"], injected["unit"]) == ("cs_oleate", 2.0, "mL")
    assert steps["react"]["parameters"] == {"duration_s": "5", "temperature_c": "170"}
    assert steps["degas"]["unknowns"]["pressure_pa"]


def test_the_digits_of_the_targets_are_kept():
    plan = solve_plan(NANOCRYSTALS, {"ratio_ca_pb": "0.500", "lead_mmol": "0,376"})
    assert plan.as_dict()["targets"] == {
        "ratio_ca_pb": "0.500",
        "lead_mmol": "0.376",
        "injection_temperature_c": "170",
        "purification_cycles": "1",
        "flask_ml": "50",
    }


@pytest.mark.parametrize("recipe", load_shipped_recipes().values(), ids=lambda one: one.slug)
def test_every_shipped_recipe_survives_the_journey_through_a_dict(recipe):
    plain = json.loads(json.dumps(recipe.as_dict()))
    # self-contained: no list of chemicals is needed to read it back
    assert RecipeDefinition.from_dict(plain, chemicals={}) == recipe


def test_targets_may_be_typed_with_their_units():
    plan = solve_plan(NANOCRYSTALS, {"ratio_ca_pb": "50 %", "lead_mmol": "376 µmol"})
    assert plan.targets.numbers["ratio_ca_pb"] == Decimal("0.5")
    assert plan.targets.numbers["lead_mmol"] == Decimal("0.376")


def test_a_salt_whose_density_is_known_is_still_weighed():
    plain = NANOCRYSTALS.as_dict()
    for item in plain["ingredients"]:
        if item["key"] in ("pbi2", "cai2"):
            item["density_g_ml"] = "6.16"
    plan = solve_plan(RecipeDefinition.from_dict(plain), {})
    assert (plan.line("pbi2").measured_by, plan.line("pbi2").weigh_mg) == ("mass", Decimal("173.3"))
    assert plan.line("pbi2").volume_ml is None

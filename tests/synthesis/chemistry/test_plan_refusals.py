"""Plans that must not be made, and those that a colleague would warn of."""

from decimal import Decimal

import pytest

from synthesis.chemistry.planning import (
    Balance,
    ImpossibleTarget,
    PlanRefused,
    Source,
    UnfitSource,
    solve_plan,
)
from synthesis.chemistry.recipe import load_shipped_recipes
from tests.synthesis.chemistry.written import warnings

NANOCRYSTALS = load_shipped_recipes()["cspbi3-seed-core-shell"]


def plan_at(ratio="0.5", lead="0.376", **kwargs):
    return solve_plan(NANOCRYSTALS, {"ratio_ca_pb": ratio, "lead_mmol": lead}, **kwargs)


@pytest.mark.parametrize(
    ("targets", "word"),
    [
        ({"ratio_ca_pb": -1}, "at least 0"),
        ({"ratio_ca_pb": "-0.001"}, "at least 0"),
        ({"ratio_ca_pb": "abc"}, "does not start with a number"),
        ({"ratio_ca_pb": "1,234.5"}, "more than one way"),
        ({"ratio_ca_pb": 1e300}, "too large"),
        ({"ratio_ca_pb": "6"}, "at most"),
        ({"ratio_ca_pb": "nan"}, "not a number"),
        ({"ratio_ca_pb": float("nan")}, "not a number"),
        ({"ratio_ca_pb": "1_0"}, "not known"),
        ({"ratio_ca_pb": "sNaN"}, "does not start"),
        ({"ratio_ca_pb": True}, "should be a number"),
        ({"ratio_ca_pb": [1]}, "should be a number"),
        ({"ratio_ca_pb": "1e-300"}, "exponent"),
        ({"lead_mmol": "0.376 mg"}, "mass"),
        ({"lead_mmol": 0}, "above 0"),
        ({"lead_mmol": "-0.376"}, "above 0"),
        ({"lead_mmol": "inf"}, "not a number"),
        ({"lead_mmol": "40"}, "one flask"),
        ({"lead_mmol": "1e9"}, "one flask"),
        ({"lead_mmol": "1e-9"}, "at least"),
        ({"ratio_ca_bp": "0.5"}, "does not ask for"),
    ],
)
def test_impossible_targets_are_refused_in_words(targets, word):
    with pytest.raises(ImpossibleTarget, match=word):
        solve_plan(NANOCRYSTALS, targets)


def test_the_form_of_zinc_acetate_must_be_chosen():
    zno = load_shipped_recipes()["zno-nanocrystals"]
    for targets in ({}, {"zinc_acetate_form": "beads"}):
        with pytest.raises(ImpossibleTarget, match="anhydrous"):
            solve_plan(zno, targets)


def test_a_lot_for_no_ingredient_is_refused():
    with pytest.raises(UnfitSource, match="cai2"):
        plan_at(sources={"calcium": Source("L-1")})


def test_a_bottle_of_another_salt_is_refused():
    with pytest.raises(UnfitSource, match="holds no Ca"):
        plan_at(sources={"cai2": Source("L-1", "NaI")})
    with pytest.raises(UnfitSource, match="CaBr2"):
        plan_at(sources={"cai2": Source("L-1", "CaBr2")})


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"assay": Decimal(99)}, "0.99"),
        ({"assay": Decimal(0)}, "between 0 and 1"),
        ({"assay": Decimal("nan")}, "between 0 and 1"),
        ({"assay_kind": "guess"}, "trace_metals"),
        ({"formula": "CaI2·xH2O"}, "how many waters"),
        ({"density_g_ml": Decimal(0)}, "density"),
        ({"concentration_mol_l": Decimal(-1)}, "concentration"),
    ],
)
def test_a_label_that_cannot_be_is_refused(fields, word):
    with pytest.raises(UnfitSource, match=word):
        Source("L-1", **fields)


def test_a_balance_that_cannot_be_is_refused():
    with pytest.raises(PlanRefused):
        Balance(resolution_mg=Decimal(0))


def test_the_hydrate_trap_is_shown_with_the_ratio_it_would_give():
    plan = plan_at(sources={"cai2": Source("LOT-7", "CaI2·4H2O", Decimal("0.99"), "mass_fraction")})
    (trap,) = warnings(plan, "hydrate_trap")
    assert plan.line("cai2").weigh_mg == Decimal("68.8")
    assert "LOT-7" in trap.message
    assert "R 0.402" in trap.message  # 0.403 on the paper's own 173.0 mg of lead iodide
    # the moles are right all the same
    assert float(plan.composition["ratio_ca_pb"].value) == 0.5


def test_a_bottle_that_says_anhydrous_needs_no_hydrate_warning():
    plan = plan_at(sources={"cai2": Source("L-1", "CaI2", Decimal("0.99"), "mass_fraction")})
    assert not warnings(plan, "hydrate_trap")
    assert warnings(plan_at(), "hydrate_trap")


def test_a_lot_that_contradicts_the_chosen_form_is_warned_of_and_the_moles_kept():
    zno = load_shipped_recipes()["zno-nanocrystals"]
    wet = {"zn_acetate": Source("L-3", "Zn(CH3COO)2.2H2O")}
    plan = solve_plan(zno, {"zinc_acetate_form": "anhydrous"}, wet)
    assert plan.line("zn_acetate").weigh_mg == Decimal("526.8")
    assert warnings(plan, "hydrate_trap")
    assert not warnings(solve_plan(zno, {"zinc_acetate_form": "dihydrate"}, wet), "hydrate_trap")


def test_an_unknown_assay_is_computed_as_one_and_said():
    plan = plan_at(sources={"cai2": Source("L-1", "CaI2")}, correct_for_assay=True)
    assert plan.line("cai2").weigh_mg == Decimal("55.3")
    assert "computed as 1" in warnings(plan, "assay_unknown")[0].message


def test_a_poor_solid_is_corrected_only_when_asked():
    source = {"cai2": Source("L-1", "CaI2", Decimal("0.8"), "mass_fraction")}
    assert plan_at(sources=source).line("cai2").weigh_mg == Decimal("55.3")
    asked = plan_at(sources=source, correct_for_assay=True).line("cai2")
    assert asked.weigh_mg == Decimal("69.1")
    assert float(asked.mass_mg) == pytest.approx(55.25, rel=1e-4)  # the salt in it


def test_trace_metals_purity_never_changes_a_mass():
    source = Source("L-1", "CaI2", Decimal("0.5"), "trace_metals")
    plan = plan_at(sources={"cai2": source}, correct_for_assay=True)
    assert plan.line("cai2").weigh_mg == Decimal("55.3")
    assert any("L-1" in warning.message for warning in warnings(plan, "trace_metals_assay"))


@pytest.mark.parametrize(
    ("lead", "code", "severity"),
    [
        ("1.127", "scale_up", None),
        ("1.128", "scale_up", "caution"),
        ("1.88", "scale_up", "review"),
        ("0.578", "vessel_fill", None),
        ("0.6", "vessel_fill", "caution"),
        ("0.9", "vessel_fill", "block"),
    ],
)
def test_larger_batches_are_warned_of_at_the_stated_limits(lead, code, severity):
    found = warnings(plan_at(lead=lead), code)
    assert [one.severity for one in found] == ([] if severity is None else [severity])


def test_an_overfull_flask_says_which_flask_would_do():
    (caution,) = warnings(plan_at(lead="0.9"), "vessel_fill")
    assert "a flask of 100 mL" in caution.message
    larger = solve_plan(NANOCRYSTALS, {"ratio_ca_pb": "0.5", "lead_mmol": "0.9", "flask_ml": "100"})
    assert warnings(larger, "vessel_fill") == []
    assert "100 mL three-neck flask" in str(larger.as_dict()["steps"][0]["vessel"])


@pytest.mark.parametrize("flask", ["0", "-50", "lots", "3000"])
def test_a_flask_of_no_sensible_size_is_refused(flask):
    with pytest.raises(ImpossibleTarget, match="Flask"):
        solve_plan(NANOCRYSTALS, {"ratio_ca_pb": "0.5", "lead_mmol": "0.9", "flask_ml": flask})


@pytest.mark.parametrize(
    ("ratio", "gap", "beyond"),
    [
        ("0", 0, 0),
        ("0.25", 0, 0),
        ("0.2501", 1, 0),
        ("0.4", 1, 0),
        ("0.5", 0, 0),
        ("0.75", 0, 0),
        ("0.76", 0, 1),
    ],
)
def test_what_nobody_measured_is_said(ratio, gap, beyond):
    plan = plan_at(ratio)
    assert len(warnings(plan, "unmeasured_gap")) == gap
    assert len(warnings(plan, "extrapolation")) == beyond


def test_a_mass_too_small_for_the_balance_is_warned_of():
    assert warnings(plan_at("0.05"), "small_mass")
    assert warnings(plan_at("0.01"), "coarse_ratio")
    assert not warnings(plan_at("0.5"), "small_mass")
    assert not warnings(plan_at("0"), "small_mass")


def test_a_weaker_stock_is_warned_of_and_followed_when_asked():
    source = {"cs_oleate": Source("NC-0001", concentration_mol_l=Decimal("0.140"))}
    as_printed = plan_at(sources=source)
    assert as_printed.line("cs_oleate").volume_ml == 1
    assert warnings(as_printed, "stock_concentration")
    effective = as_printed.composition["ratio_cs_pb_effective"].value
    # on the rounded mass, and drawn hot
    assert float(effective) == pytest.approx(0.91 * 0.140 / (173.3 / 461.00894))
    assert float(as_printed.composition["ratio_cs_pb"].value) == pytest.approx(0.140 / 0.376)
    followed = plan_at(sources=source, correct_for_assay=True)
    assert float(followed.line("cs_oleate").volume_ml) == pytest.approx(0.15374 / 0.140, rel=1e-3)


def test_the_plan_always_says_what_to_mind_with_the_stock():
    codes = {warning.code for warning in plan_at().warnings}
    assert {
        "cs_oleate_reheat",
        "hot_draw",
        "limiting_reagent",
        "stock_concentration_computed",
    } <= codes

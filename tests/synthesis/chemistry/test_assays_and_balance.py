"""The limits of an assay and of a balance, each held against a number written out."""

from decimal import Decimal

import pytest

from synthesis.chemistry.planning import (
    Balance,
    Source,
    UnfitSource,
    UnsolvablePlan,
    solve_plan,
)
from synthesis.chemistry.recipe import RecipeDefinition
from tests.synthesis.chemistry.written import (
    LEAD,
    PAPER,
    ingredient,
    recipe,
    warnings,
)


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

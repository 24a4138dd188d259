"""From what was weighed to what is in the flask."""

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesis.chemistry.composition import Addition, UnusableAddition, weighed_composition
from synthesis.chemistry.planning import Source, UnfitSource, solve_plan
from synthesis.chemistry.recipe import load_shipped_recipes

PLAN = solve_plan(load_shipped_recipes()["cspbi3-seed-core-shell"], {})
FROZEN = json.loads(json.dumps(PLAN.as_dict()))


def weighed(key, amount, unit="mg", **more):
    return Addition(key, None if amount is None else Decimal(amount), unit, **more)


def test_weighed_masses_become_a_ratio_with_its_uncertainty():
    composition = weighed_composition(FROZEN, [weighed("pbi2", "173.9"), weighed("cai2", "55.1")])
    nominal, effective = composition.ratios["ratio_ca_pb"], composition.effective["ratio_ca_pb"]
    expected = (55.1 / 293.88694) / (173.9 / 461.00894)
    assert float(nominal.value) == pytest.approx(expected, rel=1e-9)
    assert float(nominal.uncertainty) == pytest.approx(0.00095, abs=0.00001)
    # 99 % counts for calcium iodide; 99.999 % trace metals does not count for lead iodide
    assert float(effective.value) == pytest.approx(expected * 0.99, rel=1e-9)
    assert float(effective.uncertainty) == pytest.approx(0.0027, abs=0.0001)


def test_the_papers_own_masses_give_the_published_effective_ratio():
    composition = weighed_composition(FROZEN, [weighed("pbi2", "173.0"), weighed("cai2", "55.3")])
    assert float(composition.ratios["ratio_ca_pb"].value) == pytest.approx(0.5014, abs=0.0001)
    effective = composition.effective["ratio_ca_pb"]
    assert float(effective.value) == pytest.approx(0.4964, abs=0.0001)
    assert float(effective.uncertainty) == pytest.approx(0.0027, abs=0.0001)


@pytest.mark.parametrize(("formula", "ratio"), [("CaI2·4H2O", 0.403), ("CaI2.6H2O", 0.367)])
def test_a_hydrate_weighed_as_the_anhydrous_salt_lands_in_the_unmeasured_gap(formula, ratio):
    wet = weighed("cai2", "55.3", source=Source("L-1", formula))
    composition = weighed_composition(FROZEN, [weighed("pbi2", "173.0"), wet])
    assert float(composition.ratios["ratio_ca_pb"].value) == pytest.approx(ratio, abs=0.0005)


def test_a_ratio_waits_until_all_that_bears_on_it_is_recorded():
    """Invariant 4: an actual is never filled in from the plan."""
    nothing = weighed_composition(FROZEN, [])
    assert (nothing.ratios, nothing.amounts_mmol) == ({}, {})
    assert nothing.waiting_for["ratio_ca_pb"] == ("pbi2", "cai2")
    lead = weighed_composition(FROZEN, [weighed("pbi2", "173.3"), weighed("cai2", None)])
    assert lead.ratios == {}
    assert "cai2" in lead.missing
    both = weighed_composition(FROZEN, [weighed("pbi2", "173.3"), weighed("cai2", "55.3")])
    assert set(both.ratios) == {"ratio_ca_pb", "ratio_i_pb", "lead_fraction_feed"}
    assert both.waiting_for["ratio_cs_pb"] == ("cs_oleate",)
    assert not both.is_complete


def test_everything_recorded_gives_the_plan_back():
    all_of_it = [
        Addition(
            line.key,
            line.weigh_mg if line.measured_by == "mass" else line.volume_ml,
            "mg" if line.measured_by == "mass" else "mL",
        )
        for line in PLAN.reagents
    ]
    composition = weighed_composition(FROZEN, all_of_it)
    assert composition.is_complete
    assert composition.waiting_for == {}
    for name in ("ratio_ca_pb", "ratio_cs_pb", "ratio_i_pb"):
        planned = PLAN.composition[f"{name}_effective"]
        assert float(composition.effective[name].value) == pytest.approx(
            float(planned.value), rel=1e-9
        )
        assert float(composition.effective[name].uncertainty) == pytest.approx(
            float(planned.uncertainty), rel=1e-6
        )
    assert all(abs(one.percent) < 1e-9 for one in composition.deviations)


def test_a_batch_without_calcium_needs_no_calcium_weighed_and_then_says_nothing_of_it():
    plan = solve_plan(load_shipped_recipes()["cspbi3-seed-core-shell"], {"ratio_ca_pb": 0})
    composition = weighed_composition(plan, [weighed("pbi2", "173.3")])
    assert "cai2" not in composition.missing
    assert composition.ratios["ratio_i_pb"].value == 2
    # nobody recorded that there is none: R is unknown, not 0
    assert "ratio_ca_pb" not in composition.ratios
    assert composition.waiting_for["ratio_ca_pb"] == ("cai2",)


def test_a_typed_zero_is_as_uncertain_as_the_balance():
    composition = weighed_composition(FROZEN, [weighed("pbi2", "173.3"), weighed("cai2", "0")])
    ratio = composition.effective["ratio_ca_pb"]
    assert ratio.value == 0
    # 0.1 mg of 99 % calcium iodide on 173.3 mg of lead iodide
    expected = 0.1 * 0.99 / 293.88694 / (173.3 / 461.00894)
    assert float(ratio.uncertainty) == pytest.approx(expected, rel=1e-6)


def test_a_plan_and_its_frozen_dict_give_the_same_composition():
    additions = [weighed("pbi2", "0.1739", "g"), weighed("cai2", "55.1")]
    assert (
        weighed_composition(PLAN, additions).as_dict()
        == weighed_composition(FROZEN, additions).as_dict()
    )


def test_the_deviation_from_the_plan_is_reported():
    composition = weighed_composition(
        FROZEN, [weighed("pbi2", "173.9"), weighed("cs_oleate", "900", "µL")]
    )
    percent = {one.key: float(one.percent) for one in composition.deviations}
    assert percent == pytest.approx({"pbi2": 0.346, "cs_oleate": -10.0}, abs=0.001)


def test_portions_add_up_and_share_the_assay_of_their_bottle():
    once = weighed_composition(FROZEN, [weighed("pbi2", "173.3"), weighed("cai2", "55.2")])
    twice = weighed_composition(
        FROZEN, [weighed("pbi2", "173.3"), weighed("cai2", "30.0"), weighed("cai2", "25.2")]
    )
    assert twice.ratios["ratio_ca_pb"].value == once.ratios["ratio_ca_pb"].value
    # two weighings of 0.1 mg each: the weighing part grows by the square root of two
    ca = twice.amounts_mmol["Ca"].uncertainty / once.amounts_mmol["Ca"].uncertainty
    assert float(ca) == pytest.approx(2**0.5, rel=1e-6)
    effective = (
        twice.effective_amounts_mmol["Ca"].uncertainty
        / once.effective_amounts_mmol["Ca"].uncertainty
    )
    assert 1 < float(effective) < 1.1


def test_an_uncertainty_of_its_own_replaces_that_of_the_balance():
    coarse = weighed_composition(
        FROZEN, [weighed("pbi2", "173.3"), weighed("cai2", "55.3", uncertainty=Decimal(1))]
    ).ratios["ratio_ca_pb"]
    assert float(coarse.uncertainty / coarse.value) == pytest.approx(1 / 55.3, rel=0.01)


def test_a_measured_stock_is_counted_at_its_titre():
    stock = weighed(
        "cs_oleate", "1", "mL", source=Source("ST-1", concentration_mol_l=Decimal("0.140"))
    )
    composition = weighed_composition(FROZEN, [weighed("pbi2", "173.3"), stock])
    at_room_temperature = 0.140 / (173.3 / 461.00894)
    assert float(composition.ratios["ratio_cs_pb"].value) == pytest.approx(at_room_temperature)
    # drawn hot the millilitre holds 9 % less: a bias, taken into the value
    effective = composition.effective["ratio_cs_pb"]
    assert float(effective.value) == pytest.approx(at_room_temperature * 0.91)
    assert "9 % less" in effective.note


def test_a_reagent_that_was_not_planned_counts_when_its_formula_is_known():
    extra = weighed("spare", "10", source=Source("L-5", "CaBr2"))
    additions = [weighed("pbi2", "173.3"), weighed("cai2", "55.3"), extra]
    calcium = weighed_composition(FROZEN, additions).amounts_mmol["Ca"].value
    assert float(calcium) == pytest.approx(55.3 / 293.88694 + 10 / 199.886, rel=1e-6)
    with pytest.raises(UnusableAddition, match="not in the plan"):
        weighed_composition(FROZEN, [weighed("spare", "10")])


@pytest.mark.parametrize(
    ("addition", "word"),
    [
        (weighed("pbi2", "-1"), "cannot be an amount"),
        (weighed("pbi2", "NaN"), "cannot be an amount"),
        (weighed("pbi2", "Infinity"), "cannot be an amount"),
        (weighed("pbi2", "1", "mL"), "density"),
        (weighed("pbi2", "1", "furlong"), "not known"),
        (weighed("pbi2", "1", "°C"), "a mass or a volume"),
        (weighed("cs_oleate", "1", "mg"), "volume"),
        (weighed("pbi2", "1", uncertainty=Decimal(-1)), "uncertainty"),
    ],
)
def test_an_addition_that_cannot_be_counted_is_refused_in_words(addition, word):
    with pytest.raises(UnusableAddition, match=word):
        weighed_composition(FROZEN, [addition])


def test_the_wrong_bottle_is_refused():
    with pytest.raises(UnfitSource, match="NaI"):
        weighed_composition(FROZEN, [weighed("cai2", "55.3", source=Source("L-1", "NaI"))])


@given(
    lead=st.decimals(min_value=1, max_value=1000, places=1),
    calcium=st.decimals(min_value=0, max_value=1000, places=1),
)
@settings(max_examples=40)
def test_weighing_is_the_inverse_of_planning(lead, calcium):
    composition = weighed_composition(
        FROZEN, [Addition("pbi2", lead, "mg"), Addition("cai2", calcium, "mg")]
    )
    ratio = composition.ratios["ratio_ca_pb"]
    assert float(ratio.value) == pytest.approx(
        float(calcium) / 293.88694 / (float(lead) / 461.00894)
    )
    assert ratio.uncertainty >= 0
    assert json.dumps(composition.as_dict(), allow_nan=False)

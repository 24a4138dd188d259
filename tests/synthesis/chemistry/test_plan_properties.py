"""Properties that hold for any recipe, not only the paper's: scale, order, water, and the way back."""

import json
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from synthesis.chemistry.composition import Addition, weighed_composition
from synthesis.chemistry.planning import Balance, Source, solve_plan
from synthesis.chemistry.recipe import RecipeDefinition, load_shipped_recipes

FINE = Balance(Decimal("0.0000001"), Decimal("0.0001"), Decimal("0.01"))
PAPER = load_shipped_recipes()["cspbi3-seed-core-shell"]
numbers = st.decimals(min_value="0.05", max_value=3, places=3)
shares = st.decimals(min_value="0.05", max_value="0.95", places=3)
scales = st.decimals(min_value="0.1", max_value=5, places=2)
assays = st.decimals(min_value="0.1", max_value=1, places=3)


def ingredient(key, formula, amount, role="additive", **more):
    said = {"key": key, "chemical": key, "name": key, "formula": formula, "role": role}
    return said | {"amount": amount} | more


RATIO_MN = {"key": "mn", "name": "Mn share", "kind": "ratio"}
RATIO_MN |= {"numerator": "Mn", "denominator": ["Pb", "Mn"], "default": "0.3"}
RATIO_CL = {"key": "cl", "name": "Cl/Pb", "kind": "ratio", "numerator": "Cl", "denominator": "Pb"}
RATIO_FA = {"key": "fa", "name": "FA/Pb", "kind": "ratio", "numerator": "FA", "denominator": "Pb"}
LEAD = {"key": "lead", "name": "Lead", "kind": "amount", "element": "Pb", "unit": "mmol"}
INPUTS = [RATIO_MN, RATIO_CL, RATIO_FA, LEAD]
INGREDIENTS = [
    ingredient("pbbr2", "PbBr2", {"solves": "lead"}, "lead source"),
    ingredient("mnbr2", "MnBr2", {"solves": "mn"}),
    ingredient("olacl", "C18H38NCl", {"solves": "cl"}),
    ingredient("fabr", "CH5N2Br", {"solves": "fa"}),
    ingredient("hbr", "HBr", {"equivalents": "0.5", "of": "pbbr2"}, density_g_ml="1.49"),
    ingredient(
        "ode",
        "C18H36",
        {"volume_ml": "5", "scales_with": "lead", "at": "1"},
        "solvent",
        density_g_ml="0.789",
    ),
]


def recipe(ingredients=INGREDIENTS, inputs=INPUTS):
    plain = {"slug": "any", "name": "Any", "kind": "nanocrystals", "product_formula": "FAPbBr3"}
    return RecipeDefinition.from_dict(
        {**plain, "inputs": list(inputs), "ingredients": list(ingredients)}, chemicals={}
    )


ANY = recipe()


def solved(mn, cl, fa, lead, definition=ANY, **more):
    asked = {"mn": mn, "cl": cl, "fa": fa, "lead": lead}
    return solve_plan(definition, asked, balance=FINE, **more)


@given(mn=shares, cl=numbers, fa=numbers, lead=scales)
@settings(max_examples=40)
def test_all_targets_are_met_at_once(mn, cl, fa, lead):
    plan = solved(mn, cl, fa, lead)
    for key, asked in (("mn", mn), ("cl", cl), ("fa", fa)):
        assert float(plan.composition[key].value) == pytest.approx(float(asked), rel=1e-12)
    assert plan.line("pbbr2").amount_mmol == pytest.approx(lead)
    assert all(residual < Decimal("1e-12") for residual in plan.residuals.values())


@given(mn=shares, cl=numbers, fa=numbers, lead=scales, factor=st.integers(2, 20))
@settings(max_examples=25)
def test_scaling_changes_every_amount_and_no_ratio(mn, cl, fa, lead, factor):
    small, large = solved(mn, cl, fa, lead), solved(mn, cl, fa, lead * factor)
    for one, other in zip(small.reagents, large.reagents, strict=True):
        for name in ("mass_mg", "volume_ml", "amount_mmol"):
            before, after = getattr(one, name), getattr(other, name)
            assert (before is None) == (after is None)
            if before is not None:
                assert float(after) == pytest.approx(float(before) * factor, rel=1e-12)
    for ratio in small.ratios:
        before, after = small.composition[ratio.key], large.composition[ratio.key]
        assert float(after.value) == pytest.approx(float(before.value), rel=1e-12)
        assert after.uncertainty <= before.uncertainty * (1 + Decimal("1e-9"))
    before, after = small.theoretical_yield, large.theoretical_yield
    assert after.limiting_element == before.limiting_element
    assert float(after.mass_mg) == pytest.approx(float(before.mass_mg) * factor)


@given(mn=shares, cl=numbers, fa=numbers, order=st.permutations(range(len(INGREDIENTS))))
@settings(max_examples=25)
def test_the_order_of_the_ingredients_changes_nothing(mn, cl, fa, order):
    plan = solved(mn, cl, fa, 1)
    other = solved(mn, cl, fa, 1, recipe([INGREDIENTS[place] for place in order]))
    assert set(other.composition) == set(plan.composition)
    for key, known in plan.composition.items():
        assert float(other.composition[key].value) == pytest.approx(float(known.value), rel=1e-12)
        assert float(other.composition[key].uncertainty) == pytest.approx(
            float(known.uncertainty), rel=1e-9
        )
    for line in plan.reagents:
        assert other.line(line.key).weigh_mg == line.weigh_mg


@given(mn=shares, cl=numbers, fa=numbers, waters=st.integers(1, 9))
@settings(max_examples=20)
def test_water_in_the_bottle_changes_the_mass_and_not_the_moles(mn, cl, fa, waters):
    dry = solved(mn, cl, fa, 1)
    wet = solved(mn, cl, fa, 1, sources={"mnbr2": Source("L-1", f"MnBr2·{waters}H2O")})
    assert wet.line("mnbr2").amount_mmol == dry.line("mnbr2").amount_mmol
    extra = wet.line("mnbr2").mass_mg - dry.line("mnbr2").mass_mg
    # waters of 18.015 g/mol each
    assert float(extra) == pytest.approx(
        float(dry.line("mnbr2").amount_mmol) * waters * 18.015, rel=1e-6
    )
    for ratio in dry.ratios:
        assert wet.composition[ratio.key].value == dry.composition[ratio.key].value


@given(mn=shares, cl=numbers, fa=numbers, assay=assays, corrected=st.booleans())
@settings(max_examples=40)
def test_weighing_exactly_what_is_planned_gives_the_effective_ratios_back(
    mn, cl, fa, assay, corrected
):
    bottles = {
        "mnbr2": Source("L-1", "MnBr2·4H2O", assay, "mass_fraction"),
        "hbr": Source("L-2", "", assay, "titration", density_g_ml=Decimal("1.49")),
    }
    plan = solved(mn, cl, fa, 1, sources=bottles, correct_for_assay=corrected)
    frozen = json.loads(json.dumps(plan.as_dict()))
    taken = [
        Addition(row["key"], Decimal(str(row["weigh_mg"])), "mg")
        if row["measured_by"] == "mass"
        else Addition(row["key"], Decimal(str(row["volume_ml"])), "mL")
        for row in frozen["reagents"]
    ]
    found = weighed_composition(frozen, taken)
    assert found.is_complete
    assert found.waiting_for == {}
    for ratio in plan.ratios:
        known, back = plan.effective(ratio.key), found.effective[ratio.key]
        assert float(back.value) == pytest.approx(float(known.value), rel=1e-9)
        assert float(back.uncertainty) == pytest.approx(float(known.uncertainty), rel=1e-6)
    if corrected:
        for key in ("mn", "cl", "fa"):
            asked = plan.composition[key].value
            assert float(found.effective[key].value) == pytest.approx(float(asked), rel=1e-5)


@given(first=numbers, second=numbers)
@settings(max_examples=30)
def test_more_is_asked_more_is_weighed(first, second):
    assume(first < second)
    less, more = (solved("0.3", 1, fa, 1) for fa in (first, second))
    assert less.line("fabr").mass_mg < more.line("fabr").mass_mg
    assert less.composition["fa"].value < more.composition["fa"].value
    assert less.line("pbbr2").mass_mg == more.line("pbbr2").mass_mg
    assert less.theoretical_yield.mass_mg <= more.theoretical_yield.mass_mg


@given(assay=assays)
@settings(max_examples=30)
def test_nothing_jumps_at_any_assay_of_a_liquid(assay):
    """Amounts are as bought at every assay; what is in the flask follows it in proportion."""

    def bottle(value):
        return {"hbr": Source("L-2", "", value, "titration", density_g_ml=Decimal("1.49"))}

    plan, pure = (solved("0.3", 1, 1, 1, sources=bottle(x)) for x in (assay, Decimal(1)))
    assert plan.line("hbr").volume_ml == pure.line("hbr").volume_ml
    bromide, all_of_it = (one.effective("ratio_br_pb").value for one in (plan, pure))
    assert float(all_of_it - bromide) == pytest.approx(0.5 * float(1 - assay), rel=1e-6)


@given(share=shares, u_mass=st.decimals(min_value="0.1", max_value=5, places=1))
@settings(max_examples=25)
def test_the_uncertainty_is_what_small_changes_of_the_masses_do(share, u_mass):
    """u of a share, against the difference quotient of the share itself."""
    plan = solved(share, 1, 1, 1)
    masses = {"pbbr2": plan.line("pbbr2").weigh_mg, "mnbr2": plan.line("mnbr2").weigh_mg}

    def at(**changed):
        taken = masses | changed
        rows = [Addition(key, mass, "mg", uncertainty=u_mass) for key, mass in taken.items()]
        return weighed_composition(plan, rows).effective["mn"]

    step, value = Decimal("0.0001"), at()
    variance = sum(
        ((at(**{key: masses[key] + step}).value - value.value) / step * u_mass) ** 2
        for key in masses
    )
    assert float(value.uncertainty) == pytest.approx(float(variance.sqrt()), rel=1e-3)
    assert float(sum(part.share for part in value.budget())) == pytest.approx(1)


def test_a_purity_range_bounds_a_quotient_by_its_ends():
    bounds = {"ola": (Decimal("0.7"), Decimal("0.9")), "oa": (Decimal("0.8"), Decimal("0.95"))}
    sources = {
        key: Source(f"L-{key}", "", low, "mass_fraction", assay_high=high)
        for key, (low, high) in bounds.items()
    }
    known = solve_plan(PAPER, {}, sources).composition["ratio_oa_ola"]
    acid, amine = 0.887 * 1000 / 282.468, 0.813 * 1000 / 267.501  # mmol in a millilitre when pure
    assert float(known.low) == pytest.approx(acid * 0.8 / (amine * 0.9), rel=1e-4)
    assert float(known.high) == pytest.approx(acid * 0.95 / (amine * 0.7), rel=1e-4)
    middle = acid * 0.875 / (amine * 0.8)
    assert float(known.value) == pytest.approx(middle, rel=1e-4)
    # each interval has the standard deviation of its half width over √3; 1 % of either volume
    spread = ((0.1 / 0.8) ** 2 + (0.075 / 0.875) ** 2) / 3
    assert float(known.uncertainty) == pytest.approx(middle * (spread + 2e-4) ** 0.5, rel=1e-3)

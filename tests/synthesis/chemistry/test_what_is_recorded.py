"""What is asked for and recorded: refusals by field, uncertainties by hand, remarks on bottles."""

from decimal import Decimal

import pytest

from synthesis.chemistry.additions import Addition, UnusableAddition, other_water
from synthesis.chemistry.composition import weighed_composition
from synthesis.chemistry.planning import PlanRefused, Source, solve_plan
from tests.synthesis.chemistry.written import PAPER, ingredient, mmol, reads_well, recipe

LEAD = ingredient("pbi2", "PbI2", {"solves": "lead"})
DMF_WITHOUT_DENSITY = ingredient("dmf", "C3H7NO", {"volume_ml": "2"}, "solvent")
INPUTS = [
    mmol("Pb", "0.2", "lead", maximum="2"),
    {"key": "scale", "name": "Scale", "kind": "scale", "default": "1"},
    {"key": "washes", "name": "Washes", "kind": "condition", "default": "1", "minimum": "1"},
    {"key": "cold", "name": "Bath", "kind": "condition", "unit": "°C", "default": "-78"},
    {"key": "form", "name": "Form", "kind": "choice", "options": {"a": "Beads", "b": "Powder"}},
]
ASKED = recipe(LEAD, inputs=INPUTS)

TYPED = {
    "a key that is not asked for": ({"leed": "1"}, "leed", ["leed"]),
    "an empty amount": ({"lead": " "}, "lead", ["“n(Pb)” is empty. Say which in mmol, such as 0.2."]),
    "a list": ({"lead": [1]}, "lead", ["“n(Pb)” should be a number in mmol, not [1]"]),
    "yes": ({"scale": True}, "scale", ["“Scale” should be a number, not"]),
    "words": ({"lead": "much"}, "lead", ["“n(Pb)”: “much” does not start with a number"]),
    "too much": ({"lead": "3"}, "lead", ["“n(Pb)” is 3 mmol, but should be at most 2 mmol."]),
    "nothing": ({"lead": "0"}, "lead", ["“n(Pb)” is 0 mmol, but should be above 0."]),
    "no scale": ({"scale": "0"}, "scale", ["“Scale” is 0, but should be above 0."]),
    "too few": ({"washes": "0"}, "washes", ["“Washes” is 0, but should be at least 1."]),
    "half a wash": ({"washes": "1.5"}, "washes", ["“Washes” is 1.5, but should be a whole number."]),
    "no choice": ({"form": ""}, "form", ["Choose “Form” first (a: Beads; b: Powder)."]),
    "another choice": ({"form": "c"}, "form", ["“Form” cannot be 'c'. Choose one of a: Beads; b: Powder."]),
    "a number for a choice": ({"form": 1}, "form", ["“Form” cannot be 1."]),
}  # fmt: skip


@pytest.mark.parametrize("name", TYPED)
def test_what_is_asked_for_is_refused_with_its_field(name):
    typed, field, words = TYPED[name]
    with pytest.raises(PlanRefused) as refusal:
        solve_plan(ASKED, {"form": "a", **typed})
    assert refusal.value.field == field
    assert [one for one in words if one not in str(refusal.value)] == [], str(refusal.value)
    if "True" not in str(refusal.value):
        reads_well(str(refusal.value))


def test_an_amount_that_the_recipe_leaves_open_is_asked_for():
    open_amount = {key: value for key, value in INPUTS[0].items() if key != "default"}
    with pytest.raises(PlanRefused) as refusal:
        solve_plan(recipe(LEAD, inputs=[open_amount]), {})
    assert "“n(Pb)” is empty. Say which in mmol." in str(refusal.value)


def test_a_condition_may_lie_below_zero_and_a_zero_has_no_sign():
    asked = {"form": "b", "cold": "-100"}
    assert solve_plan(ASKED, asked).targets.typed["cold"] == "-100"
    free = solve_plan(ASKED, asked | {"cold": "-0"}).targets.typed["cold"]
    assert free == "0"


# what was recorded -------------------------------------------------------------------------

NO_AMOUNT = "cannot be an amount. Record a number of 0 or more."
UNUSABLE = {
    "less than nothing": (Addition("pbi2", Decimal(-1), "mg"), f"“pbi2”: -1 {NO_AMOUNT}"),
    "no number": (Addition("pbi2", Decimal("nan"), "mg"), f"“pbi2”: NaN {NO_AMOUNT}"),
    "endless": (Addition("pbi2", Decimal("inf"), "mg"), f"“pbi2”: Infinity {NO_AMOUNT}"),
    "a doubt below 0": (
        Addition("pbi2", Decimal(1), "mg", uncertainty=Decimal(-1)), "“pbi2”: the uncertainty -1 should be 0 or more.",
    ),
    "endless doubt": (
        Addition("pbi2", Decimal(1), "mg", uncertainty=Decimal("inf")),
        "“pbi2”: the uncertainty Infinity should be 0 or more.",
    ),
    "an unknown unit": (
        Addition("pbi2", Decimal(1), "spoons"),
        "“pbi2”: The unit “spoons” is not known. Write for example mg, mL or mmol.",
    ),
    "a length": (Addition("pbi2", Decimal(1), "nm"), "“pbi2” was recorded in nm. Record a mass or a volume."),
    "a volume without a density": (
        Addition("pbi2", Decimal(1), "mL"), "“pbi2” was recorded in mL but its density is not known. Record its mass.",
    ),
    "a stock by mass": (
        Addition("cs_oleate", Decimal(1), "mg"), "“cs_oleate” is a solution: record its volume, or give its density.",
    ),
    "something else": (
        Addition("nabr", Decimal(1), "mg"),
        "“nabr” is not in the plan. Record which lot it came from, with its formula, so that it can be counted.",
    ),
    "something else of no formula": (
        Addition("nabr", Decimal(1), "mg", Source("L-1")),
        "“nabr” is not in the plan. Record which lot it came from, with its formula, so that it can be counted.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_cannot_be_counted_is_refused_with_its_ingredient(name):
    addition, words = UNUSABLE[name]
    with pytest.raises(UnusableAddition) as refusal:
        weighed_composition(solve_plan(PAPER, {}), [addition])
    assert refusal.value.field == addition.key
    assert str(refusal.value) == words


@pytest.mark.parametrize(
    ("amount", "unit", "own", "relative"),
    [
        ("173.3", "mg", "0", 0),
        ("173.3", "mg", "0.5", 0.5 / 173.3),
        ("0.1733", "g", "0.0005", 0.5 / 173.3),  # in the unit of the amount
        ("173.3", "mg", None, 0.1 / 173.3),
    ],
)
def test_an_uncertainty_that_was_recorded_counts_instead_of_the_balances(
    amount, unit, own, relative
):
    own = None if own is None else Decimal(own)
    found = weighed_composition(
        solve_plan(PAPER, {}), [Addition("pbi2", Decimal(amount), unit, uncertainty=own)]
    )
    lead = found.amounts_mmol["Pb"]
    assert float(lead.value) == pytest.approx(173.3 / 461.00894)
    assert float(lead.uncertainty / lead.value) == pytest.approx(relative)


@pytest.mark.parametrize(("amount", "unit"), [("1000", "µL"), ("1", "mL")])
def test_a_volume_with_its_own_uncertainty(amount, unit):
    own = Decimal(amount) / 50
    found = weighed_composition(
        solve_plan(PAPER, {}), [Addition("oa", Decimal(amount), unit, uncertainty=own)]
    )
    acid = found.amounts_mmol["OA"]
    assert float(acid.uncertainty / acid.value) == pytest.approx(0.02, rel=1e-3)


def test_what_nobody_planned_counts_by_its_bottle():
    label = {"assay": Decimal("0.9"), "assay_kind": "titration", "density_g_ml": Decimal("0.887")}
    label["assay_uncertainty"] = Decimal("0.02")
    oleic = Source("L-9", "C18H34O2", chemical_slug="oleic-acid", **label)
    found = weighed_composition(
        solve_plan(PAPER, {}), [Addition("more_oa", Decimal(1), "mL", oleic)]
    )
    assert float(found.amounts_mmol["OA"].value) == pytest.approx(887 / 282.468, rel=1e-4)
    assert float(found.effective_amounts_mmol["OA"].value) == pytest.approx(
        0.9 * 887 / 282.468, rel=1e-4
    )
    causes = {part.cause for part in found.effective_amounts_mmol["OA"].budget()}
    assert causes == {"measuring more_oa", "the assay of more_oa (lot L-9)"}
    with pytest.raises(UnusableAddition) as refusal:
        weighed_composition(
            solve_plan(PAPER, {}), [Addition("x", Decimal(1), "mL", Source("L-1", "NaBr"))]
        )
    assert refusal.value.field == "x"


def test_the_remark_on_dry_salt_where_a_hydrate_was_planned():
    wet = {"cai2": Source("L-7", "CaI2·4H2O")}
    said = other_water(solve_plan(PAPER, {}, wet).as_dict(), "cai2", Source("L-8", "CaI2")).sentence
    assert said == (
        "L-8 holds CaI2, not the planned CaI2·4H2O: for the planned 0.188 mmol weigh 55.3 mg instead of 68.8 mg."
    )
    assert other_water(solve_plan(PAPER, {}), "ode", Source("L-1", "C18H36")) is None


def test_where_no_other_water_can_change_a_mass_nothing_is_remarked():
    polymer = solve_plan(
        recipe(LEAD, ingredient("peo", "", {"mass_mg": "10"}, "polymer"), inputs=INPUTS[:1]), {}
    )
    wet = Source("L-1", "CaI2·4H2O")
    assert other_water(polymer, "peo", Source("L-1")) is None
    assert other_water(polymer, "peo", wet) is None
    assert other_water(solve_plan(PAPER, {"ratio_ca_pb": "0"}), "cai2", wet) is None
    # 0.125332 mmol: 36.8 mg, and 45.9 mg with its water
    said = other_water(solve_plan(PAPER, {"ratio_ca_pb": "0.33333"}), "cai2", wet)
    assert said.weigh_mg == Decimal("45.9")
    assert said.sentence == (
        "L-1 holds a hydrate, CaI2·4H2O, not the planned CaI2: for the planned 0.1253 mmol weigh 45.9 mg instead of "
        "36.8 mg."
    )


def of_bottles(*bottles):
    plan = solve_plan(PAPER, {})
    return weighed_composition(
        plan, [Addition("pbi2", Decimal(100), "mg", bottle) for bottle in bottles]
    ).effective_amounts_mmol["Pb"]


def test_portions_from_several_bottles_count_each_with_its_assay():
    pure = Source("L-1", "PbI2", Decimal(1), "mass_fraction")
    poor = Source("L-2", "PbI2", Decimal("0.9"), "mass_fraction")
    expected = (100 + 90) / 461.00894
    assert float(of_bottles(pure, poor).value) == pytest.approx(expected)
    assert float(of_bottles(poor, pure).value) == pytest.approx(expected)
    # 0.1 mg each time: of two weighings √(0.1² + 0.09²) mg
    third = Source("L-3", "PbI2", Decimal(1), "mass_fraction")
    assert float(of_bottles(pure, poor, third).uncertainty) == pytest.approx(
        (0.1**2 + 0.09**2 + 0.1**2) ** 0.5 / 461.00894
    )
    assert float(of_bottles(pure, poor).uncertainty) == pytest.approx(
        (0.1**2 + 0.09**2) ** 0.5 / 461.00894
    )


def test_a_polymer_is_recorded_and_brings_nothing_that_is_counted():
    plan = solve_plan(
        recipe(LEAD, ingredient("peo", "", {"mass_mg": "10"}, "polymer"), inputs=INPUTS[:1]), {}
    )
    found = weighed_composition(plan, [Addition("peo", Decimal(10), "mg")])
    assert found.amounts_mmol == {}
    assert found.missing == ("pbi2",)


def stock_of(**said):
    """What 1 mL of a bottle of caesium oleate brings."""
    bottle = Source("S-1", concentration_mol_l=Decimal("0.15"), **said)
    amount = Addition("cs_oleate", Decimal(800), "mg", bottle)
    return weighed_composition(solve_plan(PAPER, {}), [amount])


def test_a_stock_that_was_weighed_counts_by_the_density_of_its_bottle():
    found = stock_of(recipe_slug="cs-oleate", density_g_ml=Decimal("0.8"))
    assert float(found.amounts_mmol["Cs"].value) == pytest.approx(0.15)


def test_a_stock_of_another_recipe_is_refused_at_the_bench_too():
    with pytest.raises(PlanRefused) as refusal:
        stock_of(recipe_slug="ink", density_g_ml=Decimal("0.8"))
    assert str(refusal.value).startswith("S-1 was made by the recipe “ink”, but “cs_oleate” asks")
    assert refusal.value.field == "lots.cs_oleate"

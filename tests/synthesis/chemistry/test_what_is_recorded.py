"""What is typed, recorded and measured with: refusals by field, uncertainties by hand, documents there and back."""

from decimal import Decimal

import pytest

from synthesis.chemistry.additions import Addition, UnusableAddition, other_water
from synthesis.chemistry.composition import weighed_composition
from synthesis.chemistry.planning import Balance, PlanRefused, Source, solve_plan
from synthesis.chemistry.typed import UnreadableQuantity, parse_quantity
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
    oleic = Source("L-9", "C18H34O2", chemical_slug="oleic-acid", **label)
    found = weighed_composition(
        solve_plan(PAPER, {}), [Addition("more_oa", Decimal(1), "mL", oleic)]
    )
    assert float(found.amounts_mmol["OA"].value) == pytest.approx(887 / 282.468, rel=1e-4)
    assert float(found.effective_amounts_mmol["OA"].value) == pytest.approx(
        0.9 * 887 / 282.468, rel=1e-4
    )
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


# instruments and bottles as documents ------------------------------------------------------


def test_a_balance_and_its_pipette_are_kept_and_read_back():
    plain = Balance().as_dict()
    assert plain == {
        "resolution_mg": "0.1", "uncertainty_mg": "0.1", "volume_uncertainty_percent": "1",
    }  # fmt: skip
    assert Balance.from_dict(plain) == Balance()
    full = Balance(
        Decimal("0.01"), Decimal("0.02"), Decimal("0.5"), Decimal("0.03"), Decimal("0.004"), "B-1", "P-1"
    )  # fmt: skip
    assert full.as_dict() == {
        "resolution_mg": "0.01", "uncertainty_mg": "0.02", "volume_uncertainty_percent": "0.5",
        "uncertainty_percent": "0.03", "volume_uncertainty_ml": "0.004", "code": "B-1", "pipette": "P-1",
    }  # fmt: skip
    assert Balance.from_dict(full.as_dict()) == full


def test_what_is_the_same_for_every_amount_and_what_grows_with_it_count_in_quadrature():
    balance = Balance(
        uncertainty_mg=Decimal("0.03"), uncertainty_percent=Decimal("0.04"),
        volume_uncertainty_percent=Decimal("0.3"), volume_uncertainty_ml=Decimal("0.004"),
    )  # fmt: skip
    assert balance.mass_uncertainty(Decimal(100)) == Decimal("0.05")  # 0.03 and 0.04 mg
    assert balance.volume_uncertainty(Decimal(1)) == Decimal("0.005")  # 0.004 and 0.003 mL
    assert balance.relative_volume(Decimal(1)) == Decimal("0.005")
    assert balance.relative_volume(Decimal(0)) == 0
    assert Balance().mass_uncertainty(Decimal(100)) == Decimal("0.1")
    assert Balance().volume_uncertainty(Decimal(2)) == Decimal("0.02")


@pytest.mark.parametrize("value", ["-0.1", "nan", "inf"])
def test_an_instrument_that_cannot_be_is_refused(value):
    with pytest.raises(PlanRefused) as refusal:
        Balance(uncertainty_mg=Decimal(value))
    reads_well(str(refusal.value))
    assert "The balance's uncertainty_mg is" in str(refusal.value)


def test_a_bottle_is_kept_with_what_is_known_of_it():
    source = Source(
        "L-1", "PbI2", Decimal("0.990"), "titration", density_g_ml=Decimal("6.16"),
        composition={"Cs": (Decimal("0.10"), Decimal("0.01"))}, origin="weighed",
    )  # fmt: skip
    assert source.as_dict() == {
        "code": "L-1", "formula": "PbI2", "assay": "0.990", "assay_kind": "titration",
        "density_g_ml": "6.16", "origin": "weighed", "composition": {"Cs": ["0.10", "0.01"]},
    }  # fmt: skip
    assert "composition" not in Source("L-2").as_dict()


# typed quantities --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "unit", "words"),
    [
        ("", "mg", ["Nothing was typed"]),
        ("∞", "mg", ["“∞” is not a number one can weigh"]),
        ("-Infinity mg", "mg", ["is not a number one can weigh"]),
        ("mg", "mg", ["“mg” does not start with a number"]),
        ("1.2.3", "mg", ["“1.2.3” can be read in more than one way", "such as 1234.5"]),
        ("1,234", "mg", ["1.234 or 1234? Write 1.234 with a point"]),
        *((f"1 {sign}2", "mg", ["holds more than one number"]) for sign in "±+-~<>"),
        ("1 (+2)", "mg", ["holds more than one number"]),
        ("1e19", "mg", ["too large or too small", "Check the exponent"]),
        ("1e-19", "mg", ["Check the exponent"]),
        ("1" * 31, "mg", ["more than 30 digits"]),
        ("1" * 20, "mg", ["Check the number of zeros"]),
        ("-1 K", "K", ["“-1 K” lies below absolute zero"]),
        ("-273.16", "°C", ["below absolute zero"]),
        ("-1 mg", "mg", ["“-1 mg” is negative"]),
        ("1 spoon", "mg", ["The unit “spoon” in “1 spoon” is not known. Write one of g, kg, mg, µg, ng."]),
        ("1 mL", "mg", ["“1 mL” is a volume, but this field takes a mass in mg. Write one of g, kg"]),
        ("1 mmol", "mg", ["is an amount, but"]),
        ("1 mg", "1", ["takes a ratio without a unit. Write a plain number, or a percentage with its sign"]),
        ("1 mg", "cm2/V/s", ["Write one of cm²/V/s"]),
        ("x" * 61, "mg", ["This is 61 characters long"]),
    ],
)  # fmt: skip
def test_a_typed_quantity_is_refused_with_what_would_be_read(text, unit, words):
    with pytest.raises(UnreadableQuantity) as refusal:
        parse_quantity(text, unit)
    sentence = str(refusal.value)
    assert [one for one in words if one not in sentence] == [], sentence
    if "Infinity" not in sentence:
        reads_well(sentence)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("0 K", "K", "0"),
        ("-273.15", "°C", "-273.15"),
        ("-5", "V", "-5"),
        ("-5 mA/cm²", "mA/cm2", "-5"),
        ("0", "mg", "0"),
        ("0.5", "mg", "0.5"),
        ("1e18", "mg", "1e18"),
        ("1e-18", "mg", "1e-18"),
        ("1" * 19, "mg", "1" * 19),
        ("10⁻³", "mg", "0.001"),
        ("10² mg", "mg", "100"),
        ("−5 °C", "°C", "-5"),
        ("–5 °C", "°C", "-5"),
        ("5 μL", "µL", "5"),
        ("1\u00a0234.5", "mg", "1234.5"),
        ("12 345", "mg", "12345"),
        ("5.", "mg", "5"),
        (".5", "mg", "0.5"),
        ("0,125", "mg", "0.125"),
        ("+3e2", "mg", "300"),
        ("1 A", "Å", "1"),
        ("2 ×", "1", "2"),
        ("0." + "0" * 17 + "1", "mg", "1e-18"),
        (" " * 20 + "1 mg" + " " * 36, "mg", "1"),
    ],
)
def test_a_typed_quantity_at_its_limits_is_read(text, unit, value):
    assert parse_quantity(text, unit).value == Decimal(value)


def test_a_typed_quantity_reads_as_it_was_understood():
    assert str(parse_quantity("0.0553 g", "mg")) == "55.3 mg"
    assert str(parse_quantity("50 %", "1")) == "0.50"

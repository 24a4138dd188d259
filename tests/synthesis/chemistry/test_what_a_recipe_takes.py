"""What a recipe may say: numbers as they were typed, ranges with their ends, chemicals from the list."""

from decimal import Decimal

import pytest

from synthesis.chemistry.documents import as_decimal
from synthesis.chemistry.recipe import Chemical
from tests.synthesis.chemistry.small_recipe import SMALL, faults, read, small

HOT = ("inputs", 2)


def test_what_is_null_says_the_same_as_no_entry():
    plain = small(
        ("summary", None), ("steps", 0, "note", None), ("inputs", 0, "maximum", None),
        ("steps", 0, "parameters", "duration_s", None), ("source", {"doi": None, "where": "page 3"}),
    )  # fmt: skip
    recipe = read(plain)
    assert recipe == read(small(("source", {"where": "page 3"})))
    assert recipe.as_dict()["source"] == {"where": "page 3"}


def test_an_outcome_holds_at_a_number_however_it_is_written_or_at_an_option():
    at = {"ratio_ca_pb": "0.50", "salt": " dry "}
    assert read(small(("outcomes", 0, "when", at))).outcomes[0].when == {
        "ratio_ca_pb": Decimal("0.5"), "salt": "dry",
    }  # fmt: skip


def test_an_input_takes_the_ends_of_its_range():
    ranged = {**SMALL["inputs"][2], "minimum": "150", "maximum": "170"}
    asked = read(small((*HOT, ranged))).input("hot")
    assert {value: asked.allows(Decimal(value)) for value in (149, 150, 160, 170, 171)} == {
        149: False, 150: True, 160: True, 170: True, 171: False,
    }  # fmt: skip
    one_value = {**ranged, "minimum": "170"}
    assert read(small((*HOT, one_value))).input("hot").allows(Decimal(170))


def test_a_temperature_may_lie_below_zero_and_other_inputs_start_at_it():
    cold = read(small((*HOT, {**SMALL["inputs"][2], "minimum": "-78", "default": "-20"})))
    assert cold.input("hot").default == -20
    from_zero = {"minimum": "0", "maximum": "0", "default": "0"}
    assert (
        read(small(("inputs", 1, {**SMALL["inputs"][1], **from_zero}))).input("lead_mmol").default
        == 0
    )


def test_a_recipe_is_given_back_with_all_that_was_said_and_nothing_empty():
    plain = read(small(("vessels", 1, "volume_ml", "1.5e1"))).as_dict()
    assert plain["vessels"] == [
        {"key": "flask", "name": "flask", "heated": True, "size": "flask_ml"},
        {"key": "tube", "name": "tube", "volume_ml": "15"},
    ]
    assert plain["steps"] == SMALL["steps"]
    assert plain["outcomes"] == SMALL["outcomes"]
    assert plain["ingredients"][2:4] == SMALL["ingredients"][2:4]
    big = read(small(("vessels", 1, "volume_ml", "1.5e3"))).as_dict()
    assert big["vessels"][1]["volume_ml"] == "1500"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (" 1.50 ", "1.50"), (5, "5"), (0.1, "0.1"), (Decimal("2.0"), "2.0"), ("-3e2", "-3E+2"),
        ("1e18", "1E+18"), ("9.9e18", "9.9E+18"), ("1e-18", "1E-18"), ("0e30", "0E+30"),
    ],
)  # fmt: skip
def test_a_number_keeps_the_digits_that_were_typed(written, number):
    assert str(as_decimal(written)) == number


@pytest.mark.parametrize(
    ("written", "predicate"),
    [
        ("1_0", "should be a number, not “1_0”"),  # Python alone would read ten
        ("", "should be a number, not “”"),
        ("1,5", "should be a number, not “1,5”"),
        (True, "should be a number, not True"),
        (None, "should be a number, not None"),
        (["5"], "should be a number, not ['5']"),
        ({"value": "5"}, "should be a number, not {'value': '5'}"),
        (b"5", "should be a number, not b'5'"),
        ("x" * 80, f"should be a number, not “{'x' * 59}…"),
        ("nan", "should be a finite number of everyday size, not nan"),
        (float("inf"), "should be a finite number of everyday size, not inf"),
        ("1e19", "should be a finite number of everyday size, not 1e19"),
        ("1e-19", "should be a finite number of everyday size, not 1e-19"),
    ],
)
def test_what_is_no_number_of_everyday_size_is_refused(written, predicate):
    with pytest.raises(ValueError, match="should be") as refused:
        as_decimal(written)
    assert str(refused.value) == predicate


# the list of chemicals


OIL = Chemical(
    slug="oleic-acid", name="Oleic acid", formula="C18H34O2", density_g_ml="0.887", species={"OA": "1"}
)  # fmt: skip
POLYMER = Chemical(slug="peo", name="PEO")
SHELF = {"oleic-acid": OIL, "peo": POLYMER}


def taking(said):
    more = {"key": "taken", "role": "additive", "amount": {"mass_mg": "5"}} | said
    return small(("ingredients", 5, more))


def test_what_the_list_of_chemicals_says_is_filled_in():
    (taken,) = [one for one in read(taking({"chemical": " oleic-acid "}), SHELF).ingredients if one.key == "taken"]  # fmt: skip
    assert (taken.name, taken.formula, taken.density_g_ml) == ("Oleic acid", "C18H34O2", Decimal("0.887"))  # fmt: skip
    assert dict(taken.species) == {"OA": 1}
    plain = read(taking({"chemical": "peo", "formula": ""}), SHELF).ingredient("taken")
    assert (plain.name, plain.formula, plain.density_g_ml, plain.species) == ("PEO", "", None, {})


def test_what_the_recipe_says_itself_goes_before_the_list():
    said = {
        "chemical": "oleic-acid",
        "name": "Oleic acid, 90 %",
        "density_g_ml": "0.89",
        "formula": "",
    }
    taken = read(taking(said), SHELF).ingredient("taken")
    assert (taken.name, taken.density_g_ml) == ("Oleic acid, 90 %", Decimal("0.89"))
    assert taken.formula == "C18H34O2"  # an empty entry says nothing


def test_an_option_is_a_chemical_of_the_list_or_one_that_is_written_out():
    def option(said):
        plain = small(("ingredients", 4, "choice", "options", "dry", said))
        return read(plain, SHELF).ingredient("zinc").choice.options["dry"]

    assert option("oleic-acid").formula == "C18H34O2"
    assert option({"chemical": "oleic-acid", "name": "Ours"}).name == "Ours"


@pytest.mark.parametrize(("slug", "told"), [("unobtainium", "unobtainium"), ("u" * 81, "u" * 80)])
def test_a_chemical_that_nobody_knows_is_refused_unless_it_is_written_out(slug, told):
    sentence = f"the chemical “{told}” is not in the list of chemicals. Add it there first."
    assert faults(taking({"chemical": slug}), SHELF) == [
        ("ingredients[5].chemical", f"Ingredient “taken”: {sentence}")
    ]
    within = small(("ingredients", 4, "choice", "options", "dry", slug))
    assert faults(within, SHELF) == [
        ("ingredients[4].choice.options.dry.chemical", f"Ingredient “zinc”, choice, options, dry: {sentence}")
    ]  # fmt: skip
    assert (
        read(taking({"chemical": slug, "name": "Ours"}), SHELF).ingredient("taken").name == "Ours"
    )


def test_an_ingredient_of_no_chemical_is_told_once():
    assert faults(taking({"chemical": " "}), SHELF) == [
        ("ingredients[5]", "Ingredient “taken”: name exactly one of chemical, stock or choice, not none.")
    ]  # fmt: skip
    assert faults(taking({"chemical": 5}), SHELF) == [
        ("ingredients[5].chemical", "Ingredient “taken”: “chemical” should be text, not 5.")
    ]

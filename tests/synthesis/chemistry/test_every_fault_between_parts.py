"""What the parts of a recipe say about each other: each contradiction is told with its path and its mend."""

import pytest

from synthesis.chemistry.species import GROUPS
from tests.synthesis.chemistry.small_recipe import SMALL, faults, read, small
from tests.synthesis.chemistry.written import ingredient

LONG = "a" * 61
NOT_LISTED = "which the recipe does not list."
SPECIES = f"is no element and no group that is counted. Groups are {', '.join(GROUPS)}."
OTHER = {"key": "hot", "name": "Again", "kind": "condition", "default": "1"}
CHOICE = "Ingredient “zinc”: the options should be those of an input of kind choice."
NO_OPTION = "which is no option of an input of kind choice."

# what is written: what is told, where
TOLD = {
    # keys
    "two inputs of one key": (
        ("inputs", 6, OTHER), "inputs[6].key", "Recipe “small” has two inputs called hot. Rename one.",
    ),
    "two vessels of one key": (
        ("vessels", 1, "key", "flask"), "vessels[1].key",
        "Recipe “small” has two vessels called flask. Rename one.",
    ),
    "two ingredients of one key": (
        ("ingredients", 4, "key", "oa"), "ingredients[4].key",
        "Recipe “small” has two ingredients called oa. Rename one.",
    ),
    "two steps of one key": (
        ("steps", 2, "key", "heat"), "steps[2].key", "Recipe “small” has two steps called heat. Rename one.",
    ),
    "a key with a space": (
        ("vessels", 1, "key", "large tube"), "vessels[1].key",
        "The key “large tube” should be letters, digits, _ and - only, as in cs_oleate.",
    ),
    "a key of signs": (
        ("vessels", 1, "key", "-_-"), "vessels[1].key",
        "The key “-_-” should be letters, digits, _ and - only, as in cs_oleate.",
    ),
    "a long key with a dot": (
        ("vessels", 1, "key", f"{LONG}."), "vessels[1].key",
        f"The key “{'a' * 60}” should be letters, digits, _ and - only, as in cs_oleate.",
    ),
    "a long key": (
        ("vessels", 1, "key", LONG), "vessels[1].key",
        "A key has at most 60 letters; “aaaaaaaaaaaaaaaaaaaa…” has more.",
    ),
    # species
    "a numerator of no species": (
        ("inputs", 0, "numerator", "Ca+Xx"), "inputs[0].numerator", f"Input “ratio_ca_pb”: “Xx” {SPECIES}",
    ),
    "a denominator of no species": (
        ("inputs", 0, "denominator", ["lead and manganese together"]), "inputs[0].denominator",
        f"Input “ratio_ca_pb”: “lead and manganese t” {SPECIES}",
    ),
    "an amount of no species": (
        ("inputs", 1, "element", "Lead"), "inputs[1].element", f"Input “lead_mmol”: “Lead” {SPECIES}",
    ),
    # amounts
    "equivalents of nothing": (
        ("ingredients", 2, "amount", "of", "pbi3"), "ingredients[2].amount.of",
        f"Ingredient “oa” refers to the ingredient “pbi3”, {NOT_LISTED}",
    ),
    "equivalents of an input": (
        ("ingredients", 2, "amount", "of", "hot"), "ingredients[2].amount.of",
        f"Ingredient “oa” refers to the ingredient “hot”, {NOT_LISTED}",
    ),
    "equivalents of a long name": (
        ("ingredients", 2, "amount", "of", LONG), "ingredients[2].amount.of",
        f"Ingredient “oa” refers to the ingredient “{'a' * 60}”, {NOT_LISTED}",
    ),
    "scaled with nothing": (
        ("ingredients", 3, "amount", {"volume_ml": "1", "scales_with": "moon", "at": "1"}),
        "ingredients[3].amount.scales_with", f"Ingredient “ode” refers to the input “moon”, {NOT_LISTED}",
    ),
    "scaled with an ingredient": (
        ("ingredients", 3, "amount", {"volume_ml": "1", "scales_with": "oa", "at": "1"}),
        "ingredients[3].amount.scales_with", f"Ingredient “ode” refers to the input “oa”, {NOT_LISTED}",
    ),
    "scaled with a choice": (
        ("ingredients", 3, "amount", {"volume_ml": "1", "scales_with": "salt", "at": "1"}),
        "ingredients[3].amount.scales_with", "Ingredient “ode”: “salt” is a choice and no number to multiply by.",
    ),
    "as often as nothing": (
        ("ingredients", 3, "amount", "times", "moon"), "ingredients[3].amount.times",
        f"Ingredient “ode” refers to the input “moon”, {NOT_LISTED}",
    ),
    "as often as a choice": (
        ("ingredients", 3, "amount", "times", "salt"), "ingredients[3].amount.times",
        "Ingredient “ode”: “salt” is a choice and no number to multiply by.",
    ),
    "a target that is not asked for": (
        ("ingredients", 1, "amount", "solves", "moon"), "ingredients[1].amount.solves",
        f"Ingredient “cai2” refers to the input “moon”, {NOT_LISTED}",
    ),
    "a target that is a condition": (
        ("ingredients", 1, "amount", "solves", "hot"), "ingredients[1].amount.solves",
        "Ingredient “cai2” can only carry a ratio or an amount of a species, not “hot”.",
    ),
    "two carriers of one target": (
        ("ingredients", 3, "amount", {"solves": "lead_mmol"}), "ingredients[3].amount.solves",
        "Two ingredients carry the target “lead_mmol”: pbi2 and ode. Let one carry it and give the other"
        " an amount.",
    ),
    # choices
    "a choice of nothing": (("ingredients", 4, "choice", "input", "moon"), "ingredients[4].choice", CHOICE),
    "a choice by a number": (("ingredients", 4, "choice", "input", "hot"), "ingredients[4].choice", CHOICE),
    "another option": (("inputs", 4, "options", {"dry": "dry", "moist": "moist"}), "ingredients[4].choice", CHOICE),
    "an option of an ingredient that is none": (
        ("ingredients", 3, "when", {"salt": "dry|gold"}), "ingredients[3].when.salt",
        f"Ingredient “ode” is only for “gold” of “salt”, {NO_OPTION}",
    ),
    "an option of a step that is none": (
        ("steps", 1, "when", {"salt": "gold"}), "steps[1].when.salt",
        f"Step “wash” is only for “gold” of “salt”, {NO_OPTION}",
    ),
    "an option of a number": (
        ("steps", 1, "when", {"hot": "170"}), "steps[1].when.hot", f"Step “wash” is only for “170” of “hot”, {NO_OPTION}",
    ),
    "an option of nothing": (
        ("steps", 1, "when", {"moon": "full"}), "steps[1].when.moon",
        f"Step “wash” is only for “full” of “moon”, {NO_OPTION}",
    ),
    # vessels
    "a size that nobody asks for": (
        ("vessels", 0, "size", "moon_ml"), "vessels[0].size",
        f"The vessel “flask” refers to the input “moon_ml”, {NOT_LISTED}",
    ),
    "a size that is none": (
        ("vessels", 0, "size", "lead_mmol"), "vessels[0].size",
        "The vessel “flask” takes its size from an input of the kind “size”.",
    ),
    # steps
    "a step with what is not there": (
        ("steps", 0, "ingredients", ["pbi2", "pbi3"]), "steps[0].ingredients",
        f"Step “heat” refers to the ingredient “pbi3”, {NOT_LISTED}",
    ),
    "a step in what is not there": (
        ("steps", 0, "vessel", "bucket"), "steps[0].vessel",
        "Step “heat” uses the vessel “bucket”, which the recipe does not list.",
    ),
    "a number from nothing": (
        ("steps", 0, "parameters", "temperature_c", {"input": "moon"}), "steps[0].parameters.temperature_c",
        f"Step “heat” refers to the input “moon”, {NOT_LISTED}",
    ),
    "a number from a choice": (
        ("steps", 0, "parameters", "temperature_c", {"input": "salt"}), "steps[0].parameters.temperature_c",
        "Step “heat”: “salt” is a choice and no number.",
    ),
    "a number of a row from a choice": (
        ("steps", 2, "rows", "segments", 1, "speed_rpm", {"input": "salt"}), "steps[2].rows.segments[1].speed_rpm",
        "Step “spin”: “salt” is a choice and no number.",
    ),
    "a number of a row from nothing": (
        ("steps", 2, "rows", "segments", 0, "speed_rpm", {"input": "moon"}), "steps[2].rows.segments[0].speed_rpm",
        f"Step “spin” refers to the input “moon”, {NOT_LISTED}",
    ),
    "as often as nobody asks": (
        ("steps", 1, "repeat", "moon"), "steps[1].repeat", f"Step “wash” refers to the input “moon”, {NOT_LISTED}",
    ),
    "as often as a temperature": (
        ("steps", 1, "repeat", "hot"), "steps[1].repeat",
        "Step “wash” is repeated by an input of kind condition without a unit, such as a number of washes.",
    ),
    "as often as a ratio": (
        ("steps", 1, "repeat", "ratio_ca_pb"), "steps[1].repeat",
        "Step “wash” is repeated by an input of kind condition without a unit, such as a number of washes.",
    ),
    # outcomes
    "an outcome at nothing": (
        ("outcomes", 0, "when", {"ratio_ca_pb": "0.5", "moon": "1"}), "outcomes[0].when",
        f"An outcome refers to the input “moon”, {NOT_LISTED}",
    ),
}  # fmt: skip


def test_the_small_recipe_says_nothing_against_itself():
    assert read(SMALL).slug == "small"


@pytest.mark.parametrize("what", TOLD)
def test_a_contradiction_is_told_where_it_stands_and_how_to_mend_it(what):
    change, path, sentence = TOLD[what]
    assert faults(small(change)) == [(path, sentence)]


def test_a_recipe_without_ingredients_is_only_an_experiment():
    bare = {"slug": "bare", "name": "Bare", "kind": "stock_solution"}
    said = "Recipe “bare” has no ingredients. Add at least one."
    assert faults(bare) == [("ingredients", said)]
    assert read(bare | {"kind": "experiment"}).ingredients == ()


def test_amounts_that_refer_to_each_other_are_told_once():
    after = {"equivalents": "1"}
    plain = small(
        ("ingredients", 2, "amount", after | {"of": "ode"}),
        ("ingredients", 3, "amount", after | {"of": "oa"}),
    )
    ring = "The amounts of oa, ode refer to each other in a ring. Give one of them in mg or mL."
    assert faults(plain) == [("ingredients[2].amount.of", ring)]
    to_itself = ("ingredients", 3, "amount", after | {"of": "ode"})
    itself = small(to_itself)
    alone = "The amounts of ode refer to each other in a ring. Give one of them in mg or mL."
    assert faults(itself) == [("ingredients[3].amount.of", alone)]
    behind = small(("ingredients", 2, "amount", "of", "pbi3"), to_itself)
    assert [path for path, _said in faults(behind)] == [
        "ingredients[2].amount.of", "ingredients[3].amount.of",
    ]  # fmt: skip


def test_an_amount_may_follow_another_that_follows_a_third():
    plain = small(
        ("ingredients", 3, "amount", {"equivalents": "3", "of": "oa"}),
        ("ingredients", 4, "amount", {"equivalents": "1", "of": "ode"}),
    )
    assert read(plain).ingredient("zinc").amount.of == "ode"


def test_only_one_ingredient_fills_up_what_is_left():
    fills = {"fills_to_ml": "20"}
    more = ingredient("dmf", "C3H7NO", fills, "solvent", density_g_ml="0.944")
    plain = small(("ingredients", 3, "amount", fills), ("ingredients", 5, more))
    said = (
        "ode and dmf should each fill up to the total volume: the ratio between them is missing."
        " Give all but one a volume of its own."
    )
    assert faults(plain) == [("ingredients[5].amount", said)]
    assert read(small(("ingredients", 3, "amount", fills)))


def test_each_choice_may_have_its_own_carrier_of_a_target():
    both = small(
        ("ingredients", 5, ingredient("pbbr2", "PbBr2", {"solves": "lead_mmol"}, when={"salt": "wet"}))
    )  # fmt: skip
    assert [one.key for one in read(both).ingredients if one.amount.solves == "lead_mmol"] == [
        "pbi2", "pbbr2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("section", "most"), [("inputs", 6), ("vessels", 2), ("ingredients", 5), ("steps", 3)]
)
def test_a_recipe_has_at_most_two_hundred_parts_of_a_kind(section, most):
    pattern = SMALL[section][3 if section in ("inputs", "ingredients") else 1]
    more = [pattern | {"key": f"more-{number}"} for number in range(200 - most)]
    full = small((section, [*SMALL[section], *more]))
    assert len(getattr(read(full), section)) == 200
    over = full | {section: [*full[section], pattern | {"key": "last"}]}
    said = f"A recipe has at most 200 {section}. Make two recipes of it."
    assert faults(over) == [(section, said)]


def test_a_key_may_have_sixty_letters_digits_and_dashes():
    key = "cs_oleate-2" + "x" * 49
    assert read(small(("vessels", 1, "key", key))).vessels[1].key == key


def test_every_contradiction_is_told_in_one_go():
    """Also the third of three, and those behind a part that is right."""
    plain = small(
        ("inputs", 0, "numerator", "Xx+Ca+Yy"),
        ("inputs", 1, "element", "Zz"),
        ("vessels", 1, "key", "large tube"),
        ("vessels", 2, {"key": "vial no 2", "name": "vial"}),
        ("ingredients", 2, "amount", "of", "pbi3"),
        ("ingredients", 3, "when", {"salt": "gold", "hot": "170"}),
        ("steps", 0, "ingredients", ["a", "pbi2", "b"]),
        ("steps", 1, "repeat", "moon"),
        ("steps", 2, "vessel", "bucket"),
        ("outcomes", 0, "when", {"moon": "1", "sun": "2"}),
    )
    assert [path for path, _said in faults(plain)] == [
        "vessels[1].key", "vessels[2].key",
        "inputs[0].numerator", "inputs[0].numerator", "inputs[1].element",
        "ingredients[2].amount.of", "ingredients[3].when.salt", "ingredients[3].when.hot",
        "steps[0].ingredients", "steps[0].ingredients", "steps[1].repeat", "steps[2].vessel",
        "outcomes[0].when", "outcomes[0].when",
    ]  # fmt: skip

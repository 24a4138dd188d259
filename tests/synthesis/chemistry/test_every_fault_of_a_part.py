"""What is wrong inside one part of a recipe: the sentence says what, the path says where."""

import pytest

from synthesis.chemistry.recipe import InvalidRecipe
from tests.synthesis.chemistry.small_recipe import SMALL, faults, read, small

ROLES = (
    "lead source, calcium source, caesium source, zinc source, manganese source, cation source, halide source,"
    " dopant, precursor, seed, solvent, ligand, antisolvent, base, acid, polymer, dispersion, additive"
)
TABLE = "should be a table of names and values, not"
HOT = ("inputs", 2)

# what is written: where it is told, and what
SHAPES = {
    "a text that is missing": (
        ("steps", 0, {"key": "heat", "operation": "heat"}), "steps[0].text", "Step “heat” needs “text”.",
    ),
    "a text of blanks": (("steps", 0, "text", "  "), "steps[0].text", "Step “heat” needs “text”."),
    "a part without a key": (
        ("vessels", 1, {"name": "tube"}), "vessels[1].key", "Vessel 2 needs “key”.",
    ),
    "a recipe without a name": (("name", None), "name", "Recipe “small” needs “name”."),
    "a recipe without a short name": (("slug", None), "slug", "Recipe needs “slug”."),
    "a recipe with an empty short name": (("slug", ""), "slug", "Recipe needs “slug”."),
    "a number for a name": (("name", 5), "name", "Recipe “small”: “name” should be text, not 5."),
    "a number for a short name": (("slug", 5), "slug", "Recipe: “slug” should be text, not 5."),
    "a very long name": (
        ("name", "n" * 161), "name", "Recipe “small”: “name” has more than 160 characters. Shorten it.",
    ),
    "a sign that no text has": (
        ("steps", 0, "text", "a\x00b"), "steps[0].text",
        "Step “heat”: “text” holds a character that no text has (NUL).",
    ),
    "a key that is a list": (
        ("steps", 0, "key", ["heat"]), "steps[0].key", "Step 1: “key” should be text, not ['heat'].",
    ),
    "words that nobody asked for": (
        ("steps", 0, "colour", "red"), "steps[0].colour",
        "Step “heat” has unknown entries: colour. Check the spelling.",
    ),
    "a word that the recipe does not have": (
        ("colour", "red"), "colour", "Recipe “small” has unknown entries: colour. Check the spelling.",
    ),
    "a very long word": (
        ("c" * 61, "red"), "c" * 60, f"Recipe “small” has unknown entries: {'c' * 60}. Check the spelling.",
    ),
    "a misspelt amount": (
        ("ingredients", 3, "amount", {"volume_ml": "1", "mas_mg": "2", "hot_ml": "3"}),
        "ingredients[3].amount.mas_mg",
        "Ingredient “ode”, amount has unknown entries: mas_mg, hot_ml. Check the spelling.",
    ),
    "another kind": (
        ("kind", "soup"), "kind",
        "Recipe “small”: “kind” is “soup”, but should be one of stock_solution, nanocrystals, layer_solution,"
        " experiment, device.",
    ),
    "another role": (
        ("ingredients", 0, "role", "hero"), "ingredients[0].role",
        f"Ingredient “pbi2”: “role” is “hero”, but should be one of {ROLES}.",
    ),
    "a list that is a text": (
        ("steps", 0, "ingredients", "pbi2"), "steps[0].ingredients",
        "Step “heat”: “ingredients” should be a list, not “pbi2”.",
    ),
    "parts that are no list": (
        ("vessels", "flask"), "vessels", "Recipe “small”: “vessels” should be a list, not “flask”.",
    ),
    "a part that is a text": (
        ("vessels", 1, "tube"), "vessels[1]", f"Vessel 2 {TABLE} “tube”.",
    ),
    "a step that is a list": (("steps", 0, []), "steps[0]", f"Step 1 {TABLE} []."),
    "an ingredient that is a number": (
        ("ingredients", 4, 7), "ingredients[4]", f"Ingredient 5 {TABLE} 7.",
    ),
    "numbers that are no table": (
        ("steps", 0, "parameters", "hot"), "steps[0].parameters", f"Step “heat”: “parameters” {TABLE} “hot”.",
    ),
    "a source that is no table": (
        ("source", "a book"), "source", f"Recipe “small”: “source” {TABLE} “a book”.",
    ),
    "an amount that is no table": (
        ("ingredients", 3, "amount", "10 mL"), "ingredients[3].amount",
        f"Ingredient “ode”: “amount” {TABLE} “10 mL”.",
    ),
    "a yes that is none": (
        ("vessels", 0, "heated", "maybe"), "vessels[0].heated",
        "Vessel “flask”: “heated” should be true or false, not “maybe”.",
    ),
    "a yes that is a list": (
        ("vessels", 0, "heated", []), "vessels[0].heated",
        "Vessel “flask”: “heated” should be true or false, not [].",
    ),
    "a long text where a list belongs": (
        ("vessels", "f" * 60), "vessels", f"Recipe “small”: “vessels” should be a list, not “{'f' * 59}….",
    ),
    "a text of sixty signs where a list belongs": (  # its quotes are counted
        ("vessels", "f" * 58), "vessels", f"Recipe “small”: “vessels” should be a list, not “{'f' * 58}”.",
    ),
}  # fmt: skip
NUMBERS = {
    "no volume": (
        ("vessels", 1, "volume_ml", "0"), "vessels[1].volume_ml",
        "Vessel “tube”: “volume_ml” is 0, but should be above 0.",
    ),
    "a volume in words": (
        ("vessels", 1, "volume_ml", "ten"), "vessels[1].volume_ml",
        "Vessel “tube”: “volume_ml” should be a number, not “ten”.",
    ),
    "a volume without end": (
        ("vessels", 1, "volume_ml", "inf"), "vessels[1].volume_ml",
        "Vessel “tube”: “volume_ml” should be a finite number of everyday size, not inf.",
    ),
    "a yes for a volume": (
        ("vessels", 1, "volume_ml", True), "vessels[1].volume_ml",
        "Vessel “tube”: “volume_ml” should be a number, not True.",
    ),
    "a list for a volume": (
        ("vessels", 1, "volume_ml", ["1", "2"]), "vessels[1].volume_ml",
        "Vessel “tube”: “volume_ml” should be a number, not ['1', '2'].",
    ),
    "less than nothing that the source tried": (
        ("inputs", 0, "explored_maximum", "-1"), "inputs[0].explored_maximum",
        "Input “ratio_ca_pb”: “explored_maximum” is -1, but should be at least 0.",
    ),
    "a tested value in words": (
        ("inputs", 0, "tested", ["0", "ten"]), "inputs[0].tested[1]",
        "Input “ratio_ca_pb”, tested 2 should be a number, not “ten”.",
    ),
    "a step's number in words": (
        ("steps", 0, "parameters", "temperature_c", "warm"), "steps[0].parameters.temperature_c",
        "Step “heat”, parameters, temperature c: it should be a number, not “warm”.",
    ),
    "a step's number from two inputs": (
        ("steps", 0, "parameters", "temperature_c", {"input": "hot", "also": "hot"}),
        "steps[0].parameters.temperature_c",
        "Step “heat”, parameters, temperature c: write a number, or {input = \"its key\"} for one that an input"
        " gives.",
    ),
    "a step's number from a number": (
        ("steps", 0, "parameters", "temperature_c", {"input": 5}), "steps[0].parameters.temperature_c",
        "Step “heat”, parameters, temperature c: write a number, or {input = \"its key\"} for one that an input"
        " gives.",
    ),
    "an outcome at a list": (
        ("outcomes", 0, "when", "ratio_ca_pb", ["0", "1"]), "outcomes[0].when.ratio_ca_pb",
        "Outcome 1, when, ratio ca pb: an outcome says for which number or option of an input it holds.",
    ),
}  # fmt: skip
INPUTS = {
    "a gap downwards": (
        ("inputs", 0, "gaps", [{"low": "0.5", "high": "0.25", "message": "Nobody was there."}]),
        "inputs[0].gaps[0]", "Input “ratio_ca_pb”, gap 1: a gap runs from a lower to a higher value.",
    ),
    "a gap without width": (
        ("inputs", 0, "gaps", [{"low": "0.5", "high": "0.5", "message": "Nobody was there."}]),
        "inputs[0].gaps[0]", "Input “ratio_ca_pb”, gap 1: a gap runs from a lower to a higher value.",
    ),
    "a default that is no option": (
        ("inputs", 4, "default", "gold"), "inputs[4].default",
        "Input “salt”: the default should be one of the options.",
    ),
    "a default in words": (
        (*HOT, "default", "warm"), "inputs[2].default",
        "Input “hot”: “default” should be a number, not “warm”.",
    ),
    "an amount of nothing": (
        ("inputs", 1, "element", ""), "inputs[1].element",
        "Input “lead_mmol”: an amount needs “element”: say of which species.",
    ),
    "a ratio of nothing": (
        ("inputs", 0, "numerator", " + "), "inputs[0].numerator",
        "Input “ratio_ca_pb”: a ratio needs “numerator”: say which species, such as Pb or Pb+Mn.",
    ),
    "a ratio to nothing": (
        ("inputs", 0, "denominator", []), "inputs[0].denominator",
        "Input “ratio_ca_pb”: a ratio needs “denominator”: say which species, such as Pb or Pb+Mn.",
    ),
    "a choice without options": (
        ("inputs", 4, {"key": "salt", "name": "Salt", "kind": "choice"}), "inputs[4].options",
        "Input “salt”: a choice needs options, and only a choice has them.",
    ),
    "options of a number": (
        (*HOT, "options", {"170": "hot"}), "inputs[2].options",
        "Input “hot”: a choice needs options, and only a choice has them.",
    ),
    "a range downwards": (
        (*HOT, {**SMALL["inputs"][2], "minimum": "180", "maximum": "150"}), "inputs[2].minimum",
        "Input “hot”: the minimum lies above the maximum.",
    ),
    "a range below nothing": (
        ("inputs", 1, "minimum", "-1"), "inputs[1].minimum",
        "Input “lead_mmol”: “minimum” is -1, but should be at least 0.",
    ),
    "a range that ends below nothing": (
        ("inputs", 1, {**SMALL["inputs"][1], "default": None, "maximum": "-1"}), "inputs[1].maximum",
        "Input “lead_mmol”: “maximum” is -1, but should be at least 0.",
    ),
    "a default below nothing": (
        ("inputs", 1, "default", "-0.1"), "inputs[1].default",
        "Input “lead_mmol”: “default” is -0.1, but should be at least 0.",
    ),
    "a default below its range": (
        (*HOT, "minimum", "180"), "inputs[2].default",
        "Input “hot”: the default 170 lies outside its own range (at least 180).",
    ),
    "a default above its range": (
        (*HOT, "maximum", "160"), "inputs[2].default",
        "Input “hot”: the default 170 lies outside its own range (at most 160).",
    ),
    "a default beside its range": (
        (*HOT, {**SMALL["inputs"][2], "minimum": "100", "maximum": "160"}), "inputs[2].default",
        "Input “hot”: the default 170 lies outside its own range (at least 100 and at most 160).",
    ),
    "a condition without a default": (
        (*HOT, "default", None), "inputs[2].default",
        "Input “hot”: a condition needs a default: what is done when nobody says otherwise.",
    ),
}  # fmt: skip
TOLD = SHAPES | NUMBERS | INPUTS


@pytest.mark.parametrize("what", TOLD)
def test_a_fault_is_told_where_it_stands(what):
    change, path, sentence = TOLD[what]
    assert faults(small(change)) == [(path, sentence)]


@pytest.mark.parametrize("data", ["slug: small", ["small"], None])
def test_a_recipe_is_a_table(data):
    with pytest.raises(InvalidRecipe) as refused:
        read(data)
    said = f"“{data}”" if isinstance(data, str) else repr(data)
    sentence = f"Recipe should be a table of names and values, not {said}."
    assert [one.as_dict() for one in refused.value.faults] == [{"field": "", "message": sentence}]
    assert str(refused.value) == sentence


def test_several_faults_are_one_message_of_several_sentences():
    with pytest.raises(InvalidRecipe) as refused:
        read(small(("name", ""), ("vessels", 1, "volume_ml", "0")))
    assert str(refused.value) == (
        "Recipe “small” needs “name”. Vessel “tube”: “volume_ml” is 0, but should be above 0."
    )


def test_words_that_nobody_asked_for_are_told_part_by_part():
    plain = small(
        ("colour", "red"), ("steps", 0, "colour", "red"), ("steps", 0, "size", "1"), ("steps", 2, "size", "1")
    )  # fmt: skip
    assert faults(plain) == [
        ("steps[0].colour", "Step “heat” has unknown entries: colour, size. Check the spelling."),
        ("steps[2].size", "Step “spin” has unknown entries: size. Check the spelling."),
        ("colour", "Recipe “small” has unknown entries: colour. Check the spelling."),
    ]

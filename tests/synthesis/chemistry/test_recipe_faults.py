"""A recipe that is wrong says where: each fault has its path in the document."""

import copy
from decimal import Decimal

import pytest

from synthesis.chemistry.recipe import InvalidRecipe, RecipeDefinition, load_shipped_recipes

GOOD = load_shipped_recipes()["cspbi3-seed-core-shell"].as_dict()


def faults(change):
    plain = copy.deepcopy(GOOD)
    change(plain)
    with pytest.raises(InvalidRecipe) as refused:
        RecipeDefinition.from_dict(plain)
    return {fault.path: fault.sentence for fault in refused.value.faults}


def test_every_fault_is_told_at_once_each_with_its_path():
    def spoil(plain):
        plain["ingredients"][2]["amount"] = {"volume_ml": "5", "mass_mg": "4"}
        plain["ingredients"][3]["amount"] = {"volume_ml": "-1"}
        plain["steps"][1]["text"] = ""
        plain["inputs"][0]["kind"] = "guess"

    found = faults(spoil)
    assert set(found) == {
        "ingredients[2].amount",
        "ingredients[3].amount.volume_ml",
        "steps[1].text",
        "inputs[0].kind",
    }
    assert found["ingredients[2].amount"].startswith("Ingredient “cai2”, amount: give exactly one")
    assert found["steps[1].text"] == "Step “degas” needs “text”."


def test_references_that_lead_nowhere_are_told_together():
    def spoil(plain):
        plain["ingredients"][0]["amount"]["scales_with"] = "moon"
        plain["steps"][0]["ingredients"] = ["pbi3"]
        plain["steps"][1]["vessel"] = "bucket"

    assert set(faults(spoil)) == {
        "ingredients[0].amount.scales_with",
        "steps[0].ingredients",
        "steps[1].vessel",
    }


def test_a_step_takes_only_the_numbers_of_its_operation():
    def spoil(plain):
        plain["steps"][1]["parameters"] = {"speed_rpm": "5000", "temperature_c": "5000"}

    found = faults(spoil)
    assert "It takes temperature_c, duration_s" in found["steps[1].parameters.speed_rpm"]
    assert "between -200 and 1200 °C" in found["steps[1].parameters.temperature_c"]


def test_segments_and_drops_of_a_spin_coating_are_numbers_with_names():
    plain = load_shipped_recipes()["pei-solution"].as_dict()
    step = next(s for s in plain["steps"] if s["operation"] == "spin-coat")
    step["parameters"] = {}
    step["rows"] = {
        "segments": [
            {"speed_rpm": "1000", "acceleration_rpm_s": "500", "duration_s": "10"},
            {"speed_rpm": "4000", "duration_s": "30"},
        ],
        "drops": [{"volume_ul": "100", "time_s": "25"}],
    }
    read = next(s for s in RecipeDefinition.from_dict(plain).steps if s.key == step["key"])
    assert {name: str(value) for name, value in read.set_points().items()} == {
        "segments_1_speed_rpm": "1000",
        "segments_1_acceleration_rpm_s": "500",
        "segments_1_duration_s": "10",
        "segments_2_speed_rpm": "4000",
        "segments_2_duration_s": "30",
        "drops_1_volume_ul": "100",
        "drops_1_time_s": "25",
    }
    step["rows"]["segments"][1]["pressure_pa"] = "1"
    with pytest.raises(InvalidRecipe) as refused:
        RecipeDefinition.from_dict(plain)
    (fault,) = refused.value.faults
    assert fault.path.endswith("rows.segments[1].pressure_pa")


def with_conditions():
    plain = copy.deepcopy(GOOD)
    plain["inputs"] += [
        {"key": "seed", "name": "Seed", "kind": "choice", "default": "CaIx",
         "options": {"CaIx": "from calcium iodide", "none": "none"}},
    ]  # fmt: skip
    for step in plain["steps"]:
        if step["key"] == "observe_precursor":
            step["when"] = {"seed": "CaIx"}
    return plain


def test_a_condition_gives_the_number_of_its_steps():
    recipe = RecipeDefinition.from_dict(with_conditions())
    numbers = {
        "injection_temperature_c": Decimal(155),
        "purification_cycles": Decimal(2),
        "flask_ml": Decimal(50),
    }
    steps = {step.key: step for step in recipe.at(numbers, {"seed": "CaIx"}).steps}
    assert steps["heat"].set_points() == {"temperature_c": 155}
    keys = list(steps)
    start = keys.index("wash")
    assert keys[start : start + 4] == ["wash", "spin_washed", "wash_2", "spin_washed_2"]
    assert "observe_precursor" in steps
    none = recipe.at({**numbers, "purification_cycles": Decimal(0)}, {"seed": "none"}).steps
    assert {"wash", "spin_washed", "observe_precursor"}.isdisjoint(step.key for step in none)


def test_what_a_recipe_says_reads_back_to_the_same_recipe():
    recipe = RecipeDefinition.from_dict(with_conditions())
    assert RecipeDefinition.from_dict(recipe.as_dict()) == recipe
    assert RecipeDefinition.stored(recipe.as_dict()) == recipe


@pytest.mark.parametrize(
    ("path", "value", "word"),
    [
        (("inputs", 2, "default"), "400", "outside its own range"),
        (("inputs", 2, "default"), None, "needs a default"),
        (("inputs", 2, "unit"), "parsec", "not known"),
        (("inputs", 3, "unit"), "°C", "without a unit"),
        (("inputs", 5, "default"), "gold", "one of the options"),
        (("inputs", 0, "numerator"), "", "needs “numerator”"),
        (("steps", 3, "parameters"), {"temperature_c": {"input": "moon"}}, "does not list"),
        (("steps", 3, "parameters"), {"temperature_c": {"input": "seed"}}, "no number"),
        (("steps", 4, "when"), {"seed": "gold"}, "no option"),
        (("steps", 9, "repeat"), "lead_mmol", "kind condition"),
        (("slug",), "CsPb I3", "letters, digits"),
    ],
)
def test_a_condition_that_contradicts_itself_is_refused_in_words(path, value, word):
    plain = with_conditions()
    *parents, last = path
    place = plain
    for name in parents:
        place = place[name]
    place[last] = value
    with pytest.raises(InvalidRecipe, match=word):
        RecipeDefinition.from_dict(plain)


def test_a_ratio_of_sums_is_written_with_a_plus_or_as_a_list():
    plain = copy.deepcopy(GOOD)
    for written in ("Pb+Ca", "Pb + Ca", ["Pb", "Ca"]):
        plain["inputs"][0]["denominator"] = written
        recipe = RecipeDefinition.from_dict(plain)
        assert recipe.ratios[0].denominator == ("Pb", "Ca")
        assert recipe.as_dict()["inputs"][0]["denominator"] == "Pb+Ca"
        plain["inputs"][0]["numerator"] = written
        assert RecipeDefinition.from_dict(plain).as_dict()["inputs"][0]["numerator"] == "Pb+Ca"


@pytest.mark.parametrize("species", ["Xx", "Pb+Q", "lead"])
def test_a_ratio_of_something_that_is_no_species_is_refused_in_words(species):
    def spoil(plain):
        plain["inputs"][0]["denominator"] = species

    assert "no element and no group" in faults(spoil)["inputs[0].denominator"]

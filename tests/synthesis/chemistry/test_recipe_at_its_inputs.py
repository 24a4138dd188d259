"""A recipe as its inputs make it: sizes, numbers, rounds and choices, and nothing that was not asked for."""

from decimal import Decimal

from synthesis.chemistry.planning import solve_plan
from synthesis.chemistry.recipe_parts import Vessel
from synthesis.chemistry.steps import Step, Varied, steps_at
from tests.synthesis.chemistry.small_recipe import SMALL, read, small
from tests.synthesis.chemistry.written import ingredient

NUMBERS = {"hot": Decimal(160), "washes": Decimal(2), "flask_ml": Decimal("25.0")}
DRY = {"salt": "dry"}


def step(key, **said):
    return Step.model_validate({"key": key, "operation": "stir", "text": "Stir."} | said)


def keys(steps, numbers=NUMBERS, choices=DRY):
    return [one.key for one in steps_at(steps, numbers, choices)]


def test_a_vessel_is_called_by_the_size_that_was_asked_for():
    flask, tube = read(SMALL).at(NUMBERS, DRY).vessels
    assert (flask.name, flask.volume_ml, flask.heated) == ("25 mL flask", 25, True)
    assert (tube.name, tube.volume_ml) == ("tube", 15)
    vial = Vessel(key="vial", name="vial", size="vial_ml")
    assert vial.chosen({"vial_ml": Decimal("1.50")}).name == "1.5 mL vial"


def test_a_number_comes_from_its_input_in_parameters_and_in_rows():
    plain = small(("steps", 2, "rows", "segments", 1, "speed_rpm", {"input": "hot"}))
    heat, wash, second, spin = read(plain).at(NUMBERS, DRY).steps
    assert heat.set_points() == {"temperature_c": 160}
    assert (wash.key, second.key) == ("wash", "wash_2")
    assert spin.set_points() == {
        "segments_1_speed_rpm": 1000, "segments_1_duration_s": 10, "segments_2_speed_rpm": 160,
    }  # fmt: skip
    assert [name for _path, name, value in heat.numbers() if isinstance(value, Varied)] == []


def test_an_ice_bath_is_a_temperature():
    cold = {**SMALL["inputs"][2], "minimum": "-20", "default": "0"}
    plain = small(("inputs", 2, cold))
    heat = read(plain).at({**NUMBERS, "hot": Decimal(0)}, DRY).steps[0]
    assert heat.set_points() == {"temperature_c": 0}
    planned = solve_plan(read(plain), {}).as_dict()["steps"][0]
    assert planned["parameters"] == {"temperature_c": "0"}


def test_a_number_that_an_input_does_not_give_is_left_open():
    open_one = step("a", parameters={"temperature_c": {"input": "hot"}, "duration_s": "60"})
    (left,) = steps_at([open_one], {"hot": None}, {})
    assert left.set_points() == {"duration_s": 60}
    assert left.parameters["temperature_c"] == Varied(input="hot")


def test_the_numbers_of_a_step_say_where_they_stand():
    both = step(
        "a", parameters={"temperature_c": "20"}, rows={"drops": [{"time_s": "5"}, {"time_s": "9"}]}
    )
    assert list(both.numbers()) == [
        ("parameters.temperature_c", "temperature_c", 20),
        ("rows.drops[0].time_s", "time_s", 5),
        ("rows.drops[1].time_s", "time_s", 9),
    ]


def test_what_a_step_follows_is_every_input_that_it_names():
    follows = step(
        "a", parameters={"temperature_c": {"input": "hot"}, "duration_s": "5"}, repeat="washes",
        rows={"drops": [{"time_s": {"input": "later"}}]}, when={"salt": "dry"},
    )  # fmt: skip
    assert follows.varied_by() == {"hot", "washes", "later", "salt"}
    assert step("b", parameters={"duration_s": "5"}).varied_by() == set()


def test_steps_beside_each_other_with_one_repeat_are_repeated_together():
    wash, spin, look = step("wash", repeat="n"), step("spin", repeat="n"), step("look")
    steps = [look, wash, spin]
    assert keys(steps, {"n": Decimal(0)}) == ["look"]
    assert keys(steps, {"n": Decimal(1)}) == ["look", "wash", "spin"]
    assert keys(steps, {"n": Decimal(3)}) == [
        "look", "wash", "spin", "wash_2", "spin_2", "wash_3", "spin_3",
    ]  # fmt: skip
    # a step between them makes two groups, and so does another input
    assert keys([wash, look, spin], {"n": Decimal(2)}) == [
        "wash",
        "wash_2",
        "look",
        "spin",
        "spin_2",
    ]
    other = step("rinse", repeat="m")
    assert keys([wash, other], {"n": Decimal(2), "m": Decimal(2)}) == [
        "wash", "wash_2", "rinse", "rinse_2",
    ]  # fmt: skip


def test_a_part_for_some_choices_is_there_for_these_only():
    steps = [
        step("all"),
        step("dry", when={"salt": "dry"}),
        step("both", when={"salt": "dry|wet"}),
        step("dry and new", when={"salt": "dry", "age": "new"}),
    ]
    assert keys(steps, choices={"salt": "dry"}) == ["all", "dry", "both"]
    assert keys(steps, choices={"salt": "wet"}) == ["all", "both"]
    assert keys(steps, choices={"salt": "dry", "age": "new"}) == [
        "all",
        "dry",
        "both",
        "dry and new",
    ]
    assert keys(steps, choices={}) == ["all"]


def taken(plain, numbers=NUMBERS, choices=DRY):
    found = read(plain).at(numbers, choices)
    return [one.key for one in found.ingredients], {one.key: one.ingredients for one in found.steps}


def test_what_is_taken_no_times_is_neither_weighed_nor_named_in_a_step():
    plain = small(("ingredients", 3, "amount", "times", "washes"))
    everything = ["pbi2", "cai2", "oa", "ode", "zinc"]
    assert taken(plain)[0] == everything
    assert taken(plain)[1]["heat"] == ("pbi2", "ode")
    none = {**NUMBERS, "washes": Decimal(0)}
    assert taken(plain, none)[0] == ["pbi2", "cai2", "oa", "zinc"]
    assert taken(plain, none)[1]["heat"] == ("pbi2",)
    # what others are counted over stays, so that their amounts can be told
    over = ingredient("water", "H2O", {"equivalents": "2", "of": "ode"})
    assert taken({**plain, "ingredients": [*plain["ingredients"], over]}, none)[0] == [
        *everything,
        "water",
    ]


def test_what_is_for_another_choice_is_neither_weighed_nor_named_in_a_step():
    plain = small(
        ("ingredients", 3, "when", {"salt": "wet"}), ("steps", 1, "when", {"salt": "wet"})
    )
    assert taken(plain) == (["pbi2", "cai2", "oa", "zinc"], {"heat": ("pbi2",), "spin": ()})
    wet = taken(plain, choices={"salt": "wet"})
    assert wet[0] == ["pbi2", "cai2", "oa", "ode", "zinc"]
    assert list(wet[1]) == ["heat", "wash", "wash_2", "spin"]
    assert wet[1]["heat"] == ("pbi2", "ode")


def test_a_part_is_found_by_its_key():
    recipe = read(SMALL)
    assert recipe.input("hot").unit == "°C"
    assert recipe.ingredient("oa").role == "ligand"
    assert (recipe.input("moon"), recipe.ingredient("moon")) == (None, None)
    assert [one.key for one in recipe.ratios] == ["ratio_ca_pb"]
    assert recipe.ingredient("zinc").choice_input == "salt"
    assert recipe.ingredient("oa").choice_input == ""
    assert recipe.ingredient("zinc").options["wet"].formula == "Zn(OAc)2·2H2O"

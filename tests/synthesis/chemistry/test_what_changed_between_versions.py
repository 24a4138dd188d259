"""What two versions of a recipe say differently, as a chemist reads it: where, what it was, what it is."""

import copy

import pytest

from synthesis.chemistry.recipe_diff import recipe_changes

PLAIN = {
    "name": "Ours",
    "summary": "as printed",
    "source": {"doi": "10.1021/x", "where": "methods"},
    "inputs": [
        {"key": "hot", "name": "Temperature", "kind": "condition", "unit": "°C", "default": "170"},
        {"key": "washes", "name": "Washes", "kind": "condition", "unit": "1", "default": "2"},
        {"key": "portions", "name": "Portions", "kind": "condition", "default": "3"},
        {"key": "flask_ml", "name": "Flask", "kind": "size", "unit": "mL"},
        {"key": "ratio_ca_pb", "name": "Ca/Pb", "tested": ["0", "0.5"]},
    ],
    "ingredients": [
        {"key": "pbi2", "role": "lead source", "amount": {"mass_mg": "173"}},
        {"key": "ode", "role": "solvent", "amount": {"volume_ml": "10"}},
    ],
    "steps": [
        {"key": "degas", "parameters": {"temperature_c": "120", "duration_s": "3600"}},
        {"key": "heat", "parameters": {"temperature_c": {"input": "hot"}}},
        {"key": "spin", "rows": {"segments": [{"speed_rpm": "1000", "duration_s": "10"}]}},
    ],
    "flags": [{"code": "humidity", "message": "below 60 %"}, {"code": "ink", "message": "unknown"}],
    "outcomes": [
        {"when": {"ratio_ca_pb": "0"}, "phase": "alpha"},
        {"when": {"ratio_ca_pb": "0.5", "seed": "none"}, "phase": "gamma", "size_nm": "7"},
    ],
}


def told(change, old=PLAIN):
    """What is told of a change: (path, where, kind, before, after) each."""
    new = copy.deepcopy(old)
    change(new)
    return [tuple(one.as_dict().values()) for one in recipe_changes(old, new)]


def put(value, *path):
    def change(plain):
        place = plain
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value

    return change


def taken(*path):
    def change(plain):
        place = plain
        for name in path[:-1]:
            place = place[name]
        del place[path[-1]]

    return change


OIL = {"key": "oa", "role": "ligand", "amount": {"volume_ml": "1"}, "hazards": ["H315", "H319"]}
TOLD = {
    "a text of the recipe": (
        put("halved", "summary"),
        ("summary", "summary", "changed", "as printed", "halved"),
    ),
    "a text that was not there": (
        put("CsPbI3", "product_formula"),
        ("product_formula", "product formula", "added", "", "CsPbI3"),
    ),
    "a text that is gone": (
        taken("summary"), ("summary", "summary", "removed", "as printed", ""),
    ),
    "an entry of the source": (
        put("SI", "source", "where"), ("source.where", "source, where", "changed", "methods", "SI"),
    ),
    "an entry that is new": (
        put("2023", "source", "printed_year"),
        ("source.printed_year", "source, printed year", "added", "", "2023"),
    ),
    "an entry that is gone": (
        taken("source", "doi"), ("source.doi", "source, doi", "removed", "10.1021/x", ""),
    ),
    "an amount": (
        put("100", "ingredients", 0, "amount", "mass_mg"),
        ("ingredients[pbi2].amount.mass_mg", "ingredient pbi2, amount, mass mg", "changed", "173", "100"),
    ),
    "an ingredient that is new, once": (
        put([*PLAIN["ingredients"], OIL], "ingredients"),
        ("ingredients[oa]", "ingredient oa", "added", "",
         "key oa, role ligand, amount volume ml 1, hazards H315; H319"),
    ),
    "an ingredient that is gone, once": (
        taken("ingredients", 1),
        ("ingredients[ode]", "ingredient ode", "removed", "key ode, role solvent, amount volume ml 10", ""),
    ),
    "the first vessel of a recipe": (
        put([{"key": "tube"}], "vessels"), ("vessels[tube]", "vessel tube", "added", "", "key tube"),
    ),
    "values of a list": (
        put(["0", "0.25", "0.5"], "inputs", 4, "tested"),
        ("inputs[ratio_ca_pb].tested", "input ratio_ca_pb, tested", "changed", "0; 0.5", "0; 0.25; 0.5"),
    ),
    "a number of a step": (
        put("1800", "steps", 0, "parameters", "duration_s"),
        ("steps[degas].parameters.duration_s", "step degas, parameters, duration s", "changed", "3600", "1800"),
    ),
    "rows of a spin coating": (
        put([{"speed_rpm": "1000", "duration_s": "10"}, {"speed_rpm": "4000"}], "steps", 2, "rows", "segments"),
        ("steps[spin].rows.segments", "step spin, rows, segments", "changed",
         "speed rpm 1000, duration s 10", "speed rpm 1000, duration s 10; speed rpm 4000"),
    ),
    "a number that an input gave": (
        put("160", "steps", 1, "parameters", "temperature_c"),
        ("steps[heat].parameters.temperature_c", "step heat, parameters, temperature c", "changed",
         "170 °C, varied by hot", "160"),
    ),
    "a number that an input gives now": (
        put({"input": "washes"}, "steps", 0, "parameters", "temperature_c"),
        ("steps[degas].parameters.temperature_c", "step degas, parameters, temperature c", "changed",
         "120", "2, varied by washes"),
    ),
    "a number of an input that says no unit": (
        put({"input": "portions"}, "steps", 0, "parameters", "duration_s"),
        ("steps[degas].parameters.duration_s", "step degas, parameters, duration s", "changed",
         "3600", "3, varied by portions"),
    ),
    "a number of an input without a default": (
        put({"input": "flask_ml"}, "steps", 0, "parameters", "temperature_c"),
        ("steps[degas].parameters.temperature_c", "step degas, parameters, temperature c", "changed",
         "120", "as asked, varied by flask_ml"),
    ),
    "a number of an input that nobody wrote yet": (
        put({"input": "moon"}, "steps", 0, "parameters", "temperature_c"),
        ("steps[degas].parameters.temperature_c", "step degas, parameters, temperature c", "changed",
         "120", "as asked, varied by moon"),
    ),
    "a number of a row that an input gives now": (
        put({"input": "hot"}, "steps", 2, "rows", "segments", 0, "speed_rpm"),
        ("steps[spin].rows.segments", "step spin, rows, segments", "changed",
         "speed rpm 1000, duration s 10", "speed rpm 170 °C, varied by hot, duration s 10"),
    ),
    "a flag, by its code": (
        put("unknown still", "flags", 1, "message"),
        ("flags[ink].message", "flag ink, message", "changed", "unknown", "unknown still"),
    ),
    "an outcome, by its setting": (
        put("8", "outcomes", 1, "size_nm"),
        ("outcomes[ratio_ca_pb 0.5, seed none].size_nm", "outcome ratio_ca_pb 0.5, seed none, size nm",
         "changed", "7", "8"),
    ),
    "another order": (
        lambda plain: plain["steps"].reverse(),
        ("steps", "order of the steps", "moved", "degas, heat, spin", "spin, heat, degas"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TOLD)
def test_a_change_says_where_it_is_what_it_was_and_what_it_is(what):
    change, expected = TOLD[what]
    assert told(change) == [expected]


def test_a_change_goes_to_the_api_under_these_names():
    (change,) = recipe_changes(PLAIN, PLAIN | {"name": "Theirs"})
    assert change.as_dict() == {
        "path": "name", "where": "name", "kind": "changed", "before": "Ours", "after": "Theirs",
    }  # fmt: skip


def test_what_is_the_same_is_not_told():
    assert told(lambda plain: None) == []
    (only,) = told(put("Heat of the flask", "inputs", 0, "name"))
    assert only[:2] == ("inputs[hot].name", "input hot, name")


def test_another_default_is_told_at_the_input_and_at_the_step_that_follows_it():
    assert [one[0] for one in told(put("160", "inputs", 0, "default"))] == [
        "inputs[hot].default",
        "steps[heat].parameters.temperature_c",
    ]


def test_everything_that_changed_is_told_in_the_order_of_the_old_version():
    def change(plain):
        plain["origin"] = "lab book 7"
        plain["ingredients"] = [OIL, *plain["ingredients"][::-1]]
        del plain["ingredients"][2]["role"]
        plain["name"] = "Theirs"

    assert [(one[0], one[2]) for one in told(change)] == [
        ("name", "changed"),
        ("ingredients[pbi2].role", "removed"),
        ("ingredients[oa]", "added"),
        ("ingredients", "moved"),
        ("origin", "added"),
    ]


def test_a_part_that_is_new_or_gone_moves_no_other():
    added = put([OIL, *PLAIN["ingredients"]], "ingredients")
    assert [one[2] for one in told(added)] == ["added"]
    gone = taken("steps", 0)
    assert [one[2] for one in told(gone)] == ["removed"]


def test_a_list_that_is_new_or_gone_is_told_part_by_part():
    without = {name: said for name, said in PLAIN.items() if name != "ingredients"}
    gone = [(one.path, one.kind) for one in recipe_changes(PLAIN, without)]
    assert gone == [("ingredients[pbi2]", "removed"), ("ingredients[ode]", "removed")]
    new = [(one.path, one.kind) for one in recipe_changes(without, PLAIN)]
    assert new == [("ingredients[pbi2]", "added"), ("ingredients[ode]", "added")]


# a draft is compared before anybody checked it


def test_parts_of_a_draft_that_nobody_named_go_by_their_place():
    old = {"steps": [{"text": "stir"}, {"text": "wait"}, "heat"]}
    new = {"steps": [{"text": "stir"}, {"text": "rest"}, "cool"]}
    assert [tuple(one.as_dict().values()) for one in recipe_changes(old, new)] == [
        ("steps[2].text", "step 2, text", "changed", "wait", "rest"),
        ("steps[3]", "step 3", "changed", "heat", "cool"),
    ]


def test_two_parts_of_a_draft_with_one_key_are_both_compared():
    old = {"vessels": [{"key": "tube", "name": "tube"}, {"key": "tube", "name": "vial"}]}
    new = {"vessels": [{"key": "tube", "name": "tube"}, {"key": "tube", "name": "flask"}]}
    assert [tuple(one.as_dict().values()) for one in recipe_changes(old, new)] == [
        ("vessels[tube (2)].name", "vessel tube (2), name", "changed", "vial", "flask")
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            {"flags": "none"}, {"flags": [{"code": "dry"}]},
            ("flags", "flags", "changed", "none", "code dry"),
        ),
        (
            {"flags": [{"code": "dry"}]}, {"flags": "none"},
            ("flags", "flags", "changed", "code dry", "none"),
        ),
        (
            {"outcomes": [{"when": "always"}]}, {"outcomes": [{"when": "never"}]},
            ("outcomes[1].when", "outcome 1, when", "changed", "always", "never"),
        ),
        (
            {"source": {"doi": "x"}}, {"source": "a book"},
            ("source", "source", "changed", "doi x", "a book"),
        ),
        (
            {"inputs": [{"key": "hot"}], "steps": [{"key": "a", "parameters": {"t": {"input": "hot"}}}]},
            {"inputs": [{"key": "hot"}], "steps": [{"key": "a", "parameters": {"t": {"input": "hot", "x": "1"}}}]},
            ("steps[a].parameters.t", "step a, parameters, t", "changed",
             "as asked, varied by hot", "input hot, x 1"),
        ),
        (
            {"inputs": ["hot"]}, {"inputs": ["cold"]},
            ("inputs[1]", "input 1", "changed", "hot", "cold"),
        ),
        (
            {"inputs": "hot"}, {"inputs": "cold"}, ("inputs", "inputs", "changed", "hot", "cold"),
        ),
        (
            {"steps": [{"key": "a", "parameters": {"t": {"input": ["hot"]}}}]},
            {"steps": [{"key": "a", "parameters": {"t": "170"}}]},
            ("steps[a].parameters.t", "step a, parameters, t", "changed",
             "as asked, varied by ['hot']", "170"),
        ),
        (
            {"source": {"doi": "x"}}, {"source": {"doi": None}},
            ("source.doi", "source, doi", "removed", "x", ""),
        ),
    ],
)  # fmt: skip
def test_a_draft_whose_shape_is_wrong_is_still_compared(old, new, expected):
    assert [tuple(one.as_dict().values()) for one in recipe_changes(old, new)] == [expected]

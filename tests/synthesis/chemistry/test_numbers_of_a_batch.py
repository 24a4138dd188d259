"""The numbers that are stored of a batch, each under its own name, on its own basis and in its place."""

from decimal import Decimal

import pytest

from synthesis.chemistry.additions import Addition
from synthesis.chemistry.composition import weighed_composition
from synthesis.chemistry.planning import Source, solve_plan
from synthesis.chemistry.quantities import (
    ASKED,
    EFFECTIVE,
    ORIGINS,
    PLANNED,
    WEIGHED,
    BatchNumber,
    Estimate,
    is_ratio,
    name_of,
    planned_numbers,
    ratios_of_batch,
    weighed_numbers,
)
from tests.synthesis.chemistry.written import ingredient, mmol, ratio, recipe

DOPED = recipe(
    ingredient("pbcl2", "PbCl2", {"solves": "lead"}),
    ingredient("mncl2", "MnCl2", {"solves": "share"}),
    ingredient("cscl", "CsCl", {"amount_mmol": "1"}),
    inputs=[
        mmol("Pb", "0.2", "lead"),
        ratio("Mn", "Pb+Mn", "0.5", "share"),
        {"key": "speed", "name": "Speed", "kind": "condition", "unit": "rpm", "default": "600"},
    ],
)


def solved(**more):
    plan = solve_plan(DOPED, {}, **more)
    return plan, planned_numbers(DOPED, plan.as_dict(), plan.targets.numbers)


def test_the_recipes_own_ratio_leads_and_has_both_bases():
    bottle = {"mncl2": Source("L-1", "MnCl2", Decimal("0.9"), "titration")}
    plan, numbers = solved(sources=bottle)
    first, second = numbers[:2]
    assert (first.key, first.name, first.basis, first.position) == (
        "share",
        "Mn/(Pb+Mn)",
        PLANNED,
        0,
    )
    assert (first.value, first.origin) == (0.5, ORIGINS[PLANNED])
    assert first.uncertainty == float(plan.composition["share"].uncertainty) > 0
    assert (second.key, second.basis, second.position) == ("share", EFFECTIVE, 0)
    assert second.value == pytest.approx(0.9 / 1.9, abs=0.002)  # as rounded by the balance
    assert second.origin == ORIGINS[EFFECTIVE]


def test_the_usual_ratios_follow_and_what_was_asked_for_comes_last():
    _, numbers = solved()
    rest = [(one.key, one.basis) for one in numbers[2:]]
    assert ("ratio_cl_cs", PLANNED) in rest
    assert ("ratio_cl_cs", EFFECTIVE) in rest
    assert not [key for key, _ in rest if key.endswith(("_effective", "_mol_l"))]
    positions = [one.position for one in numbers]
    assert positions == sorted(positions)
    lead, speed = numbers[-2:]
    last = numbers[-3].position
    assert lead == BatchNumber("lead", PLANNED, 0.2, None, ASKED, "n(Pb)", last + 2)
    assert speed == BatchNumber("speed", PLANNED, 600.0, None, ASKED, "Speed", last + 3)
    names = {one.key: one.name for one in numbers}
    assert names["ratio_cl_cs"] == "Cl/Cs"


def test_without_a_ratio_of_its_own_no_ratio_of_a_recipe_leads():
    plain = recipe(
        ingredient("pbcl2", "PbCl2", {"amount_mmol": "1"}),
        ingredient("cscl", "CsCl", {"amount_mmol": "1"}),
    )
    plan = solve_plan(plain, {})
    numbers = planned_numbers(plain, plan.as_dict(), plan.targets.numbers)
    assert {one.position for one in numbers} == set(range(1, len(numbers) // 2 + 1))
    # a plan frozen before it named its ratios
    old = {"composition": {"ratio_br_cl": {"value": 0.5}}}
    (only,) = planned_numbers(plain, old, {})
    assert only == BatchNumber("ratio_br_cl", PLANNED, 0.5, None, ORIGINS[PLANNED], "Br/Cl", 1)


def test_weighed_numbers_stand_in_the_places_of_the_planned_ones():
    plan, numbers = solved()
    places = {one.key: (one.name, one.position) for one in numbers}
    taken = [
        Addition("pbcl2", Decimal("55.6"), "mg"),
        Addition("mncl2", Decimal("25.2"), "mg"),
        Addition("nabr", Decimal("20.6"), "mg", Source("L-9", "NaBr")),
    ]
    found = {
        one.key: one for one in weighed_numbers(weighed_composition(plan, taken).as_dict(), places)
    }
    share = found["share"]  # a recipe calls its own ratio as it likes
    assert (share.basis, share.origin) == (WEIGHED, ORIGINS[WEIGHED])
    assert (share.name, share.position) == ("Mn/(Pb+Mn)", 0)
    manganese, lead = 25.2 / 125.844, 55.6 / 278.106
    assert share.value == pytest.approx(manganese / (lead + manganese), rel=1e-4)
    assert (found["ratio_mn_pb"].name, found["ratio_mn_pb"].position) == places["ratio_mn_pb"]
    assert "lead_fraction_feed" not in found
    added = found["ratio_br_pb"]  # not planned: after all that was
    assert (added.name, added.position) == ("Br/Pb", 1 + max(place for _, place in places.values()))
    expected = 20.6 / 102.894 / (55.6 / 278.106)
    assert added.value == pytest.approx(expected, rel=1e-4)
    assert added.uncertainty == pytest.approx(
        expected * ((0.1 / 20.6) ** 2 + (0.1 / 55.6) ** 2) ** 0.5, rel=1e-3
    )
    assert weighed_numbers({"effective": {"lead_mol_l": {"value": 1}}}, {}) == []
    (alone,) = weighed_numbers({"effective": {"ratio_a_b": {"value": 1}}}, {})
    assert alone.position == 1


def test_the_bases_of_one_ratio_stand_side_by_side():
    rows = [
        {"key": "ratio_mn_pb", "name": "Mn/Pb", "basis": PLANNED, "value": 0.5, "uncertainty": 0.1},
        {
            "key": "ratio_cs_pb",
            "name": "Cs/Pb",
            "basis": PLANNED,
            "value": 1.0,
            "uncertainty": None,
        },
        {"key": "ratio_mn_pb", "name": "Mn/Pb", "basis": WEIGHED, "value": 0.4, "uncertainty": 0.2},
        {"key": "share", "name": "Mn/(Pb+Mn)", "basis": WEIGHED, "value": 0.3, "uncertainty": 0.1},
        {"key": "lead_mmol", "name": "Lead", "basis": PLANNED, "value": 0.2, "uncertainty": None},
    ]
    first, second, third = ratios_of_batch(rows, {"ratio_mn_pb": "0.50", "ratio_cs_pb": ""})
    assert (first.key, first.name, first.asked) == ("ratio_mn_pb", "Mn/Pb", Decimal("0.5"))
    assert str(first.asked) == "0.5"
    assert (first.planned, first.effective) == (Estimate(0.5, 0.1), None)
    assert first.weighed == Estimate(0.4, 0.2)
    assert (third.name, third.weighed) == ("Mn/(Pb+Mn)", Estimate(0.3, 0.1))
    assert (second.asked, second.planned) == (None, Estimate(1.0, None))


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("ratio_ca_pb", "Ca/Pb"),
        ("ratio_br_cl", "Br/Cl"),
        ("ratio_fa_pb", "FA/Pb"),
        ("ratio_i_pb_mn", "I/(Pb+Mn)"),
        ("ratio_x", "X"),
    ],
)
def test_a_key_alone_says_which_ratio_it_is(key, name):
    assert name_of(key) == name
    assert is_ratio(key)
    assert not is_ratio(f"{key}_effective")
    assert not is_ratio(f"of_{key}")

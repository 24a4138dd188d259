"""What the forecast takes from a plan: washes, temperature and seeds as they were asked for."""

import pytest

from analysis.services.conditions import plan_conditions
from synthesis.chemistry.planning import solve_plan
from synthesis.chemistry.recipe import load_shipped_recipes


def conditions(slug, **targets):
    plan = solve_plan(load_shipped_recipes()[slug], targets).as_dict()
    return plan_conditions(plan, ratio=None, lead_mmol=None)


@pytest.mark.parametrize("cycles", [0, 1, 2, 3])
def test_the_washes_are_those_that_were_asked_for(cycles):
    found = conditions("cspbi3-seed-core-shell", purification_cycles=str(cycles))
    assert found["purification_cycles"] == cycles


def test_the_temperature_is_the_one_asked_for():
    found = conditions("cspbi3-seed-core-shell", injection_temperature_c="155")
    assert found["injection_temperature_c"] == 155


def test_seeds_of_lead_sulfide_are_seen_though_their_lead_is_not_counted():
    found = conditions("cspbi3-pbs-seeds", ratio_ca_pb="0.5", seeds_mg="2")
    assert found["seed"] == "PbS"
    assert "seed" not in conditions("cspbi3-seed-core-shell")

"""How long a plan takes by itself: the pure computation, without database and page."""

from __future__ import annotations

import pytest

from synthesis.chemistry.planning import solve_plan
from synthesis.chemistry.recipe import load_shipped_recipes
from tests.benchmarks.measuring import Line, side_by_side

REPEATS = 300
TARGETS = [{"ratio_ca_pb": f"0.{turn + 10}", "lead_mmol": "0.376"} for turn in range(80)]


@pytest.mark.parametrize("frozen", [False, True], ids=["solved", "solved and frozen"])
def test_how_long_a_plan_takes(table, frozen):
    recipe = load_shipped_recipes()["cspbi3-seed-core-shell"]

    def ours(turn: int) -> object:
        plan = solve_plan(recipe, TARGETS[turn % len(TARGETS)])
        return plan.as_dict() if frozen else plan

    ours(0)
    (own,) = side_by_side(ours, repeats=REPEATS, rounds=3)
    what = "the paper's plan, solved" + (" and written as JSON" if frozen else "")
    for words, share in (("p50", 0.5), ("p95", 0.95)):
        table.add(Line(f"{what}, {words}", own.quantile_ms(share)))

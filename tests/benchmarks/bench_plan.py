"""How long a plan takes by itself: the pure computation, without database and page."""

from __future__ import annotations

import pytest

from synthesis.chemistry.planning import solve_plan
from synthesis.chemistry.recipe import load_shipped_recipes
from tests.benchmarks.measuring import side_by_side
from tests.synthesis.chemistry.written import DMF, ingredient, recipe

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
    table.add_times("the paper's plan, solved" + (" and written as JSON" if frozen else ""), own)


def test_how_long_a_plan_from_a_stock_of_a_stock_takes(table):
    """Each turn draws on the same stocks, as people do; the strong one alone is the reference."""
    strong = recipe(
        ingredient("pbbr2", "PbBr2", {"amount_mmol": "1"}),
        DMF,
        slug="strong",
        kind="stock_solution",
    )
    weak = recipe(drawn("strong"), DMF, slug="weak", kind="stock_solution")
    stocks = {"strong": strong, "weak": weak}
    from_one, from_other = (
        recipe(drawn(slug), ingredient("csbr", "CsBr", {"amount_mmol": "0.1"})) for slug in stocks
    )

    def ours(turn: int) -> object:
        return solve_plan(from_other, {}, stocks=stocks)

    def bare(turn: int) -> object:
        return solve_plan(from_one, {}, stocks=stocks)

    ours(0), bare(0)
    table.add_times("a stock of a stock", *side_by_side(ours, bare, repeats=REPEATS, rounds=3))


def drawn(slug: str) -> dict[str, object]:
    """1 mL of a stock."""
    return {"key": slug, "stock": slug, "role": "lead source", "amount": {"volume_ml": "1"}}

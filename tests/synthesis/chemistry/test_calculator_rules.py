"""What is asked of a plan and what a bottle at the bench means, each held against a number written out."""

from decimal import Decimal

import pytest

from synthesis.chemistry.additions import Addition, other_water
from synthesis.chemistry.composition import weighed_composition
from synthesis.chemistry.planning import (
    ImpossibleTarget,
    Source,
    UnfitSource,
    solve_plan,
)
from synthesis.chemistry.recipe import RecipeDefinition
from tests.synthesis.chemistry.written import (
    PAPER,
    warnings,
)


@pytest.mark.parametrize("empty", ["", " ", None])
def test_an_emptied_target_is_asked_for_and_a_missing_one_takes_the_default(empty):
    with pytest.raises(ImpossibleTarget, match="Say which") as refusal:
        solve_plan(PAPER, {"ratio_ca_pb": empty})
    assert refusal.value.field == "ratio_ca_pb"
    assert solve_plan(PAPER, {}).targets.typed["ratio_ca_pb"] == "0.5"


def test_a_larger_batch_is_warned_of_by_the_recipes_own_shortest_step():
    (said,) = warnings(solve_plan(PAPER, {"lead_mmol": "1.2", "flask_ml": "250"}), "scale_up")
    assert "the 5 s of the recipe's shortest step" in said.message
    plain = PAPER.as_dict()
    next(s for s in plain["steps"] if s["key"] == "react")["parameters"]["duration_s"] = "14400"
    slow = RecipeDefinition.from_dict(plain)
    (said,) = warnings(solve_plan(slow, {"lead_mmol": "1.2", "flask_ml": "250"}), "scale_up")
    assert "shortest step" not in said.message


def test_the_remark_on_a_bottle_says_what_to_weigh_and_is_silent_on_the_same_salt():
    plan = solve_plan(PAPER, {})
    said = other_water(plan, "cai2", Source("L-7", "CaI2·4H2O")).sentence
    assert said.startswith("L-7 holds a hydrate, CaI2·4H2O, not the planned CaI2")
    assert "weigh 68.8 mg instead of 55.3 mg" in said
    assert other_water(plan, "cai2", Source("L-8", "CaI2")) is None
    assert other_water(plan, "cs_oleate", Source("S-1", recipe_slug="cs-oleate")) is None
    with pytest.raises(UnfitSource):
        other_water(plan, "cai2", Source("L-9", "NaI"))


def test_a_volume_and_its_mass_count_the_same_at_face_value():
    plan = solve_plan(PAPER, {})
    lead = Addition("pbi2", Decimal("173.3"), "mg")
    by_volume = weighed_composition(plan, [lead, Addition("oa", Decimal(1), "mL")])
    by_mass = weighed_composition(plan, [lead, Addition("oa", Decimal(887), "mg")])
    for side in ("amounts_mmol", "effective_amounts_mmol"):
        one, other = getattr(by_volume, side)["OA"], getattr(by_mass, side)["OA"]
        assert one.value == other.value
    assert float(by_mass.amounts_mmol["OA"].value) == pytest.approx(887 / 282.468, rel=1e-4)

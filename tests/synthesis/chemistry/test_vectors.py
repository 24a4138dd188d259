"""Cases with their right values, worked out by hand (`how` says the arithmetic): plan and reverse."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from synthesis.chemistry.additions import Addition, other_water
from synthesis.chemistry.composition import weighed_composition
from synthesis.chemistry.planning import PlanRefused, Source, solve_plan
from synthesis.chemistry.recipe import RecipeDefinition, load_shipped_recipes
from synthesis.chemistry.stocks import composition_of_batch
from synthesis.chemistry.typed import parse_quantity
from tests.synthesis.chemistry.written import reads_well

FILE = Path(__file__).resolve().parents[2] / "data" / "calculator_vectors.json"
VECTORS = json.loads(FILE.read_text("utf-8"))
SEVERITIES = ("info", "caution", "review", "block")
NUMBERS = ("assay", "assay_high", "assay_uncertainty", "density_g_ml")
NUMBERS += ("concentration_mol_l", "concentration_uncertainty_mol_l")


def recipe_of(said):
    if isinstance(said, str):
        return load_shipped_recipes()[said]
    return RecipeDefinition.from_dict(said, chemicals={})


def bottle(code, said):
    return Source(code, **{k: Decimal(v) if k in NUMBERS else v for k, v in said.items()})


def weighings(rows):
    for key, text, *lot in rows:
        unit = "mL" if "mL" in text else "mg"
        emptied = lot == [""]  # the bottle's field was emptied: nobody knows which it was
        source = bottle("L-9", lot[0]) if lot and not emptied else None
        yield Addition(key, parse_quantity(text, unit).value, unit, source, without_bottle=emptied)


def made(case):
    """The bottle that a batch of a stock became."""
    batch = case["batch"]
    plan = solve_plan(load_shipped_recipes()[batch["of"]], {})
    frozen = json.loads(json.dumps(plan.as_dict()))
    found = composition_of_batch(frozen, list(weighings(batch["weighed"])))
    source = Source("S-1", composition=found.species, origin=found.origin, recipe_slug=batch["of"])
    return found, source


def solved(case):
    sources = {key: bottle(f"L-{key}", said) for key, said in case.get("bottles", {}).items()}
    if "batch" in case:
        sources[case["batch"]["for"]] = made(case)[1]
    return solve_plan(
        recipe_of(case["recipe"]),
        case.get("targets", {}),
        sources,
        correct_for_assay=case.get("correct_for_assay", False),
        stocks={slug: recipe_of(said) for slug, said in case.get("stocks", {}).items()},
    )


def key_of(plan, label):
    if label == "R":
        return plan.first_ratio.key
    return next(ratio.key for ratio in plan.ratios if ratio.label == label)


def close(value, right):
    return float(value) == pytest.approx(right[0], abs=right[1])


def percent(known):
    return known.uncertainty / known.value * 100


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["name"])
def test_the_right_answer_comes_out(case):
    right = case["right"]
    if "refused" in right:
        with pytest.raises(PlanRefused) as refusal:
            solved(case)
        assert refusal.value.field == right["refused"]["field"]
        assert all(word in str(refusal.value) for word in right["refused"]["words"])
        reads_well(str(refusal.value))
        return
    plan = solved(case)
    for said in plan.warnings:
        reads_well(said.message)
        assert said.severity in SEVERITIES
    checked = set(right) & set(CHECKS)
    assert checked == set(right), "every right value is checked"
    composition = None
    if "weighed" in case:
        frozen = json.loads(json.dumps(plan.as_dict()))
        composition = weighed_composition(frozen, list(weighings(case["weighed"])))
    for name in checked:
        CHECKS[name](right[name], plan, composition, case)


def check_amounts(attribute):
    def check(right, plan, composition, case):
        for key, expected in right.items():
            assert close(getattr(plan.line(key), attribute), expected), key

    return check


def check_planned(suffix="", value=lambda known: known.value):
    def check(right, plan, composition, case):
        for label, expected in right.items():
            known = plan.composition[key_of(plan, label) + suffix]
            assert close(value(known), expected), (label, known)

    return check


def check_weighed(side, value=lambda known: known.value):
    def check(right, plan, composition, case):
        for label, expected in right.items():
            known = getattr(composition, side)[key_of(plan, label)]
            assert close(value(known), expected), (label, known)

    return check


def check_unknown(right, plan, composition, case):
    for label in right:
        assert key_of(plan, label) not in composition.effective


def check_said(right, plan, composition, case):
    messages = [warning.message for warning in plan.warnings]
    for words in right:
        assert any(words in message for message in messages), (words, messages)


def check_remark(right, plan, composition, case):
    for key, *_, lot in case["weighed"]:
        if isinstance(lot, dict):
            said = other_water(plan, key, bottle("L-9", lot)).sentence
            assert all(word in said for word in right[key]), said


def check_stock(right, plan, composition, case):
    for key, species in right.items():
        found = plan.as_dict()
        line = next(line for line in found["reagents"] if line["key"] == key)
        assert set(line["concentrations_mol_l"]) == set(species)
        for name, expected in species.items():
            assert close(line["concentrations_mol_l"][name], expected), name


def check_made(right, plan, composition, case):
    found, _ = made(case)
    value, uncertainty = found.species["Cs"]
    assert close(value, right["Cs"])
    assert found.origin == right["origin"]
    if "u_percent" in right:
        assert close(uncertainty / value * 100, right["u_percent"])


def check_bounds(right, plan, composition, case):
    for label, (low, high, tolerance) in right.items():
        known = plan.composition[key_of(plan, label)]
        assert close(known.low, (low, tolerance))
        assert close(known.high, (high, tolerance))


def check_limiting(right, plan, composition, case):
    assert plan.theoretical_yield.limiting_element == right


def check_yield(right, plan, composition, case):
    assert close(plan.theoretical_yield.mass_mg, right)


def check_concentration(right, plan, composition, case):
    for key, expected in right.items():
        assert close(plan.composition[key].value, expected)


def check_note(right, plan, composition, case):
    for key, words in right.items():
        assert words in plan.composition[key].note


CHECKS = {
    "weigh_mg": check_amounts("weigh_mg"),
    "volume_ml": check_amounts("volume_ml"),
    "planned": check_planned(),
    "effective": check_planned("_effective"),
    "u_percent": check_planned(value=percent),
    "u_percent_effective": check_planned("_effective", value=percent),
    "face": check_weighed("ratios"),
    "weighed": check_weighed("effective"),
    "u_weighed": check_weighed("effective", value=lambda known: known.uncertainty),
    "unknown_weighed": check_unknown,
    "said": check_said,
    "remark": check_remark,
    "stock_mol_l": check_stock,
    "made": check_made,
    "bounds": check_bounds,
    "limiting": check_limiting,
    "yield_mg": check_yield,
    "concentration": check_concentration,
    "note": check_note,
}

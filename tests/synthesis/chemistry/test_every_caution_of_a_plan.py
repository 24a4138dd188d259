"""What a plan says of its targets, its solutions and its ratios, word for word; each number worked out by hand."""

from decimal import Decimal

import pytest

from synthesis.chemistry.planning import solve_plan
from tests.synthesis.chemistry.written import (
    DMF,
    PAPER,
    ingredient,
    of_calcium,
    ratio,
    recipe,
    said,
)

LEAD = ingredient("pbi2", "PbI2", {"amount_mmol": "1"})
SCALE = {"key": "scale", "name": "Scale", "kind": "scale", "default": "1", "reference": "1"}

# targets -----------------------------------------------------------------------------------


def test_above_what_the_source_tried_nothing_is_known():
    plan = solve_plan(of_calcium("0.8", explored_maximum="0.75"), {})
    assert said(plan, "extrapolation") == [
        (
            "caution",
            "Ca/Pb = 0.8 lies above 0.75, the highest that the source tried. Nothing is known there.",
        )
    ]
    assert not said(solve_plan(of_calcium("0.75", explored_maximum="0.75"), {}), "extrapolation")


GAP = {"low": "0.25", "high": "0.5", "message": "Between α and γ nothing was made."}


@pytest.mark.parametrize(
    ("value", "measured", "sentence"),
    [
        ("0.4", [], "Between α and γ nothing was made."),
        ("0.4", ["0.45"], "Nobody has measured Ca/Pb between 0.25 and 0.45."),
        ("0.46", ["0.45"], "Nobody has measured Ca/Pb between 0.45 and 0.5."),
        ("0.45", ["0.45"], ""),
        ("0.25", [], ""),
        ("0.5", [], ""),
    ],
)
def test_in_a_gap_the_sentence_says_what_is_left_of_it(value, measured, sentence):
    form = {
        "key": "form",
        "name": "Form",
        "kind": "choice",
        "options": {"a": "Beads", "b": "Powder"},
    }
    beads = ingredient("csi", "CsI", {"amount_mmol": "1"}, when={"form": "a"})
    plain = of_calcium(value, gaps=[GAP]).as_dict()
    plain |= {"inputs": [form, *plain["inputs"]], "ingredients": [*plain["ingredients"], beads]}
    known = {"asked": [Decimal(one) for one in measured]}
    plan = solve_plan(
        recipe(*plain["ingredients"], inputs=plain["inputs"]),
        {"form": "a"},
        measured=lambda one: known[one.key],
    )
    assert said(plan, "unmeasured_gap") == ([("caution", sentence)] if sentence else [])


@pytest.mark.parametrize("value", ["0.25", "0.5", "0.6"])
def test_what_the_lab_measured_is_looked_up_inside_a_gap_only(value):
    def looked_up(one):
        raise AssertionError(one.key)

    assert solve_plan(of_calcium(value, gaps=[GAP]), {}, measured=looked_up).first_ratio


LARGE = "A flask this large mixes and cools more slowly"
REVIEW = "Mixing and quenching do not scale with it: have it reviewed, and expect other sizes."


def of_scale(kind="nanocrystals", **steps):
    """A recipe of 1 mmol per scale; ``steps`` are operations and how many seconds each takes."""
    lead = ingredient("pbi2", "PbI2", {"amount_mmol": "1", "scales_with": "scale", "at": "1"})
    done = [
        {"key": key, "operation": operation, "text": "Wait.", "parameters": {"duration_s": seconds}}
        for key, (operation, seconds) in steps.items()
    ]
    return recipe(lead, inputs=[SCALE], kind=kind, steps=done)


@pytest.mark.parametrize(
    ("scale", "steps", "found"),
    [
        ("2.99", {}, []),
        ("3", {}, [("caution", f"This is 3 times the source's batch. {LARGE}.")]),
        ("3.456", {}, [("caution", f"This is 3.46 times the source's batch. {LARGE}.")]),
        (
            "3",
            {"a": ("react", "40"), "b": ("react", "20"), "c": ("stir", "1"), "d": ("react", "90")},
            [("caution", f"This is 3 times the source's batch. {LARGE} than the 20 s of the recipe's shortest step allow for.")],
        ),
        (
            "3",
            {"a": ("react", "60")},
            [("caution", f"This is 3 times the source's batch. {LARGE} than the 60 s of the recipe's shortest step allow for.")],
        ),
        ("3", {"a": ("react", "61")}, [("caution", f"This is 3 times the source's batch. {LARGE}.")]),
        ("5", {"a": ("react", "5")}, [("review", f"This is 5 times the source's batch. {REVIEW}")]),
        ("1234", {}, [("review", f"This is 1230 times the source's batch. {REVIEW}")]),
    ],
)  # fmt: skip
def test_a_larger_batch_is_another_experiment(scale, steps, found):
    assert said(solve_plan(of_scale(**steps), {"scale": scale}), "scale_up") == found


def test_a_solution_is_made_in_any_size():
    assert not said(solve_plan(of_scale("layer_solution"), {"scale": "9"}), "scale_up")


def test_of_a_batch_without_a_size_in_the_source_nothing_is_said():
    plain = of_scale().as_dict()
    del plain["inputs"][0]["reference"]
    plan = solve_plan(recipe(*plain["ingredients"], inputs=plain["inputs"]), {"scale": "9"})
    assert not said(plan, "scale_up")


def test_what_a_recipe_always_says_it_says_as_written():
    flags = [
        {"code": "toxic", "message": "Lead is toxic.", "severity": "review"},
        {"code": "smell", "message": "It smells."},
    ]
    plan = solve_plan(recipe(LEAD, flags=flags), {})
    assert said(plan, "toxic") == [("review", "Lead is toxic.")]
    assert said(plan, "smell") == [("info", "It smells.")]


# concentrations --------------------------------------------------------------------------


def dissolved(**amount):
    return ingredient("pbi2", "PbI2", {"of": "dmf", **amount})


WATER = ingredient("water", "H2O", {"volume_ml": "1"}, "solvent", density_g_ml="1")
FILLED = DMF | {"amount": {"fills_to_ml": "2"}}
DENSE = {"density_g_ml": "6.16"}
STRENGTHS = {
    "without a density": (
        recipe(WATER, dissolved(concentration_mol_l="0.5"), DMF),
        "0.5 mol/L counts per mL of dmf; the solution is weaker by the volume of what dissolves.",
    ),
    "with a density": (  # 461.0 mg take 0.07484 mL beside 2 mL
        recipe(dissolved(concentration_mol_l="0.5") | DENSE, DMF),
        "0.5 mol/L counts per mL of dmf; the solution is weaker, about 0.482 mol/L.",
    ),
    "in mg/mL": (  # 200 mg take 0.03247 mL beside 2 mL
        recipe(dissolved(concentration_mg_ml="100") | DENSE, DMF),
        "100 mg/mL counts per mL of dmf; the solution is weaker, about 98.4 mg/mL.",
    ),
    "of more than a thousand": (  # 4000 mg take 0.6494 mL beside 2 mL
        recipe(dissolved(concentration_mg_ml="2000") | DENSE, DMF),
        "2000 mg/mL counts per mL of dmf; the solution is weaker, about 1510 mg/mL.",
    ),
    "per solution": (
        recipe(dissolved(concentration_mol_l="0.5", per="solution") | DENSE, DMF),
        "0.5 mol/L counts per mL of the solution as made up with dmf.",
    ),
    "made up to a volume": (
        recipe(dissolved(concentration_mol_l="0.5"), FILLED),
        "0.5 mol/L counts per mL of the solution as made up with dmf.",
    ),
    "per solvent of what is made up": (
        recipe(dissolved(concentration_mol_l="0.5", per="solvent"), FILLED),
        "0.5 mol/L counts per mL of dmf; the solution is weaker by the volume of what dissolves.",
    ),
}


@pytest.mark.parametrize("case", STRENGTHS)
def test_it_is_said_per_mL_of_what_a_concentration_counts(case):  # noqa: N802
    asked, sentence = STRENGTHS[case]
    assert said(solve_plan(asked, {}), "concentration_basis") == [("info", f"pbi2: {sentence}")]


# ratios ------------------------------------------------------------------------------------


def test_the_uncertainty_of_a_ratio_is_told_by_its_parts():
    """0.5 % of the assay, 0.1 mg of 55.3 mg and of 173.3 mg: 25.51, 3.27 and 0.333 · 10⁻⁶, √ of the sum 0.54 %."""
    assert said(solve_plan(PAPER, {}), "uncertainty_budget") == [
        (
            "info",
            "R in the flask is uncertain by 0.54 %: of the variance 88 % from the assay of Calcium iodide, "
            "anhydrous (assumed), 11 % from weighing Calcium iodide, anhydrous, 1.1 % from weighing Lead(II) iodide.",
        )
    ]


def test_what_is_less_than_a_hundredth_of_a_variance_is_not_named():
    """0.1 mg of 259.8 mg and of 4610 mg: 0.0385 % and 0.0022 %, whose squares are as 99.7 to 0.3."""
    asked = recipe(
        LEAD | {"amount": {"amount_mmol": "10"}},
        ingredient("csi", "CsI", {"solves": "asked"}),
        inputs=[ratio("Cs", "Pb", "0.1")],
    )
    assert said(solve_plan(asked, {}), "uncertainty_budget") == [
        ("info", "R in the flask is uncertain by 0.039 %: of the variance 100 % from weighing csi.")
    ]


def test_a_ratio_of_nothing_has_no_parts():
    plan = solve_plan(of_calcium("0"), {})
    assert not said(plan, "uncertainty_budget")
    assert not said(plan, "coarse_ratio")


COARSE = "Weigh from a stock solution or make a larger batch."


@pytest.mark.parametrize(
    ("ratio_asked", "sentence"),
    [
        # n · 293.887 mg ± 0.1 mg beside 461.0 mg
        ("0.0175", ""),  # 5.14 mg: 1.94 %
        ("0.0165", "Weighing and measuring leave R uncertain by 2.1 %."),  # 4.85 mg
        ("0.00035", "Weighing and measuring leave R uncertain by 97 %."),  # 0.103 mg
    ],
)
def test_a_ratio_that_the_balance_hardly_makes_is_told(ratio_asked, sentence):
    found = said(solve_plan(of_calcium(ratio_asked), {}), "coarse_ratio")
    assert found == ([("caution", f"{sentence} {COARSE}")] if sentence else [])


def test_of_a_recipe_that_asks_for_none_the_ratios_of_its_metals_are_told():
    """2.6 mg of CsI are uncertain by 3.8 %: Cs/Pb says so, and I/Cs, which is as coarse, does not."""
    asked = recipe(LEAD, ingredient("csi", "CsI", {"amount_mmol": "0.01"}))
    assert said(solve_plan(asked, {}), "coarse_ratio") == [
        ("caution", f"Weighing and measuring leave Cs/Pb uncertain by 3.8 %. {COARSE}")
    ]


def test_a_first_ratio_of_nothing_hides_no_other():
    """0.1 mg of 2.6 mg of CsI."""
    inputs = [ratio("Ca", "Pb", "0", "first"), ratio("Cs", "Pb", "0.01", "second")]
    salts = [
        ingredient(key, formula, {"solves": target})
        for key, formula, target in (("cai2", "CaI2", "first"), ("csi", "CsI", "second"))
    ]
    plan = solve_plan(recipe(LEAD, *salts, inputs=inputs), {})
    assert said(plan, "coarse_ratio") == [
        ("caution", f"Weighing and measuring leave Cs/Pb uncertain by 3.8 %. {COARSE}")
    ]
    assert said(plan, "uncertainty_budget") == [
        (
            "info",
            "Cs/Pb in the flask is uncertain by 3.8 %: of the variance 100 % from weighing csi.",
        )
    ]

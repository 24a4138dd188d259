"""The document that a batch freezes: batches, the API and the label read it by these names, for years."""

from decimal import Decimal

import pytest

from synthesis.chemistry.planning import Balance, Source, solve_plan
from synthesis.chemistry.recipe import load_shipped_recipes
from tests.synthesis.chemistry.written import ingredient, mmol, ratio, recipe

PAPER = load_shipped_recipes()["cspbi3-seed-core-shell"]
WET = Source(
    "L-7", "CaI2·4H2O", Decimal("0.98"), "mass_fraction", assay_uncertainty=Decimal("0.004")
)
TITRATED = Source(
    "S-1", concentration_mol_l=Decimal("0.150"), concentration_uncertainty_mol_l=Decimal("0.003")
)
NAMES = {
    "algorithm", "atomic_weights", "inputs_sha256", "recipe", "targets", "correct_for_assay",
    "balance", "reagents", "ratios", "composition", "uncertainty_budget", "residuals",
    "theoretical_yield", "vessels", "expected", "warnings", "steps", "unknowns", "assumed",
}  # fmt: skip
OF_A_REAGENT = {
    "key", "name", "formula", "role", "group", "amount_mmol", "amount_mmol_range", "mass_mg",
    "volume_ml", "weigh_mg", "measured_by", "assay", "assay_range", "assay_kind",
    "assay_uncertainty", "assay_assumed", "lot", "printed_amount", "supplier", "note", "chemical",
    "stock", "species", "recipe_formula", "recipe_assay", "recipe_density_g_ml",
    "molar_mass_g_mol", "density_g_ml", "concentrations_mol_l", "planned_concentrations_mol_l",
    "concentration_origin", "concentration_unit", "concentration_causes", "recipe_stock",
    "systematic_percent", "systematic_reason",
}  # fmt: skip
NO_STOCK = {
    "concentrations_mol_l": {},
    "planned_concentrations_mol_l": {},
    "concentration_origin": None,
    "concentration_unit": {},
    "concentration_causes": [],
    "recipe_stock": None,
    "stock": None,
}


@pytest.fixture
def plan():
    return solve_plan(PAPER, {}, {"cai2": WET, "cs_oleate": TITRATED}).as_dict()


@pytest.fixture
def lines(plan):
    return {line["key"]: line for line in plan["reagents"]}


def holds(found, right):
    """Check that a document holds at least these values, numbers to a part in ten thousand."""
    if isinstance(right, dict):
        for name, value in right.items():
            assert name in found
            holds(found[name], value)
    elif isinstance(right, list):
        assert len(found) == len(right)
        for one, other in zip(found, right, strict=True):
            holds(one, other)
    elif isinstance(right, float):
        assert isinstance(found, float)
        assert found == pytest.approx(right, rel=1e-4)
    else:
        assert (found, type(found)) == (right, type(right))


def test_its_names_are_those_that_older_batches_hold(plan):
    assert set(plan) == NAMES
    assert {frozenset(line) for line in plan["reagents"]} == {frozenset(OF_A_REAGENT)}


def test_its_head_says_what_was_solved_and_how(plan):
    holds(
        plan,
        {
            "algorithm": "2",
            "atomic_weights": "IUPAC 2021",
            "recipe": {"slug": PAPER.slug, "name": PAPER.name, "kind": "nanocrystals"},
            "targets": {"ratio_ca_pb": "0.5", "lead_mmol": "0.376"},
            "correct_for_assay": False,
            "balance": {
                "resolution_mg": "0.1",
                "uncertainty_mg": "0.1",
                "volume_uncertainty_percent": "1",
            },
            "residuals": {"ratio_ca_pb": 0.0, "lead_mmol": 0.0},
            "unknowns": dict(PAPER.unknowns),
            "assumed": dict(PAPER.assumed),
        },
    )


def test_a_salt_out_of_a_bottle(lines):
    holds(
        lines["cai2"],
        NO_STOCK
        | {
            "name": "Calcium iodide, anhydrous",
            "formula": "CaI2·4H2O",
            "role": "calcium source",
            "amount_mmol": 0.188,
            "amount_mmol_range": None,
            "mass_mg": 0.188 * 365.94694,
            "weigh_mg": 68.8,
            "volume_ml": None,
            "measured_by": "mass",
            "assay": 0.98,
            "assay_range": None,
            "assay_kind": "mass_fraction",
            "assay_uncertainty": 0.004,
            "assay_assumed": False,
            "lot": "L-7",
            "supplier": "Sigma-Aldrich",
            "species": {"Ca": 1.0, "I": 2.0},
            "chemical": "calcium-iodide",
            "recipe_formula": "CaI2",
            "recipe_assay": {"low": 0.99, "high": None, "kind": "mass_fraction", "assumed": True},
            "recipe_density_g_ml": None,
            "molar_mass_g_mol": 365.94694,
            "density_g_ml": None,
            "systematic_percent": None,
            "systematic_reason": None,
        },
    )
    assert lines["cai2"]["recipe_assay"]["uncertainty"] == 0.005


def test_a_liquid_whose_label_gives_a_range(lines):
    """1 mL of 0.813 g/mL, 80 to 90 % of 267.501 g/mol."""
    holds(
        lines["ola"],
        NO_STOCK
        | {
            "role": "ligand",
            "amount_mmol": None,
            "amount_mmol_range": [813 * 0.8 / 267.501, 813 * 0.9 / 267.501],
            "mass_mg": 813.0,
            "volume_ml": 1.0,
            "weigh_mg": None,
            "measured_by": "volume",
            "assay": 0.85,
            "assay_range": [0.8, 0.9],
            "lot": None,
            "printed_amount": "1.0 mL",
            "supplier": "Aladdin",
            "species": {"OLA": 1.0},
            "density_g_ml": 0.813,
            "recipe_density_g_ml": 0.813,
        },
    )
    holds(lines["ola"]["recipe_assay"], {"low": 0.8, "high": 0.9})


def test_a_stock_keeps_what_is_in_the_bottle_and_what_its_recipe_gives(lines):
    planned = {"Cs": 2 * 814.0 / 325.819 / 32.5}
    holds(
        lines["cs_oleate"],
        {
            "formula": None,
            "chemical": None,
            "recipe_formula": None,
            "molar_mass_g_mol": None,
            "amount_mmol": 0.150,
            "volume_ml": 1.0,
            "measured_by": "volume",
            "assay": None,
            "lot": "S-1",
            "stock": "cs-oleate",
            "concentrations_mol_l": {"Cs": 0.150},
            "planned_concentrations_mol_l": planned,
            "concentration_origin": "titrated",
            "concentration_unit": {"Cs": 1.0},
            "concentration_causes": [
                {
                    "name": "titre S-1",
                    "words": "the titre of S-1",
                    "assumed": False,
                    "effects": {"Cs": 0.003},
                }
            ],
            "recipe_stock": {
                "planned_concentrations_mol_l": planned,
                "concentrations_mol_l": {"Cs": planned["Cs"] * 0.999},
                "concentration_origin": "computed",
                "concentration_unit": {"Cs": 1.0},
            },
            "systematic_percent": 9.0,
        },
    )
    assert "hot" in lines["cs_oleate"]["systematic_reason"]
    causes = lines["cs_oleate"]["recipe_stock"]["concentration_causes"]
    # 0.1 mg of 814 mg; 0.1 % of the assay; 1 % of 2.5 mL and of 30 mL in 32.5 mL
    relative = sorted(abs(one["effects"]["Cs"]) / (planned["Cs"] * 0.999) for one in causes)
    assert relative == pytest.approx([0.1 / 814, 0.025 / 32.5, 0.001, 0.3 / 32.5], rel=0.01)
    assert [one["assumed"] for one in causes if "assay" in one["name"]] == [True]


def test_what_comes_out(plan):
    assert plan["ratios"][0] == {
        "key": "ratio_ca_pb", "label": "Ca/Pb", "numerator": ["Ca"], "denominator": ["Pb"],
        "asked": True,
    }  # fmt: skip
    assert {one["asked"] for one in plan["ratios"][1:]} == {False}
    holds(
        plan["theoretical_yield"],
        {
            "product": "CsPbI3",
            "limiting_element": "Cs",
            "limiting": "Cs",
            "amount_mmol": 0.150,
            "mass_mg": 0.150 * 720.819,
            "used_fraction": {"Cs": 1.0, "Pb": 0.150 / 0.376, "I": 0.450 / 1.128},
        },
    )
    flask = {"key": "flask", "name": "50 mL three-neck flask", "volume_ml": 13.0}
    tube = {"key": "tube", "name": "Centrifuge tube", "volume_ml": 5.0}
    holds(
        plan["vessels"],
        [
            flask | {"capacity_ml": 50.0, "fill_percent": 26.0, "heated": True},
            tube | {"capacity_ml": None, "fill_percent": None, "heated": False},
        ],
    )
    assert set(plan["composition"]["ratio_ca_pb"]) == {"value", "uncertainty"}
    assert set(plan["composition"]["ratio_ola_pb"]) == {"value", "uncertainty", "low", "high"}
    assert {frozenset(one) for one in plan["warnings"]} == {
        frozenset(["code", "message", "severity"])
    }
    shares = plan["uncertainty_budget"]["ratio_ca_pb"]
    # 0.1 mg in 68.8 and in 173.34 mg
    whole = 68.798**-2 + 173.339**-2
    holds(
        shares,
        [
            {
                "from": "weighing Calcium iodide, anhydrous",
                "share": 68.798**-2 / whole,
                "relative_percent": 10 / 68.798,
                "assumed": False,
            },
            {
                "from": "weighing Lead(II) iodide",
                "share": 173.339**-2 / whole,
                "relative_percent": 10 / 173.339,
                "assumed": False,
            },
        ],
    )
    assert set(plan["uncertainty_budget"]) == {"ratio_ca_pb", "ratio_ca_pb_effective"}
    holds(plan["expected"], {"when": {"ratio_ca_pb": "0.5"}, "phase": "gamma"})


def test_what_to_do_step_by_step(plan):
    steps = {step["key"]: step for step in plan["steps"]}
    assert [step["position"] for step in plan["steps"]] == [*range(1, len(plan["steps"]) + 1)]
    load = steps["load"]
    assert set(load) == {
        "position", "key", "operation", "stage", "text", "parameters", "ingredients", "atmosphere",
        "vessel", "until", "unknowns", "note",
    }  # fmt: skip
    holds(
        load,
        {
            "operation": "load",
            "stage": "Load the three-neck flask",
            "parameters": {},
            "vessel": {"key": "flask", "volume_ml": "50", "heated": True},
        },
    )
    holds(
        load["ingredients"],
        [
            {"key": "ode", "name": "1-Octadecene (ODE)", "formula": "C18H36", "amount": 10.0, "unit": "mL"},
            {"key": "pbi2", "formula": "PbI2", "amount": 173.3, "unit": "mg"},
            {"key": "cai2", "formula": "CaI2·4H2O", "amount": 68.8, "unit": "mg"},
        ],
    )  # fmt: skip
    written = {step.key: step for step in PAPER.steps}
    for key, step in steps.items():
        assert (step["text"], step["until"], step["note"], step["atmosphere"]) == (
            written[key].text, written[key].until, written[key].note, written[key].atmosphere,
        )  # fmt: skip
        assert step["unknowns"] == dict(written[key].unknowns)
    assert steps["react"]["parameters"]["duration_s"] == "5"


def test_what_a_step_takes_once_a_round_is_shared_out_among_the_rounds():
    plan = solve_plan(PAPER, {"purification_cycles": "3"}).as_dict()
    line = next(line for line in plan["reagents"] if line["key"] == "ethyl_acetate")
    assert line["volume_ml"] == 6
    taken = [
        one["amount"]
        for step in plan["steps"]
        for one in step["ingredients"]
        if one["key"] == "ethyl_acetate"
    ]
    assert set(taken) == {2.0}


def test_what_it_depends_on_changes_its_fingerprint_and_nothing_else_does():
    def print_of(targets=None, sources=None, **more):
        return solve_plan(PAPER, targets or {}, sources, **more).inputs_sha256

    plain = print_of()
    assert print_of({"ratio_ca_pb": "0.50"}) == plain
    assert print_of(balance=Balance()) == plain
    changed = [
        print_of({"ratio_ca_pb": "0.6"}),
        print_of({"injection_temperature_c": "160"}),
        print_of(None, {"cai2": WET}),
        print_of(None, {"cai2": Source("L-8", "CaI2·4H2O")}),
        print_of(balance=Balance(Decimal("0.01"), Decimal("0.1"))),
        print_of(correct_for_assay=True),
    ]
    oleate = load_shipped_recipes()["cs-oleate"].as_dict()
    oleate["ingredients"][0]["amount"]["mass_mg"] = "815"
    changed.append(
        print_of(stocks={"cs-oleate": type(PAPER).from_dict(oleate)}),
    )
    assert len({plain, *changed}) == len(changed) + 1


def test_a_choice_is_part_of_the_fingerprint():
    zno = load_shipped_recipes()["zno-nanocrystals"]
    forms = [
        solve_plan(zno, {"zinc_acetate_form": one}).inputs_sha256
        for one in ("anhydrous", "dihydrate")
    ]
    assert forms[0] != forms[1]


def test_of_what_is_asked_an_amount_of_the_others_count_too():
    """0.1 mmol of lead bromide are there already: 0.2 mmol of lead iodide make the 0.3 mmol of lead."""
    plan = solve_plan(
        recipe(
            ingredient("pbbr2", "PbBr2", {"amount_mmol": "0.1"}),
            ingredient("pbi2", "PbI2", {"solves": "lead"}),
            ingredient("csi", "CsI", {"solves": "asked"}),
            inputs=[mmol("Pb", "0.3", "lead"), ratio("Cs+I", "Pb+Br", "2")],
        ),
        {},
    )
    assert float(plan.line("pbi2").amount_mmol) == pytest.approx(0.2)
    # (n + 0.4 + n) / (0.3 + 0.2) = 2
    assert float(plan.line("csi").amount_mmol) == pytest.approx(0.3)

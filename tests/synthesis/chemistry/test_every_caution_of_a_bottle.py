"""What a plan says of its bottles and their masses, word for word; each number worked out by hand.

g/mol: PbI2 461.009, CaI2 293.887, CaI2·4H2O 365.947, MnCl2 125.838, MnCl2·4H2O 197.898, C18H34O2 282.468.
"""

from decimal import Decimal

import pytest

from synthesis.chemistry.planning import Source, solve_plan
from tests.synthesis.chemistry.written import DMF, ingredient, of_calcium, ratio, recipe, said

LEAD = ingredient("pbi2", "PbI2", {"amount_mmol": "1"})
CALCIUM = ingredient("cai2", "CaI2", {"amount_mmol": "0.5"})

# hydrates ----------------------------------------------------------------------------------

SHARE = recipe(
    LEAD,
    ingredient("mncl2", "MnCl2", {"solves": "asked"}),
    inputs=[ratio("Mn", "Pb+Mn", "0.2")],
)
HYDRATES = {
    "of a fixed amount": (  # 0.5 mmol: 146.9 mg of the salt, 183.0 mg of its hydrate; 146.9/365.947
        recipe(LEAD, CALCIUM),
        {"cai2": Source("L-1", "CaI2·4H2O")},
        "Lot L-1 is CaI2·4H2O: weigh 183.0 mg. 146.9 mg, right for CaI2, would bring 0.4014 instead of 0.5 mmol.",
    ),
    "of what carries a ratio": (  # 0.4014/0.5 of it
        of_calcium("0.5"),
        {"cai2": Source("L-1", "CaI2·4H2O")},
        "Lot L-1 is CaI2·4H2O: weigh 183.0 mg. 146.9 mg, right for CaI2, would bring 0.4014 instead of 0.5 mmol, "
        "R 0.401 instead of 0.5.",
    ),
    "of an amount of many digits": (  # 36.3 and 45.2 mg; 36.3/365.947 = 0.09919
        of_calcium("0.12346"),
        {"cai2": Source("L-1", "CaI2·4H2O")},
        "Lot L-1 is CaI2·4H2O: weigh 45.2 mg. 36.3 mg, right for CaI2, would bring 0.09919 instead of 0.1235 mmol, "
        "R 0.0992 instead of 0.123.",
    ),
    "of a share": (  # 0.25 mmol: 31.5 and 49.5 mg; 31.5/197.898 = 0.15917; 0.15917/1.15917 = 0.1373
        SHARE,
        {"mncl2": Source("L-2", "MnCl2·4H2O")},
        "Lot L-2 is MnCl2·4H2O: weigh 49.5 mg. 31.5 mg, right for MnCl2, would bring 0.1592 instead of 0.25 mmol, "
        "R 0.137 instead of 0.2.",
    ),
    "dry where a hydrate is asked for": (  # 183.0/293.887
        recipe(LEAD, CALCIUM | {"formula": "CaI2·4H2O"}),
        {"cai2": Source("L-3", "CaI2")},
        "Lot L-3 is CaI2: weigh 146.9 mg. 183.0 mg, right for CaI2·4H2O, would bring 0.6227 instead of 0.5 mmol.",
    ),
    "no bottle": (  # 1 - 293.887/365.947
        recipe(LEAD, CALCIUM),
        {},
        "Read the label: if the bottle is CaI2·4H2O and not CaI2, weigh 183.0 mg. 146.9 mg of it would bring "
        "19.7 % too little.",
    ),
    "a bottle that does not say its formula": (
        of_calcium("0.5"),
        {"cai2": Source("L-4")},
        "Read the label: if the bottle is CaI2·4H2O and not CaI2, weigh 183.0 mg. 146.9 mg of it would bring "
        "19.7 % too little, R 0.402 instead of 0.5.",
    ),
    "a share without a bottle": (  # 125.838/197.898 = 0.63587; 0.25 · that = 0.15897; over 1.15897
        SHARE,
        {},
        "Read the label: if the bottle is MnCl2·4H2O and not MnCl2, weigh 49.5 mg. 31.5 mg of it would bring "
        "36.4 % too little, R 0.137 instead of 0.2.",
    ),
}


@pytest.mark.parametrize("case", HYDRATES)
def test_the_mass_of_the_wrong_hydrate_is_told_with_what_it_would_do(case):
    asked, bottles, sentence = HYDRATES[case]
    assert said(solve_plan(asked, {}, bottles), "hydrate_trap") == [("caution", sentence)]


@pytest.mark.parametrize(
    ("asked", "bottles"),
    [
        (recipe(LEAD, CALCIUM), {"cai2": Source("L-1", "CaI2")}),
        (recipe(LEAD, CALCIUM | {"formula": "CaI2·4H2O"}), {}),
        (recipe(LEAD, ingredient("csi", "CsI", {"amount_mmol": "1"})), {}),  # it has no hydrate
        (of_calcium("0"), {"cai2": Source("L-1", "CaI2·4H2O")}),  # nothing to weigh
        (
            recipe(LEAD, ingredient("hydrazine", "N2H4", {"volume_ml": "1"}, density_g_ml="1.02")),
            {"hydrazine": Source("L-1", "N2H4·H2O")},
        ),
    ],
)
def test_where_no_mass_can_be_wrong_no_hydrate_is_spoken_of(asked, bottles):
    assert not said(solve_plan(asked, {}, bottles), "hydrate_trap")


# purities ----------------------------------------------------------------------------------


def oleic(amount, **more):
    return ingredient("oa", "C18H34O2", amount, "ligand", density_g_ml="0.887", **more)


def of_assay(value, kind="mass_fraction", high=None):
    return Source("L-1", assay=Decimal(value), assay_kind=kind, assay_high=high and Decimal(high))


AS_BOUGHT = "as in the source. Corrected it would be"
FLASK = "The effective ratios say what that does."
PURITIES = {
    "trace metals": (
        recipe(LEAD),
        {"pbi2": of_assay("0.99999", "trace_metals")},
        "trace_metals_assay",
        "info",
        "pbi2 (lot L-1): the purity is on trace metals basis. That is not an assay, so the mass is not "
        "corrected for it.",
    ),
    "none": (
        recipe(LEAD),
        {},
        "assay_unknown",
        "caution",
        "pbi2: the assay is not known and is computed as 1. Enter the assay from the certificate of the lot.",
    ),
    "a number of no kind": (
        recipe(LEAD),
        {"pbi2": of_assay("0.98", "unknown")},
        "assay_unknown",
        "caution",
        "pbi2 (lot L-1): the assay is not known and is computed as 1. Enter the assay from the certificate "
        "of the lot.",
    ),
    "a range": (
        recipe(LEAD, oleic({"volume_ml": "1"})),
        {"pbi2": of_assay("1"), "oa": of_assay("0.7123", "titration", "0.9257")},
        "purity_range",
        "info",
        "oa (lot L-1): the label gives 71.2 to 92.6 %, so its moles are a range.",
    ),
    "of a solid": (  # 461.009/0.9
        recipe(LEAD),
        {"pbi2": of_assay("0.9")},
        "assay_not_corrected",
        "caution",
        f"pbi2 (lot L-1): masses are not corrected for the 90.0 % assay, {AS_BOUGHT} 512.2 mg. {FLASK}",
    ),
    "of a titration above 1": (  # 461.009/1.05 = 439.06
        recipe(LEAD),
        {"pbi2": of_assay("1.05", "titration")},
        "assay_not_corrected",
        "caution",
        f"pbi2 (lot L-1): masses are not corrected for the 105.00 % assay, {AS_BOUGHT} 439.1 mg. {FLASK}",
    ),
    "of 12.3 g": (  # 12345 mg/0.98 = 12597 mg
        recipe(ingredient("pbi2", "PbI2", {"mass_mg": "12345"})),
        {"pbi2": of_assay("0.98")},
        "assay_not_corrected",
        "info",
        f"pbi2 (lot L-1): masses are not corrected for the 98.00 % assay, {AS_BOUGHT} 12600 mg. {FLASK}",
    ),
    "of a liquid in moles": (  # 3 · 282.468/887 = 0.9554 mL; over 0.9
        recipe(oleic({"amount_mmol": "3"})),
        {"oa": of_assay("0.9")},
        "assay_not_corrected",
        "caution",
        f"oa (lot L-1): volumes are not corrected for the 90.0 % assay, {AS_BOUGHT} 1.06 mL. {FLASK}",
    ),
    "of a solvent in a bottle": (
        recipe(DMF),
        {"dmf": Source("L-1")},
        "assay_unknown",
        "caution",
        "dmf (lot L-1): the assay is not known and is computed as 1. Enter the assay from the certificate "
        "of the lot.",
    ),
}
ASSAYS = ("trace_metals_assay", "assay_unknown", "purity_range", "assay_not_corrected")


def of_assays(plan):
    return [(one.code, one.severity, one.message) for one in plan.warnings if one.code in ASSAYS]


@pytest.mark.parametrize("case", PURITIES)
def test_of_each_purity_it_is_said_what_counts(case):
    asked, bottles, code, severity, sentence = PURITIES[case]
    assert of_assays(solve_plan(asked, {}, bottles)) == [(code, severity, sentence)]


ETHER = ingredient("ether", "C4H10O", {"volume_ml": "1"}, "antisolvent", density_g_ml="0.713")
SILENT = {
    "solvents without a bottle": (recipe(DMF, ETHER), {}),
    "what has no formula": (recipe(ingredient("peo", "", {"mass_mg": "10"}, "polymer")), {}),
    "what is not taken": (of_calcium("0"), {"pbi2": of_assay("1"), "cai2": Source("L-2")}),
    "all of it": (recipe(LEAD), {"pbi2": of_assay("1")}),
    "what is given by volume": (recipe(oleic({"volume_ml": "1"})), {"oa": of_assay("0.9")}),
}


@pytest.mark.parametrize("case", SILENT)
def test_where_a_purity_changes_nothing_nothing_is_said(case):
    asked, bottles = SILENT[case]
    assert of_assays(solve_plan(asked, {}, bottles)) == []


def test_amounts_that_were_corrected_are_not_spoken_of_as_uncorrected():
    for asked, bottle in ((recipe(LEAD), "pbi2"), (recipe(oleic({"amount_mmol": "3"})), "oa")):
        assert not of_assays(
            solve_plan(asked, {}, {bottle: of_assay("0.9")}, correct_for_assay=True)
        )


# small masses ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mass", "sentence"),
    [  # 0.1 mg of it
        ("9.99", "pbi2: 9.99 mg on this balance is uncertain by 1.0 %."),
        ("2", "pbi2: 2.00 mg on this balance is uncertain by 5.0 %."),
        ("0.1", "pbi2: 0.100 mg on this balance is uncertain by 100 %."),
        ("1.4", "pbi2: 1.40 mg on this balance is uncertain by 7.1 %."),
        ("10", ""),
    ],
)
def test_a_small_mass_is_told_with_what_the_balance_leaves_of_it(mass, sentence):
    plan = solve_plan(recipe(ingredient("pbi2", "PbI2", {"mass_mg": mass})), {})
    more = " Make a stock solution or a larger batch."
    assert said(plan, "small_mass") == ([("caution", sentence + more)] if sentence else [])


def test_a_small_volume_is_no_small_mass():
    drop = oleic({"volume_ml": "0.005"})  # 4.4 mg of it
    assert not said(solve_plan(recipe(LEAD, drop), {}), "small_mass")

"""Every way in which a plan is refused: the sentence reads well, holds the numbers, and says which field."""

import pytest

from synthesis.chemistry.planning import ImpossibleTarget, PlanRefused, solve_plan
from synthesis.chemistry.recipe import load_shipped_recipes
from tests.synthesis.chemistry.written import DMF, ingredient, mmol, ratio, reads_well, recipe

PAPER = load_shipped_recipes()["cspbi3-seed-core-shell"]
LEAD = ingredient("pbi2", "PbI2", {"amount_mmol": "1"})
POLYMER = ingredient("peo", "", {"mass_mg": "10"}, "polymer")


def solves(key, formula, target="asked"):
    return ingredient(key, formula, {"solves": target})


def by_weight(key="csi", formula="CsI", share="10", of="dmf"):
    return ingredient(key, formula, {"weight_percent": share, "of": of})


def molar(key="csi", formula="CsI", value="0.5", of="dmf", **more):
    return ingredient(key, formula, {"concentration_mol_l": value, "of": of, **more})


def stock(*ingredients, **amount):
    """A recipe that takes a stock of these ingredients, and the stock's own recipe."""
    made = recipe(*ingredients, kind="stock_solution", slug="ink")
    used = {
        "key": "ink",
        "stock": "ink",
        "role": "lead source",
        "amount": amount or {"volume_ml": "1"},
    }
    return used, {"ink": made}


# what is asked, in which recipe: the field, and words that the sentence holds
REFUSED = {
    "no source of what is asked": (
        recipe(LEAD, solves("nai", "NaI"), inputs=[ratio("Sn", "Pb", "0.1")]),
        "asked",
        ["No ingredient brings Sn, so Sn/Pb = 0.1 cannot be reached", "holds Sn, or ask for 0"],
    ),
    "no source of what it is over": (
        recipe(solves("sni2", "SnI2"), inputs=[ratio("Sn", "Pb", "0.1")]),
        "asked",
        ["No ingredient brings Pb"],
    ),
    "a share of 1": (
        recipe(LEAD, solves("mnbr2", "MnBr2"), inputs=[ratio("Mn", "Pb+Mn", "1")]),
        "asked",
        ["Mn/Pb+Mn = 1 is a share: Mn is part of Pb+Mn, so it stays below 1"],
    ),
    "a share of several species of 1": (
        recipe(
            LEAD,
            ingredient("sni2", "SnI2", {"amount_mmol": "1"}),
            solves("mnbr2", "MnBr2"),
            inputs=[ratio("Mn+Sn", "Pb+Mn+Sn", "1")],
        ),
        "asked",
        ["Mn+Sn is part of Pb+Mn+Sn"],
    ),
    "nothing can be adjusted": (  # PbI2 brings I/Pb = 2; (3 - 2)/3 is missed
        recipe(LEAD, inputs=[ratio("I", "Pb", "3")]),
        "asked",
        ["I/Pb = 3 is missed by 33.3 %", "let one ingredient carry this target"],
    ),
    "nothing is left to count over": (  # Pb is solved to 0, so Sn/Pb cannot be 0.5
        recipe(
            ingredient("csi", "CsI", {"amount_mmol": "1"}),
            solves("pbbr2", "PbBr2", "lead"),
            solves("sni2", "SnI2"),
            inputs=[ratio("Pb", "Cs", "0", "lead"), ratio("Sn", "Pb", "0.5")],
        ),
        "asked",
        ["Sn/Pb = 0.5 is missed by 100 %"],
    ),
    "the others bring too much": (  # 2 + 1 of iodide without it; 2.5 would need -0.5 mmol
        recipe(
            LEAD,
            ingredient("ki", "KI", {"amount_mmol": "1"}),
            solves("csi", "CsI"),
            inputs=[ratio("I", "Pb", "2.5")],
        ),
        "asked",
        [
            "more than I/Pb = 2.5 allows",
            "“csi” would have to be -0.5 mmol",
            "take less of the others",
        ],
    ),
    "the carrier brings none of it": (
        recipe(
            LEAD,
            ingredient("sni2", "SnI2", {"amount_mmol": "1"}),
            solves("nacl", "NaCl"),
            inputs=[ratio("Sn", "Pb", "2")],
        ),
        "asked",
        ["“nacl” should carry Sn/Pb but brings none", "an ingredient or a bottle that holds it"],
    ),
    "a stock by mass": (
        recipe(stock(LEAD, DMF, mass_mg="10")[0]),
        "ingredients.ink",
        ["“ink” is a stock solution", "in mL or mmol, not by mass"],
    ),
    "equivalents of what has no moles": (
        recipe(POLYMER, ingredient("csi", "CsI", {"equivalents": "2", "of": "peo"})),
        "ingredients.csi",
        ["“csi” counts equivalents of “peo”", "Give its formula and density"],
    ),
    "moles without a formula": (
        recipe(ingredient("peo", "", {"amount_mmol": "10"}, "polymer")),
        "ingredients.peo",
        ["“peo” has no formula, so its moles cannot be weighed", "Give a formula or a mass"],
    ),
    "a flask that is full already": (
        recipe(
            DMF,
            ingredient("dmso", "C2H6OS", {"volume_ml": "1.5"}, "solvent", density_g_ml="1.1"),
            ingredient("water", "H2O", {"fills_to_ml": "3.5"}, "solvent", density_g_ml="1"),
        ),
        "ingredients.water",
        ["already fill 3.5 mL of the 3.5 mL that “water” should fill up to"],
    ),
    "a concentration in what has no volume": (
        recipe(molar(of="pbi2"), LEAD),
        "ingredients.csi",
        ["“csi” is a concentration in “pbi2”, which needs an amount in mL"],
    ),
    "an unknown volume of what dissolves": (
        recipe(molar(per="solution"), DMF),
        "ingredients.csi",
        ["its own volume is not known", "make “dmf” up to a volume (fills_to_ml)"],
    ),
    "more than the whole solution": (  # 17.4 mol/L · 259.81 g/mol / 4510 g/L > 1
        recipe(molar(value="17.4", per="solution") | {"density_g_ml": "4.51"}, DMF),
        "ingredients.dmf",
        ["What should dissolve in “dmf” takes up more than the whole solution"],
    ),
    "a hundred per cent by weight": (
        recipe(by_weight(share="40"), by_weight("pbi2", "PbI2", "60"), DMF),
        "ingredients.csi",
        ["csi + pbi2 are 40 + 60 = 100 wt% of the solution in “dmf”", "less than 100 wt% in all"],
    ),
    "by weight without a density": (
        recipe(by_weight(), DMF | {"density_g_ml": None}),
        "ingredients.csi",
        ["“csi” is a weight percentage in “dmf”, whose density is not known"],
    ),
    "by weight in what is given in moles": (
        recipe(by_weight(), DMF | {"amount": {"amount_mmol": "20"}}),
        "ingredients.csi",
        ["“csi” needs “dmf” in mL"],
    ),
    "by weight in a rest that is not known": (
        recipe(
            by_weight(),
            DMF | {"amount": {"fills_to_ml": "5"}},
            ingredient("oa", "C18H34O2", {"amount_mmol": "3"}, "ligand", density_g_ml="0.887"),
        ),
        "ingredients.csi",
        ["“dmf”, which fills up what “oa” leaves", "Give “dmf” or “oa” a volume"],
    ),
    "molar per solvent in a rest that is not known": (
        recipe(
            molar(per="solvent"),
            DMF | {"amount": {"fills_to_ml": "5"}},
            ingredient("oa", "C18H34O2", {"amount_mmol": "3"}, "ligand", density_g_ml="0.887"),
        ),
        "ingredients.csi",
        [
            "“csi” needs the volume of “dmf”, which fills up what “oa” leaves, and that is not given in mL.",
            "Give “dmf” or “oa” a volume.",
        ],
    ),
    "molar beside wt% without a formula": (
        recipe(by_weight(), molar("peo", ""), DMF),
        "ingredients.peo",
        ["“peo” has no formula"],
    ),
    "too little for the balance": (
        recipe(ingredient("pbi2", "PbI2", {"mass_mg": "0.04"})),
        "ingredients.pbi2",
        ["pbi2: 0.040 mg cannot be weighed on a balance that shows 0.1 mg"],
    ),
    "too little of what has no moles": (
        recipe(ingredient("peo", "", {"mass_mg": "0.04"}, "polymer")),
        "ingredients.peo",
        ["peo: 0.04 mg cannot be weighed", "Take more of it"],
    ),
    "a larger scale would do": (  # 1 mg is 10 uncertainties of the balance: 25 times 0.04 mg
        recipe(
            ingredient(
                "peo", "", {"mass_mg": "0.04", "scales_with": "scale", "at": "1"}, "polymer"
            ),
            inputs=[{"key": "scale", "name": "Scale", "kind": "scale", "default": "1"}],
        ),
        "ingredients.peo",
        ["It would do to make it 25 times as large (Scale 25)."],
    ),
    "a larger amount would do": (
        recipe(
            solves("pbi2", "PbI2", "lead"),
            ingredient(
                "peo", "", {"mass_mg": "0.04", "scales_with": "lead", "at": "0.2"}, "polymer"
            ),
            inputs=[mmol("Pb", "0.2", "lead")],
        ),
        "ingredients.peo",
        ["make it 25 times as large (n(Pb) 5 mmol)."],
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_says_what_is_wrong_and_where(name):
    asked, field, words = REFUSED[name]
    with pytest.raises(PlanRefused) as refusal:
        solve_plan(asked, {}, stocks=stock(LEAD, DMF)[1])
    sentence = str(refusal.value)
    reads_well(sentence)
    assert refusal.value.field == field
    assert [one for one in words if one not in sentence] == [], sentence


def test_a_share_cannot_be_all_of_it_but_a_sum_over_itself_is_one():
    with pytest.raises(ImpossibleTarget):
        solve_plan(REFUSED["a share of 1"][0], {})
    whole = recipe(LEAD, inputs=[ratio("Pb", "Pb", "1")])
    assert solve_plan(whole, {}).composition["asked"].value == 1


STOCKS = {
    "no recipe": (
        recipe({"key": "x", "stock": "unknown", "role": "additive", "amount": {"volume_ml": "1"}}),
        {}, "ingredients.x", "The stock solution “unknown” has no recipe here",
    ),
    "made from itself": (
        recipe({"key": "x", "stock": "case", "role": "additive", "amount": {"volume_ml": "1"}}),
        {"case": recipe(LEAD, DMF)}, "ingredients.x", "The stock solution “case” is made from itself",
    ),
    "made in a ring": (
        recipe({"key": "x", "stock": "a", "role": "additive", "amount": {"volume_ml": "1"}}),
        {
            "a": recipe({"key": "b", "stock": "b", "role": "additive", "amount": {"volume_ml": "1"}}, slug="a"),
            "b": recipe({"key": "a", "stock": "a", "role": "additive", "amount": {"volume_ml": "1"}}, slug="b"),
        },
        "ingredients.a", "The stock solution “a” is made from itself",
    ),
    "without a liquid": (
        recipe({"key": "x", "stock": "dry", "role": "additive", "amount": {"volume_ml": "1"}}),
        {"dry": recipe(LEAD, slug="dry")}, "", "stock “dry” has no liquid, so it has no concentration",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STOCKS)
def test_a_stock_that_cannot_be_made_is_refused(name):
    asked, stocks, field, words = STOCKS[name]
    with pytest.raises(PlanRefused) as refusal:
        solve_plan(asked, {}, stocks=stocks)
    reads_well(str(refusal.value))
    assert refusal.value.field == field
    assert words in str(refusal.value)


def test_a_typed_number_is_refused_with_its_name_its_unit_and_its_limits():
    said = {
        "ratio_ca_pb": {
            "6": "“Ca/Pb feed ratio R” is 6, but should be at most 5",
            "-1": "“Ca/Pb feed ratio R” is -1, but should be at least 0",
        }
    }
    names = {one.key: one.name for one in PAPER.inputs}
    for key, values in said.items():
        for value, words in values.items():
            with pytest.raises(PlanRefused) as refusal:
                solve_plan(PAPER, {key: value})
            reads_well(str(refusal.value))
            assert refusal.value.field == key
            assert words.replace("Ca/Pb feed ratio R", names[key]) in str(refusal.value)

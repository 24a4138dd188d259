"""The sentences of a plan, word for word where they hold numbers; each number worked out by hand."""

from decimal import Decimal

from synthesis.chemistry.additions import Addition
from synthesis.chemistry.planning import Source, solve_plan
from synthesis.chemistry.recipe import RecipeDefinition, load_shipped_recipes
from synthesis.chemistry.stocks import composition_of_batch

PAPER = load_shipped_recipes()["cspbi3-seed-core-shell"]
CS_OLEATE = load_shipped_recipes()["cs-oleate"]
WEAK = {"cs_oleate": Source("S-1", concentration_mol_l=Decimal("0.14"))}


def said(plan):
    return {one.code: one.message for one in plan.warnings}


def test_the_papers_plan():
    words = said(solve_plan(PAPER, {"ratio_ca_pb": "0.5", "lead_mmol": "0.376"}))
    # 0.188 mmol of 365.947 g/mol; 293.887/365.947 = 0.803
    assert words["hydrate_trap"] == (
        "Read the label: if the bottle is CaI2·4H2O and not CaI2, weigh 68.8 mg. 55.3 mg of it would bring "
        "19.7 % too little, R 0.402 instead of 0.5."
    )
    # 55.2507/0.99
    assert "corrected for the 99.00 % assay" in words["assay_not_corrected"]
    assert "Corrected it would be 55.81 mg." in words["assay_not_corrected"]
    assert "the label gives 80.0 to 90.0 %" in words["purity_range"]
    # 2 · 814.0/325.819/32.5, before the assay
    assert "0.1537 M Cs is computed" in words["stock_concentration_computed"]
    # 0.15374 mmol of 720.819 g/mol; of 0.376 mmol lead and of 1.128/3 mmol iodide 59 % are left
    assert words["limiting_reagent"] == (
        "Cs limits the yield: at most 0.1537 mmol or 110.8 mg CsPbI3; at least 59 % of the Pb, at least 59 % "
        "of the I stays unused."
    )
    assert "coarse_ratio" not in words
    assert "small_mass" not in words


def test_a_little_calcium_from_a_weak_stock():
    asked = {"ratio_ca_pb": "0.02", "lead_mmol": "0.376"}
    plan = solve_plan(PAPER, asked, WEAK)
    words = said(plan)
    # 0.00752 mmol · 293.887 = 2.21 mg; 0.1/2.21
    assert "2.21 mg on this balance is uncertain by 4.5 %" in words["small_mass"]
    assert "leave R uncertain by 4.5 %" in words["coarse_ratio"]
    # 1.0 · 0.15374/0.14
    assert words["stock_concentration"].endswith(
        "holds 0.1400 M Cs, the recipe counts on 0.1537 M. 1.10 mL carry the recipe's Cs."
    )
    assert plan.line("cai2").note == ""


def test_corrected_amounts_say_so_and_are_not_corrected_twice():
    asked = {"ratio_ca_pb": "0.02", "lead_mmol": "0.376"}
    plan = solve_plan(PAPER, asked, WEAK, correct_for_assay=True)
    assert plan.line("cai2").note == "Weighed mass corrected for the assay of 99.00 %."
    assert plan.line("pbi2").note == ""  # trace metals: nothing to correct
    assert plan.line("cs_oleate").note == "Volume set for the stock's own 0.1400 M Cs."
    assert "1.10 mL carry the recipe's Cs" in said(plan)["stock_concentration"]
    assert "assay_not_corrected" not in said(plan)


def test_the_recipe_of_a_stock():
    words = said(solve_plan(CS_OLEATE, {}))
    # 4.9966 mmol in 32.5 mL, and in the 30 mL of octadecene
    assert words["stock_basis"] == (
        "0.1537 M Cs assumes additive volumes at room temperature and neglects the water and CO2 that form. "
        "Counted on the solvent alone it would read 0.1666 M, which is the wrong basis."
    )


def test_without_a_ratio_of_its_own_a_recipe_is_warned_of_those_of_its_metals():
    def salt(key, formula, mmol):
        said = {"key": key, "chemical": key, "name": key, "formula": formula}
        return said | {"role": "additive", "amount": {"amount_mmol": mmol}}

    salts = [salt("pb", "PbBr2", "0.1"), salt("sn", "SnI2", "0.01")]
    plain = {"slug": "x", "name": "X", "kind": "nanocrystals", "ingredients": salts}
    plan = solve_plan(RecipeDefinition.from_dict(plain, chemicals={}), {})
    coarse = [one.message for one in plan.warnings if one.code == "coarse_ratio"]
    # 0.01 mmol · 372.52 = 3.73 mg: 2.7 %. I/Pb is as coarse, and not what a metal recipe is about
    assert len(coarse) == 1
    assert coarse[0].startswith("Weighing and measuring leave Sn/Pb uncertain by 2.7 %")


def test_a_salt_with_a_density_takes_no_volume_of_its_stock():
    plain = CS_OLEATE.as_dict()
    next(i for i in plain["ingredients"] if i["key"] == "cs2co3")["density_g_ml"] = "4.07"
    plan = solve_plan(RecipeDefinition.from_dict(plain), {})
    taken = [
        Addition("cs2co3", Decimal("814.0"), "mg"),
        Addition("oa", Decimal("2.5"), "mL"),
        Addition("ode", Decimal(23670), "mg"),  # 30.0 mL of 0.789 g/mL, by mass
    ]
    assert composition_of_batch(plan, taken).volume_ml == Decimal("32.5")

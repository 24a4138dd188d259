"""What a plan says of its stocks, and of vessels that get too full, word for word; each number worked out by hand."""

from decimal import Decimal

import pytest

from synthesis.chemistry.planning import ImpossibleTarget, Source, UnsolvablePlan, solve_plan
from tests.synthesis.chemistry.written import DMF, PAPER, ingredient, recipe, said

LEAD = ingredient("pbi2", "PbI2", {"amount_mmol": "1"})
INK = recipe(LEAD, DMF, kind="stock_solution", slug="ink")  # 1 mmol in 2 mL: 0.5 mol/L

# drawing -----------------------------------------------------------------------------------


def drawn(bottle=None, made=INK, correct_for_assay=False, **more):
    """The plan of a recipe that takes 1 mL of the ink beside a salt."""
    taken = {"key": "ink", "stock": "ink", "role": "lead source", "amount": {"volume_ml": "1"}}
    asked = recipe(ingredient("csi", "CsI", {"amount_mmol": "1"}), taken | more)
    bottles = {"ink": bottle} if bottle else {}
    return solve_plan(asked, {}, bottles, stocks={"ink": made}, correct_for_assay=correct_for_assay)


def of_stock(plan):
    return [
        (one.code, one.severity, one.message)
        for one in plan.warnings
        if one.code.startswith("stock_") or one.code == "hot_draw"
    ]


COMPUTED = "computed with additive volumes at room temperature, not measured."


def test_without_a_bottle_the_strength_of_a_stock_is_computed():
    sentence = f"ink: 0.5000 M Pb is {COMPUTED}"
    assert of_stock(drawn()) == [("stock_concentration_computed", "info", sentence)]


def test_a_stock_that_nobody_weighed_stays_planned():
    sentence = "ink: nobody weighed or titrated S-1. Its 0.5000 M Pb is planned: computed from its recipe, not measured."
    found = of_stock(drawn(Source("S-1", recipe_slug="ink")))
    assert found == [("stock_planned", "caution", sentence)]


def test_the_planned_strength_counts_the_assay_of_its_salt():
    purity = {"low_percent": "90", "kind": "mass_fraction"}
    impure = recipe(LEAD | {"printed_purity": purity}, DMF, kind="stock_solution", slug="ink")
    (computed,) = of_stock(drawn(made=impure))  # as the recipe says: no bottle differs from it
    assert computed[2] == f"ink: 0.5000 M Pb is {COMPUTED}"
    planned, strength = of_stock(drawn(Source("S-1", recipe_slug="ink"), impure))
    assert "Its 0.4500 M Pb is planned" in planned[2]
    assert strength[2].startswith(
        "ink: the stock holds 0.4500 M Pb, the recipe counts on 0.5000 M."
    )


def titrated(strength):
    return Source("S-1", concentration_mol_l=Decimal(strength))


@pytest.mark.parametrize(
    ("strength", "needed"),
    [  # 1 mL · 0.5 over the strength
        ("0.4", "1.25"),
        ("0.6", "0.833"),
        ("0.00025", "2000"),
        ("0.489", "1.02"),
        ("0.511", "0.978"),
    ],
)
def test_a_stock_of_another_strength_says_what_to_draw(strength, needed):
    sentence = (
        f"ink: the stock holds {Decimal(strength):.4f} M Pb, the recipe counts on 0.5000 M. "
        f"{needed} mL carry the recipe's Pb."
    )
    for correct_for_assay in (False, True):
        found = of_stock(drawn(titrated(strength), correct_for_assay=correct_for_assay))
        assert found == [("stock_concentration", "caution", sentence)]


@pytest.mark.parametrize("strength", ["0.49", "0.5", "0.51"])
def test_two_per_cent_of_a_strength_are_not_spoken_of(strength):
    assert of_stock(drawn(titrated(strength))) == []


@pytest.mark.parametrize("inside", [{"I": "1"}, {"I": "1", "Pb": "0"}])
@pytest.mark.parametrize("correct_for_assay", [False, True])
def test_a_batch_that_brought_none_of_a_species_holds_none_of_it(inside, correct_for_assay):
    """As one made by an earlier version of the recipe, of another salt."""
    composition = {name: (Decimal(strength), Decimal("0.01")) for name, strength in inside.items()}
    bottle = Source("S-1", composition=composition, origin="weighed")
    plan = drawn(bottle, correct_for_assay=correct_for_assay)
    sentence = "ink: the stock holds 0.0000 M Pb, the recipe counts on 0.5000 M. No volume of it carries the recipe's Pb."
    assert of_stock(plan) == [("stock_concentration", "caution", sentence)]
    assert plan.line("ink").volume_ml == 1
    assert plan.line("ink").reagent.species == {"I": 1, "Pb": 0}


def test_a_stock_asked_in_moles_follows_its_strength_without_a_word():
    assert of_stock(drawn(titrated("0.4"), amount={"amount_mmol": "0.5"})) == []


def test_a_stock_that_holds_nothing_to_count_has_no_strength():
    polymer = ingredient("peo", "", {"mass_mg": "10"}, "polymer")
    made = recipe(polymer, DMF, kind="stock_solution", slug="ink")
    assert of_stock(drawn(made=made)) == []


def test_what_drawing_it_hot_does_is_said_in_the_words_of_the_recipe():
    hot = {"systematic_percent": "9", "systematic_reason": "It is drawn at 150 °C."}
    computed, found = of_stock(drawn(**hot))
    assert computed[0] == "stock_concentration_computed"
    assert found == ("hot_draw", "info", "ink: It is drawn at 150 °C.")


# the stock's own recipe --------------------------------------------------------------------


def oleic(mmol, key="oa", name="Oleic acid"):
    return ingredient(
        key, "C18H34O2", {"amount_mmol": mmol}, "ligand", density_g_ml="0.887", name=name
    )


def carbonate(mmol="1", key="cs2co3", formula="Cs2CO3", name="Caesium carbonate"):
    return ingredient(key, formula, {"amount_mmol": mmol}, "caesium source", name=name)


def made(*ingredients, kind="stock_solution", **more):
    return solve_plan(recipe(*ingredients, kind=kind, **more), {})


CLOUDY = "Below 1.2 the stock may stay cloudy."


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [  # acid over 2 per carbonate
        ((carbonate(), oleic("2")), f"Oleic acid per acid group that caesium carbonate takes up is 1. {CLOUDY}"),
        ((carbonate(), oleic("2.39")), f"Oleic acid per acid group that caesium carbonate takes up is 1.20. {CLOUDY}"),
        ((carbonate(), oleic("2.4")), ""),
        ((carbonate(), oleic("1.2"), oleic("1", "more", "Acid, oleic")), "Oleic acid per acid group that caesium "
         f"carbonate takes up is 1.1. {CLOUDY}"),
        ((carbonate(), carbonate("0.5", "k2co3", "K2CO3", "Potassium carbonate"), oleic("3.3")),
         f"Oleic acid per acid group that caesium carbonate takes up is 1.1. {CLOUDY}"),
        ((carbonate(formula="Na2CO3·10H2O", name="Soda"), oleic("2.2")),
         f"Oleic acid per acid group that soda takes up is 1.1. {CLOUDY}"),
        ((carbonate(formula="CsOAc"), oleic("0.1")), ""),  # no carbonate
        ((carbonate(formula="Cs2C2O4"), oleic("0.1")), ""),  # nor is an oxalate
        ((carbonate(), oleic("0.1", name="Placid oil")), ""),  # no acid
        ((ingredient("peo", "", {"mass_mg": "10"}, "polymer"), oleic("0.1")), ""),
    ],
)  # fmt: skip
def test_a_carbonate_dissolves_when_two_acid_groups_meet_it(parts, sentence):
    plan = made(*parts, DMF)
    assert said(plan, "acid_per_carbonate") == ([("caution", sentence)] if sentence else [])


def test_a_stock_is_no_carbonate():
    taken = {"key": "ink", "stock": "ink", "role": "lead source", "amount": {"volume_ml": "1"}}
    thin = recipe(taken, oleic("0.1"), DMF, kind="stock_solution")
    assert not said(solve_plan(thin, {}, stocks={"ink": INK}), "acid_per_carbonate")


def test_a_carbonate_that_cannot_all_dissolve_is_refused():
    """1.50246 mmol of acid for the 2 that 1 mmol takes up."""
    with pytest.raises(UnsolvablePlan) as refusal:
        made(carbonate(), oleic("1.50246"), DMF)
    assert str(refusal.value) == (
        "Oleic acid per acid group that caesium carbonate takes up is 0.751: below 1 not all of it can dissolve. "
        "Take more oleic acid or less caesium carbonate."
    )
    assert refusal.value.field == "ingredients.oa"
    assert made(carbonate(), oleic("1.5"), DMF, kind="nanocrystals").line("oa").amount_mmol


ADDITIVE = "assumes additive volumes at room temperature"
WRONG = "Counted on the solvent alone it would read"


def test_what_the_strength_of_a_stock_rests_on():
    """3 mmol of oleic acid are 0.9554 mL beside 2 mL of DMF: 2 mmol of Cs in 2.9554 mL, and in 2 mL."""
    assert said(made(carbonate(), oleic("3"), DMF), "stock_basis") == [
        (
            "info",
            f"0.6767 M Cs {ADDITIVE} and neglects the water and CO2 that form. {WRONG} 1.0000 M, which is the wrong basis.",
        )
    ]
    salt = ingredient("csi", "CsI", {"amount_mmol": "2"})
    assert said(made(salt, oleic("3"), DMF), "stock_basis") == [
        ("info", f"0.6767 M Cs {ADDITIVE}. {WRONG} 1.0000 M, which is the wrong basis.")
    ]
    assert not said(made(salt, oleic("3"), DMF, kind="layer_solution"), "stock_basis")


# vessels -----------------------------------------------------------------------------------


def poured(volume_ml, flask_ml="100", *, heated=True):
    """The plan of so much DMF in a hot flask."""
    scaled = {"volume_ml": "1", "scales_with": "scale", "at": "1"}
    return solve_plan(
        recipe(
            ingredient("dmf", "C3H7NO", scaled, "solvent", density_g_ml="0.944"),
            ingredient("water", "H2O", {"volume_ml": "500"}, "solvent", density_g_ml="1"),
            inputs=[{"key": "scale", "name": "Scale", "kind": "scale", "default": "1"}],
            vessels=[
                {"key": "beaker", "name": "beaker", "volume_ml": "10"},
                {"key": "flask", "name": "round flask", "volume_ml": flask_ml, "heated": heated},
            ],
            steps=[
                {"key": "a", "operation": "load", "text": "Load.", "vessel": "flask", "ingredients": ["dmf"]},
                {"key": "b", "operation": "load", "text": "Pour.", "vessel": "beaker", "ingredients": ["water"]},
            ],
        ),
        {"scale": volume_ml},
    )  # fmt: skip


FOAM = "Above 40 % it may foam over under vacuum."
SAFE = "at most 60 % is safe when hot or under vacuum. Choose a flask of"
SEVERAL = "or make several batches."


@pytest.mark.parametrize(
    ("volume_ml", "flask_ml", "found"),
    [
        ("40", "100", []),
        ("40.123", "100", [("caution", f"40.12 mL fill the round flask to 40.1 %. {FOAM}")]),
        ("60", "100", [("caution", f"60 mL fill the round flask to 60.0 %. {FOAM}")]),
        ("100", "250", []),
        ("61.234", "100", [("block", f"61.23 mL fill the round flask to 61.2 %; {SAFE} 250 mL, {SEVERAL}")]),
        ("9", "10", [("block", f"9 mL fill the round flask to 90.0 %; {SAFE} 25 mL, {SEVERAL}")]),
        ("20", "25", [("block", f"20 mL fill the round flask to 80.0 %; {SAFE} 50 mL, {SEVERAL}")]),
        ("800", "1000", [("block", f"800 mL fill the round flask to 80.0 %; {SAFE} 2000 mL, {SEVERAL}")]),
        ("1200", "100", [("block", f"1200 mL fill the round flask to 1200 %; {SAFE} 2000 mL, {SEVERAL}")]),
    ],
)  # fmt: skip
def test_a_hot_flask_that_gets_too_full_says_which_would_do(volume_ml, flask_ml, found):
    assert said(poured(volume_ml, flask_ml), "vessel_fill") == found


@pytest.mark.parametrize("flask", [{"heated": False}, {"flask_ml": None}])
def test_a_cold_flask_and_one_of_unknown_size_may_be_full(flask):
    assert not said(poured("99", **flask), "vessel_fill")


def test_what_no_flask_takes_hot_is_refused():
    with pytest.raises(ImpossibleTarget) as refusal:
        poured("12345")
    assert str(refusal.value) == (
        "This scale needs 12340 mL in one flask; even a 2000 mL flask takes 1200 mL when hot. Ask for a smaller "
        "scale or make several batches."
    )
    assert refusal.value.field == "scale"
    with pytest.raises(ImpossibleTarget) as refusal:
        solve_plan(PAPER, {"lead_mmol": "40"})
    assert refusal.value.field == "lead_mmol"
    big = ingredient("dmf", "C3H7NO", {"volume_ml": "1201"}, "solvent")
    step = {"key": "a", "operation": "load", "text": "Load.", "vessel": "f", "ingredients": ["dmf"]}
    flask = {"key": "f", "name": "flask", "volume_ml": "2000", "heated": True}
    with pytest.raises(ImpossibleTarget) as refusal:
        solve_plan(recipe(big, vessels=[flask], steps=[step]), {})
    assert refusal.value.field == ""


def test_the_filling_of_a_vessel_is_that_of_its_own_steps():
    beaker, flask = poured("30").as_dict()["vessels"]
    assert flask == {
        "key": "flask", "name": "round flask", "volume_ml": 30.0, "capacity_ml": 100.0,
        "fill_percent": 30.0, "heated": True,
    }  # fmt: skip
    assert (beaker["volume_ml"], beaker["fill_percent"], beaker["heated"]) == (500.0, 5000.0, False)


def test_each_hot_flask_is_looked_at():
    liquids = [
        ingredient(key, "H2O", {"volume_ml": volume}, "solvent", density_g_ml="1")
        for key, volume in (("a", "30"), ("b", "50"), ("c", "70"))
    ]
    flasks = [
        {"key": key, "name": f"flask {key}", "volume_ml": "100", "heated": True} for key in "abc"
    ]
    steps = [
        {"key": key, "operation": "load", "text": "Pour.", "vessel": key, "ingredients": [key]}
        for key in "abc"
    ]
    plan = solve_plan(recipe(*liquids, vessels=flasks, steps=steps), {})
    assert said(plan, "vessel_fill") == [
        ("caution", f"50 mL fill the flask b to 50.0 %. {FOAM}"),
        ("block", f"70 mL fill the flask c to 70.0 %; {SAFE} 250 mL, {SEVERAL}"),
    ]

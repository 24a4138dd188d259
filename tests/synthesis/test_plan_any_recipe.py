"""The planner for a recipe of her own: its own ratios, conditions, and any input side by side."""

import re

import pytest
from django.urls import reverse

from synthesis.models import Batch, Recipe
from synthesis.services.recipe_writing import create_recipe, publish_draft
from tests.synthesis.factories import HTMX, browser, make_bottle, make_stock

PLAN = "/plan/"
FRAGMENT = {**HTMX, "HX-Target": "plan"}
MN = {
    "slug": "mn-cspbcl3",
    "name": "Mn:CsPbCl3",
    "kind": "nanocrystals",
    "product_formula": "CsPbCl3",
    "inputs": [
        {
            "key": "ratio_mn_pb",
            "name": "Mn/Pb in the feed",
            "kind": "ratio",
            "numerator": "Mn",
            "denominator": "Pb",
            "default": "0.5",
            "tested": ["0.25", "0.5", "1"],
        },
        {
            "key": "ratio_cl_pb",
            "name": "Cl/Pb in the feed",
            "kind": "ratio",
            "numerator": "Cl",
            "denominator": "Pb",
            "default": "5",
        },
        {
            "key": "lead_mmol",
            "name": "Lead",
            "kind": "amount",
            "element": "Pb",
            "unit": "mmol",
            "default": "0.2",
            "reference": "0.2",
        },
        {
            "key": "temperature",
            "name": "Injection temperature",
            "kind": "condition",
            "unit": "°C",
            "default": "185",
            "minimum": "150",
            "maximum": "220",
        },
    ],
    "ingredients": [
        {
            "key": "pbcl2",
            "chemical": "pbcl2",
            "name": "Lead(II) chloride",
            "formula": "PbCl2",
            "role": "lead source",
            "amount": {"solves": "lead_mmol"},
        },
        {
            "key": "mncl2",
            "chemical": "mncl2",
            "name": "Manganese(II) chloride",
            "formula": "MnCl2",
            "role": "dopant",
            "amount": {"solves": "ratio_mn_pb"},
        },
        {
            "key": "olacl",
            "chemical": "olacl",
            "name": "Oleylammonium chloride",
            "formula": "C18H38NCl",
            "role": "halide source",
            "amount": {"solves": "ratio_cl_pb"},
        },
        {
            "key": "ode",
            "chemical": "1-octadecene",
            "role": "solvent",
            "amount": {"volume_ml": "5", "scales_with": "lead_mmol", "at": "0.2"},
        },
        {
            "key": "cs",
            "stock": "cs-oleate",
            "role": "caesium source",
            "amount": {"volume_ml": "0.4", "scales_with": "lead_mmol", "at": "0.2"},
        },
    ],
    "steps": [
        {"key": "load", "operation": "load", "text": "Load.", "ingredients": ["pbcl2", "mncl2"]},
        {
            "key": "inject",
            "operation": "inject",
            "text": "Inject the caesium.",
            "parameters": {"temperature_c": {"input": "temperature"}},
            "ingredients": ["cs"],
        },
    ],
}
ASKED = {"recipe": "mn-cspbcl3", "ratio_mn_pb": "0.5", "ratio_cl_pb": "5", "lead_mmol": "0.2"}


@pytest.fixture
def recipe(lab) -> Recipe:
    recipe = create_recipe(by=lab.mira, project=lab.project, definition=MN)
    publish_draft(by=lab.mira, recipe=recipe, note="from the paper of another group")
    return recipe


def text_of(response) -> str:
    words = re.sub(r"<[^>]+>", "", response.content.decode())
    return re.sub(r"\s+", " ", words)


def rows_of(response) -> dict[str, str]:
    return {f"{row.symbol} {row.name}".strip(): row.chosen.text for row in response.context["rows"]}


def test_every_ratio_of_the_recipe_stands_under_its_own_name(lab, recipe):
    response = browser(lab.mira).get(PLAN, ASKED)
    rows = rows_of(response)
    assert rows["R = Mn : Pb"].startswith("0.500")
    assert rows["Cl : Pb"].startswith("5.0")
    assert rows["Cs : Pb"].startswith("0.30")
    words = text_of(response)
    assert "12.6 mg" in words  # 0.1 mmol of MnCl2, 125.84 g/mol
    assert "121.6 mg" in words  # 1.0 - 0.4 - 0.2 = 0.4 mmol of the chloride, 303.96 g/mol
    plan = text_of(browser(lab.mira).get(PLAN, ASKED, headers=FRAGMENT))
    assert "alcium" not in plan
    assert "Ca :" not in plan


def test_the_plan_stands_beside_what_the_source_tried(lab, recipe):
    response = browser(lab.mira).get(PLAN, ASKED)
    assert [one["words"] for one in response.context["others"]] == ["0.25", "1"]
    assert "6.3" in text_of(response)  # 0.05 mmol of MnCl2


def test_any_input_can_be_compared(lab, recipe):
    asked = {**ASKED, "compare_by": "temperature", "add": "170 °C"}
    response = browser(lab.mira).get(PLAN, asked)
    assert [one["words"] for one in response.context["others"]] == ["170 °C"]
    assert response.context["chosen_words"] == "185 °C"
    assert "185 °C" in text_of(response)


def test_the_values_of_another_input_do_not_follow_the_choice(lab, recipe):
    asked = {**ASKED, "compare_by": "lead_mmol", "compared_by": "ratio_mn_pb", "compare": "0.25"}
    response = browser(lab.mira).get(PLAN, asked)
    assert response.context["others"] == []
    more = browser(lab.mira).get(PLAN, {**asked, "add": "0.4"})
    assert [one["words"] for one in more.context["others"]] == ["0.4 mmol"]
    without = browser(lab.mira).get(more.context["others"][0]["without"])
    assert without.context["others"] == []
    assert without.context["comparison"].key == "lead_mmol"


def test_the_options_of_a_choice_stand_side_by_side(lab):
    asked = {"recipe": "zno-nanocrystals", "zinc_acetate_form": "dihydrate"}
    response = browser(lab.mira).get(PLAN, {**asked, "compare_by": "zinc_acetate_form"})
    assert [one["words"] for one in response.context["others"]] == ["Zn(CH3COO)2, anhydrous"]


def test_a_condition_out_of_range_is_refused_at_its_field(lab, recipe):
    response = browser(lab.mira).get(PLAN, {**ASKED, "temperature": "300"})
    assert response.context["form"].errors["temperature"]
    steps = browser(lab.mira).get(PLAN, {**ASKED, "temperature": "160"}).context["steps"]
    assert [one["numbers"] for one in steps] == ["", "160\u202f°C"]


def test_an_emptied_ratio_is_asked_for(lab, recipe):
    response = browser(lab.mira).get(PLAN, {**ASKED, "ratio_mn_pb": ""})
    assert "Say which" in str(response.context["form"].errors["ratio_mn_pb"])
    assert not response.context["plan"]


def test_a_dopant_below_the_balance_is_refused_at_its_ratio(lab, recipe):
    response = browser(lab.mira).get(PLAN, {**ASKED, "ratio_mn_pb": "0.0001"})
    assert "mmol/L" in str(response.context["form"].errors["ratio_mn_pb"])


def test_the_forecast_of_phases_speaks_of_its_own_recipe_only(lab, recipe):
    client, panel = browser(lab.mira), reverse("analysis:plan-forecast")

    def told(**asked):
        return text_of(client.get(panel, dict(client.get(PLAN, asked).context["question"])))

    assert "labelled of 10 needed" in told(**ASKED)
    assert "80 % intervals" not in told(**ASKED)
    assert "80 % intervals" in told()


def test_earlier_batches_near_this_ratio_are_found_for_any_ratio(lab, recipe):
    client = browser(lab.mira)
    client.post(PLAN, {**ASKED, "idempotency_key": "k"})
    batch = Batch.objects.get()
    address = client.get(PLAN, ASKED).context["question"]
    assert address[0][0] == "ratio_mn_pb"

    near = reverse("analysis:plan-earlier")
    assert batch.code in text_of(client.get(near, {"ratio_mn_pb": "0.5"}))
    assert batch.code not in text_of(client.get(near, {"ratio_mn_pb": "0.9"}))
    assert batch.code not in text_of(client.get(near, {"ratio_ca_pb": "0.5"}))


def test_the_wrong_bottle_is_refused_at_its_field(lab):
    lead = make_bottle(lab, "lead-iodide")
    response = browser(lab.mira).get(PLAN, {"lot_cs_oleate": lead.code})
    (sentence,) = response.context["form"].errors["lot_cs_oleate"]
    assert "cs-oleate" in sentence


def test_a_stock_that_nobody_weighed_says_so_in_every_plan(lab):
    stock = make_stock(lab, concentration_mol_l=None)
    response = browser(lab.mira).get(PLAN, {"lot_cs_oleate": stock.code})
    assert f"nobody weighed or titrated {stock.code}" in text_of(response)

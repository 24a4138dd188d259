"""She asks for R and a scale, sees every mass, and makes a batch of it."""

import re
import uuid

import pytest
from django.utils import timezone

from synthesis.models import Batch, Recipe
from synthesis.services.recipe_writing import create_recipe
from synthesis.views.planner import FIRST_RECIPE
from tests.factories import make_batch
from tests.synthesis.factories import HTMX, browser, make_bottle, make_stock
from tests.synthesis.test_plan_any_recipe import MN

PLAN = "/plan/"
STORY = {"ratio_ca_pb": "0.5", "lead_mmol": "0.376"}
FRAGMENT = {**HTMX, "HX-Target": "plan"}


def text_of(response) -> str:
    """The words of a page, without its tags and odd spaces."""
    words = re.sub(r"<[^>]+>", "", response.content.decode())
    return re.sub(r"\s+", " ", words)


def test_the_papers_masses_stand_on_the_page(lab):
    words = text_of(browser(lab.mira).get(PLAN, STORY))
    assert "173.3 mg" in words
    assert "173.34 calculated" in words
    assert "55.3 mg" in words
    assert "55.25 calculated" in words


def test_the_first_look_already_shows_the_papers_plan(lab):
    assert "55.3 mg" in text_of(browser(lab.mira).get(PLAN))


def test_the_balance_and_the_assay_leave_their_uncertainty_on_r(lab):
    words = text_of(browser(lab.mira).get(PLAN, STORY))
    assert "0.5000 ± 0.0009" in words
    assert "0.496 ± 0.003" in words


def test_the_plan_stands_beside_the_ratios_of_the_paper(lab):
    response = browser(lab.mira).get(PLAN, STORY)
    assert [one["value"] for one in response.context["others"]] == ["0", "0.25", "0.75"]
    words = text_of(response)
    assert "27.6" in words
    assert "82.9" in words
    assert "inferred" in words  # α at 0.25 is not stated in the paper


def test_a_compared_ratio_can_be_taken_away_and_another_added(lab):
    response = browser(lab.mira).get(PLAN, {**STORY, "compare": ["0.3", "", "0,45"]})
    assert [one["value"] for one in response.context["others"]] == ["0.3", "0.45"]
    fewer = browser(lab.mira).get(response.context["others"][0]["without"])
    assert [one["value"] for one in fewer.context["others"]] == ["0.45"]
    none = browser(lab.mira).get(fewer.context["others"][0]["without"])
    assert none.context["others"] == []


@pytest.mark.parametrize(
    ("typed", "understood"),
    [("0,0553", "0.0553"), ("376 µmol", "0.376"), ("0.376 mmol", "0.376"), ("3,76e-1", "0.376")],
)
def test_what_was_understood_of_the_typed_scale_is_shown(lab, typed, understood):
    response = browser(lab.mira).get(PLAN, {"lead_mmol": typed})
    assert f"Understood as {understood} mmol" in text_of(response)
    assert f'value="{typed}"' in response.content.decode()


@pytest.mark.parametrize("typed", ["lots", "-1", "1e400", "nan", "5 kg", "½ of it", "9" * 300])
def test_a_ratio_that_cannot_be_keeps_what_was_typed_and_says_why_at_its_field(lab, typed):
    response = browser(lab.mira).get(PLAN, {"ratio_ca_pb": typed, "lead_mmol": "0.376"})
    assert response.status_code == 200
    assert response.context["form"].errors["ratio_ca_pb"]
    assert response.context["form"]["ratio_ca_pb"].value() == typed[:80]
    assert "173.3" not in text_of(response)
    assert not response.context["plan"]


def test_a_choice_that_the_paper_leaves_open_is_asked_for(lab):
    response = browser(lab.mira).get(PLAN, {"recipe": "zno-nanocrystals"})
    assert "Choose “Zinc acetate in the bottle” first" in text_of(response)
    assert response.context["form"].errors["zinc_acetate_form"]
    chosen = {"recipe": "zno-nanocrystals", "zinc_acetate_form": "dihydrate"}
    assert "440.3 mg" in text_of(browser(lab.mira).get(PLAN, chosen))


def test_while_she_types_only_the_table_comes_back_with_the_address_to_share(lab):
    response = browser(lab.mira).get(PLAN, STORY, headers=FRAGMENT)
    assert not response.content.decode().strip().startswith("<!doctype")
    assert response.headers["HX-Trigger-After-Swap"] == "planChanged"
    shared = browser(lab.mira).get(response.headers["HX-Replace-Url"])
    assert "55.3 mg" in text_of(shared)


def test_the_chosen_bottle_corrects_the_mass_and_is_linked(lab):
    bottle = make_bottle(lab, assay_percent="99", assay_kind="mass_fraction")
    asked = {**STORY, "lot_cai2": bottle.code, "correct_for_assay": "1"}
    response = browser(lab.mira).get(PLAN, asked)
    assert "55.8 mg" in text_of(response)
    assert f"/lots/{bottle.code}/" in response.content.decode()


def test_the_tetrahydrate_in_the_bottle_is_weighed_as_the_tetrahydrate(lab):
    bottle = make_bottle(lab, formula="CaI2·4H2O")
    response = browser(lab.mira).get(PLAN, {**STORY, "lot_cai2": bottle.code})
    assert "68.8 mg" in text_of(response)


def test_a_bottle_that_holds_too_little_or_is_past_its_date_is_said(lab):
    bottle = make_bottle(lab, amount_received=40, amount_unit="mg", expires_date="2020-01-31")
    words = text_of(browser(lab.mira).get(PLAN, {**STORY, "lot_cai2": bottle.code}))
    assert f"{bottle.code} has 40 mg left; this plan takes 55.3 mg" in words
    assert f"{bottle.code} was to be used before 31 Jan 2020" in words


def test_the_stock_of_the_lab_serves_the_plan(lab):
    stock = make_stock(lab, concentration_mol_l="0.100")
    response = browser(lab.mira).get(PLAN, {**STORY, "lot_cs_oleate": stock.code})
    known = response.context["plan"].as_dict()["composition"]
    assert known["ratio_cs_pb"]["value"] == pytest.approx(0.100 * 1.0 / 0.376, rel=1e-3)
    # drawn hot it holds 9 % less
    hot = 0.91 * 0.100 / (173.3 / 461.00894)
    assert known["ratio_cs_pb_effective"]["value"] == pytest.approx(hot, rel=1e-3)
    row = next(row for row in response.context["rows"] if row.name == "Cs : Pb")
    assert row.chosen.text.startswith("0.266")
    assert "0.1 M Cs" in text_of(response)


def test_a_bottle_of_another_project_does_not_exist(lab):
    bottle = make_bottle(lab)
    response = browser(lab.stranger).get(PLAN, {**STORY, "lot_cai2": bottle.code})
    assert response.context["form"].errors["lot_cai2"]
    assert not response.context["plan"]


def test_r_zero_leaves_the_calcium_out(lab):
    response = browser(lab.mira).get(PLAN, {**STORY, "ratio_ca_pb": "0"})
    assert response.context["plan"].line("cai2").mass_mg == 0


def post_plan(client, **more):
    key = uuid.uuid4().hex
    return client.post(PLAN, {**STORY, "idempotency_key": key, **more})


def test_the_plan_becomes_the_labs_first_batch(lab):
    response = post_plan(browser(lab.mira))
    assert response.headers["Location"] == "/b/NC-0001/"
    batch = Batch.objects.get()
    assert (batch.code, batch.state, batch.project) == ("NC-0001", "planned", lab.project)
    weigh = {line["key"]: line["weigh_mg"] for line in batch.plan["reagents"]}
    assert (weigh["pbi2"], weigh["cai2"]) == (173.3, 55.3)
    assert all(a.weighed_value is None and a.weighed_text == "" for a in batch.additions.all())


def test_the_plan_can_lead_straight_to_the_bench(lab):
    assert post_plan(browser(lab.mira), bench="1").headers["Location"] == "/b/NC-0001/bench/"


def test_a_double_click_makes_one_batch(lab):
    client, form = browser(lab.mira), {**STORY, "idempotency_key": "abc"}
    first, second = client.post(PLAN, form), client.post(PLAN, form)
    assert first.headers["Location"] == second.headers["Location"]
    assert Batch.objects.count() == 1


def test_the_same_form_with_another_ratio_is_not_taken_for_the_first(lab):
    client = browser(lab.mira)
    client.post(PLAN, {**STORY, "idempotency_key": "abc"})
    again = client.post(PLAN, {**STORY, "ratio_ca_pb": "0.3", "idempotency_key": "abc"})
    assert again.status_code == 422
    assert Batch.objects.count() == 1


def test_what_the_button_sends_is_what_the_table_shows(lab):
    client = browser(lab.mira)
    page = client.get(PLAN, {"ratio_ca_pb": "0,45", "lead_mmol": "0.2"})
    client.post(PLAN, {**dict(page.context["hidden"]), "idempotency_key": "k"})
    batch = Batch.objects.get()
    assert batch.targets == {
        "ratio_ca_pb": "0.45",
        "lead_mmol": "0.2",
        "injection_temperature_c": "170",
        "purification_cycles": "1",
        "flask_ml": "50",
    }
    assert batch.plan["reagents"] == page.context["plan"].as_dict()["reagents"]


def test_five_times_the_batch_is_refused_in_its_flask_and_made_in_a_larger_one(lab):
    client = browser(lab.mira)
    refused = post_plan(client, lead_mmol="1.88")
    assert refused.status_code == 422
    assert "Choose a flask of 250 mL" in text_of(refused)
    assert not Batch.objects.exists()
    assert post_plan(client, lead_mmol="1.88", flask_ml="0.25 L").status_code == 302
    batch = Batch.objects.get()
    (flask,) = [one for one in batch.plan["vessels"] if one["heated"]]
    assert (flask["name"], flask["fill_percent"]) == ("250 mL three-neck flask", 26.0)


def test_a_refused_plan_makes_no_batch_and_loses_nothing(lab):
    response = post_plan(browser(lab.mira), ratio_ca_pb="lots")
    assert response.status_code == 422
    assert 'value="lots"' in response.content.decode()
    assert not Batch.objects.exists()


def test_a_viewer_sees_the_plan_and_why_it_cannot_become_a_batch(lab):
    client = browser(lab.vera)
    page = client.get(PLAN, STORY)
    assert "You may read Red LEDs, not write in it" in text_of(page)
    assert re.search(r'<button class="btn" disabled>', page.content.decode())
    assert post_plan(client).status_code == 403
    assert not Batch.objects.exists()


def test_somebody_without_a_project_plans_but_makes_no_batch(lab):
    page = browser(lab.stranger).get(PLAN, STORY)
    assert "You belong to no project yet" in text_of(page)
    assert post_plan(browser(lab.stranger)).status_code == 403


def test_a_lab_without_recipes_says_so(without_reference_data):
    from tests.factories import make_person

    response = browser(make_person()).get(PLAN)
    assert "No recipes yet" in text_of(response)


def test_the_planner_reads_little_however_much_there_is(lab, django_assert_max_num_queries):
    for number in range(30):
        make_bottle(lab, lot_number=str(number))
    bottle = make_bottle(lab, assay_percent="99", assay_kind="mass_fraction")
    make_batch(lab.project, lots={"cai2": bottle.code})
    client = browser(lab.mira)
    with django_assert_max_num_queries(10):  # two of them: what is left, what is promised
        client.get(PLAN, {**STORY, "lot_cai2": bottle.code})
    with django_assert_max_num_queries(8):
        client.get(PLAN, STORY, headers=FRAGMENT)


def test_typing_asks_the_database_a_few_times(lab, django_assert_max_num_queries):
    """Session, person, recipe with its stocks, bottles, instruments, projects; the page its list too."""
    client = browser(lab.mira)
    asked = {**STORY, "recipe": "cspbi3-seed-core-shell"}
    client.get(PLAN, asked, headers=FRAGMENT)
    with django_assert_max_num_queries(6):
        client.get(PLAN, asked, headers=FRAGMENT)
    with django_assert_max_num_queries(7):
        page = client.get(PLAN, asked)
    assert page.content.decode().count('<option value="cspbi3-seed-core-shell"') == 1


def test_a_recipe_that_cannot_be_planned_makes_room_for_one_that_can(lab):
    draft = create_recipe(by=lab.mira, project=lab.project, definition=MN)
    for slug in ("nobody-wrote-this", draft.slug, ""):
        assert browser(lab.mira).get(PLAN, {"recipe": slug}).context["recipe"].slug == FIRST_RECIPE
    Recipe.objects.filter(slug=FIRST_RECIPE).update(
        retired_at=timezone.now(), retired_reason="another one is better"
    )
    first = Recipe.objects.visible_to(lab.mira).for_flasks().first()
    assert browser(lab.mira).get(PLAN).context["recipe"] == first

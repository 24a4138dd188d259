"""Run again: what changed in recipe and bottles since that batch, and what went otherwise in it."""

import copy
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from synthesis.models import Recipe
from synthesis.services.batches import create_batch
from synthesis.services.bench import record_events
from synthesis.services.materials import archive_material, correct_material
from synthesis.services.movements import move_by_hand
from synthesis.services.recipe_writing import publish_draft, save_draft
from tests.factories import entry, make_batch, make_recipe
from tests.synthesis.factories import HTMX, browser, make_bottle
from tests.synthesis.test_plan_a_batch import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def bottle(lab):
    return make_bottle(lab, amount_received=5000, amount_unit="mg", assay_percent=99)


@pytest.fixture
def batch(lab, bottle):
    """A batch that took 55.1 mg from a bottle of 5 g, with a growth of 8.1 s for 5 s."""
    batch = make_batch(lab.project, lots={"cai2": bottle.code})
    said = [
        entry("lot", "cai2", bottle.code),
        entry("weighing", "pbi2", "173.9 mg"),
        entry("weighing", "cai2", "55.1 mg"),
        entry("parameter", "react.duration_s", "8.1"),
    ]
    assert not record_events(by=lab.mira, batch=batch, events=said).refused
    return batch


def since(lab, batch):
    html = browser(lab.mira).get(f"/b/{batch.code}/again/", headers=HTMX).content.decode()
    assert "<html" not in html
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


def test_nothing_changed_is_said_and_what_went_otherwise(lab, batch, bottle):
    told = since(lab, batch)
    assert "the same, version 1" in told
    assert f"{bottle.code}: as it was, 4.94 g left" in told  # 5000 − 55.1 mg
    assert "Let the nanocrystals grow: 8.1 s where 5 s was planned" in told


def test_a_bottle_put_away_emptied_or_expired_is_said(lab, batch, bottle):
    move_by_hand(by=lab.mira, material=bottle, kind="emptied", reason="used up")
    assert f"{bottle.code}: emptied on" in since(lab, batch)
    archive_material(by=lab.mira, material=bottle, reason="wet")
    assert re.search(rf"{bottle.code}: put away on .*: wet", since(lab, batch))


def test_an_expired_bottle_is_said(lab, batch, bottle):
    yesterday = timezone.localdate() - timedelta(days=1)
    bottle.refresh_from_db()
    correct_material(
        by=lab.mira,
        material=bottle,
        version=bottle.version,
        reason="label",
        expires_date=yesterday,
    )
    assert f"{bottle.code}: expired on {yesterday:%-d %b %Y}" in since(lab, batch)


def test_a_bottle_that_no_longer_holds_enough_is_said(lab, batch, bottle):
    move_by_hand(by=lab.mira, material=bottle, kind="taken", amount="4900 mg", reason="others")
    # 5000 − 55.1 − 4900; the plan takes 55.25 mg
    assert f"{bottle.code}: 44.9 mg left, and it takes 55.25 mg" in since(lab, batch)


def test_a_bottle_that_was_corrected_since_is_said(lab, batch, bottle):
    bottle.refresh_from_db()
    correct_material(
        by=lab.mira, material=bottle, version=bottle.version, reason="label", assay_percent=95
    )
    assert f"{bottle.code}: corrected since:" in since(lab, batch)


def test_another_version_of_the_recipe_is_said_with_its_changes(lab):
    recipe = make_recipe(lab.project, by=lab.mira)
    batch = create_batch(
        by=lab.mira,
        project=lab.project,
        version=recipe.current,
        targets={"ratio_ca_pb": "0.5", "lead_mmol": "0.376"},
    )
    definition = copy.deepcopy(recipe.current.definition)
    step = next(one for one in definition["steps"] if one["key"] == "degas")
    step["parameters"]["temperature_c"] = 110
    save_draft(by=lab.mira, recipe=recipe, definition=definition, version=recipe.draft.version)
    publish_draft(by=lab.mira, recipe=Recipe.objects.get(pk=recipe.pk), note="less foam")
    told = since(lab, batch)
    assert "version 1 then, 2 now: less foam" in told
    assert "120 110" in told


def test_the_batch_leads_to_the_planner_with_its_bottles_and_the_planner_to_what_changed(
    lab, batch, bottle
):
    client = browser(lab.mira)
    html = client.get(f"/b/{batch.code}/").content.decode()
    (address,) = set(re.findall(r'href="(/plan/\?[^"]+)"', html))
    said = parse_qs(urlsplit(address.replace("&amp;", "&")).query)
    assert said["again"] == [batch.code]
    assert said["lot_cai2"] == [bottle.code]
    assert said["ratio_ca_pb"] == ["0.5"]
    planner = client.get(address.replace("&amp;", "&")).content.decode()
    assert f'hx-get="/b/{batch.code}/again/"' in planner
    assert f'<option value="{bottle.code}" selected' in planner


def test_a_bottle_that_is_gone_is_not_carried_over(lab, batch, bottle):
    move_by_hand(by=lab.mira, material=bottle, kind="emptied", reason="used up")
    assert "lot_cai2" not in browser(lab.mira).get(f"/b/{batch.code}/").content.decode()


def test_the_page_stands_alone_too_and_strangers_find_nothing(lab, batch):
    page = text_of(browser(lab.mira).get(f"/b/{batch.code}/again/"))
    assert f"Run {batch.code} again" in page
    assert "Plan it" in page
    assert browser(lab.stranger).get(f"/b/{batch.code}/again/").status_code == 404
    planner = browser(lab.stranger).get("/plan/", {"again": batch.code}).content.decode()
    assert batch.code not in planner


def test_it_reads_a_few_times(lab, batch, django_assert_max_num_queries):
    client = browser(lab.mira)
    with django_assert_max_num_queries(14):
        client.get(f"/b/{batch.code}/again/", headers=HTMX)

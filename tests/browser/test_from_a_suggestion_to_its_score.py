"""A suggestion becomes a batch with one click; once its phase is said, it says how it came out."""

import re

import pytest
from playwright.sync_api import expect

from synthesis.models import Batch
from synthesis.services.batches import start_batch
from tests.analysis.factories import run_jobs
from tests.factories import shipped_recipe

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_suggestion_is_planned_made_and_scored(browser_page, address, sign_in, project, person):
    shipped_recipe()
    page = sign_in(browser_page, person)
    page.goto(f"{address}/forecast/next/")
    page.get_by_role("button", name=re.compile("Plan R")).first.click()
    page.wait_for_url("**/b/NC-*/")
    batch = Batch.objects.get()
    assert 0.25 < float(batch.ratio_ca_pb) < 0.5  # into the gap of the paper
    run_jobs("forecast_batch")
    start_batch(by=person, batch=batch)

    page.goto(f"{address}/b/{batch.code}/measurements/")
    page.get_by_text("Say the phase from other evidence").click()
    form = page.locator("form", has=page.locator("select[name=phase]"))
    form.locator("[name=phase]").select_option("gamma")
    form.locator("[name=evidence]").select_option("xrd_elsewhere")
    form.locator("[name=reason]").fill("measured in the other building")
    form.get_by_role("button").click()
    page.wait_for_url(f"**/b/{batch.code}/**")
    expect(page.locator("#learn")).to_contain_text("Log score")

    page.goto(f"{address}/forecast/next/")
    row = page.get_by_role("row", name=batch.code)
    expect(row).to_contain_text("It became γ.")

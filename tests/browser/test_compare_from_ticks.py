"""Ticks of the history in a browser: kept over pages and filters, compared; columns by keyboard; pins."""

import re

import pytest
from playwright.sync_api import expect

from tests.analysis.history.factories import accept, assign
from tests.factories import make_batch, make_person, make_project

pytestmark = pytest.mark.django_db(transaction=True)


def test_ticks_columns_and_pins(browser_page, sign_in, live_server):
    person = make_person("mira")
    project = make_project(person, "Perovskites")
    batches = [make_batch(project, by=person) for _ in range(12)]
    for number, batch in enumerate(batches):
        assign(batch, "gamma" if number else "delta")
        accept(batch, "plqy_percent", 60.0 + number)
    codes = [batch.code for batch in batches]
    page = browser_page
    sign_in(page, person)

    page.goto(f"{live_server.url}/history/?page_size=2")
    page.get_by_label(f"Compare {codes[11]}").check()
    expect(page.get_by_text("1 ticked.")).to_be_visible()
    page.get_by_role("link", name="Next").click()
    page.wait_for_url(re.compile("cursor="))
    page.get_by_label(f"Compare {codes[8]}").check()
    expect(page.get_by_text(f"2 ticked. 1 not on this page: {codes[11]}.")).to_be_visible()
    page.goto(f"{live_server.url}/history/?phase=delta")  # shows neither
    page.get_by_role("button", name="Compare").click()
    page.wait_for_url(re.compile("/b/compare/"))
    for code in (codes[11], codes[8]):
        expect(page.get_by_role("main").get_by_role("link", name=code).first).to_be_visible()

    page.goto(f"{live_server.url}/history/")
    expect(page.get_by_label(f"Compare {codes[8]}")).to_be_checked()
    for code in codes:
        page.get_by_label(f"Compare {code}").check()
    expect(page.get_by_text("12 ticked. The first 10 can be compared.")).to_be_visible()
    page.get_by_role("button", name="Let go").click()
    expect(page.locator(".tick input:checked")).to_have_count(0)

    page.get_by_label(f"Compare {codes[0]}").check()
    page.get_by_role("button", name="Pin on top").click()
    page.wait_for_url(re.compile(f"pinned={codes[0]}"))
    page.get_by_role("link", name="γ 11").click()
    expect(page.locator("tbody.pinned th a").first).to_have_text(codes[0])

    page.get_by_role("link", name="Columns", exact=True).click()
    page.get_by_role("button", name="PL quantum yield / % further left").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="PL quantum yield / % further left")).to_be_focused()
    page.get_by_text("Uncertainties", exact=True).click()
    page.get_by_label("Uncertainty of PL quantum yield / %").check()
    page.get_by_role("button", name="Show these").first.click()
    page.wait_for_url(re.compile(r"/history/\?.*columns=.*plqy_percent_uncertainty"))
    heads = page.locator("thead th")
    expect(heads.filter(has_text="Uncertainty of PLQY")).to_have_count(1)
    expect(page.locator("tbody.pinned tr")).to_have_count(1)

"""Without JavaScript, and by keyboard alone; what the bench keeps is in test_the_bench_offline.py."""

import re

import pytest
from playwright.sync_api import Page, expect

from synthesis.models import Batch
from tests.factories import make_person, make_project, shipped_recipe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person():
    person = make_person("mira")
    make_project(person, "Perovskites")
    shipped_recipe()
    return person


@pytest.fixture
def plain_page(browser, live_server):
    """A page of a browser in which no script runs."""
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    yield context.new_page()
    context.close()


def test_without_scripts_one_plans_weighs_uploads_and_looks(plain_page, sign_in, person):
    page: Page = sign_in(plain_page, person)
    page.goto("/plan/")
    page.locator("#id_ratio_ca_pb").fill("0.5")
    page.locator("#id_lead_mmol").fill("0.376")
    page.get_by_role("button", name="Calculate").click()
    expect(page.locator(".plan-table")).to_contain_text("173.3")
    page.get_by_role("button", name="Create batch").first.click()
    page.wait_for_url(re.compile(r"/b/NC-\d+/$"))
    code = re.search(r"NC-\d+", page.url).group()
    page.goto(f"/b/{code}/bench/")
    page.goto(f"/b/{code}/bench/load.pbi2/")
    page.get_by_role("textbox", name="PbI2, weighed").fill("173.9")
    page.get_by_role("button", name="Record PbI2").click()
    expect(page.get_by_role("heading", name="Weigh CaI2")).to_be_visible()
    expect(page.locator(".place:visible")).to_contain_text("PbI2 173.9 mg")
    page.goto(f"/b/{code}/files/")
    page.locator("input[type=file]").set_input_files(
        [{"name": "pl.csv", "mimeType": "text/csv", "buffer": b"nm,counts\n680,1\n686,9\n690,2\n"}]
    )
    page.get_by_role("button", name="Upload and analyse").click()
    expect(page.locator("#files")).to_contain_text("pl.csv")
    page.goto(f"/b/{code}/")
    page.get_by_role("link", name="What came out").click()
    expect(page.locator("#outcomes")).to_be_visible()


def test_the_first_tab_leads_past_the_menu(browser_page, live_server, sign_in, person):
    page = sign_in(browser_page, person)
    page.goto(live_server.url)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


@pytest.mark.parametrize("path", ["/", "/plan/", "/history/", "/d/new/", "/lots/new/", "/tokens/"])
def test_whatever_has_the_focus_shows_it(path, browser_page, live_server, sign_in, person):
    """Walk a page by Tab: each stop differs in outline, border or shadow from when it has no focus."""
    page = sign_in(browser_page, person)
    page.goto(live_server.url + path)
    look = """() => {
      const el = document.activeElement, s = getComputedStyle(el);
      const ring = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0;
      const parent = el.parentElement && getComputedStyle(el.parentElement);
      const around = parent && parent.outlineStyle !== "none" && parseFloat(parent.outlineWidth) > 0;
      const box = el.getBoundingClientRect();
      return { name: el.tagName + " " + (el.id || el.textContent.trim().slice(0, 20)),
        shown: ring || around || s.boxShadow !== "none", sized: box.width > 0, body: el === document.body };
    }"""
    stops = 0
    for _ in range(25):
        page.keyboard.press("Tab")
        seen = page.evaluate(look)
        if seen["body"]:
            break
        stops += 1
        assert seen["sized"], f"{seen['name']} has the focus but no size"
        assert seen["shown"], f"{seen['name']} has the focus but does not show it"
    assert stops > 5


def test_a_plan_becomes_a_batch_by_keyboard_alone(browser_page, live_server, sign_in, person):
    page = sign_in(browser_page, person)
    page.goto(f"{live_server.url}/plan/?ratio_ca_pb=0.5&lead_mmol=0.376")
    button = page.get_by_role("button", name="Create batch").first
    for _ in range(60):
        page.keyboard.press("Tab")
        if button.evaluate("(el) => el === document.activeElement"):
            break
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/b/NC-\d+/"))
    assert Batch.objects.count() == 1

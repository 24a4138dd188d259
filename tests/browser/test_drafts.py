"""What is typed in any form of any page survives a reload and an ended session, until the notebook took it."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from tests.api.lab import make_lab
from tests.browser.pages import pages_of, pages_of_an_empty_lab
from tests.browser.settling import Settling
from tests.factories import PASSWORD, make_project

pytestmark = pytest.mark.django_db(transaction=True)

TYPE = """() => {
  const typed = {};
  const forms = [...document.querySelectorAll("form[method=post]")].filter((form) =>
    !form.querySelector("[type=password]") && !form.closest("[data-own-drafts]"));
  forms.forEach((form, n) => [...form.elements].forEach((el) => {
    if (!el.name || el.readOnly || !/^(text|search|number|url|textarea)$/.test(el.type)) return;
    el.value = el.type === "number" ? "17" : "typed here";
    el.dispatchEvent(new Event("input", { bubbles: true }));
    typed[`${form.getAttribute("action") || ""} ${n} ${el.name}`] = el.value;
  }));
  return typed;
}"""
READ = TYPE.replace('el.value = el.type === "number" ? "17" : "typed here";', "").replace(
    'el.dispatchEvent(new Event("input", { bubbles: true }));', ""
)


@pytest.fixture
def lab(person):
    lab = make_lab(person, make_project(person, "Perovskites"))
    lab["running"] = lab["wordy"] = lab["many"] = lab["batch"]
    return lab


@pytest.fixture
def page(browser_page, sign_in, person, lab) -> Page:
    return sign_in(browser_page, person)


def test_what_is_typed_in_any_form_of_any_page_is_there_again_after_a_reload(page, address, lab):
    places = re.compile(r"/bench/\w")  # of the bench, which keeps what is typed by itself
    pages = [one for one in [*pages_of_an_empty_lab(), *pages_of(lab)] if not places.search(one)]
    forms, lost, settling = 0, [], Settling(page)
    for path in dict.fromkeys(pages):
        page.goto(address + path)
        settling.wait()
        typed = page.evaluate(TYPE)
        forms += len(typed)
        if not typed:
            continue
        page.reload()
        settling.wait()
        there = page.evaluate(READ)
        lost += [f"{path}: {name}" for name, value in typed.items() if there.get(name) != value]
        page.evaluate("() => localStorage.clear()")
    assert forms > 40
    assert not lost, "\n".join(lost)


def test_a_new_device_is_still_typed_after_signing_in_again(page, address, lab):
    page.goto(f"{address}/d/new/")
    page.get_by_role("textbox", name="Note").fill("the glovebox smelled of toluene")
    page.locator("main form").first.evaluate("(form) => { form.noValidate = true; }")
    Session.objects.all().delete()
    page.get_by_role("button", name="Build device").click()
    page.get_by_label("Username").fill("mira")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{address}/d/new/")
    expect(page.get_by_role("textbox", name="Note")).to_have_value(
        "the glovebox smelled of toluene"
    )
    expect(page.get_by_text("What you typed here before is back.")).to_be_visible()
    page.get_by_role("button", name="Discard it").click()
    expect(page.get_by_role("textbox", name="Note")).to_have_value("")


def test_what_the_notebook_took_is_no_draft_any_more(page, address, lab):
    page.goto(f"{address}/lots/{lab['lot']}/correct/")
    page.get_by_role("textbox", name="Note").fill("opened in the box")
    page.locator("main [name=reason]").fill("seen")
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(f"{address}/lots/{lab['lot']}/")
    assert (
        page.evaluate("() => Object.keys(localStorage).filter((key) => key.startsWith('draft:'))")
        == []
    )

"""A chemical from nothing: its formula is read back and asked about while it is typed."""

import pytest
from playwright.sync_api import expect

from synthesis.models import Chemical
from tests.factories import make_person, make_project

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_chemical_is_typed_asked_about_and_added(browser_page, sign_in, live_server):
    person = make_person("mira")
    make_project(person)
    page = sign_in(browser_page, person)
    page.goto(f"{live_server.url}/chemicals/new/")
    reading = page.locator("#reading")
    page.get_by_label("Name").press_sequentially("Strontium chloride")
    page.get_by_label("Formula", exact=True).press_sequentially("SrC12 6H2O")
    expect(reading).to_contain_text("SrC12·6H2O")
    page.get_by_label("Formula", exact=True).fill("SrC12·6H2O")
    page.get_by_label("Formula", exact=True).press_sequentially(" ")
    expect(reading).to_contain_text("Write SrCl2·6H2O")
    page.get_by_label("Formula", exact=True).fill("SrCl2·6H2O")
    expect(reading).to_contain_text("266.61")
    expect(reading).to_contain_text("Strontium chloride hexahydrate")
    page.get_by_label("GHS06 Toxic").check()
    page.get_by_role("button", name="Add the chemical").click()
    page.wait_for_url("**/chemicals/strontium-chloride-hexahydrate/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Strontium chloride hexahydrate")
    assert Chemical.objects.get(formula="SrCl2·6H2O").pictograms == ["GHS06"]

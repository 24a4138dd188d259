"""The explorer in a browser: choose x and y, follow a point, save the question and open it again."""

import re

import pytest
from playwright.sync_api import expect

from tests.analysis.history.factories import accept, assign
from tests.factories import make_batch, make_person, make_project

pytestmark = pytest.mark.django_db(transaction=True)


def test_choose_axes_follow_a_point_and_keep_the_question(browser_page, sign_in, live_server):
    person = make_person("mira")
    project = make_project(person, "Perovskites")
    batches = [make_batch(project, by=person) for _ in range(3)]
    for number, batch in enumerate(batches):
        assign(batch, "gamma" if number else "failed")
        accept(batch, "plqy_percent", 60.0 + number)
        accept(batch, "size_nm", 8.0 + number)
    page = browser_page
    sign_in(page, person)
    page.goto(f"{live_server.url}/history/")
    page.get_by_role("link", name="Explore").click()
    page.get_by_label("Along x").select_option("size_nm")
    page.get_by_label("Along y").select_option("plqy_percent")
    page.get_by_role("button", name="Draw").click()
    points = page.locator("svg.chart a")
    expect(points).to_have_count(3)
    page.get_by_label("Name").fill("PLQY by size")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(r"/explore/\?.*x=size_nm"))
    page.goto(f"{live_server.url}/history/")
    page.get_by_role("link", name="PLQY by size").click()
    expect(points).to_have_count(3)
    points.last.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/b/{batches[-1].code}/$"))

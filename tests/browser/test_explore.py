"""The explorer in a browser: choose x and y, follow a point, drag a stretch, save the question, put it on a board."""

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


def test_drag_a_stretch_keep_what_it_finds_and_put_it_on_a_board(
    browser_page, sign_in, live_server
):
    person = make_person("mira")
    project = make_project(person, "Perovskites")
    for number in range(4):
        batch = make_batch(project, by=person)
        accept(batch, "plqy_percent", 60.0 + 10 * number)
        accept(batch, "size_nm", 8.0 + number)
    page = browser_page
    sign_in(page, person)
    page.goto(f"{live_server.url}/explore/?x=size_nm&y=plqy_percent")
    points = page.locator("svg.chart a")
    expect(points).to_have_count(4)
    expect(page.get_by_text("or drag over the figure")).to_be_visible()
    # From between the second and the third batch to the upper right corner.
    plot = page.locator("svg.chart").bounding_box()
    page.mouse.move(plot["x"] + 0.5 * plot["width"], plot["y"] + 0.5 * plot["height"])
    page.mouse.down()
    page.mouse.move(plot["x"] + 0.99 * plot["width"], plot["y"] + 2, steps=4)
    expect(page.locator(".brush-box")).to_be_visible()
    page.mouse.up()
    page.wait_for_url(re.compile(r"size_nm__gte=9\.\d+&size_nm__lte=1\d"))
    expect(points).to_have_count(2)
    expect(page.get_by_text(re.compile("PLQY at least 7"))).to_be_visible()
    page.get_by_label("Name").fill("The large ones")
    page.get_by_role("button", name="Save").click()
    page.goto(f"{live_server.url}/explore/")
    page.get_by_role("link", name="All boards, a new one").click()
    page.get_by_label("Name").fill("Meeting")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="The large ones")).to_be_visible()
    expect(points).to_have_count(2)

"""The page that explains the API, in a real browser."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders

from tests.factories import make_person

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
ADDRESS = "/api/v1/docs/"


@pytest.mark.django_db(transaction=True)
def test_the_page_is_accessible_and_fits(page_in_browser):
    """One page for all operations, which axe takes half a minute for: it looks once, where there is least room."""
    for details in page_in_browser.locator("details").all()[:12]:
        details.evaluate("e => { e.open = true }")
    for width in (1440, 390):
        page_in_browser.set_viewport_size({"width": width, "height": 900})
        assert page_in_browser.evaluate("document.documentElement.scrollWidth") <= width
    page_in_browser.evaluate(AXE.read_text())
    found = page_in_browser.evaluate("axe.run().then(r => r.violations)")
    assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []


@pytest.fixture
def page_in_browser(browser_page, sign_in, live_server):
    browser_page.route("**/static/**", lambda route: route.fulfill(path=_asset(route.request.url)))
    sign_in(browser_page, make_person())
    browser_page.goto(f"{live_server.url}{ADDRESS}")
    assert browser_page.locator("h1").count() == 1
    return browser_page


def _asset(url: str) -> str:
    """The live server collects no assets; the browser gets them from where they are written."""
    found = finders.find(urlsplit(url).path.removeprefix("/static/"))
    assert found, url
    return str(found)

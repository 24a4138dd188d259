"""The fixtures themselves: a page that misbehaves must be noticed."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import path

pytestmark = pytest.mark.django_db(transaction=True)

SCRIPT = "<script>document.title = 'ran'</script>"
PAGES = {
    "favicon.ico": "",  # the browser asks for it
    "good": "<title>good</title><h1>Good</h1>",
    "inline": f"<title>still</title>{SCRIPT}",
    "far": "<img src='http://other.invalid/x.png'>",
}


@login_not_required
def show(request, name):
    return HttpResponse(PAGES[name])


urlpatterns = [path("<str:name>", show)]


@pytest.fixture(autouse=True)
def _own_pages(settings):
    settings.ROOT_URLCONF = __name__


def test_a_good_page_has_no_complaints(browser_page, live_server, complaints):
    browser_page.goto(f"{live_server.url}/good")
    assert browser_page.title() == "good"
    assert complaints.found == []


def test_an_inline_script_does_not_run_and_is_noticed(browser_page, live_server, complaints):
    browser_page.goto(f"{live_server.url}/inline")
    browser_page.wait_for_load_state("networkidle")
    assert browser_page.title() == "still"
    assert any("script-src" in one for one in complaints.found)
    complaints.allow("script-src")


def test_a_request_to_another_host_is_noticed(browser_page, live_server, complaints):
    browser_page.goto(f"{live_server.url}/far")
    assert any("other.invalid" in one for one in complaints.found)
    complaints.allow("other.invalid")
    complaints.allow("img-src")

"""The fixtures themselves: a page that misbehaves must be noticed."""

import pytest
from django.http import HttpResponse
from django.urls import path

pytestmark = pytest.mark.django_db(transaction=True)

SCRIPT = "<script>document.title = 'ran'</script>"
urlpatterns = [
    path("good", lambda request: HttpResponse("<title>good</title><h1>Good</h1>")),
    path("inline", lambda request: HttpResponse(f"<title>still</title>{SCRIPT}")),
    path("far", lambda request: HttpResponse("<img src='http://other.invalid/x.png'>")),
]


@pytest.fixture(autouse=True)
def _own_pages(settings):
    settings.ROOT_URLCONF = __name__


def test_a_good_page_has_no_complaints(browser_page, live_server, complaints):
    browser_page.goto(f"{live_server.url}/good")
    assert browser_page.title() == "good"
    assert [one for one in complaints.found if "favicon" not in one] == []
    complaints.allow("status of 404")  # the browser asks for a favicon


def test_an_inline_script_does_not_run_and_is_noticed(browser_page, live_server, complaints):
    browser_page.goto(f"{live_server.url}/inline")
    browser_page.wait_for_load_state("networkidle")
    assert browser_page.title() == "still"
    assert any("script-src" in one for one in complaints.found)
    complaints.allow("script-src")
    complaints.allow("status of 404")


def test_a_request_to_another_host_is_noticed(browser_page, live_server, complaints):
    browser_page.goto(f"{live_server.url}/far")
    assert any("other.invalid" in one for one in complaints.found)
    complaints.allow("other.invalid")
    complaints.allow("img-src")
    complaints.allow("status of 404")

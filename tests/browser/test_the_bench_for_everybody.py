"""Every state of the bench in every dress: axe finds nothing, nothing scrolls sideways."""

import re

import pytest

from tests.browser.bench import Hand
from tests.browser.test_every_page_for_everybody import Look
from tests.factories import make_batch, make_person, make_project, shipped_recipe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def look(browser_page, live_server, sign_in, complaints):
    complaints.allow("ERR_INTERNET_DISCONNECTED")
    person = make_person()
    project = make_project(person, "Perovskites")
    shipped_recipe()
    sign_in(browser_page, person)
    look = Look(browser_page)
    look.hand = Hand(browser_page, live_server.url, make_batch(project).code)
    yield look
    assert look.seen > 0
    assert not look.wrong, "\n".join(look.wrong)


def test_what_appears_while_one_works_is_for_everybody(look):
    hand, page = look.hand, look.page
    hand.go("load.cai2/")
    hand.field.fill("553")
    hand.button("Record").click()
    hand.place.get_by_role("alert").wait_for()
    look.as_it_is("a question at the field")
    hand.place.get_by_role("button", name="Fix the number").click()
    hand.field.fill("55.1")
    hand.field.press("Enter")
    page.get_by_role("button", name="Undo").wait_for()
    look.as_it_is("an entry that can be undone")
    hand.go("load.pbi2/")
    hand.place.locator(".more summary").click()
    look.as_it_is("the menu")
    hand.place.get_by_role("link", name="Done differently").click()
    look.as_it_is("a drawer")
    hand.go("react/")
    hand.button("Inject now").click()
    hand.page.wait_for_timeout(300)
    look.as_it_is("a running clock")
    page.context.set_offline(True)
    hand.button("Quench").click()
    page.get_by_text(re.compile("Kept on this tablet")).wait_for()
    hand.status.click()
    look.as_it_is("the list of what is not sent")

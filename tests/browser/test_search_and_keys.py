"""The search over any page, and the keys: quick for those who want them, in nobody's way."""

import re

import pytest
from playwright.sync_api import Page, expect

from synthesis.services.bench import record_events
from tests.browser.test_every_page_for_everybody import Look
from tests.factories import entry, make_batch, make_person, make_project

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def patience():
    """The first search of a process reads the handbook and plans its statements."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def lab():
    person = make_person("mira")
    project = make_project(person, "Perovskites")
    first, second = (make_batch(project, by=person) for _ in range(2))
    for batch, note in ((first, "The septum leaked."), (second, "A violet rim.")):
        record_events(by=person, batch=batch, events=[entry("note", "", note)])
    return {"person": person, "septum": first.code, "violet": second.code}


@pytest.fixture
def page(browser_page, sign_in, lab, live_server) -> Page:
    sign_in(browser_page, lab["person"])
    browser_page.goto(f"{live_server.url}/b/")
    return browser_page


def found(page: Page):
    return page.locator("#finder [aria-label=Batches] li")


def test_ctrl_k_finds_as_one_types_and_arrows_choose(page, lab):
    page.keyboard.press("Control+k")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("septum")
    expect(found(page)).to_have_count(1)
    expect(found(page).locator("mark")).to_have_text("septum")
    expect(found(page)).to_contain_text("note of")
    page.keyboard.press("ArrowDown")
    expect(found(page).locator("a")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/b/{lab['septum']}/$"))


def test_escape_closes_it_and_the_focus_is_where_it_was(page, lab):
    link = page.get_by_role("link", name=lab["violet"], exact=True)
    link.focus()
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("septum")
    expect(found(page)).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator("#finder")).to_be_hidden()
    expect(link).to_be_focused()


def test_no_letter_is_lost_while_the_scripts_of_the_search_are_on_their_way(page):
    held = []
    page.route("**/js/find/*.js", lambda route: held.append(route))
    page.keyboard.press("/")
    page.keyboard.type("septum")
    expect(page.locator("#find")).to_have_value("septum")
    for route in held:
        route.continue_()
    expect(found(page)).to_have_count(1)


def test_letters_typed_in_the_list_go_on_in_the_box(page):
    page.keyboard.press("Control+k")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("sept")
    expect(found(page)).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.type("um")
    expect(page.locator("#find")).to_have_value("septum")


def test_an_older_answer_never_replaces_a_newer_one(page, lab):
    """The first answer is held back; nobody waits for it any more once other words are typed."""
    page.route(re.compile(r"/search/\?q=septum"), lambda route: None)
    page.keyboard.press("Control+k")
    with page.expect_request(re.compile("q=septum")):
        page.keyboard.type("septum")
    with page.expect_event("requestfailed", lambda request: "q=septum" in request.url):
        page.locator("#find").fill("violet")
    expect(found(page)).to_contain_text([lab["violet"]])
    expect(page.locator("#finder")).not_to_contain_text(lab["septum"])


def test_without_an_answer_it_says_so(page, complaints):
    complaints.allow("net::ERR")
    page.route(re.compile("/search/"), lambda route: route.abort())
    page.keyboard.press("Control+k")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("septum")
    expect(page.locator("#finder")).to_contain_text("The notebook does not answer.")


def test_who_is_signed_out_is_led_to_the_door(page):
    page.context.clear_cookies()
    page.keyboard.press("Control+k")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("septum")
    expect(page.locator("#finder").get_by_role("link", name="Sign in")).to_be_visible()


def test_enter_shows_everything_on_a_page(page):
    page.keyboard.press("Control+k")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("septum")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search/\?q=septum$"))
    expect(page.locator("main mark").first).to_have_text("septum")


def test_on_a_phone_it_covers_the_head_and_closes_by_a_button(page):
    page.set_viewport_size({"width": 390, "height": 800})
    opener = page.locator("a.find-s")
    opener.click()
    expect(page.locator("#find")).to_be_focused()
    page.locator("#find").fill("septum")
    expect(found(page)).to_have_count(1)
    page.locator("#finder").get_by_role("button", name="Close").click()
    expect(page.locator("#finder")).to_be_hidden()
    expect(opener).to_be_focused()


KEYS = {"n": "/plan/", "g b": "/b/", "g h": "/history/", "g d": "/d/", "g l": "/lots/"}
KEYS |= {"g r": "/recipes/", "g t": "/"}


def test_keys_lead_to_the_pages(page, live_server):
    for keys, path in KEYS.items():
        page.goto(f"{live_server.url}/projects/")
        for key in keys.split():
            page.keyboard.press(key)
        page.wait_for_url(re.compile(re.escape(live_server.url + path) + r"(\?.*)?$"))


def test_the_question_mark_lists_the_keys(page):
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    expect(page.locator("#keys")).to_contain_text("New batch")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()


def test_keys_wait_while_one_types_and_with_ctrl(page, live_server):
    box = page.locator("main input[name=q]")
    box.click()
    page.keyboard.type("n?/gb")
    expect(box).to_have_value("n?/gb")
    page.locator("h1").click()
    for held in ("Control", "Alt", "Meta"):
        page.keyboard.press(f"{held}+?")
    expect(page.locator("#keys")).to_be_hidden()
    expect(page.locator("#finder")).to_be_hidden()
    expect(page).to_have_url(f"{live_server.url}/b/")


def test_single_keys_can_be_switched_off_and_on_again(page, live_server):
    page.locator("summary.me").click()
    page.get_by_role("button", name="Keys").click()
    page.locator("#keys").get_by_role("button", name="Off").click()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("?")
    page.keyboard.press("Control+k")
    expect(page.locator("#finder")).to_be_visible()
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("Escape")
    page.locator("summary.me").click()
    page.get_by_role("button", name="Keys").click()
    expect(page.locator("#keys [value=off]")).to_have_attribute("aria-pressed", "true")
    page.locator("#keys [value=on]").click()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()


def test_without_scripts_the_page_of_the_search_does(browser, live_server, sign_in, lab):
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = sign_in(context.new_page(), lab["person"])
    page.goto("/")
    page.locator("#find").fill("septum")
    page.locator("#find").press("Enter")
    expect(page.locator("main [aria-label=Batches] mark")).to_have_text(["septum"])
    page.goto("/help/how-to/add-a-bottle/")
    expect(page.locator("h1")).to_be_visible()
    context.close()


def test_panel_and_list_of_keys_are_for_everybody(page):
    look = Look(page)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    look.as_it_is("the list of keys")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("leaked")
    expect(found(page)).to_have_count(1)
    look.as_it_is("the search over a page")
    assert not look.wrong, "\n".join(look.wrong)

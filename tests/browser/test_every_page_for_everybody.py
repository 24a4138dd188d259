"""Every page in every dress: axe finds nothing, nothing scrolls sideways, the browser complains of nothing.

One session of the browser looks at all pages × widths × colour schemes, in a lab that is filled, in an
empty one, after an error in a form, and where there is nothing.
"""

from collections import defaultdict
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.pages import EVERY_DRESS, filled_lab, pages_of, pages_of_an_empty_lab
from tests.browser.settling import Settling
from tests.factories import make_batch, make_person, make_project, shipped_recipe

pytestmark = pytest.mark.django_db(transaction=True)

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# EVERY_DRESS=1 tries every rule at every width in every colour. Else every rule is tried wide and light, narrow and dark
# those that depend on looks, and every one on what did not show before; and in the dresses in between the
# colours of what does not show, or has other colours, in the one before. An empty lab, whose pages are parts of those of
# a filled one, wears no more than those two.
DRESSES = [(1440, "light"), (390, "dark")]
BETWEEN = [((390, "light"), (1440, "light")), ((1024, "dark"), (390, "dark"))]
COLOURS = ["color-contrast", "link-in-text-block"]
LOOKS = [*COLOURS, "target-size", "scrollable-region-focusable"]
if EVERY_DRESS:
    DRESSES = [(width, scheme) for scheme in ("light", "dark") for width in (1440, 1024, 390)]
    BETWEEN = []
WIDTHS = (320, 641, 768, 870, 1180) if EVERY_DRESS else (320, 870)  # only the width is looked at
# Style sheets, which one rule reads, are the same in every dress.
FINDINGS = """async ({ rules, of_others = false, sheets = true }) => {
  const within = of_others ? { include: window.others.filter((el) => el.isConnected) } : document;
  if (of_others && !within.include.length) return [];
  const found = await axe.run(within, { runOnly: rules, preload: sheets, resultTypes: ["violations"],
    rules: sheets || of_others ? {} : { "css-orientation-lock": { enabled: false } } });
  return found.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.target.join(" ")).join(", "));
}"""
# Remember the colours of all that shows in a dress.
WORN = """(dress) => {
  const shown = (el) => el.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && el.getBoundingClientRect().width > 1 && el.getBoundingClientRect().height > 1;
  const colours = (el) => { const s = getComputedStyle(el);
    return [s.color, s.backgroundColor, s.backgroundImage, s.opacity, s.textDecorationLine].join(" "); };
  (window.worn ||= {})[dress] = new Map(
    [...document.body.querySelectorAll("*")].filter(shown).map((el) => [el, colours(el)]));
}"""
# What did not show in any dress before.
SHOWN_FIRST = """(here) => {
  const before = Object.entries(window.worn).filter(([dress]) => dress !== here).map(([, worn]) => worn);
  window.others = [...window.worn[here].keys()].filter((el) => !before.some((worn) => worn.has(el)));
}"""
# What is not worn alike in another dress, without what is known from other pages: what it is, and stands in.
UNLIKE = """([here, there, known]) => {
  const worn = window.worn;
  const named = (el) => { const path = [worn[here].get(el)];
    for (let at = el; at && path.length < 6; at = at.parentElement) path.push(at.tagName, at.getAttribute("class"));
    return path.join(" "); };
  window.others = [...worn[here].keys()].filter((el) =>
    worn[here].get(el) !== worn[there].get(el) && !known.includes(named(el)));
  return [...new Set(window.others.map(named))];
}"""
# A drawing follows its page's width one frame later.
BEYOND = """() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() =>
  resolve(document.documentElement.scrollWidth - document.documentElement.clientWidth))))"""


class Look:
    """Look at the page that is shown in every dress; collect what is wrong."""

    def __init__(self, page: Page) -> None:
        self.page, self.wrong, self.seen = page, [], 0
        self.between, self.widths = BETWEEN, WIDTHS
        self.settling = Settling(page)
        self.known: dict[tuple[int, str], set[str]] = defaultdict(set)  # from other pages

    def at(self, address: str, status: int = 200) -> None:
        self.page.emulate_media(color_scheme="light")
        answer = self.page.goto(address)
        if answer.status != status:
            self.wrong.append(f"{address} answers {answer.status}, not {status}")
        self.as_it_is(address)

    def as_it_is(self, name: str) -> None:
        self.settling.wait()
        self.page.evaluate(AXE)
        headings = self.page.locator("h1").count()
        if headings != 1:
            self.wrong.append(f"{name} has {headings} h1")
        for n, dress in enumerate(DRESSES):
            where = self.wear(dress, name)
            self.page.evaluate(WORN, str(dress))
            self.seen += 1
            first = n == 0 or EVERY_DRESS
            asked = {"rules": RULES if first else LOOKS, "sheets": n == 0}
            self.wrong += [f"{where}: {one}" for one in self.page.evaluate(FINDINGS, asked)]
            if not first:
                self.page.evaluate(SHOWN_FIRST, str(dress))
                asked = {"rules": RULES, "of_others": True, "sheets": False}
                self.wrong += [f"{where}: {one}" for one in self.page.evaluate(FINDINGS, asked)]
        for dress, other in self.between:
            where, known = self.wear(dress, name), self.known[dress]
            self.page.evaluate(WORN, str(dress))
            if new := self.page.evaluate(UNLIKE, [str(dress), str(other), sorted(known)]):
                asked = {"rules": COLOURS, "of_others": True, "sheets": False}
                self.wrong += [f"{where}: {one}" for one in self.page.evaluate(FINDINGS, asked)]
                known.update(new)
        for width in self.widths:
            self.wear((width, "light"), name)

    def wear(self, dress: tuple[int, str], name: str) -> str:
        width, scheme = dress
        where = f"{name} at {width} px, {scheme}"
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=scheme)
        if (beyond := self.page.evaluate(BEYOND)) > 0:
            self.wrong.append(f"{where}: scrolls {beyond} px sideways")
        return where


@pytest.fixture
def look(browser_page, live_server):
    look = Look(browser_page)
    yield look
    assert look.seen > 0
    assert not look.wrong, "\n".join(look.wrong)


def test_the_door_is_for_everybody(look, live_server, complaints):
    look.at(f"{live_server.url}/accounts/login/")
    look.page.locator("[name=login]").fill("nobody")
    look.page.locator("[name=password]").fill("wrong")
    look.page.get_by_role("button", name="Sign in").click()
    look.as_it_is("a refused sign-in")


def test_an_empty_lab_is_for_everybody(look, live_server, sign_in):
    person = make_person()
    make_project(person, "Empty")
    shipped_recipe()
    sign_in(look.page, person)
    if not EVERY_DRESS:
        look.between, look.widths = [], ()
    for path in pages_of_an_empty_lab():
        look.at(live_server.url + path)


def test_a_filled_lab_is_for_everybody(look, live_server, sign_in):
    person = make_person()
    lab = filled_lab(person)
    sign_in(look.page, person)
    for path in pages_of(lab):
        look.at(live_server.url + path)


def test_errors_are_for_everybody(look, live_server, sign_in, complaints):
    complaints.allow("status of 4")
    person = make_person()
    project = make_project(person, "Perovskites")
    batch = make_batch(project, by=person)
    sign_in(look.page, person)
    page, address = look.page, live_server.url
    look.at(f"{address}/b/NC-9999/", 404)
    look.at(f"{address}/plan/?ratio_ca_pb=abc&lead_mmol=0")
    page.goto(f"{address}/lots/new/")
    page.locator("main form").first.evaluate("(form) => { form.noValidate = true; }")
    page.locator("main form button:not([type=button])").last.click()
    look.as_it_is("a bottle without a chemical")
    page.goto(f"{address}/b/{batch.code}/bench/")
    page.locator(".place:visible input[name=value]").first.fill("much")
    page.locator(".place:visible").get_by_role("button", name="Record").first.click()
    page.locator(".place:visible [role=alert]").wait_for()
    look.as_it_is("a bench entry that is no number")
    look.at(f"{address}/b/{batch.code}/bench/load.pbi2/?more=differently")
    page.locator(".place:visible .more summary").click()
    look.as_it_is("the bench with its menu open")

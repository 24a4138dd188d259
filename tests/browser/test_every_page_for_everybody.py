"""Every page in every dress: axe finds nothing, nothing scrolls sideways, the browser complains of nothing.

One session of the browser looks at all pages × widths × colour schemes, in a lab that is filled, in an
empty one, after an error in a form, and where there is nothing.
"""

import os
from collections import defaultdict
from pathlib import Path

import pytest
from playwright.sync_api import Page

from synthesis.services.bench import record_events
from tests.api.lab import make_lab
from tests.browser.settling import Settling
from tests.factories import (
    NANOCRYSTALS,
    entry,
    make_batch,
    make_made_batch,
    make_person,
    make_project,
    shipped_recipe,
)

pytestmark = pytest.mark.django_db(transaction=True)

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# EVERY_DRESS=1 tries every rule at every width in every colour. Else every rule is tried wide and light, narrow and dark
# those that depend on looks, and every one on what did not show before; and in the dresses in between the
# colours of what does not show, or has other colours, in the one before. An empty lab, whose pages are parts of those of
# a filled one, wears no more than those two.
EVERY_DRESS = bool(os.environ.get("EVERY_DRESS"))
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

EMPTY = ["/", "/search/?q=zzz", "/recipes/", f"/plan/?recipe={NANOCRYSTALS}", "/b/", "/lots/"]
EMPTY += [
    "/chemicals/",
    "/chemicals/new/",
    "/chemicals/lead-iodide/",
    "/chemicals/oleic-acid/correct/",
    "/instruments/",
    "/instruments/new/balance/",
    "/measuring/",
    "/measuring/new/",
]
EMPTY += [
    "/d/",
    "/explore/",
    "/history/",
    "/forecast/",
    "/projects/",
    "/tokens/",
    "/me/",
    "/people/",
    "/security/",
    "/lots/new/",
    "/lots/import/",
]
EMPTY += ["/models/sources/", "/notices/"]
EMPTY += ["/recipes/new/", "/models/", "/models/0/", "/forecast/next/", "/suspects/"]
EMPTY += ["/boards/", "/d/new/", "/accounts/password/change/"]
EMPTY += ["/devices/statistics/"]
OTHERS = ["mn-cspbcl3-hot-injection", "free-experiment"]
if EVERY_DRESS:
    OTHERS += ["cspbi3-pbs-seeds", "cspbbr3-benzoyl-bromide"]
EMPTY += [f"/plan/?recipe={slug}" for slug in OTHERS]
EMPTY += [f"/recipes/{slug}/" for slug in OTHERS]
EMPTY += ["/help/", "/help/tutorial/first-batch/", "/help/reference/bench-events/"]
FILLED = [
    "/",
    "/search/?q=NC",
    "/search/?q=recipe",
    "/b/",
    "/lots/",
    "/d/",
    "/explore/?y=devices",
    "/history/",
    "/history/groups/?by=month",
    "/history/columns/",
    "/history/pivot/",
    "/projects/",
    "/files/",
    "/models/sources/",
    "/notices/",
]
OF_ONE = ["/b/{batch}/", "/b/{batch}/bench/", "/b/{batch}/history/", "/b/{batch}/label/"]
OF_ONE += ["/b/{batch}/label/?size=25x10", "/lots/{lot}/label/?size=62x29", "/d/{device}/label/"]
OF_ONE += ["/b/{batch}/sheet/", "/b/{running}/sheet/", "/b/{batch}/report/", "/b/{wordy}/report/"]
OF_ONE += ["/b/{batch}/files/", "/b/{batch}/near/", "/b/{batch}/stability/", "/b/{running}/"]
OF_ONE += ["/d/{device}/", "/d/{device}/measurements/"]
OF_ONE += ["/d/{device}/talk/", "/m/{measurement}/talk/"]
BENCH = ("load.cai2", "load", "degas", "react", "observe_precursor", "air", "finish", "add")
OF_ONE += [f"/b/{{running}}/bench/{place}/" for place in BENCH]
OF_ONE += [
    "/d/{device}/history/",
    "/d/{device}/edit/",
    "/d/{device}/archive/",
    "/d/{device}/p/P1/state/",
]
OF_ONE += ["/d/{device}/p/P1/files/", "/d/{device}/p/new/", "/d/{device}/layers/1/"]
OF_ONE += ["/lots/{lot}/", "/lots/{lot}/correct/", "/lots/{lot}/measured/"]
OF_ONE += [
    "/m/{measurement}/",
    "/m/overlay/?m={measurement}",
    "/models/{model_version}/",
    "/boards/{board}/",
    "/projects/{project}/",
    "/projects/{project}/reanalysis/",
    "/people/{person}/",
    "/projects/{project}/webhooks/",
    "/webhooks/{webhook}/",
]
OF_ONE += ["/recipes/{recipe}/edit/", "/recipes/{recipe}/fork/", "/recipes/{recipe}/changes/"]
OF_ONE += ["/b/{batch}/lineage/", "/lots/{lot}/lineage/", "/d/{device}/lineage/"]
OF_ONE += ["/instruments/{instrument}/", "/instruments/{instrument}/correct/"]
OF_ONE += ["/measuring/{measuring_instrument}/", "/measuring/{measuring_instrument}/correct/"]
OF_ONE += ["/lots/{stock}/", "/lots/{stock}/titrate/"]
OF_ONE += ["/recipes/{recipe}/", "/recipes/{recipe}/geometry/"]
if EVERY_DRESS:  # the longest page by far has tests of its own
    OF_ONE += ["/api/v1/docs/"]
OF_ONE += [
    "/b/{batch}/again/",
    "/b/{wordy}/again/",
    "/b/{wordy}/",
    "/b/{wordy}/history/",
    "/b/compare/?codes={batch},{wordy}",
]
OF_ONE += ["/b/compare/", "/b/compare/?codes={batch},{running}", "/b/compare/?codes={many}"]


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
    for path in EMPTY:
        look.at(live_server.url + path)


def test_a_filled_lab_is_for_everybody(look, live_server, sign_in):
    person = make_person()
    project = make_project(person, "Perovskites")
    lab = make_lab(person, project)
    lab["running"] = make_batch(project, by=person).code
    wordy = make_batch(project, by=person)
    long = "x" * 290  # one word
    said = [entry("note", "", long), entry("deviation", "react", long, reason=long)]
    said += [entry("observation", "observe_precursor", "clear"), entry("skip", "oa", reason=long)]
    assert not record_events(by=person, batch=wordy, events=said).refused
    lab["wordy"] = wordy.code
    more = [make_made_batch(project, by=person, ratio=f"0.{n}").code for n in range(1, 7)]
    lab["many"] = ",".join([lab["batch"], *more])
    sign_in(look.page, person)
    for path in FILLED + [one.format(**lab) for one in OF_ONE]:
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

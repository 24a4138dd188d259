"""A chemist enters chemicals of her own and a Mn:CsPbCl3 recipe, plans and weighs.

The amounts are a trial of ours, not a paper's. At 0.2 mmol Pb, Mn/Pb 1 and Cl/Pb 5 the chlorides bring
0.2 mmol PbCl2 (278.1 g/mol: 55.6 mg), 0.2 mmol MnCl2 (125.84 g/mol: 25.2 mg) and, for the chloride that is
missing, (5 - 2 - 2) · 0.2 mmol oleylammonium chloride (303.96 g/mol: 60.8 mg).
"""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from synthesis.models import Batch, Recipe
from tests.browser.bench import Hand as AtTheBench
from tests.browser.test_every_page_for_everybody import AXE, BEYOND, FINDINGS, RULES
from tests.factories import make_person, make_project

pytestmark = pytest.mark.django_db(transaction=True)

CHEMICALS = (
    ("Plumbous chloride of ours", "PbCl2", ""),
    ("Manganous chloride of ours", "MnCl2", ""),
    ("OlamCl of ours", "C18H38ClN", ""),
    ("Caesium acetate of ours", "CsOAc", ""),
    ("Octadecene of ours", "C18H36", "0.789"),
)
INPUTS = (
    # kind, fields
    ("ratio", {"name": "R, Mn / Pb", "numerator": "Mn", "denominator": "Pb", "default": "1", "minimum": "0", "maximum": "5"}),
    ("ratio", {"name": "Cl / Pb", "numerator": "Cl", "denominator": "Pb", "default": "5", "minimum": "2", "maximum": "15"}),
    ("amount", {"name": "Lead", "default": "0.2"}),
    ("condition", {"name": "Injection temperature", "unit": "°C", "default": "185", "minimum": "160", "maximum": "200"}),
)  # fmt: skip
INGREDIENTS = (
    # what, role, rule, other fields
    ("Plumbous chloride of ours", "lead source", "solves", {"solves": "lead_mmol"}),
    ("Manganous chloride of ours", "manganese source", "solves", {"solves": "ratio_mn_pb"}),
    ("OlamCl of ours", "halide source", "solves", {"solves": "ratio_cl_pb"}),
    ("Caesium acetate of ours", "caesium source", "equivalents", {"value": "0.5", "of": "pbcl2"}),
    ("Octadecene of ours", "solvent", "volume_ml", {"value": "5", "at": "0.2", "scales_with": "lead_mmol"}),
)  # fmt: skip
STEPS = (
    ("load", "Load the flask", {}),
    ("degas", "Degas under vacuum", {"p-temperature_c": "110", "p-duration_s": "30"}),
    ("heat", "Heat under nitrogen", {"how-temperature_c": "input:injection_temperature_c"}),
    ("quench", "Into the ice bath", {"p-duration_s": "60"}),
)


class Hand:
    """Does what a person does, and counts: clicks and choices, and fields that are typed."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks, self.typed = page, 0, 0

    def press(self, locator: Locator) -> None:
        locator.click()
        self.clicks += 1

    def choose(self, name: str, value: str) -> None:
        self.page.locator(f"[name='{name}']").select_option(value)
        self.clicks += 1

    def type(self, name: str, text: str) -> None:
        self.page.locator(f"[name='{name}']").fill(text)
        self.typed += 1

    def fill(self, prefix: str, fields: dict[str, str]) -> None:
        for name, text in fields.items():
            place = self.page.locator(f"[name='{prefix}-{name}']")
            if place.evaluate("(field) => field.tagName") == "SELECT":
                self.choose(f"{prefix}-{name}", text)
            else:
                self.type(f"{prefix}-{name}", text)

    def drawn(self) -> None:
        """Wait until everything that was typed is kept."""
        self.page.wait_for_timeout(700)
        self.page.wait_for_load_state("networkidle")


def enter_chemicals(hand: Hand, address: str) -> None:
    page = hand.page
    for name, formula, density in CHEMICALS:
        page.goto(f"{address}/chemicals/new/")
        hand.type("name", name)
        hand.type("formula", formula)
        if density:
            hand.type("density_g_ml", density)
            hand.type("density_source", "label")
        page.wait_for_load_state("networkidle")
        hand.press(page.locator("main form button:not([type=button])").last)
        page.wait_for_url(re.compile(r"/chemicals/(?!new/)[a-z0-9-]+/$"))
        page.wait_for_load_state("networkidle")


def write_recipe(hand: Hand, address: str) -> str:
    page = hand.page
    page.goto(f"{address}/recipes/")
    hand.press(page.get_by_role("link", name="New recipe"))
    hand.type("name", "Mn:CsPbCl3 nanocrystals")
    hand.press(page.get_by_role("button", name="Write it"))
    page.wait_for_url(re.compile(r"/recipes/[a-z0-9-]+/edit/"))
    slug = re.search(r"/recipes/([a-z0-9-]+)/edit/", page.url).group(1)
    for number, (kind, fields) in enumerate(INPUTS):
        hand.press(page.locator(f"button[value='add:inputs:{kind}']"))
        expect(page.locator(f"#inputs-{number}")).to_be_visible()
        hand.fill(f"inputs-{number}", fields)
        hand.drawn()
    for number, (what, role, rule, fields) in enumerate(INGREDIENTS):
        hand.press(page.locator("button[value='add:ingredients']"))
        expect(page.locator(f"#ingredients-{number}-what")).to_be_visible()
        hand.type(f"ingredients-{number}-what", what)
        hand.choose(f"ingredients-{number}-role", role)
        hand.choose(f"ingredients-{number}-rule", rule)
        hand.drawn()
        hand.fill(f"ingredients-{number}", fields)
        hand.drawn()
    for number, (operation, text, fields) in enumerate(STEPS):
        hand.press(page.locator("button[value='add:steps']"))
        expect(page.locator(f"#steps-{number}-operation")).to_be_visible()
        if operation != "load":
            hand.choose(f"steps-{number}-operation", operation)
            hand.drawn()
        hand.type(f"steps-{number}-text", text)
        hand.fill(f"steps-{number}", fields)
        hand.drawn()
    return slug


def test_a_recipe_is_entered_from_nothing_and_its_ratio_is_seen_to_the_label(
    browser_page: Page, live_server, sign_in, complaints
):
    mira = make_person("mira")
    make_project(mira, "Perovskites")
    page, address = sign_in(browser_page, mira), live_server.url
    page.set_default_timeout(15_000)
    page.set_viewport_size({"width": 1440, "height": 900})
    hand = Hand(page)

    enter_chemicals(hand, address)
    slug = write_recipe(hand, address)
    expect(page.locator("#check")).to_contain_text("can be published")
    solved = page.locator("#solved")
    for mass in ("55.6", "25.2", "60.8"):
        expect(solved).to_contain_text(mass)

    # Reload: everything is there; move a step by its handle and back.
    page.reload()
    page.locator("#steps-1 .grip").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#moved")).to_contain_text("is now 1 of 4")
    page.keyboard.press("ArrowDown")
    hand.drawn()
    page.reload()
    keys = [one["key"] for one in Recipe.objects.get(slug=slug).draft.definition["steps"]]
    assert keys == ["load", "degas", "heat", "quench"]

    # A fault is said at its place, and what was typed stays.
    page.locator("[name='inputs-1-default']").fill("2.5")
    expect(page.locator("#check")).to_contain_text("fault")
    expect(page.locator("[name='inputs-1-default']")).to_have_value("2.5")
    page.locator("[name='inputs-1-default']").fill("5")
    expect(page.locator("#check")).to_contain_text("can be published")

    page.evaluate(AXE)
    page.evaluate("scrollTo(0, 0)")
    assert page.evaluate(FINDINGS, {"rules": RULES}) == []
    for width in (1440, 1180, 1024, 768, 641, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(BEYOND) <= 0, f"the editor scrolls sideways at {width} px"
    page.set_viewport_size({"width": 1440, "height": 900})

    hand.type("change_note", "first trial")
    hand.press(page.locator("button[value=publish]"))
    page.wait_for_url(re.compile(rf"/recipes/{slug}/$"))
    written = (hand.clicks, hand.typed)

    # Plan, make, weigh: the ratio is seen under its own name.
    hand.press(page.get_by_role("link", name="Plan a batch"))
    page.wait_for_url(re.compile(r"/plan/"))
    page.wait_for_load_state("networkidle")
    expect(page.locator("main")).to_contain_text(re.compile(r"Mn\s?[:/]\s?Pb"))
    hand.press(page.get_by_role("button", name="Create and open bench").first)
    page.wait_for_url(re.compile(r"/b/NC-\d+/bench/"))
    code = re.search(r"NC-\d+", page.url).group()
    expect(page.locator("header.bar h1")).to_contain_text(re.compile(r"Mn\s?[:/]\s?Pb"))
    bench = AtTheBench(page, address, code)
    for key, mass in (("pbcl2", "55.7"), ("mncl2", "25.0")):
        weigh = page.locator(f'.place[data-kind="weigh"][data-target="{key}"]')
        place = weigh.get_attribute("data-place")
        bench.go(f"{place}/")
        bench.field.fill(mass)
        hand.typed += 1
        hand.press(bench.button("Record"))
        bench.saved()
    # 25.0/125.84 over 55.7/278.1: 0.9919
    bench.go(f"{place}/")
    expect(bench.place.locator("output").first).to_contain_text("0.99")
    for part in ("", "label/"):
        page.goto(f"{address}/b/{code}/{part}")
        page.wait_for_load_state("networkidle")
        expect(page.locator("main")).to_contain_text(re.compile(r"Mn\s?[:/]\s?Pb"))
    assert Batch.objects.get(code=code).quantities.get(
        key="ratio_mn_pb", basis="weighed"
    ).value == pytest.approx(0.9919, abs=0.001)
    print(
        f"\nRecipe from nothing, five chemicals included: {written[0]} clicks and choices, {written[1]} fields"
        f" typed; to the second weighing {hand.clicks} and {hand.typed}."
    )

"""The whole story in a real browser with a real worker: plan, make, measure, build, learn, ask."""

import contextlib
import re

import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as TookTooLong

from labnotebook.demo import files
from labnotebook.records.models import Role
from synthesis.models import Batch
from tests.factories import PASSWORD, join, make_person, make_project, shipped_recipe

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.worker]

WIDTHS = (390, 1024, 1440)
BEYOND = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  return [...document.querySelectorAll("main *")]
    .filter((el) => el.getBoundingClientRect().right > root.clientWidth)
    .map((el) => el.tagName + "." + el.className + " " + el.textContent.trim().slice(0, 30)).slice(0, 8);
}"""
ANALYSED_MS = 45_000  # three methods one after the other, each in a child process of its own


def stays_within(page: Page) -> None:
    """No page scrolls sideways, on the phone, the tablet or the desk."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        beyond = page.evaluate(BEYOND)
        assert not beyond, f"{page.url} scrolls sideways at {width} px: {beyond}"


def go(page: Page, address: str) -> None:
    """Go on when the panels of the page have arrived: htmx complains of what it cannot finish."""
    page.wait_for_load_state("networkidle")
    page.goto(address)


def sign_in_by_form(page: Page, address: str, username: str) -> None:
    page.goto(address)
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def plan(page: Page, address: str) -> str:
    """Type R and the scale; the masses follow while typing. Return the code of the new batch."""
    go(page, f"{address}/plan/")
    ratio = page.locator("#id_ratio_ca_pb")
    ratio.fill("")
    ratio.press_sequentially("0.5")
    scale = page.locator("#id_lead_mmol")
    scale.fill("")
    scale.press_sequentially("0.376")
    table = page.locator(".plan-table")
    expect(table).to_contain_text("173.3")
    expect(table).to_contain_text(re.compile(r"55\.[23]"))
    stays_within(page)
    page.get_by_role("button", name="Create and open bench").first.click()
    page.wait_for_url(re.compile(r"/b/NC-\d+/bench/"))
    return re.search(r"NC-\d+", page.url).group()


def weigh(page: Page, title: str, value: str) -> None:
    """Go to a reagent, type its amount, record it: the bench goes on to the next thing."""
    shown = page.locator(".place:visible")
    expect(shown.get_by_role("heading", level=2)).to_have_text(re.compile(title))
    shown.get_by_role("textbox", name=re.compile("weighed|measured")).fill(value)
    shown.get_by_role("button", name=re.compile("^Record")).click()
    expect(shown.get_by_role("heading", level=2)).not_to_have_text(re.compile(title))


def make(page: Page, code: str) -> None:
    """Weigh, look, time, note; the flask knows its R; finish with a reason for what stays empty."""
    weigh(page, "Octadecene", "10.0")
    weigh(page, r"Weigh\s+PbI2", "173.9")
    expect(page.locator(".place:visible")).to_contain_text("PbI2 173.9 mg")
    weigh(page, r"Weigh\s+CaI2", "55.1")
    stays_within(page)
    address = page.url.split("/bench/")[0]
    go(page, f"{address}/bench/load.cai2/")
    expect(page.locator(".place:visible .r output")).to_contain_text(re.compile(r"0\.4\d|0\.5\d"))
    go(page, f"{address}/bench/air/")
    page.get_by_label("Humidity", exact=True).fill("62")
    page.get_by_role("button", name="Record humidity").click()
    expect(page.locator(".place:visible")).to_contain_text("✓ 62")
    page.get_by_role("textbox", name="Note", exact=True).fill("orange under the lamp")
    page.get_by_role("button", name="Add note").click()
    expect(page.get_by_role("textbox", name="Note", exact=True)).to_have_value("")
    go(page, f"{address}/bench/observe_precursor/")
    page.get_by_role("button", name="Colloidal").click()
    expect(page.get_by_role("button", name="Colloidal")).to_have_attribute("aria-pressed", "true")
    go(page, f"{address}/bench/react/")
    growth = page.locator(".place:visible").get_by_role("textbox", name="Duration")
    growth.fill("5.6")
    growth.press("Enter")
    expect(page.locator(".place:visible")).to_contain_text("✓ 5.6")
    stays_within(page)
    expect(page.locator("#save")).to_have_text("All saved")
    go(page, f"{address}/bench/finish/")
    page.get_by_role("textbox", name=re.compile("not recorded")).fill("volumes as in the recipe")
    page.get_by_role("button", name=f"Finish {code}").click()
    page.wait_for_url(re.compile(rf"/b/{code}/$"))
    expect(page.locator("#plan")).to_contain_text("173.9")
    expect(page.locator("#make")).to_contain_text("orange under the lamp")
    batch = Batch.objects.get(code=code)
    assert batch.state == Batch.State.MADE
    assert str(batch.quench_s.normalize()) == "5.6"
    assert batch.precursor_appearance == "colloidal"
    assert batch.additions.get(key="pbi2").weighed_text.startswith("173.9")
    stays_within(page)


def upload(page: Page, *named: tuple[str, bytes]) -> None:
    page.locator("input[type=file]").first.set_input_files(
        [{"name": name, "mimeType": "text/plain", "buffer": content} for name, content in named]
    )
    button = page.get_by_role("button", name=re.compile("Upload and analyse|Add files"))
    if button.first.is_visible():
        button.first.click()


def accept(page: Page, link: str) -> None:
    """Open a file's page, look, accept."""
    page.get_by_role("link", name=link, exact=True).first.click()
    expect(page.locator("#measurement svg").first).to_be_visible(timeout=ANALYSED_MS)
    stays_within(page)
    page.locator("#verdict form[action$='/accept/'] button").first.click()
    expect(page.locator("#measurement")).to_contain_text(re.compile("accepted", re.IGNORECASE))


def measure(page: Page, address: str, code: str) -> None:
    """Drop three files: their rows go from waiting to done by themselves; accept what is right."""
    go(page, f"{address}/b/{code}/files/")
    upload(
        page,
        ("xrd.csv", files.diffraction("gamma", 12.0, 3)),
        ("pl.csv", files.emission(686.0, 0.034, 3)),
        ("trpl.csv", files.decay(25.0, 3)),
    )
    rows = page.locator("#files tbody tr")
    expect(rows).to_have_count(3)
    expect(page.locator("#files tbody tr[hx-get]")).to_have_count(0, timeout=ANALYSED_MS)
    for row in rows.all():
        expect(row).not_to_contain_text("failed")
    stays_within(page)
    for name in ("xrd.csv", "pl.csv", "trpl.csv"):
        go(page, f"{address}/b/{code}/files/")
        accept(page, name)


def type_plqy(page: Page, address: str, code: str) -> None:
    """PLQY from the sphere; the rates follow from it and the lifetime."""
    go(page, f"{address}/b/{code}/")
    panel = page.locator("#numbers")
    panel.get_by_text("Type a number").click()
    panel.get_by_label("Quantity").select_option("plqy_percent")
    panel.get_by_label("Value").fill("98")
    panel.get_by_role("button", name="Keep the number").click()
    page.wait_for_load_state("networkidle")
    expect(page.locator("#numbers")).to_contain_text("s⁻¹")
    expect(page.locator("#numbers")).to_contain_text("kr")
    expect(page.locator("#numbers")).to_contain_text("knr")
    expect(page.locator("#outcomes")).to_contain_text("98")
    expect(page.locator("#outcomes")).to_contain_text("γ")
    stays_within(page)


def follow(page: Page, link: Locator, leads_to: re.Pattern[str]) -> None:
    """Click a link; once more where the page moved under the pointer while its panels came in."""
    for patience_ms in (3_000, 10_000):
        link.click()
        with contextlib.suppress(TookTooLong):
            page.wait_for_url(leads_to, timeout=patience_ms)
            return
    raise AssertionError(f"the link does not lead to {leads_to.pattern}")


def build(page: Page, address: str, code: str) -> str:
    """A FRET device with four pixels, one of them shorted, and a sweep of the first."""
    go(page, f"{address}/b/{code}/")
    follow(page, page.get_by_role("link", name="Build a device"), re.compile(r"/d/new/"))
    page.locator("input[name=architecture][value=fret]").check()
    page.get_by_label("Or how many").fill("4")
    page.get_by_label("Area of a pixel").fill("4")
    stays_within(page)
    page.locator("main form").get_by_role("button").last.click()
    page.wait_for_url(re.compile(r"/d/D-\d+/"))
    device = re.search(r"D-\d+", page.url).group()
    expect(page.locator("#pixels tbody tr")).to_have_count(4)
    expect(page.locator("#layers")).to_contain_text(code)
    page.locator("#pixels tr", has_text="P4").get_by_role("button", name="Shorted").click()
    expect(page.locator("#pixels tr", has_text="P4").locator(".pill")).to_contain_text("shorted")
    stays_within(page)
    go(page, f"{address}/d/{device}/p/P1/files/")
    upload(page, ("el.csv", files.emission(688.0, 0.034, 5)))
    expect(page.locator("#files tbody tr[hx-get]")).to_have_count(0, timeout=ANALYSED_MS)
    accept(page, "el.csv")  # the sweep's EQE needs the spectrum
    go(page, f"{address}/d/{device}/p/P1/files/")
    page.locator("#id_technique").select_option("jvl")
    upload(page, ("jvl.csv", files.sweep("working", 15.8, 688.0, 5)))
    expect(page.locator("#files tbody tr")).to_have_count(2)
    expect(page.locator("#files tbody tr[hx-get]")).to_have_count(0, timeout=ANALYSED_MS)
    return device


def accept_sweep(page: Page, address: str, device: str) -> None:
    go(page, f"{address}/d/{device}/p/P1/files/")
    accept(page, "jvl.csv")
    go(page, f"{address}/d/{device}/")
    expect(page.locator("main")).to_contain_text(re.compile(r"1[45]\.\d|16"))
    stays_within(page)


def ask(page: Page, address: str, code: str) -> None:
    """The history by phase and EQE, on the page and as CSV."""
    go(page, f"{address}/history/?phase=gamma")
    page.locator("#id_eqe_percent__gte").fill("10")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("main")).to_contain_text(code)
    stays_within(page)
    page.locator("summary", has_text="Export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("CSV")).first.click()
    with open(download.value.path(), encoding="utf-8-sig") as file:
        text = file.read()
    assert code in text
    assert "gamma" in text
    go(page, f"{address}/history/?phase=gamma&eqe_percent__gte=25")
    expect(page.locator("main")).not_to_contain_text(code)


def history_of_the_batch(page: Page, address: str, code: str) -> None:
    go(page, f"{address}/b/{code}/history/")
    expect(page.locator("main")).to_contain_text("mira")
    expect(page.locator("main")).to_contain_text("173.9")
    stays_within(page)


def test_from_plan_to_answer(
    browser_page: Page, live_server, complaints, sign_in, celery_worker_process
):
    """The seven chapters of the product, as one chemist, then a colleague, then a stranger."""
    mira = make_person("mira")
    project = make_project(mira, "Perovskites")
    shipped_recipe()
    page, address = browser_page, live_server.url
    page.set_default_timeout(10_000)

    sign_in_by_form(page, address, "mira")
    expect(page).to_have_url(f"{address}/")
    stays_within(page)
    code = plan(page, address)
    make(page, code)
    measure(page, address, code)
    type_plqy(page, address, code)
    device = build(page, address, code)
    accept_sweep(page, address, device)
    ask(page, address, code)
    history_of_the_batch(page, address, code)

    page.context.clear_cookies()
    sign_in(page, join(project, Role.VIEWER, make_person("vera")))
    go(page, f"{address}/b/{code}/")
    expect(page.locator("#plan")).to_contain_text("173.9")
    expect(page.get_by_role("button", name="Keep the number")).to_have_count(0)

    page.context.clear_cookies()
    sign_in(page, make_person("stefan"))
    complaints.allow("status of 404")
    answer = page.goto(f"{address}/b/{code}/")
    assert answer.status == 404
    expect(page.locator("body")).not_to_contain_text(code)

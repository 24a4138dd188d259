"""What the printer gets: pages of the right size, nothing cut off, codes that a scanner reads."""

import io

import pypdfium2
import pytest
import zxingcpp
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect

from devices.models import Device
from labnotebook.records.history import recorded
from synthesis.models import Chemical, Material, Recipe
from tests.api.lab import make_lab
from tests.factories import make_batch, make_person, make_project

pytestmark = pytest.mark.django_db(transaction=True)

POINT_MM = 25.4 / 72
SIZES = {"62x29": (62, 29), "25x10": (25, 10)}
A4 = (210, 297)
DPI = 300  # of a common label printer
CUT_OFF = """() => {
  const label = document.querySelector(".label"), paper = label.getBoundingClientRect();
  const outside = (r) => r.left < paper.left - 0.5 || r.right > paper.right + 0.5
    || r.top < paper.top - 0.5 || r.bottom > paper.bottom + 0.5;
  return [...label.querySelectorAll("strong, p, svg")].filter((one) => {
    const range = document.createRange();
    range.selectNodeContents(one);
    return [one.getBoundingClientRect(), ...range.getClientRects()].some(outside);
  }).map((one) => one.textContent.slice(0, 60) || one.tagName);
}"""


@pytest.fixture
def lab():
    person = make_person("mira")
    project = make_project(person, "Perovskites")
    made = make_lab(person, project)
    return {**made, "person": person, "planned": make_batch(project, by=person).code}


@pytest.fixture
def printed(browser_page: Page, live_server, sign_in, lab):
    """Open a page of the lab as its owner, and print it to a PDF as its stylesheet asks."""
    sign_in(browser_page, lab["person"])

    def print_it(path: str) -> pypdfium2.PdfDocument:
        browser_page.goto(f"{live_server.url}{path}")
        browser_page.wait_for_load_state("networkidle")
        return pypdfium2.PdfDocument(browser_page.pdf(prefer_css_page_size=True))

    return print_it


def size_mm(page) -> tuple[float, float]:
    left, bottom, right, top = page.get_mediabox()
    return ((right - left) * POINT_MM, (top - bottom) * POINT_MM)


def codes_on(page) -> list[str]:
    picture = page.render(scale=DPI / 72).to_numpy()
    return [code.text for code in zxingcpp.read_barcodes(picture)]


def words_on(page) -> str:
    return " ".join(page.get_textpage().get_text_bounded().split())


def letters_on(page) -> str:
    """Return the text without spaces: a reader of PDFs guesses those between letters."""
    return "".join(page.get_textpage().get_text_bounded().split())


@pytest.mark.parametrize("size", SIZES)
def test_every_label_is_one_page_of_its_size_with_a_code_that_leads_to_it(
    printed, live_server, lab, size
):
    device = lab["device"]
    labels = {
        f"/b/{lab['batch']}/label/": f"/q/{lab['batch']}/",
        f"/lots/{lab['lot']}/label/": f"/q/{lab['lot']}/",
        f"/lots/{lab['stock']}/label/": f"/q/{lab['stock']}/",
        f"/d/{device}/label/": f"/q/{device}/",
        f"/d/{device}/p/P1/label/": f"/d/{device}/p/P1/files/",
    }
    for path, target in labels.items():
        pdf = printed(f"{path}?size={size}")
        assert len(pdf) == 1, path
        assert size_mm(pdf[0]) == pytest.approx(SIZES[size], abs=0.3), path  # one CSS px is 0.26 mm
        assert codes_on(pdf[0]) == [f"{live_server.url}{target}"], path


def test_only_the_label_is_printed(printed, lab):
    words = words_on(printed(f"/b/{lab['batch']}/label/?size=25x10")[0])
    assert words == lab["batch"]


def make_longest(lab) -> None:
    """Give everything that a label says the longest words that its column takes."""
    # By itself: a worker that writes of this person meanwhile waits for the name, holding its batch.
    get_user_model().objects.filter(pk=lab["person"].pk).update(username="Wm" * 75)
    with recorded("test", "the longest there are"):
        Recipe.objects.filter(versions__batches__code=lab["batch"]).update(name="W" * 160)
        chemical = Material.objects.get(code=lab["lot"]).chemical
        Chemical.objects.filter(pk=chemical.pk).update(hazards="Mutagenic, " * 27)
        said = {"name": "W" * 120, "formula": "(CaI2)" * 13, "supplier": "M" * 120}
        Material.objects.filter(code__in=[lab["lot"], lab["stock"]]).update(
            **said, lot_number="8" * 60, expires_date="2030-01-31", opened_date="2026-11-03"
        )
        device = Device.objects.filter(code=lab["device"])
        device.update(name="W" * 120)
        device.get().layers.update(material_name="W" * 60)


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut_off_however_long_it_is(printed, browser_page, lab, size):
    make_longest(lab)
    for path in (
        f"/b/{lab['batch']}/label/",
        f"/lots/{lab['lot']}/label/",
        f"/lots/{lab['stock']}/label/",
        f"/d/{lab['device']}/label/",
        f"/d/{lab['device']}/p/P1/label/",
    ):
        pdf = printed(f"{path}?size={size}")
        assert len(pdf) == 1, path
        browser_page.emulate_media(media="print")
        assert browser_page.evaluate(CUT_OFF) == [], path
        browser_page.emulate_media(media="null")
    assert ("W" * 20 in words_on(pdf[0])) == (size == "62x29")


def test_the_papers_batch_is_one_a4_page_with_all_its_rows(printed, live_server, lab):
    for code in (lab["planned"], lab["batch"]):
        pdf = printed(f"/b/{code}/sheet/")
        assert len(pdf) == 1
        assert size_mm(pdf[0]) == pytest.approx(A4, abs=0.3)
        assert codes_on(pdf[0]) == [f"{live_server.url}/q/{code}/"]
        letters = letters_on(pdf[0])
        for foot in (f"{code}·γ-CsPbI", "version1", "1of1"):
            assert foot in letters
        for said in ("Octadecene", "Cs-oleate", "Keepundervacuum.", "Dispersetheprecipitate"):
            assert said in letters
        assert letters.index("Signature") > letters.index("Notes")


@pytest.mark.parametrize("sentences", [11, 20, 33])
def test_a_longer_sheet_goes_on_and_cuts_no_row(printed, lab, sentences):
    batch = make_batch(make_project(lab["person"], "Long"), by=lab["person"])
    numbered = [f"({n}) Stir and look at it." for n in range(1, sentences + 1)]
    with recorded("test", "a recipe of many words"):
        batch.step_runs.update(text=" ".join(numbered))
    pages = [letters_on(page) for page in printed(f"/b/{batch.code}/sheet/")]
    assert len(pages) > 1
    for number, letters in enumerate(pages, start=1):
        assert f"{number}of{len(pages)}" in letters
        assert batch.code in letters
        # each row that begins on a page ends on it
        assert letters.count("(1)Stir") == letters.count(f"({sentences})Stir")
    assert sum(letters.count("(1)Stir") for letters in pages) == batch.step_runs.count()


def test_the_page_of_the_report_prints_on_a4_with_its_foot(printed, lab):
    pdf = printed(f"/b/{lab['batch']}/report/")
    assert len(pdf) > 1
    for number, page in enumerate(pdf, start=1):
        assert size_mm(page) == pytest.approx(A4, abs=0.3)
        assert f"{number}of{len(pdf)}" in letters_on(page)
        assert lab["batch"] in letters_on(page)


def test_the_report_is_handed_out_as_a_pdf(browser_page, live_server, sign_in, lab):
    sign_in(browser_page, lab["person"])
    browser_page.goto(f"{live_server.url}/b/{lab['batch']}/report/")
    with browser_page.expect_download() as download:
        browser_page.get_by_role("link", name="Download as PDF").click()
    assert download.value.suggested_filename == f"{lab['batch']}-report.pdf"
    with open(download.value.path(), "rb") as file:
        pdf = pypdfium2.PdfDocument(io.BytesIO(file.read()))
    assert lab["batch"] in words_on(pdf[0])


def test_the_button_opens_the_browsers_own_dialog(browser_page, live_server, sign_in, lab):
    sign_in(browser_page, lab["person"])
    browser_page.goto(f"{live_server.url}/b/{lab['batch']}/sheet/")
    browser_page.evaluate("() => { window.print = () => { document.title = 'asked to print'; }; }")
    browser_page.get_by_role("button", name="Print").click()
    expect(browser_page).to_have_title("asked to print")

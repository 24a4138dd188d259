"""A chemist uploads a micrograph: its scale is in the file, its particles are outlined, the size is accepted."""

import pytest
from playwright.sync_api import Page, expect

from analysis.models import Outcome
from tests.analysis.factories import run_jobs
from tests.analysis.techniques.files.instrument_files import tiff
from tests.analysis.techniques.tem.particles import crystals, rendered

pytestmark = pytest.mark.django_db(transaction=True)

NM_PER_PIXEL = 0.43


def test_a_micrograph_is_uploaded_sized_and_accepted(
    browser_page: Page, live_server, sign_in, person, batch
):
    drawn = rendered(crystals(1, 14, 28, 0.1), seed=1, side=280)
    scaled = tiff(
        100 * drawn.grey,
        description="ImageJ=1.54f\nunit=nm\n",
        x_resolution=1 / NM_PER_PIXEL,
        y_resolution=1 / NM_PER_PIXEL,
        resolution_unit=1,
    )
    sign_in(browser_page, person)
    browser_page.goto(f"{live_server.url}/b/{batch.code}/files/")
    browser_page.get_by_label("Technique").select_option("tem")
    browser_page.get_by_label("Instrument files").set_input_files(
        {"name": "grid 3.tif", "mimeType": "image/tiff", "buffer": scaled}
    )
    browser_page.get_by_role("button", name="Upload and analyse").click()
    browser_page.get_by_role("link", name="grid 3.tif").wait_for()
    run_jobs("analyse")
    browser_page.get_by_role("link", name="grid 3.tif").click()
    found = browser_page.locator("#verdict")
    expect(found).to_contain_text("Mean diameter")
    expect(found).to_contain_text(f"{len(drawn.sizes_px)} particles")
    outlines = browser_page.locator(".outlined svg path")
    expect(outlines.first).to_be_attached()
    picture = browser_page.locator(".outlined img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 280)
    here, there = picture.bounding_box(), browser_page.locator(".outlined svg").bounding_box()
    assert here == there  # each outline lies on its particle
    found.get_by_role("button", name="Accept").click()
    expect(browser_page.get_by_text("the numbers now stand for")).to_be_visible()
    size = Outcome.objects.get(batch=batch, quantity="size_nm")
    true_nm = NM_PER_PIXEL * drawn.sizes_px.mean()
    assert abs(float(size.value) - true_nm) < 2 * float(size.uncertainty)

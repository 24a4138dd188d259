"""A chemist says once which column is what, and the next file of that kind is read by itself."""

import pytest
from playwright.sync_api import Page, expect

from analysis.models import ColumnMapping
from analysis.services.measurements import add_measurement
from tests.analysis.factories import make_pixel, run_jobs, upload
from tests.analysis.test_say_which_column_is_what import sweep

pytestmark = pytest.mark.django_db(transaction=True)


def test_columns_are_said_once_and_the_next_file_is_read(
    browser_page: Page, live_server, sign_in, person, project
):
    pixel = make_pixel(project)
    first = add_measurement(
        by=person, subject=pixel, technique="jvl", upload=upload(sweep(7), "a.csv")
    )
    run_jobs("analyse")
    sign_in(browser_page, person)
    browser_page.goto(f"{live_server.url}/m/{first.pk}/")
    stopped = browser_page.get_by_role("region", name="Where reading stopped")
    expect(stopped).to_contain_text("Nr;Kanal A;Kanal B;Kanal C")
    for label, head in (
        ("Column 2, “Kanal A”", "voltage (V)"),
        ("Column 3, “Kanal B”", "current density (mA/cm2)"),
        ("Column 4, “Kanal C”", "luminance (cd/m2)"),
    ):
        stopped.get_by_label(label).fill(head)
    expect(stopped.get_by_label("Remember it")).to_be_checked()
    stopped.get_by_role("button", name="Read it so").click()
    browser_page.get_by_text("waiting").first.wait_for()
    run_jobs("analyse")
    found = browser_page.locator("#verdict")
    expect(found.get_by_text("Turn-on", exact=False).first).to_be_visible()
    expect(stopped).to_be_hidden()
    assert ColumnMapping.objects.get().columns.startswith("- | voltage")

    files = f"{live_server.url}/d/{pixel.device.code}/p/{pixel.label}/files/"
    browser_page.goto(files)
    browser_page.get_by_label("Technique").select_option("jvl")
    browser_page.get_by_label("Instrument files").set_input_files(
        {"name": "b.csv", "mimeType": "text/csv", "buffer": sweep(12)}
    )
    browser_page.get_by_role("button", name="Upload and analyse").click()
    browser_page.get_by_role("link", name="b.csv").wait_for()
    run_jobs("analyse")
    browser_page.get_by_role("link", name="b.csv").click()
    expect(found.get_by_text("Turn-on", exact=False).first).to_be_visible()
    expect(browser_page.get_by_text("as was said of an earlier file")).to_be_visible()

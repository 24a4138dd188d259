"""Curves looked at in a real browser: over one another, by keys, a range left out by drag, and taken home."""

import re

import pytest
from playwright.sync_api import Page, expect

from analysis.models import Analysis
from analysis.services.measurements import add_measurement
from tests.analysis.factories import pl_file, run_jobs, upload

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def spectra(person, batch):
    """Two spectra of one batch, read."""
    made = [
        add_measurement(
            by=person,
            subject=batch,
            technique="pl",
            upload=upload(pl_file(peak), f"{peak:.0f}.csv"),
        )
        for peak in (680.0, 690.0)
    ]
    run_jobs("analyse")
    return made


def taken_home(visitor: Page, name: str) -> str:
    with visitor.expect_download() as download:
        visitor.get_by_role("link", name=name, exact=True).click()
    return download.value.path().read_text()


def test_spectra_are_compared_read_by_keys_mended_and_taken_home(
    browser_page, sign_in, person, batch, spectra, address
):
    visitor = browser_page
    sign_in(visitor, person)
    visitor.goto(f"{address}/b/{batch.code}/files/")
    for one in reversed(spectra):
        visitor.get_by_label(f"Lay {one.file.name} over others").check()
    visitor.get_by_role("button", name="Lay over one another").click()
    expect(visitor).to_have_url(re.compile(r"/m/overlay/\?m=\d+&m=\d+$"))
    chart = visitor.locator("xy-chart[data-ready]")
    expect(chart.get_by_role("button", name=re.compile("^[AB] "))).to_have_count(2)

    # Arrow keys walk along the curve, and what stands there is said politely.
    cursor = chart.get_by_role("slider")
    cursor.focus()
    said = chart.get_by_role("status")
    cursor.press("Home")
    first = said.text_content()
    for _ in range(3):
        cursor.press("PageUp")
    expect(said).not_to_have_text(first)
    expect(said).to_have_attribute("aria-live", "polite")
    place, values = said.text_content().split(": ")
    assert re.fullmatch(r"6\d\d(\.\d)? nm", place)
    assert re.fullmatch(r"A [\d.]+( × 10\S+)?, B [\d.]+( × 10\S+)?", values)
    assert cursor.get_attribute("aria-valuetext") == place

    visitor.get_by_role("link", name="Energy / eV").click()
    visitor.get_by_role("link", name="Staggered").click()
    expect(visitor).to_have_url(re.compile(r"axis=eV&scale=stacked$"))
    figure = taken_home(visitor, "SVG")
    assert 'width="85mm"' in figure
    assert ">Energy / eV</text>" in figure

    # A range dragged over the chart of one of them is left out of a run of its own.
    visitor.get_by_role("link", name=batch.code).first.click()
    expect(chart).to_be_visible()
    chart.get_by_role("button", name="Leave out a range").click()
    over = chart.locator(".u-over").first.bounding_box()
    middle = over["y"] + over["height"] / 2
    visitor.mouse.move(over["x"] + 0.1 * over["width"], middle)
    visitor.mouse.down()
    visitor.mouse.move(over["x"] + 0.2 * over["width"], middle, steps=4)
    visitor.mouse.up()
    field = visitor.get_by_label("Leave out ranges of the axis")
    expect(field).to_have_value(re.compile(r"^6\d\d(\.\d)?–6\d\d(\.\d)?$"))
    visitor.get_by_role("button", name="Run again as v2").click()
    expect(visitor.get_by_text("v2, pl-peak")).to_be_visible()
    run_jobs("analyse")
    expect(
        visitor.get_by_text(re.compile(r"Left out by hand: 6.*nm, \d+ of 360 points"))
    ).to_be_visible()
    low, high = Analysis.objects.get(number=2).parameters["exclude"][0]
    assert 600 < low < high < 680
    table = taken_home(visitor, "Data and fit, CSV")
    assert f"# left out,{low:g} to {high:g}" in table
    assert len(table.splitlines()) > 360

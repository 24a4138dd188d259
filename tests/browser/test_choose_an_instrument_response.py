"""A chemist chooses the response of her counter among the project's decays, and the fit is folded with it."""

import pytest
from playwright.sync_api import Page, expect

from analysis.services.measurements import add_measurement
from tests.analysis.factories import run_jobs, upload
from tests.analysis.test_name_an_instrument_response import (
    T,
    decay_counts,
    response_counts,
    text_of,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_response_is_chosen_and_the_decay_folded_with_it(
    browser_page: Page, live_server, sign_in, person, batch
):
    decay, response = (
        add_measurement(by=person, subject=batch, technique="trpl", upload=upload(content, name))
        for content, name in (
            (text_of(T, decay_counts(T)), "decay.csv"),
            (text_of(T, response_counts(T)), "scatterer.csv"),
        )
    )
    run_jobs("analyse")
    sign_in(browser_page, person)
    browser_page.goto(f"{live_server.url}/m/{decay.pk}/")
    choice = browser_page.get_by_label("Instrument response")
    choice.select_option(label=f"{batch.code}: scatterer.csv ({response.pk})")
    browser_page.get_by_role("button", name="Run again as v2").click()
    browser_page.get_by_text("waiting").first.wait_for()
    run_jobs("analyse")
    verdict = browser_page.get_by_text("convolved with the instrument response")
    expect(verdict.first).to_be_visible()
    expect(browser_page.get_by_role("link", name="scatterer.csv")).to_be_visible()

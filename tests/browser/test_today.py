"""Today counts down what runs in the flasks, by the server's clock."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from synthesis.services.bench import record_events
from tests.factories import entry, make_batch, make_person, make_project, shipped_recipe

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_left_of_a_step_counts_down_on_today_and_in_its_title(
    browser_page, address, sign_in
):
    person = make_person()
    shipped_recipe()
    batch = make_batch(make_project(person, "Perovskites"))
    begun = timezone.now() - timedelta(minutes=20)  # of the 60 min of vacuum
    start = entry("step_start", "degas", at=begun.isoformat())
    record_events(by=person, batch=batch, events=[start])
    page = sign_in(browser_page, person)
    page.clock.install(time=timezone.now() + timedelta(hours=3))  # a tablet with a wrong clock
    page.goto(f"{address}/")
    left = page.locator("time-left")
    expect(left).to_have_text(re.compile(r"^(40:00|39:\d\d) left$"))
    expect(page).to_have_title(re.compile(rf"^(40:00|39:\d\d) {batch.code} · Today"))
    page.clock.fast_forward("45:00")
    expect(left).to_have_text(re.compile(r"^\+[56]:\d\d over$"))

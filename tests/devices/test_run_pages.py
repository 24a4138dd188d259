"""Pages of runs: planned by a form that keeps what was typed, shown side by side."""

import re

import pytest
from django.urls import reverse

from analysis.models import HistoryRow
from devices.models import Device
from labnotebook.records.presentation.plots import NO_PHASE
from synthesis.models import Batch
from tests.devices.factories import make_batch
from tests.devices.test_runs import SPEED, run_of_eight
from tests.synthesis.factories import browser

NEW = "/runs/new/"


def asked(**more):
    said = {"architecture": "fret", "count": "3", "pixel_count": "4", "differs": [SPEED]}
    said |= {f"v-{SPEED}-{n}": f"{n}000" for n in (1, 2, 3)}
    return said | more


def test_a_run_is_planned_from_its_form(lab):
    batch = make_batch(lab.mira, lab.project)
    answer = browser(lab.mira).post(NEW, asked(batch=batch.code, **{"label-2": "B"}))
    run = Batch.objects.get(code="RUN-0001")
    assert answer.headers["Location"] == reverse("devices:run-detail", args=[run.code])
    devices = list(run.substrates.order_by("pk"))
    assert [(one.substrate, one.varied[SPEED]) for one in devices] == [
        ("1", "1000"),
        ("B", "2000"),
        ("3", "3000"),
    ]
    assert {one.layers.get(role="emitter").source_batch for one in devices} == {batch}


def test_what_was_typed_stays_when_a_run_is_refused_and_the_column_says_why(lab):
    answer = browser(lab.mira).post(NEW, asked(**{f"v-{SPEED}-2": "fast", "name": "Speeds"}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="fast"' in page
    assert 'value="Speeds"' in page
    assert "“fast” does not start with a number" in page
    assert not Device.objects.exists()


def test_the_table_follows_what_is_asked_and_keeps_what_was_typed(lab):
    page = browser(lab.mira).get(
        NEW, asked(count="5", shown="fret"), headers={"HX-Request": "true"}
    )
    text = page.content.decode()
    assert len(re.findall(r'name="label-\d"', text)) == 5
    assert f'name="v-{SPEED}-3"' in text
    assert 'value="3000"' in text
    assert 'id="differs"' not in text  # the same stack: its open drawers stay


def test_another_stack_offers_what_may_differ_in_it(lab):
    page = browser(lab.mira).get(
        NEW, asked(architecture="p-i-n", shown="fret"), headers={"HX-Request": "true"}
    )
    text = page.content.decode()
    assert 'value="pei_spin_coat.speed_rpm"' in text
    assert f'name="v-{SPEED}-1"' in text  # this stack has that step too


def test_a_run_shows_its_substrates_its_steps_and_what_they_were_made_from(lab):
    run = run_of_eight(lab)
    page = browser(lab.mira).get(f"/runs/{run.code}/").content.decode()
    for device in run.substrates.all():
        assert f"/d/{device.code}/" in page
    assert "substrates 3, 4, 5" in page
    assert page.count("2000") >= 3
    batch = make_batch(lab.mira, lab.project)
    browser(lab.mira).post(f"/runs/{run.code}/sources/", {"source-ncs": batch.code, "amount": ""})
    assert {d.layers.get(key="ncs").source_batch for d in run.substrates.all()} == {batch}
    refused = browser(lab.mira).post(f"/runs/{run.code}/sources/", {"source-ncs": "NC-9999"})
    assert refused.status_code == 422
    assert "There is no batch and no bottle" in refused.content.decode()


def test_the_record_of_a_run_speaks_of_its_devices_and_of_no_phase(lab):
    run = run_of_eight(lab)
    page = browser(lab.mira).get(f"/b/{run.code}/")
    assert [one.key for one in page.context["chapters"]] == ["make", "build"]
    assert HistoryRow.objects.get(batch=run).phase == NO_PHASE
    device = run.substrates.first()
    assert f"/runs/{run.code}/" in browser(lab.mira).get(f"/d/{device.code}/").content.decode()


def test_a_viewer_sees_a_run_and_no_button_that_writes(lab):
    run = run_of_eight(lab)
    page = browser(lab.viewer).get(f"/runs/{run.code}/").content.decode()
    assert "Start at the bench" not in page
    assert ">Keep<" not in page
    assert browser(lab.stranger).get(f"/runs/{run.code}/").status_code == 404


@pytest.mark.parametrize("page", ["/runs/", NEW])
def test_the_pages_of_runs_open_in_an_empty_lab(lab, page):
    assert browser(lab.mira).get(page).status_code == 200


def test_the_label_of_a_run_leads_to_those_of_its_substrates(lab):
    run = run_of_eight(lab)
    page = browser(lab.mira).get(f"/runs/{run.code}/label/").content.decode()
    for device in run.substrates.all():
        assert f"/d/{device.code}/label/" in page

"""An instrument is calibrated after its files were analysed: their runs are offered again, nothing accepted changes."""

import io
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from analysis.models import Outcome
from analysis.services import analysing, reanalysing
from analysis.services.measurements import add_measurement
from analysis.services.measuring_instruments import (
    add_instrument,
    calibrate,
    correct_instrument,
    name_instrument,
)
from analysis.services.outcomes import accept_analysis
from tests.analysis.factories import address, pl_file, run_jobs, text, upload
from tests.analysis.test_analyse_again_with_a_new_version import again, here
from tests.factories import owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(batch, monkeypatch):
    monkeypatch.setattr(analysing, "run_limited", here)
    run_jobs()
    return owner_of(batch.project)


@pytest.fixture
def fluoromax(by):
    return add_instrument(
        by=by, name="FluoroMax-4", techniques=["pl"], response="as from the maker"
    )


@pytest.fixture
def measured(batch, by, fluoromax):
    """A spectrum of a named instrument and one of none; the number of the first was accepted."""
    rows = [
        add_measurement(
            by=by, subject=batch, technique="pl", upload=upload(pl_file(peak), f"{peak}.csv")
        )
        for peak in (680, 690)
    ]
    name_instrument(by=by, measurement=rows[0], code=fluoromax.code)
    run_jobs("analyse")
    accept_analysis(by=by, analysis=rows[0].analyses.get(), quantities=["pl_peak_nm"])
    return rows


def yesterday() -> date:
    return timezone.localdate() - timedelta(days=1)


def calibrated(by, instrument, u, day=None):
    return calibrate(
        by=by, instrument=instrument, scale="wavelength_nm", u=u, valid_from_date=day or yesterday(), note="Hg lamp",
    )  # fmt: skip


def test_a_calibration_that_is_entered_later_is_offered_with_the_reason_and_changes_nothing_accepted(
    batch, by, fluoromax, measured, client
):
    assert reanalysing.progress(batch.project).stale == 0
    calibrated(by, fluoromax, 1.2)
    before, now = list(Outcome.objects.values()), reanalysing.progress(batch.project)
    said = f"Wavelength scale: ± 1.2 nm ({fluoromax.code}) now, ± 0.3 nm (default) when it was analysed."
    assert (now.stale, now.why) == (1, ((said, 1),))
    client.force_login(by)
    assert said in text(client.get(address("project-reanalysis", batch.project.slug)))
    told = client.get(f"/api/v1/projects/{batch.project.slug}/reanalysis/").json()
    assert told["why"] == [{"sentence": said, "runs": 1}]
    out = io.StringIO()
    call_command("reanalyse", project=batch.project.slug, stdout=out)
    assert f"1 out of date. {said}" in out.getvalue()
    run_jobs("reanalyse")
    old, new = measured[0].analyses.order_by("number")
    peak = {one["quantity"]: one["uncertainty"] for one in new.result["figures"]}["pl_peak_nm"]
    assert peak >= 1.2
    assert (measured[1].analyses.count(), old.accepted_at is not None) == (1, True)
    assert list(Outcome.objects.values()) == before
    assert reanalysing.progress(batch.project).stale == 0  # and is not offered over and over


def test_each_further_calibration_is_another_question_and_one_of_another_day_is_none(
    batch, by, fluoromax, measured
):
    calibrated(by, fluoromax, 1.2)
    assert again(batch.project) == 1
    run_jobs("reanalyse")
    calibrated(by, fluoromax, 0.8, timezone.localdate())
    assert again(batch.project) == 1
    run_jobs("reanalyse")
    assert [one.provenance["calibration"]["wavelength_nm"]["u"]
            for one in measured[0].analyses.order_by("number")[1:]] == [1.2, 0.8]  # fmt: skip
    calibrated(
        by, fluoromax, 2.0, yesterday() - timedelta(days=30)
    )  # superseded before it was measured
    assert again(batch.project) == 0


def test_another_response_and_an_instrument_named_later_are_said(batch, by, fluoromax, measured):
    correct_instrument(
        by=by, instrument=fluoromax, version=None, reason="new lamp", response="lamp of May"
    )
    ((said, count),) = reanalysing.progress(batch.project).why
    assert count == 1
    assert said == (
        "Response of the instrument: “lamp of May” now, “as from the maker” when it was analysed."
    )
    assert again(batch.project) == 1
    calibrated(by, fluoromax, 1.2)
    name_instrument(by=by, measurement=measured[1], code=fluoromax.code)
    whys = dict(reanalysing.progress(batch.project).why)
    assert (
        whys[
            f"Wavelength scale: ± 1.2 nm ({fluoromax.code}) now, ± 0.3 nm (default) when it was analysed."
        ]
        == 2
    )

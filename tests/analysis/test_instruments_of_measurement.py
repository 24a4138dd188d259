"""Spectrometers and test benches are records: a figure counts with the calibration of the one that measured it."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from analysis.models import Calibration, Measurement, MeasuringInstrument
from analysis.result import NoResult
from analysis.sandbox import tasks
from analysis.services import analysing
from analysis.services.measurements import add_measurement
from analysis.services.measuring_instruments import (
    add_instrument,
    calibrate,
    calibrations_of,
    correct_instrument,
    name_instrument,
    retire_instrument,
)
from labnotebook.records.permissions import NotPermitted
from labnotebook.records.refusals import PreconditionRequired, Refusal, StaleWrite, WrongState
from labnotebook.records.services import jobs
from tests.analysis.factories import address, make_batch, pl_file, run_jobs, text, upload
from tests.factories import Api, join, owner_of

MAY = date(2026, 5, 3)


@pytest.fixture
def batch(db):
    return make_batch()


@pytest.fixture
def mira(batch):
    return owner_of(batch.project)


@pytest.fixture
def fluoromax(mira):
    return add_instrument(
        by=mira,
        name="FluoroMax-4",
        techniques=["pl", "absorbance"],
        optics="slits 2 nm",
        place="R 12",
    )


@pytest.fixture
def visitor(client, mira):
    client.force_login(mira)
    return client


def test_a_run_takes_the_calibration_of_its_day_and_keeps_which(
    batch, mira, fluoromax, monkeypatch
):
    for day, u in ((date(2026, 1, 5), 1.0), (MAY, 0.1)):
        calibrate(
            by=mira,
            instrument=fluoromax,
            scale="wavelength_nm",
            u=u,
            valid_from_date=day,
            note="Hg",
        )

    def of(moment):
        return add_measurement(
            by=mira, subject=batch, technique="pl", upload=upload(), performed_at=moment,
            measured_with=fluoromax.code,
        )  # fmt: skip

    before, since, early = (
        of(datetime(2026, *day, 12, tzinfo=UTC)) for day in ((5, 2), (5, 3), (1, 4))
    )
    assert calibrations_of(before)["wavelength_nm"]["u"] == 1.0
    assert calibrations_of(since)["wavelength_nm"]["u"] == 0.1
    assert calibrations_of(early) == {}
    seen = []
    monkeypatch.setattr(
        analysing, "run_limited", lambda task, payload, **_: seen.append(payload) or _refuse()
    )
    run_jobs("analyse")
    assert seen[0]["calibration"]["wavelength_nm"]["u"] == 1.0
    kept = before.analyses.get().provenance["calibration"]["wavelength_nm"]
    assert kept == {"u": 1.0, "by": fluoromax.code, "valid_from_date": "2026-01-05"}


def _refuse():
    raise NoResult("not run in this test")


def test_the_sandbox_hands_the_calibration_to_the_method(tmp_path):
    file = tmp_path / "pl.csv"
    file.write_bytes(pl_file())
    payload = {
        "path": str(file), "sha256": upload().writer.digest.hexdigest(), "filename": "pl.csv",
        "technique": "pl", "method": "pl-peak",
        "calibration": {"wavelength_nm": {"u": 2.0, "by": "MI-0007", "valid_from_date": "2026-05-03"}},
    }  # fmt: skip
    (found,) = [
        one
        for one in tasks.analyse(payload)["result"]["figures"]
        if one["quantity"] == "pl_peak_nm"
    ]
    assert found["uncertainty"] > 2
    assert "(MI-0007)" in found["note"]


def test_a_calibration_that_stands_is_corrected_with_a_reason_by_who_saw_it(mira, fluoromax):
    said = {"by": mira, "instrument": fluoromax, "scale": "wavelength_nm", "valid_from_date": MAY}
    first = calibrate(**said, u=0.1, note="Hg")
    assert calibrate(**said, u=0.1, note="Hg").version == 1  # the same again changes nothing
    for change, how, refusal in (
        ({"u": 0.2, "note": "Hg"}, {}, WrongState),
        ({"u": 0.1, "note": "Ne"}, {}, WrongState),
        ({"u": 0.2}, {"reason": "read wrongly"}, PreconditionRequired),
        ({"u": 0.2}, {"reason": "read wrongly", "seen": ['"calibration-0-1"']}, StaleWrite),
    ):
        with pytest.raises(refusal, match=r"± 0.1 nm \(Hg\) stands for .* from 3 May 2026 on"):
            calibrate(**said, **change, **how)
    calibrate(**said, u=0.2, reason="read wrongly", seen=[first.etag])
    with pytest.raises(StaleWrite):
        calibrate(**said, u=0.1, reason="no, it was right", seen=[first.etag])
    assert [(one.u, one.note) for one in fluoromax.calibrations.all()] == [(0.2, "")]


def test_an_instrument_is_retired_once(mira, fluoromax):
    retired = retire_instrument(by=mira, instrument=fluoromax, reason="sold")
    with pytest.raises(WrongState, match=r"was retired on .* already: sold"):
        retire_instrument(by=mira, instrument=fluoromax, reason="broken")
    fluoromax.refresh_from_db()
    assert (fluoromax.retired_at, fluoromax.retired_reason) == (retired.retired_at, "sold")


def test_nonsense_is_refused_in_words(batch, mira, fluoromax):
    said = {
        "by": mira,
        "instrument": fluoromax,
        "scale": "wavelength_nm",
        "u": 0.1,
        "valid_from_date": MAY,
    }
    for wrong, says in (
        ({"scale": "luminance_percent"}, "has no scale"),
        ({"u": 0.0}, "No scale is exact"),
        ({"u": float("nan")}, "No scale is exact"),
        ({"valid_from_date": timezone.localdate() + timedelta(days=1)}, "still to come"),
    ):
        with pytest.raises(Refusal, match=says):
            calibrate(**{**said, **wrong})
    for wrong, says in (
        ({"techniques": ["magic"]}, "no technique"),
        ({"techniques": []}, "at least one"),
    ):
        with pytest.raises(Refusal, match=says):
            add_instrument(by=mira, name="X", **wrong)
    measurement = add_measurement(by=mira, subject=batch, technique="trpl", upload=upload())
    for code, says in (("MI-9999", "no instrument MI-9999"), (fluoromax.code, "not trpl")):
        with pytest.raises(Refusal, match=says):
            name_instrument(by=mira, measurement=measurement, code=code)
    retire_instrument(by=mira, instrument=fluoromax, reason="sold")
    with pytest.raises(Refusal, match="is retired: sold"):
        add_measurement(
            by=mira, subject=batch, technique="pl", upload=upload(), measured_with=fluoromax.code
        )


def test_the_database_keeps_the_promises(mira, fluoromax):
    for row in (
        MeasuringInstrument(code="MI-0900", name="X", techniques=[], created_by=mira),
        Calibration(instrument=fluoromax, scale="x", u=0, valid_from_date=MAY, created_by=mira),
        Calibration(
            instrument=fluoromax, scale="x", u=np.inf, valid_from_date=MAY, created_by=mira
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_a_correction_says_why_and_is_never_stale(batch, mira, fluoromax):
    viewer = join(batch.project, "viewer")
    with pytest.raises(NotPermitted):
        calibrate(by=viewer, instrument=fluoromax, scale="wavelength_nm", u=1, valid_from_date=MAY)
    told = {"by": mira, "instrument": fluoromax, "place": "R 13"}
    for nothing in (" ", "."):
        with pytest.raises(Refusal, match="Say why"):
            correct_instrument(**told, version=1, reason=nothing)
    assert correct_instrument(**told, version=1, reason="moved").place == "R 13"
    with pytest.raises(StaleWrite):
        correct_instrument(**told, version=1, reason="moved again")


# --- by page and API


def test_the_pages_enter_calibrate_correct_and_retire(visitor, mira):
    assert "± 0.3 nm" in text(visitor.get(address("measuring-list")))
    sent = {"name": "FluoroMax-4", "techniques": ["pl"], "optics": "slits 2 nm"}
    made = visitor.post(address("measuring-new"), sent)
    code = MeasuringInstrument.objects.get().code
    here = address("measuring-detail", code)
    assert made.url == here
    assert "not calibrated here, so it counts as ± 0.3 nm" in text(visitor.get(here))
    wrong = visitor.post(
        here, {"scale": "wavelength_nm", "u": "0", "valid_from_date": "2026-05-03"}
    )
    assert wrong.status_code == 422
    calibration = {
        "scale": "wavelength_nm",
        "u": "0,12",
        "valid_from_date": "2026-05-03",
        "note": "Hg lamp",
    }
    assert visitor.post(here, calibration).status_code == 302
    shown = text(visitor.get(here))
    assert "± 0.12 nm" in shown
    assert "Hg lamp" in shown
    other = {**calibration, "u": "0.2"}
    refused = visitor.post(here, other)
    assert refused.status_code == 422
    assert "± 0.12 nm (Hg lamp) stands" in text(refused)
    assert "Why is it corrected?" in text(refused)
    other |= {"corrects": Calibration.objects.get().etag, "reason": "read wrongly"}
    assert visitor.post(here, other).status_code == 302
    assert "± 0.2 nm" in text(visitor.get(here))
    correct = address("measuring-correct", code)
    assert (
        visitor.post(
            correct, {**sent, "place": "R 12", "version": "1", "reason": "seen"}
        ).status_code
        == 302
    )
    assert visitor.post(correct, {**sent, "do": "retire", "reason": "sold"}).status_code == 302
    shown = text(visitor.get(here))
    assert "retired it: sold" in shown
    assert "Enter a calibration" not in shown


def test_a_file_names_its_instrument_on_its_page_and_is_asked_about_the_one_in_its_head(
    visitor, batch, mira, fluoromax
):
    by_page = visitor.post(
        address("batch-files", batch.code),
        {"files": upload_of(pl_file()), "technique": "pl", "measured_with": fluoromax.code},
    )
    assert by_page.status_code == 302
    assert Measurement.objects.get().measured_with == fluoromax
    head = b"# Instrument: fluoromax-4 SN 12\n" + pl_file(680.0)
    other = add_measurement(by=mira, subject=batch, technique="pl", upload=upload(head, "b.csv"))
    jobs.run(other.analyses.get().job_id)
    here = address("measurement-detail", other.pk)
    assert f"choose {fluoromax.code} if that is right" in text(visitor.get(here))
    assert other.measured_with is None  # never silently
    analyse = address("measurement-analyse", other.pk)
    assert visitor.post(analyse, {"measured_with": "MI-9\x00999"}).status_code == 422
    visitor.post(analyse, {"measured_with": fluoromax.code})
    other.refresh_from_db()
    assert other.measured_with == fluoromax
    assert other.analyses.count() == 2


def test_a_page_opened_before_somebody_named_another_instrument_is_refused(
    visitor, batch, mira, fluoromax
):
    measurement = add_measurement(by=mira, subject=batch, technique="pl", upload=upload())
    run_jobs("analyse")
    other = add_instrument(by=mira, name="QuantaMaster", techniques=["pl"])
    name_instrument(by=mira, measurement=measurement, code=other.code)
    here = address("measurement-analyse", measurement.pk)
    left_alone = {"measured_with": "", "measured_with_seen": "", "from_nm": "600"}
    refused = visitor.post(here, left_alone)
    assert refused.status_code == 422
    shown = text(refused)
    assert f"it says {other.code} now, it said none when you chose none" in shown
    assert f'name="measured_with_seen" value="{other.code}"' in shown
    assert f'<option value="{other.code}" selected>' in shown
    measurement.refresh_from_db()
    assert (measurement.measured_with, measurement.analyses.count()) == (other, 1)
    assert visitor.post(here, {**left_alone, "measured_with_seen": other.code}).status_code == 302
    measurement.refresh_from_db()
    assert (measurement.measured_with, measurement.analyses.count()) == (None, 2)


@pytest.mark.parametrize(
    "setting", [{"shape": "round"}, {"from_nm": "99999"}]
)  # by form, by method
def test_a_run_that_is_refused_names_no_instrument(visitor, batch, mira, fluoromax, setting):
    measurement = add_measurement(by=mira, subject=batch, technique="pl", upload=upload())
    run_jobs("analyse")
    sent = {"measured_with": fluoromax.code, "measured_with_seen": "", **setting}
    refused = visitor.post(address("measurement-analyse", measurement.pk), sent)
    assert refused.status_code == 422
    measurement.refresh_from_db()
    assert measurement.measured_with is None
    assert f'<option value="{fluoromax.code}" selected>' in text(refused)  # what was chosen stays
    assert 'name="measured_with_seen" value=""' in text(refused)


def upload_of(content):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("a.csv", content)


def test_the_api_enters_and_names_it(batch, mira):
    api = Api(mira)
    made = api.post("measuring-instruments/", {"name": "D8", "techniques": ["xrd"]}).json()
    code = made["code"]
    said = {"scale": "two_theta_deg", "u": 0.005, "valid_from_date": "2026-05-03", "note": "LaB6"}
    calibrations = f"measuring-instruments/{code}/calibrations/"
    (row,) = api.post(calibrations, said, idempotency_key="k-1").json()["calibrations"]
    assert row == {**said, "etag": row["etag"]}
    corrected = {**said, "u": 0.01, "reason": "half the width was read"}
    refused = api.post(calibrations, {**said, "u": 0.01})
    assert refused.status_code == 409
    assert refused.json()["errors"][0]["field"] == "reason"
    assert api.post(calibrations, corrected).status_code == 428
    assert api.post(calibrations, corrected, if_match=row["etag"]).status_code == 200
    late = api.post(calibrations, said, idempotency_key="k-1")  # the first, sent once more
    assert late.headers["Idempotent-Replayed"] == "true"
    stale = api.post(calibrations, {**corrected, "u": 0.02}, if_match=row["etag"])
    assert (stale.status_code, stale.json()["current"]["u"]) == (412, 0.01)
    assert [one.u for one in Calibration.objects.all()] == [0.01]
    measurement = add_measurement(
        by=mira, subject=batch, technique="xrd", upload=upload(b"1 2\n", "x.xy")
    )
    where = f"measurements/{measurement.pk}/"
    refused = api.post(where + "analyse/", {"measured_with": "MI-9999"})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "measured_with"
    assert api.post(where + "analyse/", {"measured_with": code}).status_code == 201
    assert api.get(where).json()["measured_with"] == code
    none = {"measured_with": ""}
    assert api.post(where + "analyse/", none).status_code == 428
    stale = api.post(where + "analyse/", none, if_match=f'"measurement-{measurement.pk}-1"')
    assert stale.status_code == 412
    assert stale.json()["current"]["measured_with"] == code
    assert api.post(where + "analyse/", {"measured_with": code}).status_code == 201  # says the same
    now = api.get(where).headers["ETag"]
    assert api.post(where + "analyse/", none, if_match=now).status_code == 201
    assert api.get(where).json()["measured_with"] is None

"""A batch that was measured on several days: half-life, days to δ, and what does not compare."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from analysis.quantities import QUANTITIES
from analysis.services.measurements import add_measurement
from analysis.services.stability import stability_of
from labnotebook.records.history import recorded
from tests.analysis.factories import address, text, upload
from tests.factories import make_made_batch, make_person, make_project

pytestmark = pytest.mark.django_db

WAVELENGTHS = np.linspace(640, 740, 51)


@pytest.fixture
def mira():
    return make_person("mira")


@pytest.fixture
def batch(mira):
    return make_made_batch(make_project(mira, "Red LEDs"), by=mira)


def spectrum(height: float) -> list[dict]:
    """Fit and background of a band whose area is 42.6 nm times its height."""
    band = height * np.exp(-0.5 * ((WAVELENGTHS - 686) / 17) ** 2)
    x = WAVELENGTHS.tolist()
    return [
        {"name": "fit", "x": x, "y": (band + 20).tolist()},
        {"name": "background", "x": x, "y": [20.0] * len(x)},
    ]


def measure(
    batch,
    technique,
    day,
    *,
    instrument="FLS 920",
    head=None,
    phase=None,
    curves=(),
    figures=(),
    highest=2.0,
):
    """Add one file of one day, with the result that a worker gave it."""
    by = batch.planned_by
    kept = add_measurement(
        by=by, subject=batch, technique=technique, instrument=instrument,
        performed_at=batch.finished_at + timedelta(days=day), upload=upload(f"{technique} {day} {phase} {instrument} {head}".encode(), f"{technique}.txt"),
    )  # fmt: skip
    run = kept.analyses.get()
    channels = [{"name": n, "unit": u, "label": "", "values": [0.5, highest]} for n, u in (("wavelength", "nm"), ("intensity", "counts"))]  # fmt: skip
    result = {"figures": list(figures), "summary": "", "warnings": [], "phase": phase, "curves": list(curves), "detail": {}}  # fmt: skip
    with recorded("test", "as if by the worker"):
        run.set_fields(
            state="done", result=result, finished_at=timezone.now(),
            reading={"channels": channels, "metadata": {"header": head or {"Excitation slit": "2 nm", "Sample": str(day)}}},
        )  # fmt: skip
    return run


def figure(quantity, value, u=None):
    return {"quantity": quantity, "value": value, "uncertainty": u, "unit": "%", "label": "", "low": None, "high": None, "note": "", "level": ""}  # fmt: skip


def no_delta(limit):
    return [figure("delta_volume_percent", None) | {"high": limit, "note": "not found; upper limit, 95 %"}]  # fmt: skip


def fading(batch):
    for day, height in ((1, 1000), (4, 700), (8, 480), (15, 200)):
        measure(batch, "pl", day, curves=spectrum(height))
    for day, phase in ((1, "gamma"), (8, "mixed"), (15, "delta")):
        measure(batch, "xrd", day, phase=phase, figures=no_delta(3.0))


def test_four_spectra_of_one_instrument_give_a_half_life_and_three_patterns_the_days_to_delta(
    batch,
):
    fading(batch)
    found = stability_of(batch)
    (pl,) = found.series
    # straight lines put the half between day 4 and 8, at 6.6 days after the first
    assert pl.figure.value == pytest.approx(6.6, abs=0.4)
    assert pl.points[0].value == pytest.approx(1000 * 17 * np.sqrt(2 * np.pi), rel=0.01)
    assert pl.how == "FLS 920, excitation slit 2 nm, in counts"
    assert found.day_zero == batch.finished_at
    assert (found.to_delta.low, found.to_delta.high) == pytest.approx((8, 15))
    assert found.remarks == ()
    assert {pl.figure.quantity, found.to_delta.quantity} <= QUANTITIES.keys()


def test_other_settings_and_unnamed_instruments_are_not_compared(batch):
    for day in (0, 3):
        measure(batch, "pl", day, curves=spectrum(1000))
        measure(batch, "pl", day + 10, curves=spectrum(400), head={"Excitation slit": "5 nm"})
    measure(batch, "pl", 20, curves=spectrum(10), instrument="")
    found = stability_of(batch)
    assert [len(one.points) for one in found.series] == [2, 2]
    assert all("three dates or more" in one.refusal for one in found.series)
    assert "1 PL spectra name no instrument" in found.remarks[0]
    assert "not comparable" in found.remarks[1]


def test_normalised_spectra_are_left_out_with_a_remark(batch):
    for day, highest in ((0, 1.0), (3, 100.0), (9, 1.0), (12, 1)):
        measure(batch, "pl", day, curves=spectrum(highest), highest=highest)
    found = stability_of(batch)
    assert found.series == ()
    assert "4 PL spectra are normalised" in found.remarks[0]
    measure(batch, "pl", 15, curves=spectrum(0.4), highest=0.4)
    assert len(stability_of(batch).series[0].points) == 5


def test_settings_that_are_numbers_compare_with_a_tolerance(batch):
    for day, cold in ((0, "-20.1 °C"), (3, "-20.2 °C"), (6, "-19.9 °C"), (9, "-40 °C")):
        measure(batch, "pl", day, curves=spectrum(1000), head={"Detector temperature": cold, "Integration time": f"{1 + day / 1e4} s"})  # fmt: skip
    assert [len(one.points) for one in stability_of(batch).series] == [3, 1]


def test_a_file_that_says_no_settings_is_told_so_in_its_series(batch):
    measure(batch, "pl", 0, curves=spectrum(1000), head={"Sample": "7"})
    assert stability_of(batch).series[0].how == "FLS 920, settings not in the file, in counts"


def test_an_interval_that_stands_alone_is_shown_on_the_page(batch, client, mira):
    for day, height in ((0, 1000), (2, 950), (30, 20)):
        measure(batch, "pl", day, curves=spectrum(height))
    client.force_login(mira)
    shown = text(client.get(address("batch-stability", batch.code)))
    assert "between 2 and 30 d" in " ".join(shown.split())
    told = client.get(f"/api/v1/batches/{batch.code}/stability/").json()["series"][0]["figure"]
    assert (told["value"], told["low"], told["high"]) == (None, pytest.approx(2), pytest.approx(30))


def test_yields_compare_whatever_the_instrument(batch):
    for day, percent, instrument in ((0, 98, "A"), (10, 70, "B"), (20, 40, ""), (30, 20, "A")):
        measure(batch, "plqy", day, instrument=instrument, figures=[figure("plqy_percent", percent, 3.0)])  # fmt: skip
    (series,) = stability_of(batch).series
    assert series.figure.value == pytest.approx(17, abs=1.5)
    assert series.figure.quantity == "plqy_half_life_d"


def test_delta_beside_the_black_phase_is_delta_and_a_rejected_run_counts_for_nothing(batch):
    measure(batch, "xrd", 0, phase="gamma", figures=no_delta(4.0))
    measure(batch, "xrd", 3, phase="gamma", figures=no_delta(9.0))
    measure(batch, "xrd", 5, phase="gamma", figures=[figure("delta_volume_percent", 12.0, 2.0)])
    wrong = measure(batch, "xrd", 6, phase="alpha", figures=no_delta(2.0))
    assert "does not go away" in stability_of(batch).refusal
    with recorded("test", "misread"):
        wrong.set_fields(rejected_at=timezone.now(), rejected_reason="another sample")
    found = stability_of(batch)
    assert (found.to_delta.low, found.to_delta.high) == pytest.approx((3, 5))
    assert [one.delta for one in found.patterns] == [False, False, True]


def test_a_pattern_that_cannot_tell_delta_does_not_count_as_without_it(batch):
    measure(batch, "xrd", 0, phase="gamma", figures=no_delta(3.0))
    measure(batch, "xrd", 2, phase="gamma", figures=no_delta(60.0))
    strong = figure("delta_volume_percent", None) | {"note": "not given: strong lines are unexplained"}  # fmt: skip
    measure(batch, "xrd", 4, phase="gamma", figures=[strong])
    measure(batch, "xrd", 6, phase="gamma")
    measure(batch, "xrd", 8, phase="delta")
    found = stability_of(batch)
    assert [one.delta for one in found.patterns] == [False, None, None, None, True]
    assert "there are 2" in found.refusal
    measure(batch, "xrd", 1, phase="gamma", figures=no_delta(9.9))
    assert "at most 10 % by volume" in stability_of(batch).to_delta.note


def test_a_file_without_a_date_is_left_out_and_one_whose_head_has_it_counts(batch):
    nobody = measure(batch, "xrd", 3, phase="gamma")
    started = batch.finished_at + timedelta(hours=5)
    head = measure(batch, "xrd", 9, phase="gamma", head={"started": started.isoformat()})
    later = {"Date": (nobody.measurement.created_at + timedelta(days=40)).isoformat()}
    clock = measure(batch, "xrd", 8, phase="gamma", head=later)  # runs weeks ahead
    with recorded("test", "nobody knows"):
        for run in (nobody, head, clock):
            run.measurement.set_fields(performed_at=None)
    found = stability_of(batch)
    assert "2 of 3 files say no date" in found.remarks[0]
    assert [one.measurement for one in found.patterns] == [head.measurement_id]
    assert found.patterns[0].day == pytest.approx(5 / 24, abs=1e-4)


def test_the_page_of_the_batch_asks_for_it_and_the_api_says_the_same(
    batch, client, mira, django_assert_max_num_queries
):
    client.force_login(mira)
    page = address("batch-stability", batch.code)
    assert f'hx-get="{page}"' in text(client.get(f"/b/{batch.code}/"))
    assert "three dates or more" in text(client.get(page))
    empty = client.get(f"/api/v1/batches/{batch.code}/stability/").json()
    assert (empty["series"], empty["to_delta"], empty["day_zero"]) == ([], None, None)
    assert "there are 0" in empty["refusal"]
    fading(batch)
    with django_assert_max_num_queries(8):
        shown = text(client.get(page))
    assert "How it keeps" in shown
    assert "<svg" in shown
    assert "FLS 920, excitation slit 2 nm, in counts" in shown
    told = client.get(f"/api/v1/batches/{batch.code}/stability/").json()
    assert told["series"][0]["figure"]["quantity"] == "pl_half_life_d"
    assert [one["phase"] for one in told["patterns"]] == ["gamma", "mixed", "delta"]
    assert told["to_delta"]["high"] == pytest.approx(15)

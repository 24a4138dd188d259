"""A file of several scans: none is taken silently, one is chosen, or each is analysed."""

import re

import numpy as np
import pytest

from analysis.models import Measurement
from analysis.services.measurements import add_measurement
from analysis.services.runs import analyse_again, analyse_every_scan
from labnotebook.records.refusals import NotPermitted, Refusal, WrongState
from tests.analysis.factories import make_batch, run_jobs, upload
from tests.factories import Api, join, owner_of

pytestmark = pytest.mark.django_db

PEAKS = {"batch 12": 660.0, "batch 13": 675.0, "batch 14": 690.0}


def three_samples() -> bytes:
    """One axis, three columns: a Gaussian in wavelength each, so the maxima are the centres."""
    rng = np.random.default_rng(3)
    x = np.arange(600.0, 780.0, 0.5)
    columns = [
        rng.poisson(20 + 20_000 * np.exp(-0.5 * ((x - top) / 14) ** 2)) for top in PEAKS.values()
    ]
    rows = "\n".join(
        "\t".join([f"{a:.1f}", *map(str, ys)]) for a, *ys in zip(x, *columns, strict=True)
    )
    return f"Wavelength (nm)\t{chr(9).join(PEAKS)}\n{rows}\n".encode()


@pytest.fixture
def measurement() -> Measurement:
    batch = make_batch()
    return add_measurement(
        by=owner_of(batch.project),
        subject=batch,
        technique="pl",
        upload=upload(three_samples(), "three.txt"),
    )


@pytest.fixture
def owner(measurement):
    return owner_of(measurement.project)


@pytest.fixture
def read(measurement):
    run_jobs("analyse")
    return measurement


def peak(run) -> float:
    return next(f["value"] for f in run.result["figures"] if f["quantity"] == "pl_peak_nm")


def test_no_figure_is_given_before_a_scan_is_chosen(read):
    run = read.analyses.get()
    assert run.result is None
    assert "holds 3 scans: 1 (batch 12), 2 (batch 13), 3 (batch 14)" in run.failure
    assert "Choose which one" in run.failure
    assert len(run.reading["channels"]) == 4  # and all of them can be looked at


def test_the_chosen_scan_is_analysed_and_the_run_names_it(read, owner):
    run = analyse_again(by=owner, measurement=read, scan="3")
    run_jobs("analyse")
    run.refresh_from_db()
    assert (run.scan, run.state) == ("3", "done")
    assert abs(peak(run) - PEAKS["batch 14"]) < 0.5
    with_settings = analyse_again(by=owner, measurement=read, parameters={"from_nm": 640})
    assert with_settings.scan == "3"  # other settings, the same sample


def test_every_scan_gets_a_run_of_its_own(read, owner):
    runs = analyse_every_scan(by=owner, measurement=read)
    assert analyse_every_scan(by=owner, measurement=read) == runs  # a second tap asks for nothing
    run_jobs("analyse")
    for run, top in zip(runs, PEAKS.values(), strict=True):
        run.refresh_from_db()
        assert abs(peak(run) - top) < 0.5


def test_a_scan_that_the_file_does_not_have_is_refused_with_those_it_has(read, owner):
    with pytest.raises(Refusal, match=r"no scan '4'.*1 \(batch 12\)"):
        analyse_again(by=owner, measurement=read, scan="4")
    assert read.analyses.count() == 1


def test_scans_are_not_known_before_the_file_was_read(measurement, owner):
    with pytest.raises(WrongState, match="Wait until it has been read"):
        analyse_every_scan(by=owner, measurement=measurement)


def test_a_viewer_chooses_nothing(read):
    viewer = join(read.project, "viewer")
    with pytest.raises(NotPermitted):
        analyse_again(by=viewer, measurement=read, scan="2")
    with pytest.raises(NotPermitted):
        analyse_every_scan(by=viewer, measurement=read)


def test_the_api_lists_the_scans_and_analyses_one_or_all(read, owner):
    api = Api(owner)
    said = api.get(f"measurements/{read.pk}/").json()
    assert [one["label"] for one in said["scans"]] == list(PEAKS)
    assert said["figures"] == []
    one = api.post(f"measurements/{read.pk}/analyse/", {"scan": said["scans"][1]["key"]})
    assert (one.status_code, one.json()["scan"]) == (201, "2")
    every = api.post(f"measurements/{read.pk}/analyse/", {"scan": "all"})
    assert [run["scan"] for run in every.json()] == ["1", "2", "3"]
    assert api.post(f"measurements/{read.pk}/analyse/", {"scan": "9"}).status_code == 400
    run_jobs("analyse")
    said = api.get(f"measurements/{read.pk}/").json()
    (figure,) = [f for f in said["figures"] if f["quantity"] == "pl_peak_nm"]
    assert abs(figure["value"] - PEAKS["batch 14"]) < 0.5


def test_the_page_offers_the_scans_and_says_which_one_a_run_used(read, owner, client):
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/m/{read.pk}/").content.decode()
    assert "Which one is meant?" in page
    assert "which scan?" in page
    lines = client.get(f"/m/{read.pk}/data.json").json()["series"]
    assert [line["label"] for line in lines] == list(PEAKS)
    assert re.findall(r'name="scan"\s+value="(\w+)"', page) == ["all", "1", "2", "3"]
    client.post(f"/m/{read.pk}/analyse/", {"v": "1", "scan": "2"})
    run_jobs("analyse")
    page = client.get(f"/m/{read.pk}/").content.decode()
    assert "Which one is meant?" not in page
    assert re.search(r"v2, pl-peak,\s*batch 13", page)
    answer = client.post(f"/m/{read.pk}/analyse/", {"v": "1", "scan": "8"})
    assert answer.status_code == 422

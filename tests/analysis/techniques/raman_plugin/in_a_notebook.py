"""A notebook with the example package installed; `test_a_plugin_is_one_folder` runs this in a process of its own."""

import json

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from analysis.models import Measurement
from tests.analysis.factories import address, make_batch, pl_file, run_jobs, text
from tests.factories import Api, owner_of

pytestmark = pytest.mark.django_db
DIAMOND_PER_CM = 1332.4


def wire_export() -> SimpleUploadedFile:
    """A Lorentzian at diamond's one line over a slope with noise, shifts falling as WiRE writes them."""
    shift = np.arange(1800.0, 900.0, -0.9)
    band = 4000 / (1 + ((shift - DIAMOND_PER_CM) / 4) ** 2)
    counts = np.random.default_rng(3).poisson(band + 200 + 0.02 * shift)
    rows = "\n".join(f"{a:.6f}\t{b:.6f}" for a, b in zip(shift, counts, strict=True))
    return SimpleUploadedFile("NC-1 film.txt", f"#Wave\t\t#Intensity\n{rows}\n".encode())


@pytest.fixture
def batch():
    return make_batch()


@pytest.fixture
def api(batch):
    return Api(owner_of(batch.project))


@pytest.fixture
def page(client, batch):
    client.force_login(owner_of(batch.project))
    return client


@pytest.fixture
def measurement(page, batch):
    sent = {"files": [wire_export()], "technique": "guess"}
    assert page.post(address("batch-files", batch.code), sent).status_code == 302
    run_jobs("analyse")
    return Measurement.objects.get()


def test_a_file_is_guessed_and_analysed(measurement):
    run = measurement.analyses.get()
    assert (measurement.technique, run.state) == ("raman", "done"), run.failure
    (figure,) = run.result["figures"]
    assert figure["value"] == pytest.approx(DIAMOND_PER_CM, abs=0.5)
    assert run.provenance["reader"] == "wire text 1"


def test_it_is_drawn_with_its_band_marked(page, measurement):
    shown = text(page.get(address("measurement-detail", measurement.pk)))
    assert "Raman of" in shown
    assert "Strongest Raman band" in shown
    assert "Intensity against Raman shift" in shown
    chart = page.get(address("measurement-data", measurement.pk)).json()
    assert chart["x"] == {"label": "Raman shift", "unit": "1/cm"}
    assert chart["marks"][0]["x"] == pytest.approx(DIAMOND_PER_CM, abs=0.5)


def test_its_figure_is_accepted_and_asked_for(page, api, batch, measurement):
    run = measurement.analyses.get()
    assert api.post(f"analyses/{run.pk}/accept/", {}).status_code == 200
    ask = "/api/v1/history/?raman_band_per_cm__gte=1332&raman_band_per_cm__lte=1333&columns=code"
    assert [row["code"] for row in api.get(ask).json()["results"]] == [batch.code]
    columns = "/api/v1/history.csv?columns=code,raman_band_per_cm"
    answer = b"".join(api.get(columns).streaming_content).decode()
    assert answer.startswith(
        "code,raman_band_per_cm\r\n" if "\r" in answer else "code,raman_band_per_cm\n"
    )
    assert f"{batch.code},1332." in answer
    typed = {"batch": batch.code, "quantity": "raman_band_per_cm", "value": "1331.9"}
    assert api.post("outcomes/", typed).status_code == 201


def test_the_api_lists_what_it_brings(api):
    techniques = {row["name"]: row for row in api.get("techniques/").json()["results"]}
    assert techniques["raman"]["methods"] == ["raman-band"]
    quantities = {row["name"]: row for row in api.get("quantities/").json()["results"]}
    assert not quantities["raman_band_per_cm"]["of_the_lab"]
    assert '"raman"' in json.dumps(api.get("schema/?format=json").json())


def test_files_of_other_techniques_are_refused_in_words(page, batch):
    there = address("batch-files", batch.code)
    page.post(there, {"files": [wire_export()], "technique": "pl"})
    page.post(there, {"files": [SimpleUploadedFile("pl.csv", pl_file())], "technique": "raman"})
    run_jobs("analyse")
    as_pl, as_raman = (m.analyses.get().failure for m in Measurement.objects.order_by("pk"))
    assert as_pl.startswith("This is a Raman spectrum of WiRE, not a PL spectrum.")
    assert "not a Raman spectrum. Export the spectrum from WiRE as text" in as_raman

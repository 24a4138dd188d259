"""What a file leaves out is asked, said as a setting, and kept with the run."""

import numpy as np
import pytest

from analysis.services.measurements import add_measurement
from labnotebook.records.refusals import Refusal
from tests.analysis.factories import make_batch, run_jobs, upload
from tests.factories import Api, owner_of

pytestmark = pytest.mark.django_db

PEAK_NM = 690.0


def without_a_unit() -> bytes:
    """A Gaussian about 690 nm whose axis is written in ångström; no head says so."""
    x = np.arange(6000.0, 7800.0, 5)
    y = np.round(20 + 20_000 * np.exp(-0.5 * ((x / 10 - PEAK_NM) / 14) ** 2))
    return "\n".join(f"{a:.1f}\t{b:.0f}" for a, b in zip(x, y, strict=True)).encode()


@pytest.fixture
def measurement():
    batch = make_batch()
    made = add_measurement(
        by=owner_of(batch.project),
        subject=batch,
        technique="pl",
        upload=upload(without_a_unit(), "pl.txt"),
    )
    run_jobs("analyse")
    return made


def test_the_unit_of_an_axis_is_asked_and_told(measurement, client):
    owner = owner_of(measurement.project)
    first = measurement.analyses.get()
    assert first.state == "failed"
    assert "x_unit" in first.failure
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/m/{measurement.pk}/").content.decode()
    assert 'name="x_unit"' in page
    assert "as the file says" in page
    client.post(f"/m/{measurement.pk}/analyse/", {"v": "1", "x_unit": "angstrom"})
    run_jobs("analyse")
    run = measurement.analyses.get(number=2)
    assert run.state == "done", run.failure
    assert run.parameters == {"x_unit": "angstrom"}
    peak = next(f["value"] for f in run.result["figures"] if f["quantity"] == "pl_peak_nm")
    assert abs(peak - PEAK_NM) < 1  # another unit would be off by a factor


def test_a_unit_that_the_axis_cannot_have_is_refused_at_once(measurement):
    api = Api(owner_of(measurement.project))
    said = {"parameters": {"x_unit": "furlong"}}
    refused = api.post(f"measurements/{measurement.pk}/analyse/", said)
    assert refused.status_code == 400
    assert "nm, angstrom" in refused.json()["detail"]
    assert measurement.analyses.count() == 1


def test_a_setting_that_the_technique_does_not_have_is_refused(measurement):
    with pytest.raises(Refusal, match="y_unit"):
        add_measurement(
            by=owner_of(measurement.project),
            subject=measurement.batch,
            technique="pl",
            upload=upload(),
            parameters={"y_unit": "mA"},
        )

"""A file by another method of its technique, and what a sweep takes of its pixel by itself."""

import pytest

from analysis.services.outcomes import reject_analysis
from tests.analysis.factories import address, make_pixel, run_jobs, text
from tests.analysis.techniques.angular.test_angular_patterns import ANGLES, cos_power, table
from tests.analysis.test_device_panel import measure, spectrum
from tests.analysis.test_measurement_pages import measured
from tests.factories import make_person, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(db):
    return make_project(make_person("mira"), "Red LEDs")


def several_biases():
    columns = [spectrum(685 + volts).decode().splitlines()[1:] for volts in (3, 4, 5)]
    rows = [
        ",".join([first, *(other.split(",")[1] for other in others)])
        for first, *others in zip(*columns, strict=True)
    ]
    return "\n".join(["Wavelength (nm),3 V,4 V,5 V", *rows]).encode()


def test_a_file_is_run_by_another_method_from_its_page(client, project):
    measurement = measured(make_pixel(project), "el_spectrum", several_biases(), project)
    client.force_login(measurement.uploaded_by)
    page = address("measurement-detail", measurement.pk)
    assert 'name="method" value="el-bias"' in text(client.get(page))
    client.post(address("measurement-analyse", measurement.pk), {"method": "el-bias"})
    run_jobs("analyse")
    shift = {
        f["quantity"]: f["value"] for f in measurement.analyses.latest("number").result["figures"]
    }
    assert shift["el_shift_nm_per_v"] == pytest.approx(1.0, abs=0.02)
    assert 'name="method" value="el-spectrum"' in text(client.get(page))
    refused = client.post(address("measurement-analyse", measurement.pk), {"method": "luck"})
    assert refused.status_code == 422


def sweep():
    rows = "\n".join(f"{v / 4},{(v / 4) ** 2},{(v / 4) ** 2}" for v in range(28))
    return f"Voltage (V),Current density (mA/cm2),Luminance (cd/m2)\n{rows}".encode()


def test_a_sweep_takes_the_angular_pattern_of_its_pixel_by_itself(project):
    pixel = make_pixel(project)
    pattern = measure(pixel, "angular", table(ANGLES, cos_power(1.5)), "p.csv", accept=False)
    spectra = measure(pixel, "el_spectrum", spectrum(688), "el.csv", accept=False)
    analysis = measure(pixel, "jvl", sweep(), "s.csv", accept=False).analyses.get()
    assert (analysis.parameters["angular"], analysis.parameters["el_spectrum"]) == (
        pattern.pk,
        spectra.pk,
    )
    eqe = next(f for f in analysis.result["figures"] if f["quantity"] == "eqe_percent")
    assert "by its angular pattern" in eqe["label"]
    reject_analysis(by=pattern.uploaded_by, analysis=pattern.analyses.get(), reason="off the axis")
    later = measure(pixel, "jvl", sweep() + b"\n", "again.csv", accept=False).analyses.get()
    assert "angular" not in later.parameters

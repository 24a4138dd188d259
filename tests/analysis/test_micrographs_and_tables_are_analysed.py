"""An image, a table of elements and an XPS region: uploaded, analysed by the worker, looked at, accepted."""

import io

import numpy as np
import pytest
from PIL import Image

from analysis.models import Outcome
from analysis.services.measurements import add_measurement
from analysis.services.outcomes import accept_analysis
from analysis.services.runs import analyse_again
from tests.analysis.factories import address, pl_file, run_jobs, text, upload
from tests.analysis.techniques.files.instrument_files import ELEMENTS, tiff
from tests.analysis.techniques.tem.particles import crystals, rendered
from tests.analysis.techniques.xps.regions import lead_4f
from tests.factories import owner_of

pytestmark = pytest.mark.django_db


def kept(batch, technique, content, name):
    by = owner_of(batch.project)
    return add_measurement(by=by, subject=batch, technique=technique, upload=upload(content, name))


def test_each_of_them_becomes_numbers_of_the_batch(client, batch):
    by = owner_of(batch.project)
    client.force_login(by)
    image = 100 * rendered(crystals(1, 14, 28, 0.1), seed=1, side=280).grey
    rows = "\n".join(f"{e:.2f}\t{c:g}" for e, c in zip(*lead_4f(1, 0.05, 20_000), strict=True))
    tem = kept(batch, "tem", tiff(image, dpi=(72, 72)), "NC_TEM.tif")
    eds = kept(batch, "eds", ELEMENTS.encode(), "edx.txt")
    xps = kept(batch, "xps", f"Binding Energy (eV)\tCounts\n{rows}".encode(), "Pb4f.txt")
    run_jobs("analyse")
    asks = text(client.get(address("measurement-detail", tem.pk)))
    assert "does not say its scale" in asks
    analyse_again(by=by, measurement=tem, parameters={"nm_per_pixel": "0.43"})
    run_jobs("analyse")
    for measurement, words in (
        (tem, "Mean diameter"),
        (eds, "Ca/(Ca+Pb)"),
        (xps, "Pb(0) is there"),
    ):
        shown = client.get(address("measurement-detail", measurement.pk))
        assert shown.status_code == 200
        assert words in text(shown)
        assert ("What was outlined" in text(shown)) == (measurement is tem)
        assert client.get(address("measurement-data", measurement.pk)).json()["series"]
        run = measurement.analyses.order_by("number").last()
        accept_analysis(by=by, analysis=run)
    outcomes = {one.quantity: one.value for one in Outcome.objects.filter(batch=batch)}
    assert float(outcomes["size_nm"]) == pytest.approx(12, rel=0.1)
    assert float(outcomes["ratio_ca_pb_product"]) == pytest.approx(7.6, rel=0.1)
    assert float(outcomes["metallic_lead_percent"]) == pytest.approx(5, rel=0.4)
    assert "particle_count" not in outcomes


def test_an_image_that_no_browser_shows_is_handed_out_as_one_it_does(client, batch):
    client.force_login(owner_of(batch.project))
    dark = np.full((60, 80), 1000)
    dark[10:30, 20:50] = 3000
    tem = kept(batch, "tem", tiff(dark), "a.tif")
    run_jobs("analyse")
    where = address("measurement-picture", tem.pk)
    answer = client.get(where)
    assert answer["Content-Type"] == "image/png"
    shown = np.asarray(Image.open(io.BytesIO(answer.content)))
    assert shown.shape == (60, 80)
    assert (shown[dark == 3000] == 255).all()
    assert (shown[dark == 1000] == 0).all()
    again = client.get(where, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    spectrum = kept(batch, "pl", pl_file(), "pl.csv")
    run_jobs("analyse")
    figure = client.get(address("measurement-picture", spectrum.pk))
    assert figure["Content-Type"].startswith("image/svg")

"""What a logged deposition gives the layer that it was dropped on."""

import pytest

from analysis.services.measurements import add_measurement
from analysis.services.outcomes import accept_analysis, reject_analysis
from devices.models import Device, Layer
from devices.services.layers import edit_layer
from labnotebook.records.history import recorded
from labnotebook.records.models import Revision
from labnotebook.records.refusals import WrongState
from tests.analysis.factories import make_batch, pl_file, run_jobs, upload
from tests.factories import Api, owner_of

pytestmark = pytest.mark.django_db

# The crystal counts 0.1 nm/s from 10 s to 210 s: 20 nm, ± 5 % of its tooling factor.
LOG = "Time (s),Rate (A/s),Thickness (A)\n" + "".join(
    f"{t},{1.0 if 10 <= t < 210 else 0.0},{min(max(t - 10, 0), 200)}\n" for t in range(0, 241, 2)
)


@pytest.fixture
def layer():
    batch = make_batch()
    owner = owner_of(batch.project)
    with recorded(owner, "test"):
        device = Device.objects.create(project=batch.project, code="D-0001", built_by=owner)
        return Layer.objects.create(
            device=device,
            index=5,
            role=Layer.Role.ELECTRON_INJECTION,
            material_name="LiF",
            thickness_target_nm=20,
        )


@pytest.fixture
def owner(layer):
    return owner_of(layer.device.project)


def read_log(layer, owner, content=LOG, technique="deposition"):
    measurement = add_measurement(
        by=owner,
        subject=layer,
        technique=technique,
        upload=upload(content if isinstance(content, bytes) else content.encode(), "LiF.csv"),
    )
    run_jobs("analyse")
    run = measurement.analyses.get()
    assert run.state == "done", run.failure
    return run


def thickness_of(layer):
    layer = Layer.objects.get(pk=layer.pk)
    measured, u = layer.thickness_measured_nm, layer.thickness_uncertainty_nm
    return (
        measured if measured is None else float(measured),
        u if u is None else float(u),
        layer.thickness_method,
    )


def test_an_accepted_log_is_the_measured_thickness_of_its_layer(layer, owner, client):
    run = read_log(layer, owner)
    assert thickness_of(layer) == (None, None, "")
    client.force_login(owner)
    shown = client.get(f"/m/{run.measurement_id}/").content.decode()
    assert "Accepting makes the deposited thickness the measured one of D-0001 LiF" in shown
    assert '<a href="/d/" aria-current="true">Devices</a>' in shown
    answer = client.post(
        f"/m/{run.measurement_id}/accept/", {"v": run.number, "version": run.version}
    )
    assert answer.status_code == 302
    measured, u, method = thickness_of(layer)
    assert measured == pytest.approx(20, abs=0.2)
    assert u == pytest.approx(0.05 * 20, rel=0.1)
    assert method == "qcm"
    kept = Revision.objects.filter(table_name="devices_layer", record_id=str(layer.pk)).last()
    assert kept.reason == "thickness from LiF.csv, analysis v1"
    assert "20.0" in client.get("/d/D-0001/").content.decode()
    of_device = Api(owner).get("devices/D-0001/").json()
    assert of_device["layers"][0]["thickness_method"] == "qcm"


def test_accepting_twice_writes_over_nothing_that_was_typed_since(layer, owner):
    run = read_log(layer, owner)
    accept_analysis(by=owner, analysis=run)
    edit_layer(
        by=owner,
        layer=layer,
        version=None,
        thickness_measured_nm="22",
        thickness_method="profilometer",
    )
    accept_analysis(by=owner, analysis=run)
    assert thickness_of(layer)[0] == 22


def test_what_was_measured_on_the_film_itself_stands_before_a_crystal(layer, owner):
    edit_layer(
        by=owner,
        layer=layer,
        version=None,
        thickness_measured_nm="22",
        thickness_method="profilometer",
    )
    with pytest.raises(WrongState, match="by profilometer"):
        accept_analysis(by=owner, analysis=read_log(layer, owner))
    assert thickness_of(layer)[0] == 22


def test_a_rejected_log_takes_its_thickness_back(layer, owner):
    run = read_log(layer, owner)
    accept_analysis(by=owner, analysis=run)
    run.refresh_from_db()
    reject_analysis(by=owner, analysis=run, reason="the crystal was dead")
    assert thickness_of(layer) == (None, None, "")


def test_a_rejected_log_takes_nothing_back_that_it_did_not_give(layer, owner):
    run = read_log(layer, owner)
    accept_analysis(by=owner, analysis=run)
    edit_layer(by=owner, layer=layer, version=None, thickness_measured_nm="21")
    run.refresh_from_db()
    reject_analysis(by=owner, analysis=run, reason="another crystal")
    assert thickness_of(layer)[0] == 21


def test_no_other_number_of_a_file_becomes_one_of_a_layer(layer, owner):
    run = read_log(layer, owner)
    with pytest.raises(WrongState, match="deposited_nm of a deposition log is accepted"):
        accept_analysis(by=owner, analysis=run, quantities=["deposition_rate_nm_s"])
    with pytest.raises(WrongState, match="Other numbers stay with their file"):
        accept_analysis(by=owner, analysis=read_log(layer, owner, pl_file(), "pl"))

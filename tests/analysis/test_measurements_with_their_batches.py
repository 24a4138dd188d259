"""Measurements and their batches in one table: a row per file, nothing of another project."""

import io

import pandas as pd
import pytest

from analysis.services.measurements import add_measurement
from labnotebook.records.services.files import hashed_upload
from tests.api.lab import make_lab
from tests.factories import Api, make_person, make_project


@pytest.fixture
def house(db):
    mira = make_person("mira")
    lab = make_lab(mira, make_project(mira, "Perovskites"))
    stefan = make_person("stefan")
    make_lab(stefan, make_project(stefan, "Secret"))
    return mira, lab


def taken(api, form="parquet", query=""):
    answer = api.get(f"measurements.{form}?{query}")
    assert answer.status_code == 200, answer.content
    return io.BytesIO(b"".join(answer.streaming_content))


def test_a_row_has_the_files_own_figures_and_what_its_batch_is(house):
    mira, lab = house
    table = pd.read_parquet(taken(Api(mira))).set_index("measurement")
    assert set(table.index) == {lab["measurement"], lab["micrograph"]}
    row = table.loc[lab["measurement"]]
    assert (row["technique"], row["subject"], row["subject_code"]) == ("pl", "batch", lab["batch"])
    assert (row["code"], row["phase"], row["ratio_ca_pb"]) == (lab["batch"], "gamma", 0.5)
    # As the lab's worker said; the batch itself has no accepted peak, but an accepted yield.
    assert (row["measured_pl_peak_nm"], row["measured_pl_peak_nm_uncertainty"]) == (686.0, 0.1)
    assert pd.isna(row["pl_peak_nm"])
    assert row["plqy_percent"] == 98
    assert pd.isna(table.loc[lab["micrograph"], "measured_pl_peak_nm"])
    csv = pd.read_csv(taken(Api(mira), "csv", "technique=pl&columns=measurement,file_sha256"))
    assert csv.values.tolist() == [[lab["measurement"], row["file_sha256"]]]


def test_a_devices_file_has_the_batch_of_its_emitter_and_never_one_of_another_project(house):
    mira, lab = house
    from devices.models import Device, Layer

    device = Device.objects.get(code=lab["device"])
    upload = hashed_upload(b"voltage_V,current_mA\n0,0\n3,1\n", "jv.csv")
    made = add_measurement(by=mira, subject=device, technique="jvl", upload=upload)
    query = f"batch={lab['batch']}&columns=measurement,subject_code,code"
    rows = pd.read_csv(taken(Api(mira), "csv", query)).set_index("measurement")
    assert rows.loc[made.pk].tolist() == [device.code, lab["batch"]]
    theirs = Layer.objects.exclude(device=device).exclude(source_batch=None).first().source_batch
    Layer.objects.filter(device=device, source_batch__isnull=False).update(source_batch=theirs)
    text = taken(Api(mira), "csv").getvalue().decode()
    assert str(made.pk) in text
    assert theirs.code not in text


@pytest.mark.parametrize("query", ["columns=nonsense", "phase=gamma"])
def test_what_is_not_known_is_refused(house, query):
    answer = Api(house[0]).get(f"measurements.csv?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] in ("columns", "phase")

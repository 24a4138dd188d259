"""A chemist uploads a file; the worker reads it and finds figures, or says why not."""

import pytest
from django.db import IntegrityError, transaction

from analysis.models import Analysis, Measurement
from analysis.services import analysing
from analysis.services.measurements import add_measurement
from analysis.services.runs import analyse_again
from labnotebook.records.files import blob_path
from labnotebook.records.models import Job, Revision, StoredFile
from labnotebook.records.refusals import NotPermitted, Refusal
from labnotebook.records.services import jobs
from tests.analysis.factories import make_batch, make_pixel, pl_file, run_jobs, upload
from tests.analysis.instruments import own_file, shared_file
from tests.factories import join, make_project, owner_of

pytestmark = pytest.mark.django_db


def add(subject=None, technique="pl", **more):
    subject = subject or make_batch()
    more.setdefault("upload", upload())
    return add_measurement(
        by=owner_of(subject.project), subject=subject, technique=technique, **more
    )


def test_an_upload_waits_with_file_and_job():
    measurement = add()
    analysis = measurement.analyses.get()
    assert (analysis.number, analysis.state, analysis.method) == (1, "waiting", "pl-peak")
    assert analysis.job.input == {"analysis": analysis.pk}
    assert measurement.file.size_bytes == len(pl_file())


def test_the_worker_finds_the_peak_that_was_put_in():
    measurement = add(upload=upload(pl_file(peak_nm=686.0)))  # one Gaussian in energy
    run_jobs("analyse")
    analysis = measurement.analyses.get()
    assert analysis.state == "done", analysis.failure
    figures = {f["quantity"]: f["value"] for f in analysis.result["figures"]}
    assert figures["pl_peak_nm"] == pytest.approx(686.0, abs=0.3)


def test_a_file_that_was_replaced_on_the_disk_gives_no_figure():
    measurement = add(upload=upload(pl_file(peak_nm=672.0)))
    blob = blob_path(measurement.file.sha256)
    blob.chmod(0o600)
    blob.write_bytes(pl_file(peak_nm=650.0))
    run_jobs("analyse")
    analysis = measurement.analyses.get()
    assert analysis.state == "failed"
    assert "The stored file is not what was uploaded" in analysis.failure
    assert analysis.result is None
    assert analysis.reading is None
    blob.unlink()


def test_a_result_says_from_what_it_was_made():
    measurement = add()
    run_jobs("analyse")
    analysis = measurement.analyses.get()
    provenance = analysis.provenance
    assert provenance["file_sha256"] == measurement.file.sha256
    assert provenance["reader"] == analysis.reading["reader"]
    assert provenance["method"] == f"pl-peak {analysis.method_version}"
    assert {"python", "numpy", "scipy"} <= set(provenance["library_versions"])
    assert provenance["attempt"] == 1


def test_the_history_names_the_worker():
    measurement = add()
    run_jobs("analyse")
    revisions = Revision.objects.of(measurement.analyses.get())
    assert [r.actor.split(",")[0] for r in revisions] == [
        owner_of(measurement.project).username,
        "worker",
        "worker",
    ]


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "plot.png", "PNG picture"),
        (b"hello\nworld\n", "note.txt", ""),
        (b"wavelength,counts\n" + b"500,1\n" * 3, "short.csv", ""),
        (b"a,b\n1,\x00\n" * 40, "nul.csv", ""),
        ("Wellenlänge".encode("utf-16") + b"\xff\xfe\xff", "broken.txt", ""),
    ],
)
def test_a_poison_file_fails_its_own_analysis_in_words(content, name, says):
    measurement = add(upload=upload(content, name))
    run_jobs("analyse")
    analysis = measurement.analyses.get()
    assert analysis.state == "failed"
    assert len(analysis.failure) > 20
    assert says in analysis.failure
    assert analysis.job.state == Job.State.FAILED
    assert StoredFile.objects.filter(pk=measurement.file_id).exists()


def test_a_header_with_a_null_character_is_kept_without_it(monkeypatch):

    def answer(task, payload, **limits):
        return {
            "reading": {
                "reader": "test 1",
                "metadata": {"sam\x00ple": "a\x00b\ud800"},
                "channels": [],
                "warnings": [],
            },
            "result": {"figures": [], "summary": "s\x00", "curves": []},
            "method": {"name": "pl-peak", "version": "1"},
            "library_versions": {},
        }

    monkeypatch.setattr(analysing, "run_limited", answer)
    measurement = add()
    run_jobs("analyse")
    assert measurement.analyses.get().reading["metadata"] == {"sample": "ab"}


def test_a_flat_spectrum_fails_and_can_still_be_drawn():
    flat = "wavelength (nm),counts\n" + "\n".join(f"{x},100" for x in range(500, 700))
    measurement = add(upload=upload(flat.encode(), "flat.csv"))
    run_jobs("analyse")
    analysis = measurement.analyses.get()
    assert analysis.state == "failed"
    assert len(analysis.reading["channels"][1]["values"]) == 200


def test_a_job_that_runs_twice_takes_effect_once():
    measurement = add()
    analysis = measurement.analyses.get()
    jobs.run(analysis.job_id)
    first = Analysis.objects.get(pk=analysis.pk)
    Job.objects.filter(pk=analysis.job_id).update(state="queued")  # delivered once more
    jobs.run(analysis.job_id)
    again = Analysis.objects.get(pk=analysis.pk)
    assert again.version == first.version
    assert again.finished_at == first.finished_at


def test_a_finished_analysis_cannot_be_written_over():
    measurement = add()
    run_jobs("analyse")
    with pytest.raises(IntegrityError, match="never written over"), transaction.atomic():
        measurement.analyses.update(result={"figures": []})


def test_other_settings_make_a_second_analysis_and_the_first_stays():
    measurement = add()
    run_jobs("analyse")
    by = owner_of(measurement.project)
    second = analyse_again(by=by, measurement=measurement, parameters={"from_nm": "650,0"})
    assert (second.number, second.parameters) == (2, {"from_nm": 650.0})
    run_jobs("analyse")
    assert list(measurement.analyses.values_list("number", "state")) == [(1, "done"), (2, "done")]


def test_asking_twice_for_the_same_run_gives_the_same_run():
    measurement = add()
    by = owner_of(measurement.project)
    first = analyse_again(by=by, measurement=measurement, parameters={"from_nm": 650})
    assert analyse_again(by=by, measurement=measurement, parameters={"from_nm": 650}) == first
    assert measurement.analyses.count() == 2


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"form_nm": 1}, "form_nm"),
        ({"from_nm": "abc"}, "is not a number"),
        ({"from_nm": 1}, "150 to 5000"),
        ({"shape": "square"}, "not one of"),
        ({"from_nm": float("inf")}, "outside what makes sense"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_in_words(parameters, says):
    measurement = add()
    with pytest.raises(Refusal, match=says):
        analyse_again(
            by=owner_of(measurement.project), measurement=measurement, parameters=parameters
        )
    assert measurement.analyses.count() == 1


def test_nothing_is_kept_of_an_upload_that_is_refused():
    batch = make_batch()
    with pytest.raises(Refusal, match="empty"):
        add(batch, upload=upload(b""))
    assert not Measurement.objects.exists()
    assert not StoredFile.objects.exists()
    assert not Job.objects.filter(kind="analyse").exists()


def test_a_viewer_cannot_upload():
    project = make_project()
    batch = make_batch(project)
    with pytest.raises(NotPermitted, match="editor"):
        add_measurement(by=join(project, "viewer"), subject=batch, technique="pl", upload=upload())


def test_an_unknown_technique_is_refused_with_the_known_ones():
    with pytest.raises(Refusal, match="xrd, pl"):
        add(technique="nmr")


def test_the_area_of_the_pixel_is_used_for_its_sweep():
    pixel = make_pixel(area_mm2="4")
    measurement = add_measurement(
        by=owner_of(pixel.device.project),
        subject=pixel,
        technique="jvl",
        upload=upload(b"voltage (V),current (A),luminance (cd/m2)\n", "p.txt"),
    )
    assert measurement.analyses.get().parameters == {"area_mm2": 4.0}


def test_a_long_trace_is_thinned_but_keeps_its_spike():
    from analysis.curves.thinning import MOST_POINTS, thinned_reading

    values = [0.0] * 50_000
    values[31_415] = 1e6
    channels = [
        {"name": "time", "unit": "ns", "label": "", "values": list(range(50_000))},
        {"name": "counts", "unit": "", "label": "", "values": values},
    ]
    thin = thinned_reading({"channels": channels, "reader": "r 1"})
    lengths = {len(channel["values"]) for channel in thin["channels"]}
    assert len(lengths) == 1
    assert lengths.pop() <= MOST_POINTS
    assert max(thin["channels"][1]["values"]) == 1e6
    assert thin["channels"][0]["values"][-1] == 49_999
    assert thin["points"] == 50_000


@pytest.mark.parametrize(
    ("find", "name", "technique", "quantity", "value"),
    [
        (own_file, "optical/fluoracle_emission.csv", "pl", "pl_peak_nm", 686.0),
        (shared_file, "optical/MAPI_2PACz_EmScan_Fluoracle.csv", "pl", "pl_peak_nm", 773.0),
    ],
)
def test_a_spectrum_gives_its_known_peak(find, name, technique, quantity, value):
    path = find(name)
    measurement = add(technique=technique, upload=upload(path.read_bytes(), path.name))
    run_jobs("analyse")
    analysis = measurement.analyses.get()
    assert analysis.state == "done", analysis.failure
    figures = {f["quantity"]: f["value"] for f in analysis.result["figures"]}
    assert figures[quantity] == pytest.approx(value, rel=0.01)


@pytest.mark.parametrize(
    ("find", "name"),
    [(own_file, "xrd/methylammonium.xy"), (shared_file, "xrd/MAPI_3D_2theta.xy")],
)
def test_a_diffraction_pattern_is_analysed(find, name):
    path = find(name)
    measurement = add(technique="xrd", upload=upload(path.read_bytes(), path.name))
    run_jobs("analyse")
    analysis = measurement.analyses.get()
    assert analysis.state == "done", analysis.failure
    assert analysis.result["summary"]


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_the_real_worker_picks_an_upload_up(celery_worker_process, wait_until):
    measurement = add()
    analysis = measurement.analyses.get()
    wait_until(lambda: Analysis.objects.get(pk=analysis.pk).state == "done", timeout_s=60)


def test_a_fault_of_the_program_is_said_where_the_analysis_failed(monkeypatch):
    measurement = add()
    monkeypatch.setattr(analysing, "run_limited", lambda *_args, **_more: 1 / 0)
    for _ in range(3):
        run_jobs("analyse")
    analysis = measurement.analyses.get()
    assert analysis.state == "failed"
    assert "a fault of its own 3 times (ZeroDivisionError: division by zero)" in analysis.failure
    assert Job.objects.get(kind="analyse").error_class == "ZeroDivisionError"

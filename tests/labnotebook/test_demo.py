"""The demonstration lab: simulated, made through the services, and safe to load twice."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from analysis.models import Analysis, HistoryRow, Measurement, Outcome
from devices.models import Device, Pixel
from labnotebook.demo import files
from labnotebook.records.files import blob_path
from labnotebook.records.models import Job, Project
from labnotebook.records.services.verification import verify_history
from synthesis.models import Batch, BenchEvent, Deviation
from tests.factories import make_person


@pytest.mark.django_db(transaction=True)
def test_the_demonstration_shows_a_lab_and_loads_twice(capsys, monkeypatch):
    owner = make_person("chemist")
    monkeypatch.setattr("labnotebook.demo.lab.LONGEST_WAIT_S", 200.0)  # for a busy machine
    call_command("load_demo")
    assert "Everything in it is simulated" in capsys.readouterr().out
    _look_at_the_lab(owner)
    rows = _counts()
    call_command("load_demo")
    assert "already there" in capsys.readouterr().out
    assert _counts() == rows
    report = verify_history()
    assert report.findings == ()
    assert report.direct_sql == 0


def _counts() -> list[int]:
    return [m.objects.count() for m in (Batch, BenchEvent, Measurement, Analysis, Outcome, Job)]


def _look_at_the_lab(owner):
    project = Project.objects.visible_to(owner).get(slug="demonstration")
    assert "none of it is evidence" in project.description
    assert set(Measurement.objects.values_list("conditions", flat=True)) == {
        "simulated for the demonstration, not measured"
    }
    assert all(outcome.note for outcome in Outcome.objects.filter(analysis=None))
    assert not Analysis.objects.exclude(state=Analysis.State.DONE).exists()
    _look_at_the_batches()
    _look_at_the_devices()


def _look_at_the_batches():
    flasks = HistoryRow.objects.filter(recipe="cspbi3-seed-core-shell")
    assert flasks.count() == 13
    made = flasks.filter(state="made")
    assert {row.ratio_ca_pb for row in made} == {0, 0.25, 0.5, 0.75}
    assert made.exclude(phase="").count() == 5
    for row in made.exclude(phase=""):
        assert row.phase == ("alpha" if row.ratio_ca_pb < 0.5 else "gamma")
        # They are entered after they were made: the forecast is neither right nor wrong about them.
        assert row.forecast_log_score is None
    hydrate = made.get(phase="", ratio_ca_pb=0.5, ratio_ca_pb_weighed__lt=0.45)
    assert hydrate.ratio_ca_pb_weighed == pytest.approx(0.402, abs=0.002)
    assert set(flasks.values_list("state", flat=True)) == {
        "made", "running", "planned", "abandoned",
    }  # fmt: skip
    assert Deviation.objects.filter(severity="major", automatic=False).count() == 1


def _look_at_the_devices():
    assert Device.objects.count() == 2
    assert Pixel.objects.count() == 8
    assert set(Pixel.objects.values_list("state", flat=True)) == {
        "working", "leaky", "shorted", "open", "",
    }  # fmt: skip
    for analysis in Analysis.objects.filter(method="jvl-figures"):
        assert analysis.result["detail"]["suggested_state"] == analysis.measurement.pixel.state
    best = HistoryRow.objects.exclude(eqe_percent=None).values_list("eqe_percent", flat=True)
    assert sorted(best) == pytest.approx([18.4, 21.2], rel=0.05)


@pytest.mark.django_db
def test_a_lab_without_people_has_nobody_to_own_the_demonstration():
    with pytest.raises(CommandError, match="There is nobody"):
        call_command("load_demo")


@pytest.mark.parametrize(
    "content",
    [
        files.emission(686, 0.034, 1),
        files.decay(75, 1),
        files.diffraction("delta", 12, 1),
        files.sweep("leaky", 18, 686, 1),
    ],
    ids=["emission", "decay", "diffraction", "sweep"],
)
def test_every_simulated_file_says_so_in_its_first_line(content):
    assert content.decode().splitlines()[0] == "# Simulated by manage.py load_demo, not measured"
    assert len(content) < 50_000


@pytest.mark.django_db(transaction=True)
def test_an_interrupted_load_leaves_nothing_behind(monkeypatch):
    make_person("chemist")
    monkeypatch.setattr("labnotebook.demo.lab.build_device", _pull_the_plug)
    with pytest.raises(RuntimeError, match="plug"):
        call_command("load_demo")
    assert not Project.objects.filter(slug="demonstration").exists()
    assert not Batch.objects.exists()


def _pull_the_plug(**_):
    raise RuntimeError("plug pulled")


@pytest.mark.django_db(transaction=True)
def test_a_second_run_ends_what_the_first_left_open(monkeypatch):
    make_person("chemist")
    with monkeypatch.context() as patch:
        patch.setattr("labnotebook.demo.lab.jobs.run", lambda job: None)
        patch.setattr("labnotebook.demo.lab.LONGEST_WAIT_S", 0.0)
        call_command("load_demo")
    assert not Outcome.objects.exclude(analysis=None).exists()
    xrd = Measurement.objects.filter(technique="xrd").order_by("pk")
    waiting = Job.objects.exclude(input={"analysis": xrd[0].analyses.get().pk})
    waiting.update(state=Job.State.FAILED)
    call_command("load_demo")
    assert Outcome.objects.exclude(analysis=None).exists()
    assert blob_path(xrd[0].file.sha256).exists()

"""A method gets a new version: what its older one made is analysed again, and nothing accepted changes."""

import io
from functools import cache

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analysis.api import projects
from analysis.models import Analysis, Outcome
from analysis.sandbox import tasks
from analysis.services import analysing, reanalysing
from analysis.services.measurements import add_measurement
from analysis.services.outcomes import accept_analysis
from analysis.services.proposals import proposals
from analysis.views import reanalyses
from labnotebook.records.models import Job
from labnotebook.records.permissions import NotPermitted
from labnotebook.records.services import jobs
from tests.analysis.factories import address, pl_file, run_jobs, text, upload
from tests.factories import join, make_person, make_project, owner_of

pytestmark = pytest.mark.django_db
OLD = "0"  # a version that read every peak 1 nm too high


@cache
def _answer(task: str, payload: str) -> bytes:
    """Do what the child does, here and once for all tests of this file."""
    return orjson.dumps(
        getattr(tasks, task)(orjson.loads(payload)), option=orjson.OPT_SERIALIZE_NUMPY
    )


def here(task, payload, **limits):
    return orjson.loads(_answer(task, orjson.dumps(payload).decode()))


def older(task, payload, **limits):
    answer = here(task, payload)
    answer["method"]["version"] = OLD
    for figure in answer["result"]["figures"]:
        if figure["quantity"] == "pl_peak_nm":
            figure["value"] += 1.0
    return answer


@pytest.fixture
def old_runs(batch, monkeypatch):
    """Two spectra that the old version analysed; the number of the first was accepted."""
    by = owner_of(batch.project)
    run_jobs()
    rows = [
        add_measurement(
            by=by,
            subject=batch,
            technique="pl",
            upload=upload(pl_file(peak), f"{peak}.csv"),
            parameters={"from_nm": "610"} if peak == 690 else {},
        )
        for peak in (680, 690)
    ]
    monkeypatch.setattr(analysing, "run_limited", older)
    run_jobs("analyse")
    accept_analysis(by=by, analysis=rows[0].analyses.get(), quantities=["pl_peak_nm"])
    monkeypatch.setattr(analysing, "run_limited", here)
    return rows


def again(project, **more):
    return reanalysing.start(by=owner_of(project), project=project, **more)


def test_what_an_older_version_made_is_run_again_with_its_settings(batch, old_runs):
    assert reanalysing.progress(batch.project).stale == 2
    assert again(batch.project) == 2
    now = reanalysing.progress(batch.project)
    assert (now.stale, now.waiting, now.ended) == (0, 2, 0)
    assert Analysis.objects.count() == 2  # nothing to see until there is something
    run_jobs("reanalyse")
    now = reanalysing.progress(batch.project)
    assert (now.stale, now.open, now.ended) == (0, 0, 2)
    new = old_runs[1].analyses.get(number=2)
    assert (new.state, new.parameters) == ("done", {"from_nm": 610.0})
    assert new.method_version != OLD
    assert new.asked_by == owner_of(batch.project)
    assert new.provenance["file_sha256"] == old_runs[1].file.sha256


def test_what_was_accepted_stays_and_the_change_is_proposed(batch, old_runs):
    before = list(Outcome.objects.values())
    again(batch.project)
    run_jobs("reanalyse")
    assert list(Outcome.objects.values()) == before
    first, second = proposals(batch.project)
    assert (first.measurement, second.measurement) == (old_runs[0], old_runs[1])
    assert (first.accepted, second.accepted) == (True, False)
    (change,) = first.changes
    assert change.before["value"] - change.after["value"] == pytest.approx(1.0, abs=1e-6)
    assert change.after["value"] == pytest.approx(680, abs=0.3)
    assert change.in_u == pytest.approx(1 / change.before["uncertainty"])
    accept_analysis(by=owner_of(batch.project), analysis=first.after)
    assert [one.measurement for one in proposals(batch.project)] == [old_runs[1]]


def test_asking_again_asks_for_nothing_twice(batch, old_runs):
    assert again(batch.project) == 2
    assert again(batch.project) == 0
    run_jobs("reanalyse")
    assert again(batch.project) == 0
    assert Analysis.objects.count() == 4


def test_what_waits_is_taken_back_and_taken_up_again(batch, old_runs):
    by = owner_of(batch.project)
    again(batch.project)
    begun = Job.objects.filter(kind="reanalyse").first()
    jobs.claim(begun.pk)  # a worker has it
    assert reanalysing.cancel(by=by, project=batch.project) == 1
    now = reanalysing.progress(batch.project)
    assert (now.stale, now.waiting, now.running) == (1, 0, 1)
    assert again(batch.project) == 1
    now = reanalysing.progress(batch.project)
    assert (now.stale, now.waiting, now.running) == (0, 1, 1)


def test_a_file_that_the_new_version_refuses_says_so(batch, old_runs, monkeypatch):
    def refuses(task, payload, **limits):
        raise analysing.NoResult("There is no band above the noise.")

    monkeypatch.setattr(analysing, "run_limited", refuses)
    again(batch.project)
    run_jobs("reanalyse")
    assert {one.said for one in proposals(batch.project)} == {"There is no band above the noise."}
    assert reanalysing.progress(batch.project).stale == 0  # and is not asked over and over


def test_only_the_methods_and_projects_that_are_named(batch, old_runs):
    out = io.StringIO()
    call_command("reanalyse", method=["trpl-decay"], stdout=out)
    assert "0 to be analysed again" in out.getvalue()
    other = make_project(make_person("elsewhere"))
    call_command("reanalyse", project=other.slug, stdout=out)
    assert not Job.objects.filter(kind="reanalyse").exists()
    call_command("reanalyse", "--method", "pl-peak", "--project", batch.project.slug, stdout=out)
    assert Job.objects.filter(kind="reanalyse").count() == 2
    call_command("reanalyse", "--cancel", stdout=out)
    assert "2 taken back" in out.getvalue()
    with pytest.raises(CommandError, match="no method known here"):
        call_command("reanalyse", "--method", "magic", stdout=out)


def test_a_viewer_asks_for_nothing(batch, old_runs):
    viewer = join(batch.project, "viewer")
    with pytest.raises(NotPermitted):
        reanalysing.start(by=viewer, project=batch.project)
    with pytest.raises(NotPermitted):
        reanalysing.cancel(by=viewer, project=batch.project)


def test_the_page_starts_follows_and_proposes(client, batch, old_runs):
    client.force_login(owner_of(batch.project))
    where = address("project-reanalysis", batch.project.slug)
    assert "Analyse them again" in text(client.get(where))
    assert client.post(where, {"do": "start"}).status_code == 302
    part = client.get(where, headers={"HX-Request": "true"})
    assert '<progress id="bar" max="2" value="0">' in text(part)
    assert "<html" not in text(part)
    run_jobs("reanalyse")
    assert client.get(where, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    shown = text(client.get(where))
    assert "?v=2" in shown
    assert "Analyse them again" not in shown


def asked_of(queries):
    """Return how many statements read jobs, and how many read runs."""
    told = [one["sql"] for one in queries.captured_queries]
    return tuple(
        sum(f'FROM "{table}"' in sql for sql in told)
        for table in ("records_job", "analysis_analysis")
    )


def test_a_page_that_is_left_open_asks_for_the_states_of_jobs_alone(client, batch, old_runs):
    client.force_login(owner_of(batch.project))
    where = address("project-reanalysis", batch.project.slug)
    again(batch.project)
    jobs.claim(Job.objects.filter(kind="reanalyse").first().pk)
    with CaptureQueriesContext(connection) as polled:
        part = text(client.get(where, headers={"HX-Request": "true"}))
    assert asked_of(polled) == (1, 0)
    assert "0 of 2" in part
    now = reanalysing.under_way(batch.project)
    assert (now.waiting, now.running, now.ended) == (1, 1, 0)


def test_what_would_change_comes_in_pages(client, batch, old_runs, monkeypatch):
    client.force_login(owner_of(batch.project))
    again(batch.project)
    run_jobs("reanalyse")
    monkeypatch.setattr(reanalyses, "PER_PAGE", 1)
    where = address("project-reanalysis", batch.project.slug)
    first, second = (text(client.get(where, {"page": n})) for n in (1, 2))
    for shown, here, there in ((first, 0, 1), (second, 1, 0)):
        assert address("measurement-detail", old_runs[here].pk) in shown
        assert address("measurement-detail", old_runs[there].pk) not in shown
    assert 'rel="next" href="?page=2"' in first
    monkeypatch.setattr(projects, "MOST_PROPOSED", 1)
    told = client.get(f"/api/v1/projects/{batch.project.slug}/reanalysis/").json()
    assert [one["measurement"] for one in told["proposals"]] == [old_runs[0].pk]
    assert told["more"] == 1


def test_the_api_says_the_same(client, batch, old_runs):
    client.force_login(owner_of(batch.project))
    where = f"/api/v1/projects/{batch.project.slug}/reanalysis/"
    assert client.get(where).json()["stale"] == 2
    asked = client.post(where, {"methods": ["pl-peak"]}, content_type="application/json")
    assert (asked.json()["waiting"], asked.json()["proposals"]) == (2, [])
    taken = client.post(where + "cancel/", {}, content_type="application/json")
    assert (taken.json()["stale"], taken.json()["waiting"]) == (2, 0)
    client.post(where, {}, content_type="application/json")
    with CaptureQueriesContext(connection) as polled:
        jobs_only = client.get(where, {"only": "jobs"}).json()
    assert (jobs_only["waiting"], jobs_only["ended"], jobs_only["stale"]) == (2, 0, None)
    assert asked_of(polled) == (1, 0)
    assert client.get(where, {"only": "all"}).status_code == 400
    run_jobs("reanalyse")
    (first, second) = client.get(where).json()["proposals"]
    assert (first["accepted"], second["accepted"]) == (True, False)
    assert first["changes"][0]["before"]["quantity"] == "pl_peak_nm"


def test_a_thousand_are_asked_for_in_a_few_statements(
    batch, old_runs, django_assert_max_num_queries
):
    with django_assert_max_num_queries(20):
        again(batch.project)


def test_a_background_of_work_keeps_no_upload_waiting(batch, old_runs):
    again(batch.project)
    jobs.ask_many("reanalyse", [({"analysis": 0, "n": n}, None) for n in range(200)])
    fresh = jobs.ask("analyse", {"analysis": 0})
    sent = []
    jobs.sweep(lambda job, queue: sent.append(job))
    assert fresh.pk in sent
    given = Job.objects.filter(kind__in=jobs._background).exclude(sent_at=None)
    assert given.count() == jobs.IN_BACKGROUND  # what a batch asked for before is one of them

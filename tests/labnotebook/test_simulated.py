"""Simulated data say so wherever they are shown, and are evidence for nothing that was measured."""

import csv
import io
import re
from copy import deepcopy

import pytest
from django.core.management import call_command
from django.utils.html import strip_tags

from analysis.history import count, overview
from analysis.history.catalogue import Catalogue
from analysis.history.columns import COLUMNS
from analysis.history.language import read_with
from analysis.services.measured import weighed_and_assigned
from analysis.services.outcomes import type_outcome
from analysis.services.phases import assign_phase
from analysis.views.charts import chart_of, figure_of
from labnotebook.records.models import Project
from labnotebook.records.services.projects import create_project
from synthesis.services.bench import record_events
from tests.api.lab import make_lab
from tests.factories import Api, entry, make_batch, make_made_batch, make_person, make_project

pytestmark = pytest.mark.django_db

WORD = "simulated"


@pytest.fixture(scope="module")
def _labs(made_once):
    person = make_person("olga")
    real = make_lab(person, make_project(person, "Counted"))
    training = create_project(by=person, name="Made up", is_simulated=True)
    return person, real, make_lab(person, training)


@pytest.fixture
def person(request, client, db):
    """Somebody who is signed in: the owner of both labs, where a test asks for one."""
    labs = "real" in request.fixturenames
    person = deepcopy(request.getfixturevalue("_labs")[0]) if labs else make_person("mira")
    client.force_login(person)
    return person


@pytest.fixture
def real(person, _labs):
    """One of everything that was measured."""
    return dict(_labs[1])


@pytest.fixture
def made_up(person, _labs):
    """One of everything that was made up."""
    return dict(_labs[2])


def line_of(page: str, code: str) -> str:
    """Return the row, or the line of a list, that leads to a record."""
    lines = re.findall(r"<(?:tr|li)\b.*?</(?:tr|li)>", page.partition("<main")[2], re.DOTALL)
    found = [line for line in lines if re.search(rf'href="[^"]*/{code}/"', line)]
    assert found, f"no line for {code}"
    return strip_tags(found[0]).lower()


LISTS = {
    "/b/": "batch",
    "/d/": "device",
    "/lots/": "lot",
    "/history/": "batch",
    "/search/?q=NC&only=batches": "batch",
    "/search/?q=D-0&only=devices": "device",
    "/search/?q=calcium&only=materials": "lot",
}


@pytest.mark.parametrize(("address", "kind"), LISTS.items(), ids=LISTS)
def test_each_row_of_a_list_is_marked(client, real, made_up, address, kind):
    page = client.get(address).content.decode()
    assert WORD in line_of(page, made_up[kind])
    assert WORD not in line_of(page, real[kind])


def test_today_marks_what_runs_what_waits_and_what_came_out(client, person, real, made_up):
    training = Project.objects.get(slug=made_up["project"])
    planned, running = make_batch(training, by=person), make_batch(training, by=person)
    record_events(by=person, batch=running, events=[entry("weighing", "pbi2", "173.9 mg")])
    page = client.get("/").content.decode()
    for code in (planned.code, running.code, made_up["batch"]):
        assert WORD in line_of(page, code)
    assert WORD in line_of(page, f"m/{made_up['measurement']}")
    assert WORD not in line_of(page, real["batch"])
    assert WORD not in line_of(page, f"m/{real['measurement']}")


PAGES = ("/b/{batch}/lineage/", "/lots/{lot}/lineage/", "/d/{device}/lineage/")
PAGES += ("/b/{batch}/", "/d/{device}/", "/lots/{lot}/", "/lots/{stock}/", "/m/{measurement}/")


@pytest.mark.parametrize("address", PAGES)
def test_each_page_of_a_record_is_marked(client, real, made_up, address):
    def head(lab):
        page = client.get(address.format(**lab)).content.decode()
        return strip_tags(page.partition("<main")[2].partition("</header>")[0]).lower()

    assert WORD in head(made_up)
    assert WORD not in head(real)


LABELS = (
    "/b/{batch}/label/",
    "/lots/{lot}/label/",
    "/d/{device}/label/",
    "/d/{device}/p/P1/label/",
)
PAPER = [f"{label}?size={size}" for label in LABELS for size in ("62x29", "25x10")]
PAPER += ["/b/{batch}/sheet/", "/b/{batch}/report/"]


@pytest.mark.parametrize("address", PAPER)
def test_what_is_printed_is_marked(client, real, made_up, address):
    def printed(lab):
        page = client.get(address.format(**lab)).content.decode()
        return strip_tags(page.partition("<main")[2].partition("</main>")[0]).lower()

    assert WORD in printed(made_up)
    assert WORD not in printed(real)


def test_batches_side_by_side_are_marked(client, real, made_up):
    codes = f"{real['batch']},{made_up['batch']}"
    page = client.get("/b/compare/", {"codes": codes}).content.decode()
    assert page.lower().count("simulated</span>") == 1
    table = client.get("/b/compare/table.csv", {"codes": codes}).getvalue().decode()
    assert ["about", "simulated", "", "no", "yes"] in list(csv.reader(io.StringIO(table)))


def test_a_chart_says_so_drawn_and_zoomed(person, real, made_up):
    from analysis.models import Analysis

    reading = {
        "points": 3,
        "metadata": {},
        "warnings": [],
        "channels": [
            {"name": "wavelength", "unit": "nm", "label": "", "values": [680.0, 686.0, 690.0]},
            {"name": "counts", "unit": "counts", "label": "", "values": [1.0, 9.0, 2.0]},
        ],
    }
    for lab, says in ((real, False), (made_up, True)):
        analysis = Analysis.objects.get(pk=lab["analysis"])
        analysis.reading = reading
        for small in (True, False):
            assert (WORD in figure_of(analysis, small=small).html().lower()) is says
        chart = chart_of(analysis)
        assert (WORD in chart["title"].lower()) is says
        assert (WORD in chart["series"][0]["label"].lower()) is says


def test_each_row_of_a_csv_says_it(client, real, made_up):
    answer = b"".join(client.get("/history.csv").streaming_content).decode()
    said = {row["code"]: row["simulated"] for row in csv.DictReader(io.StringIO(answer))}
    assert said[made_up["batch"]] == "yes"
    assert said[real["batch"]] == "no"


def test_a_shelf_says_it_of_each_bottle_wherever_it_is_read_in(client, real, made_up):
    for lab, says in ((made_up, True), (real, False)):
        client.post("/projects/", {"use": lab["project"]})
        table = client.get("/lots/export/csv/").content.decode("utf-8-sig")
        notes = [row["note"] for row in csv.DictReader(io.StringIO(table))]
        assert notes
        assert all((WORD in note) is says for note in notes)


@pytest.mark.parametrize(
    "path", ["batches/{batch}/", "devices/{device}/", "lots/{lot}/", "measurements/{measurement}/"]
)
def test_the_api_says_it(person, real, made_up, path):
    api = Api(person)
    assert api.get(path.format(**made_up)).json()["simulated"] is True
    assert api.get(path.format(**real)).json()["simulated"] is False


def test_the_history_is_asked_for_measured_batches_alone(person, real, made_up):
    found = Api(person).get("history/?simulated=no").json()["results"]
    codes = {row["code"] for row in found}
    assert real["batch"] in codes
    assert made_up["batch"] not in codes


def test_a_project_is_said_to_be_simulated_when_it_is_created(person):
    api = Api(person)
    made = api.post("projects/", {"name": "Course", "is_simulated": True})
    assert made.json()["is_simulated"] is True
    assert api.post("projects/", {"name": "Lab"}).json()["is_simulated"] is False


def test_the_page_of_projects_asks_and_marks(client, person):
    client.post("/projects/", {"name": "Course", "is_simulated": "on"})
    assert Project.objects.get(slug="course").is_simulated
    assert WORD in line_of(client.get("/projects/").content.decode(), "course")


# --- no evidence for another project


def earlier(client):
    return client.get("/plan/earlier/", {"ratio_ca_pb": "0.5"}).content.decode()


def test_the_planner_shows_simulated_batches_in_their_own_project_alone(client, real, made_up):
    client.post("/projects/", {"use": real["project"]})
    assert real["batch"] in earlier(client)
    assert made_up["batch"] not in earlier(client)
    client.post("/projects/", {"use": made_up["project"]})
    assert WORD in line_of(earlier(client), made_up["batch"])


def test_simulated_batches_close_no_gap(person):
    projects = (
        create_project(by=person, name="Training", is_simulated=True),
        make_project(person, "Measured"),
    )
    closed = []
    for project in projects:
        batch = make_made_batch(project, by=person, ratio="0.375")
        seen = {"by": person, "batch": batch, "phase": "gamma", "reason": "XRD seen elsewhere"}
        assign_phase(**seen)  # by eye: nothing was measured
        assert list(weighed_and_assigned(person, "ratio_ca_pb", 0.25, 0.5)) == []
        assign_phase(**seen, evidence="xrd_elsewhere")
        closed.append(list(weighed_and_assigned(person, "ratio_ca_pb", 0.25, 0.5)))
    assert closed[0] == []
    assert len(closed[1]) == 1


def seen_by(person, pairs=()):
    catalogue = Catalogue(person)
    question = read_with(catalogue, pairs)
    counted = count.count(person, question)
    x, y = catalogue.find("ratio_ca_pb_weighed"), COLUMNS["plqy_percent"]
    return overview.look_over(person, question, counted, x, y)


def test_medians_and_scores_leave_simulated_rows_out_beside_measured_ones(client, person):
    training = create_project(by=person, name="Training", is_simulated=True)
    for project, plqy in ((training, "20"), (make_project(person, "Measured"), "90")):
        batch = make_made_batch(project, by=person)
        type_outcome(by=person, subject=batch, quantity="plqy_percent", text=plqy)
        assign_phase(by=person, batch=batch, phase="gamma", reason="XRD seen elsewhere")
    both = seen_by(person)
    (gamma,) = both.phases
    assert (gamma.batches, gamma.median) == (1, 90.0)
    assert (both.simulated, both.of_simulated, len(both.points)) == (1, False, 2)
    assert "1 batch is simulated" in client.get("/history/").content.decode()
    alone = seen_by(person, [("project", training.slug)])
    assert (alone.phases[0].median, alone.of_simulated) == (20.0, True)


def test_a_simulated_forecast_is_no_score_beside_measured_ones():
    row = overview.NewRow("NC-1", "gamma", "", 0.5, 90.0, True, 0.4, False)
    rows = [row, row._replace(code="NC-2", hit=False, log_score=2.0, simulated=True)]
    assert overview._score(overview._evidence(rows)).batches == 1
    assert overview._score(overview._evidence(rows[1:])).missed == ["NC-2"]


def test_the_demonstration_is_simulated(person, monkeypatch):
    monkeypatch.setattr("labnotebook.demo.lab._do_jobs", lambda project: 0)
    call_command("load_demo")
    assert Project.objects.get(slug="demonstration").is_simulated

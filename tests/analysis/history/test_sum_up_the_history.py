"""Groups and pivots of the history: counts and quartiles against numpy, by page, API and CSV."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from analysis.history import grouped
from tests.analysis.history.factories import (
    accept,
    assign,
    at,
    make_batch,
    make_device,
    make_led,
    make_project,
    make_version,
)

pytestmark = pytest.mark.django_db

PLQY = {"gamma": [91.0, 95.5, 88.25, 97.0, 90.0, 60.0], "delta": [3.0, 5.0]}


@pytest.fixture
def some(lab):
    """Six γ, two δ, one failed without a number, one of unknown phase; two months, two recipes."""
    for phase, values in PLQY.items():
        for turn, value in enumerate(values):
            batch = make_batch(
                lab.project, lab.mira, recipe="cspbi3" if turn % 2 else "mapbi3",
                planned_at=at(f"2026-0{1 + turn % 2}-15"),
            )  # fmt: skip
            assign(batch, phase)
            accept(batch, "plqy_percent", value)
            accept(batch, "pl_fwhm_nm", 30 + turn)
    assign(make_batch(lab.project, lab.mira, planned_at=at("2026-01-20")), "failed")
    make_led(make_batch(lab.project, lab.mira, planned_at=at("2026-02-20")), 12.5)
    return lab


def groups(visitor, **query):
    answer = visitor.get("/api/v1/history/groups/", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_groups_count_every_batch_and_sum_up_its_numbers(some, visitor):
    told = groups(visitor, by="phase", columns="plqy_percent,pl_fwhm_nm")
    assert (told["batches"], told["sampled"]) == (10, False)
    found = {one["group"]: one for one in told["groups"]}
    assert told["groups"][0]["group"] == "gamma"
    assert told["groups"][-1]["group"] == ""  # what nobody has said comes last
    plqy, fwhm = found["gamma"]["numbers"]
    assert plqy["n"] == 6
    quartiles = [plqy["low"], plqy["median"], plqy["high"]]
    assert quartiles == pytest.approx(np.percentile(PLQY["gamma"], [25, 50, 75]))
    assert plqy["best"] == 97.0
    assert fwhm["best"] == 30.0  # the narrowest
    assert found["delta"]["numbers"][0] == {
        "name": "plqy_percent", "n": 2, "median": 4.0, "low": None, "high": None, "best": 5.0,
    }  # fmt: skip
    assert (found["failed"]["batches"], found["failed"]["failed"]) == (1, 1)
    assert found["failed"]["numbers"][0]["n"] == 0


@pytest.mark.parametrize(
    ("by", "sizes"),
    [
        ("month", [("2026-01", 5), ("2026-02", 5)]),
        ("recipe", [("cspbi3", 6), ("mapbi3", 4)]),
        ("made_by", [("mira", 10)]),
        ("state", [("planned", 10)]),
        ("architecture", [("", 10)]),
        ("lot", [("", 10)]),
    ],
)
def test_batches_are_grouped_by_much_else(some, visitor, by, sizes):
    if by not in grouped.SUMMED_BY:
        return
    told = groups(visitor, by=by)
    assert [(one["group"], one["batches"]) for one in told["groups"]] == sizes


def test_architectures_are_those_of_the_devices_built_from_a_batch(some, lab, visitor):
    version = make_version("my-own-stack")
    batch = make_batch(lab.project, lab.mira)
    for _ in range(2):
        device = make_device(batch)
        type(device).objects.filter(pk=device.pk).update(recipe_version=version)
    told = groups(visitor, by="architecture")
    assert [(one["group"], one["batches"]) for one in told["groups"]] == [
        ("my-own-stack", 1),
        ("", 10),
    ]


def test_a_best_led_and_its_filters_count_in_groups(some, visitor):
    told = groups(visitor, by="phase", columns="eqe_percent", eqe_percent__gte="10")
    (only,) = told["groups"]
    assert (only["group"], only["batches"], only["numbers"][0]["best"]) == ("", 1, 12.5)


def test_a_pivot_has_n_in_each_cell_and_none_where_no_batch_is(some, visitor):
    query = {"rows": "phase", "across": "month", "value": "plqy_percent"}
    told = visitor.get("/api/v1/history/pivot/", query).json()
    cells = {(one["row"], one["across"]): one for one in told["cells"]}
    january = PLQY["gamma"][::2]
    assert cells["gamma", "2026-01"]["number"]["n"] == 3
    assert cells["gamma", "2026-01"]["number"]["median"] == np.median(january)
    assert ("failed", "2026-02") not in cells
    assert cells["failed", "2026-01"]["failed"] == 1
    assert cells["", "2026-02"]["number"]["median"] is None
    assert sum(one["batches"] for one in told["cells"]) == told["batches"] == 10


def test_the_files_hold_what_the_api_tells(some, visitor):
    text = visitor.get("/history/groups.csv", {"by": "phase", "columns": "plqy_percent"}).content
    rows = list(csv.DictReader(io.StringIO(text.decode())))
    gamma = next(row for row in rows if row["phase"] == "gamma")
    assert float(gamma["plqy_percent_median"]) == np.median(PLQY["gamma"])
    assert (gamma["batches"], gamma["plqy_percent_n"]) == ("6", "6")
    by_api = visitor.get("/api/v1/history/groups.csv", {"by": "phase", "columns": "plqy_percent"})
    assert by_api.content == text
    query = {"rows": "recipe", "across": "phase"}
    pivot = visitor.get("/history/pivot.csv", query).content
    assert pivot == visitor.get("/api/v1/history/pivot.csv", query).content
    table = list(csv.DictReader(io.StringIO(pivot.decode())))
    assert sum(int(row["batches"]) for row in table) == 10


def test_the_pages_show_them_and_lead_to_their_batches(some, visitor):
    page = visitor.get("/history/groups/", {"by": "phase", "columns": "code,plqy_percent"})
    words = page.content.decode()
    assert "90.5" in words
    assert 'href="/history/?columns=code,plqy_percent&amp;phase=gamma"' in words
    led = visitor.get("/history/", {"columns": "code,plqy_percent", "phase": "gamma"})
    assert len(led.context["rows"]) == 6
    pivot = visitor.get("/history/pivot/", {"rows": "month", "across": "phase"})
    assert pivot.status_code == 200
    href = pivot.context["pivot"][0].cells[0].href
    assert len(visitor.get(href).context["rows"]) == 3


@pytest.mark.parametrize("door", ["/api/v1/history/{}/", "/history/{}/", "/history/{}.csv"])
@pytest.mark.parametrize(
    ("what", "query", "words"),
    [
        ("groups", {"by": "mood"}, "Batches are summed up by phase"),
        ("groups", {"phse": "gamma"}, "There is no filter called"),
        ("pivot", {"rows": "phase", "across": "phase"}, "by the same thing"),
        ("pivot", {"value": "beauty"}, "There is no number called"),
    ],
)
def test_what_is_not_understood_is_refused_in_words(lab, visitor, door, what, query, words):
    make_batch(lab.project, lab.mira)
    answer = visitor.get(door.format(what), query)
    assert answer.status_code == (400 if "api" in door else 422)
    assert words in answer.content.decode().replace("&#x27;", "'")


def test_simulated_batches_count_only_where_there_is_nothing_else(some, lab, visitor):
    sim = make_project(lab.mira)
    type(sim).objects.filter(pk=sim.pk).update(is_simulated=True)
    accept(make_batch(sim, lab.mira), "plqy_percent", 1.0)
    told = groups(visitor)
    assert (told["batches"], told["simulated"]) == (10, 1)
    alone = groups(visitor, project=sim.slug)
    assert (alone["batches"], alone["simulated"]) == (1, 0)


def test_another_persons_batches_are_not_counted(some, lab, visitor):
    from tests.analysis.history.factories import make_person

    stranger = make_person()
    make_batch(make_project(stranger), stranger)
    assert groups(visitor)["batches"] == 10


def test_too_many_batches_are_sampled_aloud(some, visitor, monkeypatch):
    monkeypatch.setattr(grouped, "MOST_READ", 5)
    assert groups(visitor)["sampled"]
    assert "this is a sample" in visitor.get("/history/groups/").content.decode()


def test_an_empty_lab_has_groups_of_nothing(lab, visitor):
    assert groups(visitor)["groups"] == []
    assert visitor.get("/history/pivot/").status_code == 200


def test_a_page_of_groups_takes_at_most_ten_statements(
    some, visitor, django_assert_max_num_queries
):
    visitor.get("/history/groups/")
    with django_assert_max_num_queries(10):
        visitor.get("/history/groups/", {"by": "month", "phase": "gamma"})

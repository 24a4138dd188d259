"""Where a question finds very many rows, other statements read them: they find the same."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from analysis.history import count, overview, rows
from analysis.history.catalogue import Catalogue
from analysis.history.language import read_question
from tests.analysis.history.factories import assign, make_batch, make_project

pytestmark = pytest.mark.django_db

PHASES = ("gamma", "alpha", "delta")
USED = ("analysis.history.count", "analysis.history.overview")


@pytest.fixture
def made(lab) -> list:
    """Twelve batches, the newest first: code, phase."""
    for number in range(12):
        assign(
            make_batch(lab.project, lab.mira, code=f"NC-{number:04d}"), PHASES[number * number % 3]
        )
    assign(make_batch(make_project(), lab.mira, code="NC-9999"), "gamma")  # nobody's here
    return [(f"NC-{number:04d}", PHASES[number * number % 3]) for number in reversed(range(12))]


def limit(monkeypatch, **limits: int) -> None:
    for name, value in limits.items():
        for module in USED:
            monkeypatch.setattr(f"{module}.{name}", value, raising=module == USED[0])


def look_over(person, question):
    x, y = (Catalogue(person).find(name) for name in ("ratio_ca_pb_weighed", "eqe_percent"))
    counted = count.count(person, question)
    return counted, overview.look_over(person, question, counted, x, y)


@pytest.mark.parametrize("ordering", ["-planned_at", "planned_at", "code"])
@pytest.mark.parametrize(
    "asked", [[], [("phase", "gamma")], [("q", "nc"), ("phase", "gamma,alpha")]]
)
def test_a_walk_from_the_newest_on_finds_what_the_planner_finds(lab, made, ordering, asked):
    question = read_question([*asked, ("ordering", ordering), ("page_size", "5")], lab.mira)
    plain = rows.search(lab.mira, question)
    assert plain.rows
    assert rows.search(lab.mira, question, many=True) == plain
    few = count.count(lab.mira, question).narrow(question)
    assert len(few.conditions) == len(asked) + bool(asked)
    assert rows.search(lab.mira, few) == plain


@pytest.mark.parametrize(
    "limits",
    [
        {},
        {"CAP": 3, "SAMPLE": 2},
        {"SAMPLE": 2},
        {"LOOK": 2},
        {"LOOK": 6, "SAMPLE": 1},
        {"LOOK": 5, "SAMPLE": 1, "CAP": 2},
        {"LOOK": 1, "SAMPLE": 2, "CAP": 3},
    ],
)
def test_however_rows_are_counted_they_are_the_same(lab, made, monkeypatch, limits):
    limit(monkeypatch, **limits)
    most = count.SAMPLE
    for word, phase in itertools.product(["", "nc", "NC-0003", "nobody"], ["", *PHASES]):
        of_word = [row for row in made if word.lower() in row[0].lower()]
        true = [row for row in of_word if phase in ("", row[1])]
        asked = [(name, text) for name, text in (("q", word), ("phase", phase)) if text]
        counted, said = look_over(lab.mira, read_question(asked, lab.mira))
        assert counted.found == len(true) if counted.exact else most < counted.found <= len(true)
        phases = {one.phase: one.batches for one in said.phases}
        assert phases == Counter(row[1] for row in true[:most]), asked
        assert said.facets["phase"] == Counter(row[1] for row in of_word[:most]), asked
        assert said.sampled == (len(true) > most)


def test_few_of_a_large_lab_are_counted_exactly_and_many_at_least(lab, made, monkeypatch, visitor):
    limit(monkeypatch, LOOK=6, SAMPLE=2)
    gamma = sum(phase == "gamma" for _, phase in made)
    assert gamma == 4
    assert "<strong>4 batches</strong>" in visitor.get("/history/?phase=gamma").content.decode()
    assert "<strong>4+ batches</strong>" in visitor.get("/history/?phase=alpha").content.decode()


def test_ways_out_are_counted_no_further_than_rows_are(lab, made, monkeypatch):
    monkeypatch.setattr(count, "CAP", 3)
    question = read_question([("phase", "gamma"), ("q", "nobody")], lab.mira)
    every, ways = count.ways_out(lab.mira, question.conditions)
    assert (every, [way.rows for way in ways]) == (4, [0, 4])


def test_a_sample_is_named_as_such(lab, visitor, monkeypatch):
    for number in range(4):
        assign(make_batch(lab.project, lab.mira), "gamma" if number else "alpha")
    assert "of the newest" not in visitor.get("/history/").content.decode()
    for module in (*USED, "analysis.views.history_words"):
        monkeypatch.setattr(f"{module}.SAMPLE", 3)
    page = visitor.get("/history/").content.decode()
    assert "4 batches" in page
    assert "Counts and medians are of the newest 3 batches of this question." in page

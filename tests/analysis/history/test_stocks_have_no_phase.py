"""A stock solution has no phase that could be known: nothing calls it unknown."""

from __future__ import annotations

import csv
import io

import pytest

from synthesis.models import Recipe
from tests.analysis.history.factories import accept, assign, make_batch, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(lab):
    make_version("cs-oleate")
    Recipe.objects.filter(slug="cs-oleate").update(kind="stock_solution")
    make_batch(lab.project, lab.mira, code="ST-1", recipe="cs-oleate", ratio_ca_pb=None)
    make_batch(lab.project, lab.mira, code="ST-2", recipe="cs-oleate", ratio_ca_pb=None)
    make_batch(lab.project, lab.mira, code="NC-1")
    assign(make_batch(lab.project, lab.mira, code="NC-2"), "gamma")
    return lab


def codes(visitor, **query) -> list[str]:
    found = visitor.get("/api/v1/history/", {"ordering": "code", **query})
    return [row["code"] for row in found.json()["results"]]


def test_only_flasks_that_have_one_are_of_unknown_phase(shelf, visitor):
    assert codes(visitor, phase="unknown") == ["NC-1"]
    assert codes(visitor, phase="no_phase") == ["ST-1", "ST-2"]
    assert codes(visitor, phase="no_phase,gamma") == ["NC-2", "ST-1", "ST-2"]


def test_files_say_it_in_a_word_of_its_own(shelf, visitor):
    answer = visitor.get("/history.csv", {"columns": "code,phase", "ordering": "code"})
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert rows[1:] == [["NC-1", ""], ["NC-2", "gamma"], ["ST-1", "no_phase"], ["ST-2", "no_phase"]]


def test_the_page_counts_them_beside_and_marks_none_unknown(shelf, visitor):
    page = visitor.get("/history/", {"phase": "no_phase"}).content.decode()
    assert "no phase (stock) only" in page
    table = page[page.index("<tbody>", page.index("rows hist")) :]
    assert table.count("no phase") == 2
    assert "unknown" not in table[: table.index("</tbody>")]
    facet = visitor.get("/history/").context["chips"]["phase"]
    assert {chip.word: chip.rows for chip in facet} == {"gamma": 1, "no_phase": 2, "unknown": 1}


def test_a_stock_that_somebody_gave_a_phase_keeps_it(shelf, visitor):
    from synthesis.models import Batch

    assign(Batch.objects.get(code="ST-1"), "failed")
    assert codes(visitor, phase="no_phase") == ["ST-2"]


def test_a_stock_is_no_outcome_of_today(shelf, visitor):
    shown = visitor.get("/").context["outcomes"]
    assert [row.code for row in shown] == ["NC-2"]


def test_groups_of_the_explorer_name_them(shelf, visitor):
    from synthesis.models import Batch

    accept(Batch.objects.get(code="ST-1"), "gap_ev", 1.8)
    page = visitor.get("/explore/", {"show": "groups", "by": "phase", "y": "gap_ev"})
    assert page.status_code == 200
    assert "no phase (stock)" in page.content.decode()

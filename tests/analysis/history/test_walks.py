"""Where a question finds very many rows, other statements read them: they find the same."""

from __future__ import annotations

import pytest

from analysis.services import history, history_overview
from analysis.services.history_catalogue import Catalogue
from analysis.services.history_language import read_question
from tests.analysis.history.factories import assign, make_batch, make_project

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("ordering", ["-planned_at", "planned_at", "code"])
@pytest.mark.parametrize(
    "asked", [[], [("phase", "gamma")], [("q", "nc"), ("phase", "gamma,alpha")]]
)
def test_a_walk_from_the_newest_on_finds_what_the_planner_finds(lab, monkeypatch, ordering, asked):
    for number in range(12):
        batch = make_batch(lab.project, lab.mira, code=f"NC-{number:04d}")
        assign(batch, ("gamma", "alpha", "delta")[number % 3])
    make_batch(make_project(), lab.mira, code="NC-9999")  # nobody's here
    question = read_question([*asked, ("ordering", ordering), ("page_size", "5")], lab.mira)
    plain = history.search(lab.mira, question)
    assert history.search(lab.mira, question, many=True) == plain
    assert plain.rows
    x, y = (Catalogue(lab.mira).find(name) for name in ("ratio_ca_pb_weighed", "eqe_percent"))
    exact = history_overview.overview(lab.mira, question, x, y)
    monkeypatch.setattr(history_overview, "CAP", 0)
    walked = history_overview.overview(lab.mira, question, x, y)
    assert walked.found == 1  # "more than CAP"
    assert (walked.phases, walked.facets) == (exact.phases, exact.facets)


def test_a_sample_is_named_as_such(lab, visitor, monkeypatch):
    for number in range(4):
        assign(make_batch(lab.project, lab.mira), "gamma" if number else "alpha")
    assert "of the newest" not in visitor.get("/history/").content.decode()
    for module in ("analysis.services.history_overview", "analysis.views.history_words"):
        monkeypatch.setattr(f"{module}.SAMPLE", 3)
    page = visitor.get("/history/").content.decode()
    assert "4 batches" in page
    assert "Counts and medians are of the newest 3 batches of this question." in page

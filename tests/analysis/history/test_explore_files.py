"""What is taken home of the explorer: each of its figures as SVG and PDF, its batches as CSV, question and date on them."""

import csv
import io
import re

import pytest

from tests.analysis.history.factories import accept, at, make_batch

# What each way of looking is asked with, and what its figure must say besides the question.
WAYS = {
    "show=groups": ("PLQY by phase", ["γ (n 2)", "δ (n 1)", "PLQY / %"]),
    "show=map&y=plqy_percent&x=ratio_ca_pb_weighed": (
        "Phase by Ca/Pb weighed and PLQY",
        ["1/1", "Ca/Pb weighed", "γ 2"],
    ),
    "x=ratio_ca_pb_weighed&split=made_by": ("for each person", ["mira (n 4)", "Ca/Pb weighed"]),
}


def words_of(drawing: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", drawing[drawing.index("</title>") :]))


def table_of(answer) -> tuple[dict[str, str], list[list[str]]]:
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode())))
    facts = {row[0].removeprefix("# "): row[1] for row in rows if row[0].startswith("#")}
    return facts, rows[len(facts) :]


@pytest.mark.parametrize("query", WAYS)
def test_each_figure_goes_out_with_its_question_and_its_date(some, visitor, query):
    asked, said = WAYS[query]
    drawing = words_of(visitor.get(f"/explore.svg?{query}").content.decode())
    for part in (asked, "every phase, failed ones included", "Asked on", "4 of 6 batches", *said):
        assert part in drawing, part
    assert visitor.get(f"/explore.pdf?{query}").content.startswith(b"%PDF")
    page = visitor.get(f"/explore/?{query}").content.decode()
    for form in ("svg", "pdf", "csv"):
        assert f'href="/explore.{form}?' in page


def test_a_table_of_one_number_has_that_number_alone(some, visitor):
    facts, (head, *rows) = table_of(visitor.get("/explore.csv?show=groups"))
    assert head[:5] == ["batch", "phase", "PLQY / %", "u(plqy_percent)", "simulated"]
    assert min((row[0], row[2]) for row in rows) == ("NC-0000", "90.0")
    assert facts["question"].startswith("PLQY by phase")


def test_a_control_chart_goes_out_in_order_with_its_limits_and_what_stands_out(lab, visitor):
    values = [30, 31] * 5 + [39] + [30, 31] * 2
    for number, value in reversed(list(enumerate(values))):
        planned_at = at(f"2026-01-{number + 1:02d}")
        batch = make_batch(lab.project, lab.mira, code=f"NC-{number:04d}", planned_at=planned_at)
        accept(batch, "pl_fwhm_nm", value)
    query = "show=control&y=pl_fwhm_nm"
    drawing = words_of(visitor.get(f"/explore.svg?{query}").content.decode())
    assert "15 batches, planned from 1 Jan 2026 to 15 Jan 2026" in drawing
    assert "NC-0010: above the upper limit." in drawing
    facts, (_head, *rows) = table_of(visitor.get(f"/explore.csv?{query}"))
    assert [row[0] for row in rows] == [f"NC-{number:04d}" for number in range(15)]
    assert rows[0][-1].startswith("2026-01-01T00:00")
    assert "NC-0010: above the upper limit." in facts["chart"]
    few = visitor.get(f"/explore.svg?{query}&code=NC-0001,NC-0002")
    assert (few.status_code, few.content.decode()[:15]) == (422, "Too few to say:")


def test_a_question_that_finds_nothing_still_has_its_files(some, visitor):
    for query in (*WAYS, "show=control"):
        answer = visitor.get(f"/explore.svg?{query}&q=nothing")
        assert answer.status_code == 200
        assert "0 of 0 batches" in words_of(answer.content.decode())

"""The CSV has what the list has, every row of it, and nothing that a spreadsheet would run."""

import csv
import io
from datetime import datetime

import pytest

from analysis.exports import table
from analysis.exports.history import history_table
from analysis.history.columns import COLUMNS
from analysis.history.language import Question
from analysis.models import HistoryRow
from tests.analysis.history.factories import assign, make_batch, make_led, make_person, make_project
from tests.hostile_cells import CELLS


def lines(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


@pytest.fixture(params=["/api/v1/history.csv", "/history.csv"])
def address(request) -> str:
    return request.param


def as_written(value) -> str:
    return "" if value is None else str(value)


def test_the_csv_says_the_same_as_the_list_in_the_same_order(lab, visitor, address):
    for number in range(5):
        batch = make_batch(
            lab.project, lab.mira, precursor_appearance="clear" if number % 2 else ""
        )
        assign(batch, "gamma" if number < 3 else "alpha")
        make_led(batch, 10.0 + number / 3)
    make_batch(lab.other, lab.stranger)
    query = {"phase": "gamma", "ordering": "eqe_percent"}
    rows = visitor.get("/api/v1/history/", query).json()["results"]
    answer = visitor.get(address, query)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    written = lines(answer)
    assert [list(line) for line in written] == [list(COLUMNS)] * 3
    for line, row in zip(written, rows, strict=True):
        for name, column in COLUMNS.items():
            if name == "planned_at":
                # PostgreSQL writes no zeros behind a fraction of a second; the moment is the same.
                assert datetime.fromisoformat(line[name]) == datetime.fromisoformat(row[name])
            elif row[name] is not None and column.kind.value == "number":
                assert float(line[name]) == row[name]
            else:
                assert line[name] == as_written(row[name])


def test_every_row_is_streamed_whatever_the_page_size(lab, visitor, address):
    for _ in range(4):
        make_batch(lab.project, lab.mira)
    assert len(lines(visitor.get(address, {"page_size": 2}))) == 4


def test_a_question_that_finds_nothing_still_names_the_columns(lab, visitor, address):
    content = b"".join(visitor.get(address, {"phase": "gamma"}).streaming_content)
    assert content.decode().strip() == ",".join(COLUMNS)


@pytest.mark.parametrize("evil", CELLS)
def test_no_cell_can_be_taken_for_a_formula(lab, visitor, address, evil):
    batch = make_batch(lab.project, lab.mira)
    HistoryRow.objects.filter(pk=batch.pk).update(
        made_by=evil, recipe=evil, precursor_appearance=evil[:12]
    )
    HistoryRow.objects.filter(pk=batch.pk).update(forecast_log_score=-1.5)
    content = b"".join(visitor.get(address).streaming_content).decode()
    (row,) = csv.DictReader(io.StringIO(content, newline=""))
    assert row["made_by"] == row["recipe"] == f"'{evil}"
    assert row["precursor_appearance"] == f"'{evil[:12]}"
    assert row["forecast_log_score"] == "-1.5"  # a number stays a number


def test_quotes_commas_and_line_breaks_stay_in_their_cell(lab, visitor, address):
    batch = make_batch(lab.project, lab.mira)
    HistoryRow.objects.filter(pk=batch.pk).update(made_by='a "b", c\nd')
    content = b"".join(visitor.get(address).streaming_content).decode()
    (row,) = csv.DictReader(io.StringIO(content, newline=""))
    assert row["made_by"] == 'a "b", c\nd'


def test_a_wrong_question_is_refused_before_anything_is_sent(lab, visitor):
    answer = visitor.get("/api/v1/history.csv", {"phse": "gamma"}, headers={"Accept": "text/csv"})
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    page = visitor.get("/history.csv", {"phse": "gamma"})
    assert page.status_code == 422
    assert b"There is no filter called" in page.content


def test_strangers_get_no_file(lab, visitor):
    make_batch(lab.project, lab.mira)
    visitor.force_login(lab.stranger)
    assert lines(visitor.get("/history.csv")) == []
    visitor.logout()
    assert visitor.get("/api/v1/history.csv").status_code == 401
    assert visitor.get("/history.csv").status_code == 302


def test_rows_leave_in_blocks_and_not_all_at_once(lab, monkeypatch):
    monkeypatch.setattr(table, "BLOCK_BYTES", 500)
    person = make_person()
    project = make_project(person)
    for _ in range(20):
        make_batch(project, person)
    blocks = list(table.write_csv(history_table(person, Question())))
    assert len(blocks) > 3
    assert max(map(len, blocks)) < 1000
    assert b"".join(blocks).count(b"\n") == 21


def test_a_reader_who_goes_away_leaves_the_connection_usable(lab):
    for _ in range(3):
        make_batch(lab.project, lab.mira)
    stream = table.write_csv(history_table(lab.mira, Question()))
    next(stream)
    stream.close()
    assert HistoryRow.objects.count() == 3

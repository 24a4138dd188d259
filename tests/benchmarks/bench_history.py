"""The history by API and its CSV against the same SQL without a framework.

The reference asks the same statements over one prepared, binary psycopg connection, the look-up of
the token and the page, and writes the same JSON with orjson.
"""

from __future__ import annotations

import io
import random
import resource

import orjson
import pyarrow
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory
from django.urls import reverse
from pyarrow import csv, parquet

from analysis.api.history import HistoryFileView, HistoryView
from analysis.exports.history import history_table
from analysis.exports.parquet import schema_of
from analysis.history import rows
from analysis.history.columns import NAMES
from analysis.history.cursor import write_cursor
from analysis.history.language import Question, read_question
from labnotebook.records.prepared import fetch_rows
from labnotebook.records.services.tokens import token_digest
from tests.benchmarks.measuring import Line, side_by_side, void_note

PAGE_LIMITS, CSV_LIMIT, PARQUET_LIMIT = {"p50": 1.6, "p95": 2.0}, 1.5, 1.4
PAGES = 100  # random places in the set
# What a request must ask besides its rows: whose token this is.
TOKEN = (
    "SELECT t.*, u.* FROM records_apitoken t JOIN auth_user u ON u.id = t.user_id"
    " WHERE t.digest = %s AND t.revoked_at IS NULL AND t.expires_at > now() AND u.is_active"
)


def random_pages(lab, query: str) -> list[str]:
    """Return addresses of pages that start at random rows of the question."""
    pairs = [tuple(part.split("=")) for part in query.split("&") if part]
    question = read_question([*pairs, ("page_size", "1000")])
    sql, params = rows.page_statement(lab.user.pk, question)
    found = fetch_rows(sql.replace("ORDER BY", "AND h.batch_id %% 97 = 0 ORDER BY"), params)
    random.seed(1)
    cursors = [
        write_cursor(
            question.ordering,
            question.keys_of(dict(zip(NAMES, row, strict=False)), row[-1]),
            backwards=False,
        )
        for row in random.choices(found, k=PAGES)
    ]
    return ["&".join(filter(None, [query, f"cursor={cursor}"])) for cursor in cursors]


def question_of(query: str) -> Question:
    return read_question([tuple(part.split("=", 1)) for part in query.split("&") if part])


@pytest.mark.parametrize(
    ("what", "query"),
    [
        ("newest first", ""),
        ("best EQE first", "ordering=-eqe_percent"),
        ("γ, EQE from 15 %", "phase=gamma&eqe_percent__gte=15&ordering=-eqe_percent"),
    ],
)
def test_a_page_of_the_history_costs_little_more_than_its_sql(lab, reference, table, what, query):
    addresses = random_pages(lab, query)
    factory, view, stack = RequestFactory(), HistoryView.as_view(), WSGIHandler()
    headers = {"Authorization": f"Bearer {lab.token}"}
    path = reverse("history-api")
    statements = [rows.page_statement(lab.user.pk, question_of(a)) for a in addresses]

    def ours(turn: int) -> bytes:
        request = factory.get(f"{path}?{addresses[turn]}", headers=headers)
        response = view(request)
        response.render()
        return response.content

    def whole_stack(turn: int) -> bytes:
        return stack.get_response(factory.get(f"{path}?{addresses[turn]}", headers=headers)).content

    def page_alone(turn: int) -> bytes:
        cursor = reference.cursor(binary=True)
        sql, params = statements[turn]
        rows = cursor.execute(sql, params).fetchall()
        names = [column.name for column in cursor.description[:-1]]
        return orjson.dumps({"results": [dict(zip(names, row, strict=False)) for row in rows[:50]]})

    def bare(turn: int) -> bytes:
        digest = token_digest(lab.token)
        assert reference.cursor(binary=True).execute(TOKEN, [digest]).fetchone()
        return page_alone(turn)

    for turn in range(20):
        same = orjson.loads(ours(turn))["results"]
        assert (
            same
            == orjson.loads(bare(turn))["results"]
            == orjson.loads(whole_stack(turn))["results"]
        )
        assert len(same) > 0
    own, stacked, alone, plain = side_by_side(ours, whole_stack, page_alone, bare, repeats=PAGES)
    lines = table.add_times(f"page of 50, {what}", own, plain, limits=PAGE_LIMITS)
    table.add_times("  same through all middleware", stacked, plain)
    table.add_times("  same, reference without the token", own, alone)
    assert all(line.holds is not False for line in lines)


def test_the_csv_of_every_row_costs_little_more_than_copy(lab, reference, table):
    factory, view = RequestFactory(), HistoryFileView.as_view(form="csv")
    headers = {"Authorization": f"Bearer {lab.token}"}
    path = reverse("history-csv-api")
    where, params = rows.where_clause(lab.user.pk, ())
    order = rows.order_clause(Question())
    sql = (
        f"COPY (SELECT {rows.SELECTED} FROM {rows.ROWS} WHERE {where} {order})"
        " TO STDOUT WITH (FORMAT csv, HEADER true)"
    )

    def ours(turn: int) -> int:
        response = view(factory.get(path, headers=headers))
        return sum(map(len, response.streaming_content))

    def bare(turn: int) -> int:
        with reference.cursor().copy(sql, params) as copy:
            return sum(map(len, copy))

    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert ours(0) == bare(0) > 0
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb) / 1024
    own, plain = side_by_side(ours, bare, repeats=1)
    note = void_note(plain) or f"memory grew by {grown_mb:.0f} MB"
    line = table.add(
        Line("CSV of every row", own.quantile_ms(0.5), plain.quantile_ms(0.5), CSV_LIMIT, note)
    )
    assert line.holds is not False


def test_parquet_of_every_row_costs_little_more_than_copy_into_arrow(lab, reference, table):
    """The reference reads the same rows with COPY into one Arrow table; ours also writes the file."""
    factory, view = RequestFactory(), HistoryFileView.as_view(form="parquet")
    headers = {"Authorization": f"Bearer {lab.token}"}
    path = reverse("history-parquet-api")
    where, params = rows.where_clause(lab.user.pk, ())
    sql = (
        f"COPY (SELECT {rows.SELECTED} FROM {rows.ROWS} WHERE {where} {rows.order_clause(Question())})"
        " TO STDOUT WITH (FORMAT csv, HEADER true)"
    )
    wanted = csv.ConvertOptions(
        column_types=schema_of(history_table(lab.user, Question())), strings_can_be_null=True
    )

    def ours(turn: int) -> bytes:
        return b"".join(view(factory.get(path, headers=headers)).streaming_content)

    def arrow(turn: int) -> pyarrow.Table:
        text = bytearray()
        with reference.cursor().copy(sql, params) as copy:
            for row in copy:
                text += row
        return csv.read_csv(pyarrow.py_buffer(text), convert_options=wanted)

    def arrow_and_parquet(turn: int) -> int:
        file = io.BytesIO()
        parquet.write_table(arrow(turn), file)
        return file.tell()

    assert parquet.read_metadata(io.BytesIO(ours(0))).num_rows == arrow(0).num_rows > 0
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    own, written, plain = side_by_side(ours, arrow_and_parquet, arrow, repeats=1)
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb) / 1024
    median = [times.quantile_ms(0.5) for times in (own, written, plain)]
    note = void_note(plain) or f"memory grew by {grown_mb:.0f} MB, the reference's included"
    line = table.add(Line("Parquet of every row", median[0], median[2], PARQUET_LIMIT, note))
    table.add(Line("  same, reference writes Parquet too", median[0], median[1]))
    assert line.holds is not False

"""What is taken away is what is there: 1,000 records of odd values, read back with pandas from each form."""

import io
import json
import re
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from analysis.exports import parquet, workbook
from analysis.exports.forms import FORMS
from analysis.exports.history import history_table
from analysis.history.columns import COLUMNS
from analysis.history.language import Question
from analysis.history.seed import seed
from analysis.models import HistoryRow
from tests.analysis.history.factories import assign, make_batch
from tests.factories import make_person
from tests.hostile_cells import STARTS

pytestmark = pytest.mark.django_db
WORDS, NUMBERS = (
    ("recipe", "made_by", "structure_evidence"),
    ("ratio_ca_pb", "pl_peak_nm", "size_nm"),
)
# Everything but NUL and half characters, which no text of the notebook holds; the bad ones often.
BAD = [
    "=1+1",
    "@SUM(A1)",
    "+",
    "-",
    "\t=x",
    "\r\n",
    "NA",
    "null",
    "nan",
    "None",
    "'",
    '"',
    ",",
    ";",
    "\\",
]
BAD += [
    "\\N",
    "\\.",
    "1e5",
    "007",
    "true",
    "_x0041_",
    "γ-CsPbI₃",
    "🧪",
    "\u2028",
    "\x0b",
    " ",
    "",
    'a,"b"\nc',
]
text = st.one_of(
    st.sampled_from(BAD),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
)
number = st.one_of(
    st.none(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([5e-324, -0.0, 0.1]),
)
record = st.fixed_dictionaries(
    {
        **dict.fromkeys(WORDS, text),
        **dict.fromkeys(NUMBERS, number),
        "deviations": st.integers(0, 2**31 - 1),
        "planned_at": st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1)),
    }
)


def drawn() -> list[dict[str, Any]]:
    """Return 1,000 records, the same ones each time."""
    records: list[dict[str, Any]] = []

    @settings(max_examples=100, database=None, derandomize=True)
    @given(st.lists(record, min_size=10, max_size=10))
    def draw(some):
        records.extend(some)

    draw()
    return records[:1000]


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker):
    """What was drawn, by code, and what each form said of it, read back with pandas."""
    with django_db_blocker.unblock(), transaction.atomic():
        person = make_person("roundtrip")
        records = drawn()
        seed(by=person, batches=len(records))
        codes = sorted(HistoryRow.objects.values_list("code", flat=True))
        truth = pd.DataFrame(records, index=pd.Index(codes, name="code"))
        _write(truth)
        visitor = Client()
        visitor.force_login(person)
        columns = ",".join(["code", *truth.columns])
        answers = {
            form: b"".join(visitor.get(f"/history.{form}", {"columns": columns}).streaming_content)
            for form in ("csv", "parquet", "xlsx", "jsonl")
        }
        transaction.set_rollback(True)
    return truth, {form: READ[form](io.BytesIO(content)) for form, content in answers.items()}


def _write(truth: pd.DataFrame) -> None:
    """Write the records over the rows, past everything that would keep odd words out."""
    names = ", ".join(truth.columns)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE analysis_historyrow SET ({names}) = ({', '.join(['%s'] * truth.shape[1])})"
            " WHERE code = %s",
            [(*row[1:], row[0]) for row in truth.astype(object).itertuples()],
        )


def _csv(file: io.BytesIO) -> pd.DataFrame:
    return pd.read_csv(
        file,
        keep_default_na=False,
        na_values=dict.fromkeys(NUMBERS, ""),
        dtype=dict.fromkeys(WORDS, str),
        parse_dates=["planned_at"],
        date_format="ISO8601",
    )


def _xlsx(file: io.BytesIO) -> pd.DataFrame:
    table = pd.read_excel(file, keep_default_na=False, na_values=dict.fromkeys(NUMBERS, ""))
    # As Excel reads a character that XML cannot hold; openpyxl leaves that to its user.
    for name in WORDS:
        table[name] = [
            re.sub("_x(....)_", lambda c: chr(int(c[1], 16)), str(t)) for t in table[name]
        ]
    return table.assign(planned_at=pd.to_datetime(table["planned_at"], utc=True))


def _jsonl(file: io.BytesIO) -> pd.DataFrame:
    table = pd.DataFrame(map(json.loads, file))  # pandas' own reader refuses the smallest numbers
    return table.assign(planned_at=pd.to_datetime(table["planned_at"], utc=True, format="ISO8601"))


READ = {"csv": _csv, "parquet": pd.read_parquet, "xlsx": _xlsx, "jsonl": _jsonl}


@pytest.mark.parametrize("form", READ)
def test_a_thousand_odd_records_come_back_as_they_were(told, form):
    truth, read = told[0], told[1][form].set_index("code").loc[told[0].index]
    assert len(read) == len(truth) == 1000
    for name in WORDS:
        said = list(truth[name])
        if form == "csv":  # a cell that would be a formula says so with an apostrophe
            said = ["'" + text if text.startswith(STARTS) else text for text in said]
        assert list(read[name].astype(str)) == said, name
    for name in NUMBERS:
        np.testing.assert_array_equal(
            read[name].astype(float), truth[name].astype(float), err_msg=name
        )
    assert list(read["deviations"]) == list(truth["deviations"])
    late = (read["planned_at"] - truth["planned_at"].dt.tz_localize(UTC)).abs()
    assert late.max() <= pd.Timedelta("500us" if form == "xlsx" else "0us")


@pytest.fixture
def taken(lab, visitor):
    """Take a table away; return its bytes."""
    for number in range(7):
        assign(make_batch(lab.project, lab.mira), "gamma" if number < 3 else "alpha")
    make_batch(lab.other, lab.stranger)

    def taken(form, **query):
        answer = visitor.get(f"/api/v1/history.{form}", query)
        assert answer.status_code == 200
        return io.BytesIO(b"".join(answer.streaming_content))

    return taken


@pytest.mark.parametrize("form", READ)
def test_every_form_has_the_rows_of_the_question_in_its_order(taken, ask, form):
    query = {"phase": "gamma", "ordering": "code"}
    codes = [row["code"] for row in ask(**query).json()["results"]]
    assert list(READ[form](taken(form, **query))["code"]) == codes
    assert len(codes) == 3
    empty = pd.read_json(taken(form, code="NC-none"), lines=True) if form == "jsonl" else None
    assert len(empty if empty is not None else READ[form](taken(form, code="NC-none"))) == 0


def test_parquet_says_unit_description_and_uncertainty_of_its_columns(taken, monkeypatch):
    monkeypatch.setattr(parquet, "BLOCK_BYTES", 200)  # one row
    file = pyarrow.parquet.ParquetFile(taken("parquet"))
    assert file.metadata.num_rows == 7
    assert file.num_row_groups > 2
    assert file.schema_arrow.names == list(COLUMNS)
    said = {field.name: field.metadata for field in file.schema_arrow}
    assert said["pl_peak_nm"][b"unit"] == b"nm"
    assert said["ratio_ca_pb_weighed"][b"uncertainty"] == b"ratio_ca_pb_weighed_uncertainty"
    assert b"gamma" in said["phase"][b"choices"]
    assert all(one[b"description"] for one in said.values())


def test_a_workbook_defines_its_columns_and_holds_no_formula(taken, visitor):
    HistoryRow.objects.update(made_by="=1+1")
    book = load_workbook(taken("xlsx"))
    rows, definitions = book.worksheets
    assert [cell.value for cell in definitions["A"]][1 : 1 + len(COLUMNS)] == list(COLUMNS)
    assert {cell.data_type for row in rows for cell in row}.isdisjoint({"f"})
    assert rows.cell(2, 1 + list(COLUMNS).index("made_by")).value == "=1+1"
    unit = {row[0].value: row[2].value for row in definitions}
    assert unit["pl_peak_nm"] == "nm"


def test_more_rows_than_a_workbook_takes_are_refused_with_the_way_out(taken, visitor, monkeypatch):
    taken("csv")
    monkeypatch.setattr(workbook, "MOST_ROWS", 6)
    refused = visitor.get("/api/v1/history.xlsx")
    assert refused.status_code == 400
    assert "CSV or Parquet" in refused.json()["detail"]
    page = visitor.get("/history.xlsx")
    assert page.status_code == 422
    assert "CSV or Parquet" in page.content.decode()
    assert len(_xlsx(taken("xlsx", phase="gamma"))) == 3


@pytest.mark.parametrize("form", READ)
def test_a_reader_who_goes_away_or_fails_leaves_the_connection_usable(
    taken, lab, form, monkeypatch
):
    taken("csv")
    monkeypatch.setattr(parquet, "BLOCK_BYTES", 400)
    if form == "parquet":
        broken = RuntimeError("cannot read this")
        monkeypatch.setattr(parquet.ArrowReader, "read", lambda *_: (_ for _ in ()).throw(broken))
    table = history_table(lab.mira, Question())
    with pytest.raises(RuntimeError) if form == "parquet" else nullcontext():
        written = FORMS[form].write(table)
        next(iter(written))
        written.close()
    assert HistoryRow.objects.count() == 8

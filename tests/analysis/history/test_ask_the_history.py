"""The question language: every filter, every refusal, and pages that lose nothing."""

import base64
import json
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.history.columns import COLUMNS, FURTHER, Kind
from analysis.history.language import read_question
from analysis.history.rows import search
from analysis.models import HistoryNumber, HistoryRow
from tests.analysis.history.factories import (
    accept,
    assign,
    at,
    make_batch,
    make_led,
    make_person,
    make_project,
)
from tests.factories import make_batch as plan_batch

EVERY = {**COLUMNS, **FURTHER}
NUMBERS = [name for name, column in EVERY.items() if column.kind is Kind.NUMBER]
ORDERINGS = [sign + name for name in EVERY for sign in ("", "-")]


@pytest.fixture
def three(lab):
    """γ with a good LED, α with a poor one, and a third of which nothing is known."""
    gamma = make_batch(
        lab.project,
        lab.mira,
        code="NC-0042",
        state="made",
        precursor_appearance="colloidal",
        ratio_ca_pb_weighed=0.496,
        planned_at=at("2026-11-20T09:00"),
    )
    assign(gamma, "gamma", "seed_core_shell")
    make_led(gamma, 24.4)
    alpha = make_batch(
        lab.project,
        lab.mira,
        code="NC-0011",
        recipe="cspbi3-hot",
        state="made",
        precursor_appearance="clear",
        ratio_ca_pb_weighed=0.1,
        planned_at=at("2026-10-01T09:00"),
    )
    assign(alpha, "alpha", "core_only")
    make_led(alpha, 8.1)
    make_batch(lab.project, lab.mira, code="NC-0050", planned_at=at("2026-11-22T23:30"))
    make_batch(lab.other, lab.stranger, code="NC-0666", planned_at=at("2026-11-21T09:00"))
    return ["NC-0050", "NC-0042", "NC-0011"]


def test_without_a_question_every_batch_of_mine_comes_newest_first(three, found):
    assert found() == three


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({"phase": "gamma"}, ["NC-0042"]),
        ({"phase": "gamma,alpha"}, ["NC-0042", "NC-0011"]),
        ({"phase": ["gamma", "alpha"]}, ["NC-0042", "NC-0011"]),
        ({"phase": "unknown"}, ["NC-0050"]),
        ({"phase": "failed"}, []),
        ({"structure": "seed_core_shell"}, ["NC-0042"]),
        ({"structure": "unknown,core_only"}, ["NC-0050", "NC-0011"]),
        ({"state": "made"}, ["NC-0042", "NC-0011"]),
        ({"precursor_appearance": "clear,turbid"}, ["NC-0011"]),
        ({"precursor_appearance": "unknown"}, ["NC-0050"]),
        ({"recipe": "cspbi3-hot"}, ["NC-0011"]),
        ({"recipe": "cspbi3-hot,cspbi3"}, ["NC-0050", "NC-0042", "NC-0011"]),
        ({"made_by": "mira"}, ["NC-0050", "NC-0042", "NC-0011"]),
        ({"made_by": "stefan"}, []),
        ({"project": "red-leds"}, ["NC-0050", "NC-0042", "NC-0011"]),
        ({"project": "secret"}, []),
        ({"batch": "NC-0042,NC-0666"}, ["NC-0042"]),
        ({"code": "NC-0011"}, ["NC-0011"]),
        ({"q": "0042"}, ["NC-0042"]),
        ({"q": "nc-00 coll"}, ["NC-0042"]),
        ({"q": "%"}, []),
        ({"q": "_"}, []),
        ({"q": "\\"}, []),
        ({"q": ""}, ["NC-0050", "NC-0042", "NC-0011"]),
        ({"eqe_percent__gte": "15"}, ["NC-0042"]),
        ({"eqe_percent__gte": "8.1", "eqe_percent__lte": "24.4"}, ["NC-0042", "NC-0011"]),
        ({"eqe_percent": "8.1"}, ["NC-0011"]),
        ({"ratio_ca_pb_weighed__lte": "1e-1"}, ["NC-0011"]),
        ({"ratio_ca_pb": ".5"}, ["NC-0050", "NC-0042", "NC-0011"]),
        ({"devices__gte": "1"}, ["NC-0042", "NC-0011"]),
        ({"devices": "0"}, ["NC-0050"]),
        ({"planned_at__gte": "2026-11-20"}, ["NC-0050", "NC-0042"]),
        ({"planned_at__gte": "2026-11-20T09:00:01Z"}, ["NC-0050"]),
        ({"planned_at__lte": "2026-11-22"}, ["NC-0050", "NC-0042", "NC-0011"]),
        ({"planned_at__lte": "2026-11-22T12:00:00+00:00"}, ["NC-0042", "NC-0011"]),
        ({"phase": "gamma", "eqe_percent__gte": "25"}, []),
    ],
)
def test_each_filter_finds_what_it_says(three, found, query, codes):
    assert found(**query) == codes


def keep_number(name: str, value: float, batch=None) -> None:
    rows = HistoryRow.objects.filter(pk=batch.pk) if batch else HistoryRow.objects.all()
    if name in COLUMNS:
        rows.update(**{name: value})
        return
    of = name.removesuffix("_uncertainty")
    said = {"value": value} if of == name else {"value": 0, "uncertainty": value}
    for row in rows:
        HistoryNumber.objects.update_or_create(said, batch_id=row.batch_id, name=of)


@pytest.mark.parametrize("name", NUMBERS)
def test_every_number_column_takes_a_value_and_both_bounds(lab, found, name):
    batch = make_batch(lab.project, lab.mira)
    make_batch(lab.project, lab.mira)
    keep_number(name, 3)
    keep_number(name, 7, batch)
    assert found(**{name: "7"}) == found(**{f"{name}__gte": "3.5"}) == [batch.code]
    assert batch.code not in found(**{f"{name}__lte": "6"})
    assert len(found(**{f"{name}__lte": "7"})) == 2


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        (
            {"phse": "gamma"},
            "phse",
            "There is no filter called 'phse'. Known here: q, batch, project",
        ),
        ({"phase__gte": "gamma"}, "phase__gte", "no filter"),
        ({"planned_at": "2026-11-20"}, "planned_at", "no filter"),
        ({"x" * 900: "1"}, "x" * 200, "no filter"),
        ({"eqe_percent__gte": "fifteen"}, "eqe_percent__gte", "'fifteen' is not a number"),
        ({"eqe_percent__gte": "nan"}, "eqe_percent__gte", "not a number"),
        ({"eqe_percent__gte": "Infinity"}, "eqe_percent__gte", "not a number"),
        ({"eqe_percent__gte": "1e999"}, "eqe_percent__gte", "not a number"),
        ({"eqe_percent__gte": "1_0"}, "eqe_percent__gte", "not a number"),
        ({"eqe_percent__gte": "٣"}, "eqe_percent__gte", "not a number"),
        ({"eqe_percent__gte": ""}, "eqe_percent__gte", "not a number"),
        ({"eqe_percent__gte": ["1", "2"]}, "eqe_percent__gte", "asked 2 times"),
        ({"phase": "gama"}, "phase", "phase cannot be 'gama'; it is alpha, mixed, gamma"),
        ({"phase": ""}, "phase", "leave the parameter away"),
        ({"phase": "gamma,,alpha"}, "phase", "leave the parameter away"),
        ({"made_by": ",".join(["a"] * 101)}, "made_by", "at most 100"),
        ({"q": "x" * 201}, "q", "at most 200"),
        ({"planned_at__gte": "yesterday"}, "planned_at__gte", "not a day"),
        ({"planned_at__lte": "0001-01-01"}, "planned_at__lte", "not a day"),
        ({"planned_at__lte": "9999-12-31"}, "planned_at__lte", "not a day"),
        ({"ordering": "best"}, "ordering", "cannot be sorted by 'best'"),
        ({"ordering": "--eqe_percent"}, "ordering", "cannot be sorted"),
        ({"ordering": ["code", "phase"]}, "ordering", "asked 2 times"),
        ({"page_size": "all"}, "page_size", "from 1 to 1000"),
        ({"page_size": "0"}, "page_size", "from 1 to 1000"),
        ({"page_size": "1001"}, "page_size", "from 1 to 1000"),
        ({"page_size": "-1"}, "page_size", "from 1 to 1000"),
        ({"cursor": "nonsense"}, "cursor", "not a cursor of ours"),
        ({"cursor": ""}, "cursor", "not a cursor of ours"),
    ],
)
def test_what_is_not_understood_is_refused_in_words_at_its_field(ask, query, field, words):
    answer = ask(**query)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert words in told["detail"]
    assert told["errors"][0]["field"] == field


@pytest.mark.parametrize("query", [{"made_by": "mi\x00ra"}, {"q": "a\x00b"}])
def test_a_nul_is_refused_in_words(ask, query):
    answer = ask(**query)
    assert answer.status_code == 400
    assert "NUL" in answer.json()["detail"]


def forged(*parts) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        forged("-planned_at", 0, []),
        forged("-planned_at", 0, ["2026-11-20T09:00:00+00:00", "1"]),
        forged("-planned_at", 0, ["2026-11-20T09:00:00", 1]),
        forged("-planned_at", 0, ["2026-11-20T09:00:00+00:00", 2**63]),
        forged("-planned_at", 7, ["2026-11-20T09:00:00+00:00", 1]),
        forged("-planned_at", 0, "12"),
        forged("code", 0, ["a", 1]),
        forged(*"abcde"),
        "WzEs" * 40,
        "ü",
        forged([[]]),
    ],
)
def test_a_forged_cursor_is_refused_in_words(ask, cursor):
    answer = ask(cursor=cursor)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "cursor"


@pytest.mark.parametrize(
    ("ordering", "keys"),
    [
        ("code", ["a\x00", 1]),
        ("code", ["\ud800", 1]),
        ("-eqe_percent", [True, 1]),
        ("-eqe_percent", ["1", 1]),
        ("eqe_percent", [10**400, 1]),
        ("phase", [1, "gamma", 1]),
        ("devices", [1.5, 1]),
    ],
)
def test_a_cursor_with_keys_of_another_kind_is_refused(ask, ordering, keys):
    assert ask(ordering=ordering, cursor=forged(ordering, 0, keys)).status_code == 400


def test_a_row_has_every_column_under_its_name(three, ask):
    row = ask(batch="NC-0042").json()["results"][0]
    assert list(row) == list(COLUMNS)
    assert (row["batch"], row["code"], row["project"]) == ("NC-0042", "NC-0042", "red-leds")
    assert (row["phase"], row["eqe_percent"], row["planned_at"]) == (
        "gamma",
        24.4,
        "2026-11-20T09:00:00+00:00",
    )


def test_nobody_sees_rows_of_a_project_that_is_not_theirs(three, lab, visitor):
    visitor.force_login(lab.stranger)
    answer = visitor.get("/api/v1/history/", {"page_size": 1000}).json()
    assert [row["code"] for row in answer["results"]] == ["NC-0666"]
    visitor.force_login(make_person("nobody"))
    assert visitor.get("/api/v1/history/").json() == {"next": None, "previous": None, "results": []}
    visitor.logout()
    assert visitor.get("/api/v1/history/").status_code == 401


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_each_column_sorts_both_ways_with_unknown_last(three, ask, ordering):
    rows = ask(ordering=ordering).json()["results"]
    name, descending = ordering.removeprefix("-"), ordering.startswith("-")
    values = [row[name] for row in rows]
    known = [value for value in values if value not in (None, "")]
    assert known == sorted(known, reverse=descending)
    assert values[: len(known)] == known
    assert len(rows) == 3


def test_the_addresses_of_next_and_previous_lead_through_every_row_and_back(lab, visitor):
    codes = [make_batch(lab.project, lab.mira).code for _ in range(7)]
    address = "/api/v1/history/?ordering=code&page_size=3&state=planned"
    there, addresses = [], []
    while address:
        addresses.append(address)
        page = visitor.get(address).json()
        there += [row["code"] for row in page["results"]]
        address = page["next"]
    assert there == sorted(codes)
    assert len(addresses) == 3
    assert addresses[1].startswith("/api/v1/history/?ordering=code&page_size=3&state")
    back = [row["code"] for row in page["results"]]
    while page["previous"]:
        page = visitor.get(page["previous"]).json()
        back = [row["code"] for row in page["results"]] + back
    assert back == sorted(codes)


NUMBER = st.none() | st.sampled_from([0.0, 1.5, 1.5, 20.0, math.inf, -math.inf, math.nan])
WORD = st.sampled_from(["", "alpha", "gamma"])


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    values=st.lists(st.tuples(NUMBER, WORD), max_size=9),
    column=st.sampled_from(["eqe_percent", "phase", "devices", "planned_at", "project"]),
    descending=st.booleans(),
    page_size=st.integers(1, 4),
)
def test_no_row_is_lost_or_repeated_however_the_pages_are_cut(
    db, values, column, descending, page_size
):
    person = make_person()
    project = make_project(person)
    for number, (eqe_percent, phase) in enumerate(values):
        batch = make_batch(project, person)
        HistoryRow.objects.filter(pk=batch.pk).update(
            eqe_percent=eqe_percent, phase=phase, devices=number % 2, planned_at=at("2026-11-20")
        )
    ordering = f"{'-' if descending else ''}{column}"

    def page(**more):
        asked = {"ordering": ordering, "page_size": str(page_size), **more}
        return search(person, read_question(asked.items()))

    whole = [row["code"] for row in page(page_size="1000").rows]
    assert len(whole) == len(values)
    here = page()
    there = [row["code"] for row in here.rows]
    while here.next:
        here = page(cursor=here.next)
        there += [row["code"] for row in here.rows]
    assert there == whole
    back = [row["code"] for row in here.rows]
    while here.previous:
        here = page(cursor=here.previous)
        back = [row["code"] for row in here.rows] + back
    assert back == whole


def test_a_row_that_changes_between_two_pages_moves_no_other(lab, visitor):
    batches = [make_batch(lab.project, lab.mira) for _ in range(6)]
    for number, batch in enumerate(batches):
        accept(batch, "plqy_percent", 90 - number)
    first = visitor.get("/api/v1/history/?ordering=-plqy_percent&page_size=3").json()
    HistoryRow.objects.filter(pk=batches[0].pk).update(plqy_percent=None)
    second = visitor.get(first["next"]).json()
    seen = [row["code"] for row in first["results"] + second["results"]]
    assert seen == [batch.code for batch in batches]


def test_a_page_takes_one_statement_of_the_history(lab, visitor, django_assert_max_num_queries):
    for _ in range(30):
        make_batch(lab.project, lab.mira)
    visitor.get("/help/")  # notes the session, which the next minute does not
    with django_assert_max_num_queries(3) as queries:  # session, person, rows
        visitor.get("/api/v1/history/?ordering=-eqe_percent&phase=unknown")
    assert sum("analysis_historyrow" in query["sql"] for query in queries) == 1


def test_a_ratio_that_no_recipe_asks_for_is_looked_up_once_however_often_it_is_named(
    lab, visitor, django_assert_max_num_queries
):
    plan_batch(lab.project, by=lab.mira)
    query = "ratio_oa_ola_effective__gte=0&ratio_oa_ola_effective__lte=99&ordering=ratio_oa_ola_effective"
    visitor.get("/help/")  # notes the session, which the next minute does not
    with django_assert_max_num_queries(6) as queries:
        answer = visitor.get(
            f"/api/v1/history/?{query}&columns=code,ratio_oa_ola_effective,ratio_oa_ola"
        )
    assert answer.status_code == 200, answer.content
    assert sum('"synthesis_batchquantity"."name"' in query["sql"] for query in queries) == 1

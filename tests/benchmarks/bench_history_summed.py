"""Groups and pivots of a history of BENCH_BATCHES batches, by API, against the database's own quartiles.

The reference is one statement that groups, counts and takes the quartiles by ``percentile_cont`` over one prepared,
binary psycopg connection; ours also reads the token, refuses, and writes JSON. Up to 200,000 batches are read.
"""

from __future__ import annotations

import orjson
import pytest
from django.test import RequestFactory
from django.urls import reverse

from analysis.api.summed import HistoryGroupsView, HistoryPivotView
from analysis.history import rows
from tests.benchmarks.measuring import side_by_side

LIMITS = {"p50": 2.0}
REPEATS = 5
MONTH = "to_char(h.planned_at AT TIME ZONE 'UTC', 'YYYY-MM')"


def statement(lab, by: str, columns: tuple[str, ...]) -> tuple[str, list]:
    where, params = rows.where_clause(lab.user.pk, ())
    quartiles = ", ".join(
        f"count(h.{c}), percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY h.{c})"
        for c in columns
    )
    return (
        f"SELECT {by}, count(*), {quartiles} FROM {rows.ROWS} WHERE {where} GROUP BY {by}",
        params,
    )


def sides(lab, reference, view, address, by, columns):
    factory = RequestFactory()
    headers = {"Authorization": f"Bearer {lab.token}"}
    sql, params = statement(lab, by, columns)

    def ours(turn: int) -> dict:
        response = view(factory.get(address, headers=headers))
        response.render()
        assert response.status_code == 200
        return orjson.loads(response.content)

    def bare(turn: int) -> list:
        return reference.cursor(binary=True).execute(sql, params).fetchall()

    return ours, bare


@pytest.mark.parametrize(
    "columns", [("plqy_percent",), ("plqy_percent", "pl_peak_nm", "eqe_percent")]
)
def test_groups_cost_little_more_than_the_databases_own(lab, reference, table, columns):
    address = f"{reverse('history-groups-api')}?by=phase&columns={','.join(columns)}"
    ours, bare = sides(lab, reference, HistoryGroupsView.as_view(), address, "h.phase", columns)
    told = {one["group"]: one for one in ours(0)["groups"]}
    for phase, batches, n, quartiles, *_more in bare(0):
        number = told[phase]["numbers"][0]
        assert (told[phase]["batches"], number["n"]) == (batches, n)
        if n >= 5:
            assert [number["low"], number["median"], number["high"]] == pytest.approx(quartiles)
    own, plain = side_by_side(ours, bare, repeats=REPEATS, rounds=3)
    lines = table.add_times(f"groups by phase, {len(columns)} numbers", own, plain, limits=LIMITS)
    assert all(line.holds is not False for line in lines)


def test_a_pivot_costs_little_more_than_the_databases_own(lab, reference, table):
    address = f"{reverse('history-pivot-api')}?rows=phase&across=month&value=plqy_percent"
    by = f"h.phase, {MONTH}"
    ours, bare = sides(lab, reference, HistoryPivotView.as_view(), address, by, ("plqy_percent",))
    told = sum(one["batches"] for one in ours(0)["cells"])
    assert told == sum(row[2] for row in bare(0))
    own, plain = side_by_side(ours, bare, repeats=REPEATS, rounds=3)
    lines = table.add_times("pivot, phase by month", own, plain, limits=LIMITS)
    assert all(line.holds is not False for line in lines)

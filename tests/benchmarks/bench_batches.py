"""One batch and one create by API against the same SQL without a framework.

The reference asks over one prepared, binary psycopg connection: for a batch, the token's look-up and
the same statement, whose rows it writes with orjson; for a create, statements that copy the rows of
a batch that is there, so that no plan is solved and no value travels.
"""

from __future__ import annotations

import itertools
import json
from typing import Any

import orjson
import psycopg
import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from analysis.api.batches import STORY, BatchStoryViewSet
from labnotebook.records.api.rendering import encode
from labnotebook.records.api.rows import Rows
from labnotebook.records.models import Job
from labnotebook.records.services.tokens import create_token, token_digest
from synthesis.models import Addition, Batch, BatchQuantity, StepRun, StepRunParameter
from tests.benchmarks.bench_history import TOKEN
from tests.benchmarks.measuring import side_by_side
from tests.factories import NANOCRYSTALS
from tests.stories import make_told_batch

STORY_LIMIT, MOST_QUERIES, MOST_STATEMENTS = 2.5, 5, 15
READS, CREATES, LISTS = 200, 40, 30


@pytest.fixture(scope="module")
def told(lab) -> Batch:
    """A batch with 9 additions, 12 steps, 30 events and 4 measurements, among all the others."""
    return make_told_batch(lab.project, by=lab.user)


def asked(act: Any) -> int:
    """Return how many statements an act sends."""
    with CaptureQueriesContext(connection) as sent:
        act()
    return len(sent)


def named(rows: Rows, values: Any) -> Any:
    """Give the values of rows their names, and the rows below them theirs."""
    if values is None:
        return None
    if not rows.one and rows.source and rows is not STORY:
        if rows.keyed_by:
            return {key: named_one(rows, row) for key, *row in values}
        return [named_one(rows, row) for row in values]
    return named_one(rows, values)


def named_one(rows: Rows, row: Any) -> dict[str, Any]:
    found = dict(zip(rows.names, row, strict=True))
    for name in rows.json_names:
        found[name] = orjson.Fragment(found[name] or "null")
    for name, part in rows.columns.items():
        if isinstance(part, Rows):
            found[name] = named(part, found[name])
    return found


def test_the_story_of_a_batch_costs_little_more_than_its_sql(lab, told, reference, table):
    factory, view = RequestFactory(), BatchStoryViewSet.as_view({"get": "retrieve"})
    headers = {"Authorization": f"Bearer {lab.token}"}
    digest, who = token_digest(lab.token), {"user": lab.user.pk, "code": told.code}

    def ours(turn: int) -> bytes:
        response = view(factory.get("/", headers=headers), code=told.code)
        response.render()
        return response.content

    def bare(turn: int) -> bytes:
        cursor = reference.cursor(binary=True)
        assert cursor.execute(TOKEN, [digest]).fetchone()
        (row,) = cursor.execute(STORY.statement, who).fetchall()
        return orjson.dumps(named(STORY, row), default=encode, option=orjson.OPT_UTC_Z)

    for turn in range(20):  # by then both have their statements prepared
        mine = orjson.loads(ours(turn).replace(b"+00:00", b"Z"))
        plain = orjson.loads(bare(turn))
    assert [len(mine[part]) for part in ("additions", "steps", "measurements")] == [9, 12, 4]
    assert mine == plain | {"computed": mine["computed"]}
    queries = asked(lambda: ours(0))
    assert queries <= MOST_QUERIES
    own, plain = side_by_side(ours, bare, repeats=READS)
    first, _ = table.add_times(
        "one batch, its whole story",
        own,
        plain,
        limits={"p50": STORY_LIMIT},
        note=f"{queries} queries",
    )
    assert first.holds is not False


def test_a_create_costs_little_more_than_its_rows(lab, told, reference, table):
    factory, view = RequestFactory(), BatchStoryViewSet.as_view({"post": "create"})
    _, token = create_token(user=lab.user, name="benchmark, writing", scope="write")
    body = json.dumps({"recipe": NANOCRYSTALS, "ratio_ca_pb": 0.5, "lead_mmol": 0.376})
    numbers = itertools.count(1)

    def ours(turn: int) -> None:
        request = factory.post(
            "/",
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )
        response = view(request)
        response.render()
        assert response.status_code == 201

    def bare(turn: int) -> None:
        copy_batch(reference, told.pk, f"BARE-{next(numbers)}", token_digest(token))

    ours(0)
    bare(0)
    statements = asked(lambda: ours(0))
    assert statements <= MOST_STATEMENTS
    own, plain = side_by_side(ours, bare, repeats=CREATES)
    table.add_times("one create, plan solved", own, plain, note=f"{statements} statements")


def columns_of(model: Any, *but: str) -> str:
    return ", ".join(f.column for f in model._meta.concrete_fields if f.column not in ("id", *but))


def copy_batch(bare: psycopg.Connection, batch: int, code: str, digest: str) -> bytes:
    """Write the rows of a batch once more under another code."""
    cursor = bare.cursor(binary=True)
    assert cursor.execute(TOKEN, [digest]).fetchone()
    with bare.transaction():
        cursor.execute("SELECT set_config('app.actor', 'bare', true)")
        kept = columns_of(Batch, "code", "composition", "state", "started_at", "finished_at")
        new = cursor.execute(
            f"INSERT INTO synthesis_batch (code, state, {kept})"
            f" SELECT %s, 'planned', {kept} FROM synthesis_batch WHERE id = %s RETURNING *",
            [code, batch],
        ).fetchone()
        for model in (Addition, StepRun, BatchQuantity):
            name, kept = model._meta.db_table, columns_of(model, "batch_id")
            cursor.execute(
                f"INSERT INTO {name} (batch_id, {kept})"
                f" SELECT %s, {kept} FROM {name} WHERE batch_id = %s",
                [new[0], batch],
            )
        kept = columns_of(StepRunParameter, "step_run_id")
        cursor.execute(
            f"INSERT INTO synthesis_steprunparameter (step_run_id, {kept})"
            f" SELECT mine.id, {', '.join(f'p.{column}' for column in kept.split(', '))}"
            " FROM synthesis_steprun mine JOIN synthesis_steprun theirs USING (position)"
            " JOIN synthesis_steprunparameter p ON p.step_run_id = theirs.id"
            " WHERE mine.batch_id = %s AND theirs.batch_id = %s",
            [new[0], batch],
        )
        kept = columns_of(Job, "input_sha256")
        cursor.execute(
            f"INSERT INTO records_job (input_sha256, {kept}) SELECT %s, {kept} FROM records_job"
            " ORDER BY id LIMIT 1",
            [code],
        )
    return orjson.dumps(new[:4], default=encode)


def test_how_long_the_list_takes(lab, told, table):
    factory, view = RequestFactory(), BatchStoryViewSet.as_view({"get": "list"})
    headers = {"Authorization": f"Bearer {lab.token}"}

    def ours(turn: int) -> None:
        response = view(factory.get("/?page_size=100", headers=headers))
        response.render()
        assert len(response.data["results"]) == 100

    ours(0)
    (own,) = side_by_side(ours, repeats=LISTS, rounds=3)
    table.add_times("list of 100 batches", own)

"""The history's view and triggers follow `migrate`, there and back, and lose nothing."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from analysis.history import derived
from analysis.models import HistoryNumber, HistoryRow
from tests.analysis.history.factories import accept, make_batch, make_led, row_of

pytestmark = pytest.mark.django_db(transaction=True)


def count_of(kind: str) -> int:
    sql = {
        "triggers": "SELECT count(*) FROM pg_trigger WHERE tgname = 'refresh_history'",
        "views": "SELECT count(*) FROM pg_views WHERE viewname LIKE 'analysis_history%%'",
    }[kind]
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@pytest.fixture
def latest():
    yield
    call_command("migrate", verbosity=0)


@pytest.mark.slow
def test_migrating_back_and_forth_keeps_the_history_answering(lab, latest):
    """To the first tables with outcomes, which passes through every other state of them twice."""
    batch = make_batch(lab.project, lab.mira, code="NC-0042")
    make_led(batch, 24.4)
    accept(batch, "gap_ev", 1.79)
    call_command("migrate", "analysis", "0002", verbosity=0)
    assert count_of("triggers") == count_of("views") == 0
    call_command("migrate", verbosity=0)
    assert count_of("triggers") == 11
    assert count_of("views") == 2
    visitor = Client()
    visitor.force_login(lab.mira)
    rows = visitor.get("/api/v1/history/").json()["results"]
    assert [row["code"] for row in rows] == ["NC-0042"]
    assert rows[0]["eqe_percent"] == 24.4
    assert HistoryNumber.objects.get(batch=batch, name="gap_ev").value == 1.79
    later = make_batch(lab.project, lab.mira)
    accept(later, "pl_peak_nm", 686.0)
    assert row_of(later).pl_peak_nm == 686.0


def test_another_definition_makes_them_anew_and_fills_the_rows(lab):
    batch = make_batch(lab.project, lab.mira)
    with connection.cursor() as cursor:
        cursor.execute("COMMENT ON VIEW analysis_history_source IS 'made from something else'")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE analysis_historyrow SET humidity_percent = 99")
        cursor.execute("SET session_replication_role = DEFAULT")
    derived.make_anew()
    assert row_of(batch).humidity_percent is None
    assert count_of("triggers") == 11


def test_the_same_definition_is_left_alone(lab):
    make_batch(lab.project, lab.mira)
    HistoryRow.objects.update(humidity_percent=99)
    derived.make_anew()
    assert HistoryRow.objects.get().humidity_percent == 99


def test_a_migration_without_a_plan_takes_nothing_away(lab):
    derived.take_away(plan=[])
    assert count_of("triggers") == 11

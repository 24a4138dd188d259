"""Results stay with what they are about; on a signed batch they are superseded, never written over."""

import pytest
from django.db import DatabaseError, connection, transaction

from analysis.services.measurements import add_measurement
from analysis.services.outcomes import type_outcome
from synthesis.services.batches import sign_batch
from tests.analysis.factories import make_batch as make_other
from tests.analysis.factories import run_jobs, upload
from tests.factories import PASSWORD, make_made_batch, make_person, make_project

pytestmark = pytest.mark.django_db


def refused(statement: str, *parameters, match: str) -> None:
    with (
        pytest.raises(DatabaseError, match=match),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, parameters)
        assert cursor.rowcount, statement


@pytest.fixture
def signed():
    person = make_person()
    batch = make_made_batch(make_project(person))
    add_measurement(by=person, subject=batch, technique="pl", upload=upload())
    run_jobs("analyse")
    type_outcome(by=person, subject=batch, quantity="plqy_percent", text="97")
    return sign_batch(by=person, batch=batch, password=PASSWORD)


@pytest.mark.parametrize("table", ["analysis_measurement", "analysis_analysis", "analysis_outcome"])
def test_nothing_of_a_signed_batch_is_deleted(signed, table):
    refused(f"DELETE FROM {table}", match="signed: nothing of it is deleted")


@pytest.mark.parametrize("table", ["analysis_measurement", "analysis_outcome"])
def test_nothing_moves_to_another_batch(signed, table):
    other = make_other()
    refused(f"UPDATE {table} SET batch_id = %s", other.pk, match="stays with what it is about")


@pytest.mark.parametrize(
    "change", ["value = 99", "unit = 'nm'", "quantity = 'size_nm'", "typed_text = '99'"]
)
def test_a_number_of_a_signed_batch_is_not_written_over(signed, change):
    refused(f"UPDATE analysis_outcome SET {change}", match="supersedes|stays")


def test_a_later_number_still_supersedes_it(signed):
    later = type_outcome(
        by=signed.planned_by, subject=signed, quantity="plqy_percent", text="96", note="remeasured"
    )
    assert later.value == 96


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("column", ["value", "uncertainty", "low", "high"])
def test_nan_and_infinities_are_no_results(column, value):
    batch = make_made_batch()
    type_outcome(by=batch.planned_by, subject=batch, quantity="plqy_percent", text="97")
    refused(f"UPDATE analysis_outcome SET {column} = %s::float8", value, match="finite|negative")


def test_a_range_is_in_order():
    batch = make_made_batch()
    type_outcome(by=batch.planned_by, subject=batch, quantity="plqy_percent", text="97")
    refused("UPDATE analysis_outcome SET low = 98, high = 96", match="in_order")

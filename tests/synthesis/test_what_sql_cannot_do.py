"""What the database refuses although no code of ours is asked: each is tried in plain SQL."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from labnotebook.records.history import OUR_APPS
from synthesis.models import Ingredient
from synthesis.services.batches import sign_batch
from synthesis.services.bench import record_events
from tests.factories import PASSWORD, entry, make_batch, make_made_batch, shipped_recipe
from tests.synthesis.factories import make_bottle

ROWS_OF_A_BATCH = {
    "synthesis_addition": "batch_id",
    "synthesis_steprun": "batch_id",
    "synthesis_steprunparameter": "step_run_id",
    "synthesis_observation": "batch_id",
    "synthesis_deviation": "batch_id",
    "synthesis_benchevent": "batch_id",
}
DERIVED = {"analysis_historyrow"}  # copies of columns that are guarded; rebuild_history compares


def refused(statement: str, *parameters, match: str) -> None:
    with (
        pytest.raises(DatabaseError, match=match),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, parameters)
        # A statement that met no row would prove nothing.
        assert cursor.rowcount, statement


def of_batch(table: str) -> str:
    if table == "synthesis_steprunparameter":
        return "step_run_id IN (SELECT id FROM synthesis_steprun WHERE batch_id = %s)"
    return "batch_id = %s"


@pytest.fixture
def signed(lab):
    batch = make_made_batch(lab.project)
    record_events(
        by=lab.mira, batch=batch, events=[entry("deviation", "", "a bump", reason="the stirrer")]
    )
    return sign_batch(by=lab.mira, batch=batch, password=PASSWORD)


@pytest.mark.parametrize("table", ROWS_OF_A_BATCH)
def test_nothing_is_deleted_from_a_signed_batch(signed, table):
    refused(f"DELETE FROM {table} WHERE {of_batch(table)}", signed.pk, match="signed|kept for good")


@pytest.mark.parametrize("table", ROWS_OF_A_BATCH)
def test_nothing_moves_out_of_a_signed_batch_or_into_one(lab, signed, table):
    other = make_made_batch(lab.project)
    record_events(
        by=lab.mira, batch=other, events=[entry("deviation", "", "a bump", reason="the stirrer")]
    )
    to = {
        "batch_id": "%s",
        "step_run_id": "(SELECT max(id) FROM synthesis_steprun WHERE batch_id = %s)",
    }
    column = ROWS_OF_A_BATCH[table]
    for source, target in ((signed, other), (other, signed)):
        refused(
            f"UPDATE {table} SET {column} = {to[column]} WHERE {of_batch(table)}",
            target.pk,
            source.pk,
            match="signed|kept for good",
        )


def test_an_addition_never_moves_to_another_batch(lab):
    here, there = make_batch(lab.project), make_batch(lab.project)
    refused(
        "UPDATE synthesis_addition SET batch_id = %s, key = key || '_x' WHERE batch_id = %s",
        there.pk,
        here.pk,
        match="stays with its batch",
    )


def test_an_unsigned_batch_is_still_written(lab):
    batch = make_made_batch(lab.project)
    record_events(by=lab.mira, batch=batch, events=[entry("note", "", "later", reason="late")])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE synthesis_addition SET skipped_reason = 'x' WHERE batch_id = %s", [batch.pk]
        )
        assert cursor.rowcount


def copy_of(table: str, **changed: str) -> str:
    """Return an INSERT that copies the newest row with some columns changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND NOT attisdropped AND attidentity = '' AND attname <> 'id'",
            [table],
        )
        columns = [name for (name,) in cursor.fetchall()]
    values = ", ".join(changed.get(name, name) for name in columns)
    return (
        f"INSERT INTO {table} ({', '.join(columns)})"
        f" SELECT {values} FROM {table} ORDER BY id DESC LIMIT 1"
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("table", "changed"),
    [
        ("synthesis_ingredient", {"key": "'another'"}),
        ("synthesis_recipestep", {"key": "'another'", "position": "position + 1"}),
        ("synthesis_stepparameter", {"name": "'another'"}),
    ],
)
def test_nothing_is_added_to_a_published_recipe(table, changed):
    shipped_recipe()
    refused(copy_of(table, **changed), match="is published")


@pytest.mark.parametrize(
    ("statement", "match"),
    [
        ("UPDATE synthesis_addition SET planned_value = -1", "addition_plan_is_not_negative"),
        ("UPDATE synthesis_addition SET unit = 'kg'", "addition_unit_is_known"),
        ("UPDATE synthesis_addition SET weighed_value = NULL WHERE key = 'pbi2'", "keeps_its_text"),
        ("UPDATE synthesis_addition SET weighed_value = -1 WHERE key = 'pbi2'", "not_negative"),
        ("UPDATE synthesis_steprunparameter SET actual_value = 5", "keeps_its_text"),
        (
            "UPDATE synthesis_steprunparameter SET planned_value = -300 WHERE name = 'temperature_c'",
            "absolute_zero",
        ),
        ("UPDATE synthesis_batch SET quench_s = -1", "batch_numbers_are_not_negative"),
        ("UPDATE synthesis_batch SET ratio_ca_pb_weighed = -1", "batch_numbers_are_not_negative"),
        ("UPDATE synthesis_batch SET humidity_percent = 101", "humidity"),
        ("UPDATE synthesis_batch SET lead_mmol = 1", "frozen"),
        ("UPDATE synthesis_material SET amount_received = 0", "material_amount_is_positive"),
        ("UPDATE synthesis_material SET amount_unit = ''", "is counted in mg"),
        ("UPDATE synthesis_material SET assay_uncertainty_percent = -1", "not_negative"),
        ("UPDATE synthesis_material SET assay_percent = 101", "percentage"),
        ("UPDATE synthesis_chemical SET density_g_ml = 0", "density"),
        ("DELETE FROM synthesis_batch", "Nothing is deleted"),
    ],
)
def test_a_number_that_cannot_be_is_refused(lab, statement, match):
    make_made_batch(lab.project)
    make_bottle(lab, amount_received=40, amount_unit="mg")
    refused(statement, match=match)


def numbers_of_ours() -> list[tuple[str, str, str]]:
    tables = [
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.app_label in OUR_APPS and model._meta.db_table not in DERIVED
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_name = ANY(%s) AND data_type IN ('numeric', 'double precision', 'real')",
            [tables],
        )
        return cursor.fetchall()


def test_every_number_of_every_table_has_to_be_finite(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conname LIKE '%_finite%'"
        )
        promised: dict[str, str] = {}
        for table, condition in cursor.fetchall():
            promised[table] = promised.get(table, "") + condition
    missing = [
        f"{table}.{column}"
        for table, column, _ in numbers_of_ours()
        if f"({column} < 'Infinity'" not in promised.get(table, "")
    ]
    assert not missing, f"add finite(table, column) to a migration for {missing}"
    assert len(numbers_of_ours()) > 30


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_nan_and_infinities_are_refused_in_a_decimal_and_in_a_float(lab, value):
    make_made_batch(lab.project)
    weighed = "UPDATE synthesis_addition SET weighed_value = %s::float8::numeric WHERE key = 'pbi2'"
    refused(weighed, value, match="finite|overflow|not_negative")
    refused(
        "UPDATE synthesis_batch SET ratio_ca_pb_weighed = %s::float8",
        value,
        match="finite|negative",
    )


def test_an_ingredient_of_a_version_being_written_passes(lab):
    """The rows of a version come in its own transaction; this is how it is told from a later one."""
    assert Ingredient.objects.filter(recipe_version=shipped_recipe().current).count() > 5

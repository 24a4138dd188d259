"""The data of the first version are brought up to date by the first start, and nothing is lost.

`tests/data/old-notebook` is a backup that the first version (commit af64505) wrote of a small lab:
three bottles, a Cs-oleate stock, four batches (one made and measured, one signed), a device.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import psycopg
import pytest
from django.db import connection

OLD = Path(__file__).resolve().parents[1] / "data" / "old-notebook"
MAY_GROW = {  # what the first start writes: versions of what ships, migrations, derived rows
    "records_revision",
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "synthesis_chemical",
    "synthesis_recipe",
    "synthesis_recipeversion",
    "synthesis_ingredient",
    "synthesis_recipestep",
    "synthesis_stepparameter",
}
# as the first version's API and history told them
RATIO, UNCERTAINTY = 0.49644993375362834, 0.0026780144902490794
ROW = {
    "state": "made",
    "ratio_ca_pb": 0.5,
    "ratio_ca_pb_weighed": RATIO,
    "ratio_ca_pb_weighed_uncertainty": UNCERTAINTY,
    "precursor_appearance": "colloidal",
    "humidity_percent": 65.0,
    "quench_s": 5.6,
    "deviations": 2,
    "phase": "gamma",
    "forecast_gamma": 0.6348158088,
    "pl_peak_nm": 686.1891401562129,
    "pl_fwhm_nm": 24.990875365563056,
    "plqy_percent": 97.0,
    "devices": 1,
    "eqe_percent": 12.5,
}


def test_an_old_lab_moves_in_whole(db, fresh):
    for words in (("restore", str(OLD)), ("prepare",), ("migrate", "--check"), ("verify_history",)):
        done = fresh.manage(*words)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    with psycopg.connect(fresh.url) as database:
        every_row_is_still_there(database)
        the_history_says_what_it_said(database)
        every_ratio_is_found_under_its_name(database)
        assert everything_in(database) == everything_in(connection)


# A check holds where it is not known, so these two say the same; the models say it at length.
SAID_AT_LENGTH = ("batch_ends_no_earlier_than_it_begins", "step_run_ends_no_earlier_than_it_begins")
DEFINED = (
    "SELECT 'column', table_name || '.' || column_name, data_type || ' ' || is_nullable || ' '"
    " || coalesce(column_default, '') || coalesce(generation_expression, '')"
    " FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)"
    " FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid)"
    " FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT 'function', proname || pg_get_function_identity_arguments(oid), prosrc"
    " FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND probin IS NULL",
    "SELECT 'view', viewname, definition FROM pg_views WHERE schemaname = 'public'",
)


def everything_in(database):
    """Return how everything in a database is defined: an old lab and a new one come to the same by other ways."""
    with database.cursor() as cursor:
        found = {}
        for question in DEFINED:
            cursor.execute(question)
            found |= {(kind, name): said for kind, name, said in cursor.fetchall()}
    assert len(found) > 1000
    # What went through a backup is written with other casts and brackets.
    return {
        key: re.sub(r"::(text|character varying)(\[\])?|[()]", "", said)
        for key, said in found.items()
        if not key[1].endswith(SAID_AT_LENGTH)
    }


def every_row_is_still_there(database):
    before = json.loads((OLD / "MANIFEST.json").read_text())["rows"]
    stacks = before.pop("devices_architecture")  # they are recipes now
    kept = "SELECT count(*) FROM synthesis_recipe WHERE kind = 'device'"
    assert database.execute(kept).fetchone()[0] == stacks
    lost = "SELECT count(*) FROM devices_device WHERE recipe_version_id IS NULL"
    assert database.execute(lost).fetchone()[0] == 0
    now = {t: database.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in before}
    changed = {t: (n, now[t]) for t, n in before.items() if now[t] != n}
    assert {t for t, (n, m) in changed.items() if m > n} <= MAY_GROW, changed
    assert not {t for t, (n, m) in changed.items() if m < n}, changed


def the_history_says_what_it_said(database):
    row = database.execute(
        f"SELECT {', '.join(ROW)} FROM analysis_historyrow WHERE code = 'NC-0001'"
    ).fetchone()
    found = dict(zip(ROW, row, strict=True))
    words = {name for name, value in ROW.items() if isinstance(value, str)}
    assert {name: found[name] for name in words} == {name: ROW[name] for name in words}
    numbers = ROW.keys() - words
    assert {n: found[n] for n in numbers} == pytest.approx({n: ROW[n] for n in numbers}, rel=1e-12)


def every_ratio_is_found_under_its_name(database):
    found = database.execute(
        "SELECT q.value, q.uncertainty FROM synthesis_batchquantity q"
        " JOIN synthesis_batch b ON b.id = q.batch_id"
        " WHERE b.code = 'NC-0001' AND q.key = 'ratio_ca_pb' AND q.basis = 'weighed'"
    ).fetchone()
    assert found == pytest.approx((RATIO, UNCERTAINTY), rel=1e-9)

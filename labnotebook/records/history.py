"""History kept by the database itself: a trigger writes each version of each row, chained by hash.

`track` is used in migrations. Written in the same transaction as the change, from page, API, task,
admin and plain SQL alike; revisions can be neither changed nor removed. Each record's revisions form
a SHA-256 chain over length-prefixed fields, which `services.verification` recomputes in Python,
independently of the database's own code.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, migrations, transaction

OUR_APPS = ("records", "synthesis", "devices", "analysis", "talk", "webhooks")

# Tables of ours without a history of their own, and why.
UNTRACKED = {
    "records_revision": "is the history",
    "records_codecounter": "a counter; the codes themselves are on their records",
    "records_idempotencykey": "remembered answers, removed after a week",
    "records_personseen": "when somebody was last here, the newest moment only",
    "records_tokenuse": "when a token was last used, the newest moment only",
    "records_tokenaddress": "from where a token was used; the first use from each is a security event",
    "records_job": "the state of work; its results are tracked",
    "synthesis_batchquantity": "follows from the plan and the composition, whose revisions the batch keeps",
    "analysis_historyrow": "derived; rebuild_history recomputes and compares it",
    "analysis_modelparameters": "bytes whose SHA-256 their version keeps; they follow from its labels",
    "analysis_learnedrecipe": "follows from the recorded batches; rows are only ever added",
    "analysis_historynumber": "derived; rebuild_history recomputes and compares it",
}

# Tables whose rows are only ever added: each row is one revision, in a chain of its own kind.
# table -> (the row's key, the column whose rows form one chain)
CHAINED = {"synthesis_benchevent": ("id", "batch_id")}
# Tables of others of which some columns are kept: table -> columns, the key first.
WATCHED = {
    "auth_user": (
        "id",
        "username",
        "first_name",
        "last_name",
        "email",
        "is_active",
        "is_staff",
        "is_superuser",
    ),
    "mfa_authenticator": ("id", "user_id", "type", "created_at"),
}

# Functions and triggers that a room makes anew after every `migrate`: room -> what it installs.
DERIVED_SQL: dict[str, str] = {}

NOBODY = ("", "", "")  # actor, its id, reason

INSTALL_SQL = """
CREATE FUNCTION records_field(value text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT length(coalesce(value, '')) || ':' || coalesce(value, '') $$;

CREATE FUNCTION records_raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := OLD.version + 1;
  RETURN NEW;
END $$;

CREATE FUNCTION records_write_revision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  row_data text; row_id text; last_number integer; last_hash text; last_operation text;
  who text; who_id text; why text; stamp timestamptz; new_hash text;
BEGIN
  IF TG_OP = 'DELETE' THEN
    row_data := to_jsonb(OLD)::text; row_id := to_jsonb(OLD) ->> TG_ARGV[0];
  ELSE
    row_data := to_jsonb(NEW)::text; row_id := to_jsonb(NEW) ->> TG_ARGV[0];
  END IF;
  SELECT number, hash INTO last_number, last_hash FROM records_revision
    WHERE table_name = TG_TABLE_NAME AND record_id = row_id ORDER BY number DESC LIMIT 1;
  last_number := coalesce(last_number, 0); last_hash := coalesce(last_hash, '');
  who := coalesce(nullif(current_setting('app.actor', true), ''), 'direct SQL by ' || session_user);
  who_id := nullif(current_setting('app.actor_id', true), '');
  why := coalesce(current_setting('app.reason', true), '');
  stamp := clock_timestamp();
  new_hash := encode(sha256(convert_to(
    records_field(last_hash) || records_field(TG_TABLE_NAME) || records_field(row_id)
    || records_field((last_number + 1)::text) || records_field(lower(TG_OP)) || records_field(who)
    || records_field(who_id) || records_field(why)
    || records_field(to_char(stamp AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
    || records_field(row_data), 'UTF8')), 'hex');
  INSERT INTO records_revision
    (table_name, record_id, number, operation, actor, actor_id, reason, at, data, previous_hash, hash)
    VALUES (TG_TABLE_NAME, row_id, last_number + 1, lower(TG_OP), who, who_id::bigint, why, stamp,
            row_data, last_hash, new_hash);
  RETURN NULL;
END $$;

CREATE FUNCTION records_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Rows of % are kept for good: % is refused.', TG_TABLE_NAME, lower(TG_OP)
    USING ERRCODE = 'restrict_violation';
END $$;
"""

REMOVE_SQL = """
DROP FUNCTION IF EXISTS records_refuse_change() CASCADE;
DROP FUNCTION IF EXISTS records_write_revision() CASCADE;
DROP FUNCTION IF EXISTS records_raise_version() CASCADE;
DROP FUNCTION IF EXISTS records_field(text) CASCADE;
"""


def install() -> migrations.RunSQL:
    """Return the migration operation that creates the trigger functions."""
    return migrations.RunSQL(INSTALL_SQL, REMOVE_SQL)


def track(table: str, primary_key: str = "id") -> migrations.RunSQL:
    """Return the migration operation that gives ``table`` its history, and forbids deletion."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER raise_version BEFORE UPDATE ON {table}
          FOR EACH ROW EXECUTE FUNCTION records_raise_version();
        CREATE TRIGGER write_revision AFTER INSERT OR UPDATE OR DELETE ON {table}
          FOR EACH ROW EXECUTE FUNCTION records_write_revision('{primary_key}');
        CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION records_refuse_change();
        """,
        f"""
        DROP TRIGGER IF EXISTS raise_version ON {table};
        DROP TRIGGER IF EXISTS write_revision ON {table};
        DROP TRIGGER IF EXISTS refuse_truncate ON {table};
        """,
    )


def append_only(table: str) -> migrations.RunSQL:
    """Return the migration operation that makes the rows of ``table`` unchangeable."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {table}
          FOR EACH ROW EXECUTE FUNCTION records_refuse_change();
        CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION records_refuse_change();
        """,
        f"""
        DROP TRIGGER IF EXISTS refuse_change ON {table};
        DROP TRIGGER IF EXISTS refuse_truncate ON {table};
        """,
    )


def chain(table: str, by: str, order: str) -> migrations.RunSQL:
    """Return the migration operation that chains the rows of an append-only table.

    Rows with the same ``by`` form one chain; those that are there already are chained in ``order``.
    """
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER write_entry AFTER INSERT ON {table}
          FOR EACH ROW EXECUTE FUNCTION records_write_entry('{by}');
        """
        + _record_old_rows(table, by, "to_jsonb(t)::text", order),
        f"DROP TRIGGER IF EXISTS write_entry ON {table};",
    )


def watch(table: str, *columns: str) -> migrations.RunSQL:
    """Return the migration operation that keeps a history of some columns, the key first."""
    quoted = ", ".join(f"'{column}'" for column in columns)
    content = f"records_some_columns(to_jsonb(t), ARRAY[{quoted}])"
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER write_watched AFTER INSERT OR UPDATE OR DELETE ON {table}
          FOR EACH ROW EXECUTE FUNCTION records_write_watched({quoted});
        """
        + _record_old_rows(table, columns[0], content, f"t.{columns[0]}"),
        f"DROP TRIGGER IF EXISTS write_watched ON {table};",
    )


def _record_old_rows(table: str, by: str, content: str, order: str) -> str:
    """Return the block that begins the chains of the rows that are there already."""
    rows = f"SELECT t.{by}::text AS record, {content} AS data FROM {table} t ORDER BY {order}"  # noqa: S608  (names of tables and columns, from migrations)
    return f"""
        DO $do$ DECLARE one record; BEGIN
          PERFORM set_config('app.actor', 'migration', true),
            set_config('app.reason', 'was there before it was kept', true);
          FOR one IN {rows} LOOP
            PERFORM records_append_revision('{table}', one.record, 'insert', one.data);
          END LOOP;
          PERFORM set_config('app.actor', '', true), set_config('app.reason', '', true);
        END $do$;
        """


def finite(table: str, *columns: str) -> migrations.RunSQL:
    """Return the migration operation that refuses NaN and infinities in ``columns``.

    PostgreSQL takes them for numbers above all others, so no ``>= 0`` keeps them out. Rows of old that
    hold one stay, and the table says so by a constraint that is not validated.
    """
    return promise(
        table,
        f"{table}_numbers_are_finite",
        " AND ".join(f"{column} < 'Infinity' AND {column} > '-Infinity'" for column in columns),
    )


def promise(table: str, name: str, condition: str) -> migrations.RunSQL:
    """Return the migration operation that adds a check which old rows need not pass."""
    return migrations.RunSQL(
        f"""
        ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({condition}) NOT VALID;
        DO $do$ BEGIN
          ALTER TABLE {table} VALIDATE CONSTRAINT {name};
        EXCEPTION WHEN check_violation THEN
          RAISE WARNING '{name}: some old rows do not keep it';
        END $do$;
        """,
        f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name};",
    )


@cache
def tracked_tables() -> frozenset[str]:
    """Return the tables of every model derived from Record."""
    from labnotebook.records.models import Record

    return frozenset(m._meta.db_table for m in apps.get_models() if issubclass(m, Record))


def kept_tables() -> frozenset[str]:
    """Return the tables whose every row and change is a revision."""
    return tracked_tables() | CHAINED.keys()


_current: ContextVar[tuple[str, str, str] | None] = ContextVar("recorded", default=None)
_as_a_whole: ContextVar[bool] = ContextVar("as_a_whole", default=False)


@contextmanager
def as_a_whole() -> Iterator[None]:
    """Run a transaction that is kept or lost as a whole.

    A `recorded` inside it needs no savepoint to go back to, and what it said holds until the end.
    """
    nested = connection.in_atomic_block
    with transaction.atomic():
        marker = _as_a_whole.set(True)
        try:
            yield
        finally:
            _as_a_whole.reset(marker)
        if nested:
            _say(*(_current.get() or NOBODY))


@contextmanager
def recorded(by: Any, reason: str = "") -> Iterator[None]:
    """Run a transaction whose revisions say who (a user, or the name of a task) and why.

    May be nested: the inner one says its own reason and hands back to the outer. When it fails, the
    rollback also takes back what was said.
    """
    said = (by, "", reason) if isinstance(by, str) else (by.get_username(), str(by.pk), reason)
    outer = _current.get()
    whole = outer is None and _as_a_whole.get()
    nested = connection.in_atomic_block and not whole
    with transaction.atomic(savepoint=not whole):
        _say(*said)
        marker = _current.set(said)
        try:
            yield
            if nested:
                _say(*(outer or NOBODY))
        finally:
            _current.reset(marker)


def _say(actor: str, actor_id: str, reason: str) -> None:
    from labnotebook.records.actors import proof_of

    with connection.cursor() as cursor:
        backend = connection.connection.info.backend_pid
        cursor.execute(
            "SELECT set_config('app.actor', %s, true), set_config('app.actor_id', %s, true),"
            " set_config('app.reason', %s, true), set_config('app.proof', %s, true)",
            [actor, actor_id, reason, proof_of(actor, actor_id, reason, backend)],
        )

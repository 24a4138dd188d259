"""Who is written down as the author of a revision, and why nobody else can say so.

`history.recorded` names a person to the database, with a proof: a digest over the person, the reason and the
connection, made with a key that the notebook's processes have and the tables' owner keeps. The functions that write
revisions run as that owner. Whoever uses the application's role without the notebook is called what it is,
direct SQL; so is the server's own superuser. The owner needs no proof: migrations are its work, and it could read the key.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connections

from labnotebook.records.history import DERIVED_SQL

_AS_OWNER = "SECURITY DEFINER SET search_path = public, pg_temp"
KEY_TABLE = "records_actorkey"
# Each of these may do what the application's role may not.
DEFINERS = (
    "records_write_revision",
    "records_write_entry",
    "records_write_watched",
    "records_wait_for_writers",
)
HELPER = (  # of the definers: called by hand it would write whatever one likes
    "records_append_revision(text, text, text, text)"
)

# Of a chain `of_table`, `of_record`: what was `done`, and the row after it.
_VARIABLES = """
  last_number integer; last_hash text; who text := records_who(); who_id text; why text;
  stamp timestamptz := clock_timestamp(); new_hash text;
"""
_WRITE = """
  SELECT number, hash INTO last_number, last_hash FROM records_revision
    WHERE table_name = of_table AND record_id = of_record ORDER BY number DESC LIMIT 1;
  last_number := coalesce(last_number, 0); last_hash := coalesce(last_hash, '');
  IF who = current_setting('app.actor', true) THEN
    who_id := nullif(current_setting('app.actor_id', true), '');
  END IF;
  why := coalesce(current_setting('app.reason', true), '');
  new_hash := encode(sha256(convert_to(
    records_field(last_hash) || records_field(of_table) || records_field(of_record)
    || records_field((last_number + 1)::text) || records_field(done) || records_field(who)
    || records_field(who_id) || records_field(why)
    || records_field(to_char(stamp AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
    || records_field(row_data), 'UTF8')), 'hex');
  INSERT INTO records_revision
    (table_name, record_id, number, operation, actor, actor_id, reason, at, data, previous_hash, hash)
    VALUES (of_table, of_record, last_number + 1, done, who, who_id::bigint, why, stamp,
            row_data, last_hash, new_hash);
"""
INSTALL = f"""
CREATE TABLE IF NOT EXISTS {KEY_TABLE} (id boolean PRIMARY KEY DEFAULT true CHECK (id), key text NOT NULL);

CREATE OR REPLACE FUNCTION records_who() RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  said text := coalesce(current_setting('app.actor', true), '');
  secret text; proof text;
BEGIN
  IF said = '' THEN RETURN 'direct SQL by ' || session_user; END IF;
  IF session_user = current_user THEN RETURN said; END IF;
  SELECT key INTO secret FROM {KEY_TABLE};
  proof := encode(sha256(convert_to(secret || encode(sha256(convert_to(secret
    || records_field(pg_backend_pid()::text) || records_field(said)
    || records_field(current_setting('app.actor_id', true))
    || records_field(current_setting('app.reason', true)), 'UTF8')), 'hex'), 'UTF8')), 'hex');
  IF proof = current_setting('app.proof', true) THEN RETURN said; END IF;
  RETURN left('direct SQL by ' || session_user || ', calling itself ' || said, 150);
END $$;

CREATE OR REPLACE FUNCTION records_append_revision(of_table text, of_record text, done text, row_data text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE {_VARIABLES}
BEGIN
  -- One at a time per chain: rows of one chain are not serialised by a row lock of their own.
  PERFORM pg_advisory_xact_lock(hashtextextended(of_table || ':' || of_record, 0));
{_WRITE}
END $$;

CREATE OR REPLACE FUNCTION records_write_revision() RETURNS trigger LANGUAGE plpgsql {_AS_OWNER} AS $$
DECLARE
  one jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
  of_table text := TG_TABLE_NAME; of_record text := one ->> TG_ARGV[0];
  done text := lower(TG_OP); row_data text := one::text; {_VARIABLES}
BEGIN
{_WRITE}
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION records_write_entry() RETURNS trigger LANGUAGE plpgsql {_AS_OWNER} AS $$
BEGIN
  PERFORM records_append_revision(
    TG_TABLE_NAME, to_jsonb(NEW) ->> TG_ARGV[0], 'insert', to_jsonb(NEW)::text);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION records_write_watched() RETURNS trigger LANGUAGE plpgsql {_AS_OWNER} AS $$
DECLARE wanted text[]; before text; after text; one jsonb;
BEGIN
  wanted := TG_ARGV;
  IF TG_OP <> 'INSERT' THEN one := to_jsonb(OLD); before := records_some_columns(one, wanted); END IF;
  IF TG_OP <> 'DELETE' THEN one := to_jsonb(NEW); after := records_some_columns(one, wanted); END IF;
  IF before IS DISTINCT FROM after THEN
    PERFORM records_append_revision(
      TG_TABLE_NAME, one ->> TG_ARGV[0], lower(TG_OP), coalesce(after, before));
  END IF;
  RETURN NULL;
END $$;

-- Wait until no writer is in flight, and keep new ones out until the transaction ends.
CREATE OR REPLACE FUNCTION records_wait_for_writers() RETURNS void LANGUAGE plpgsql {_AS_OWNER} AS $$
BEGIN
  LOCK TABLE records_revision IN SHARE MODE;
END $$;
"""  # noqa: S608  (names of our own)
DERIVED_SQL["records"] = INSTALL


def make_anew(*, using: str = "default", **_: Any) -> None:
    """Install the functions, after every `migrate`."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regproc('records_write_watched') IS NOT NULL")
        if cursor.fetchone()[0]:  # the migration that the triggers came with has run
            cursor.execute(INSTALL)


@cache
def actor_key() -> str:
    """Return the key of the proofs: it follows from the secret key of the notebook."""
    return hashlib.sha256(f"actor {settings.SECRET_KEY}".encode()).hexdigest()


def proof_of(actor: str, actor_id: str, reason: str, backend: int) -> str:
    """Return what shows the database that the notebook itself says this, on the connection ``backend``."""
    key = actor_key()
    told = "".join(f"{len(part)}:{part}" for part in (str(backend), actor, actor_id, reason))
    inner = hashlib.sha256((key + told).encode()).hexdigest()
    return hashlib.sha256((key + inner).encode()).hexdigest()

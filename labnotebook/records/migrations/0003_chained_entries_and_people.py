"""Chains for rows that are only ever added, and a history of who may sign in."""

from django.conf import settings
from django.db import migrations

from labnotebook.records.history import watch

FUNCTIONS = """
CREATE FUNCTION records_append_revision(of_table text, of_record text, done text, row_data text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  last_number integer; last_hash text; who text; who_id text; why text; stamp timestamptz;
  new_hash text;
BEGIN
  -- One at a time per chain: rows of one chain are not serialised by a row lock of their own.
  PERFORM pg_advisory_xact_lock(hashtextextended(of_table || ':' || of_record, 0));
  SELECT number, hash INTO last_number, last_hash FROM records_revision
    WHERE table_name = of_table AND record_id = of_record ORDER BY number DESC LIMIT 1;
  last_number := coalesce(last_number, 0); last_hash := coalesce(last_hash, '');
  who := coalesce(nullif(current_setting('app.actor', true), ''), 'direct SQL by ' || session_user);
  who_id := nullif(current_setting('app.actor_id', true), '');
  why := coalesce(current_setting('app.reason', true), '');
  stamp := clock_timestamp();
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
END $$;

CREATE FUNCTION records_write_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM records_append_revision(
    TG_TABLE_NAME, to_jsonb(NEW) ->> TG_ARGV[0], 'insert', to_jsonb(NEW)::text);
  RETURN NULL;
END $$;

CREATE FUNCTION records_some_columns(full_row jsonb, wanted text[]) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT jsonb_object_agg(key, value)::text FROM jsonb_each(full_row) WHERE key = ANY(wanted) $$;

CREATE FUNCTION records_write_watched() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""
REMOVE = """
DROP FUNCTION IF EXISTS records_write_watched() CASCADE;
DROP FUNCTION IF EXISTS records_some_columns(jsonb, text[]) CASCADE;
DROP FUNCTION IF EXISTS records_write_entry() CASCADE;
DROP FUNCTION IF EXISTS records_append_revision(text, text, text, text) CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0002_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, REMOVE),
        watch(
            "auth_user",
            "id",
            "username",
            "first_name",
            "last_name",
            "email",
            "is_active",
            "is_staff",
            "is_superuser",
        ),
    ]

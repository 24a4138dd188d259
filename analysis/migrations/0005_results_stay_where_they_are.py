"""Results stay with what they are about, and with a signed batch for good; numbers are numbers."""

from django.db import migrations

from labnotebook.records.history import finite, promise

STAY = """
CREATE FUNCTION analysis_stays_with_its_subject() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before jsonb; after jsonb; signed text; kept text[];
BEGIN
  before := to_jsonb(OLD);
  IF TG_OP = 'UPDATE' THEN after := to_jsonb(NEW); END IF;
  IF TG_OP = 'UPDATE' AND (before -> 'batch_id', before -> 'device_id', before -> 'pixel_id',
      before -> 'measurement_id', before -> 'file_id', before -> 'analysis_id') IS DISTINCT FROM
     (after -> 'batch_id', after -> 'device_id', after -> 'pixel_id',
      after -> 'measurement_id', after -> 'file_id', after -> 'analysis_id') THEN
    RAISE EXCEPTION 'A row of % stays with what it is about. Record it anew there.', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation';
  END IF;
  SELECT code INTO signed FROM synthesis_batch WHERE state = 'signed' AND id = coalesce(
    (before ->> 'batch_id')::bigint,
    (SELECT batch_id FROM analysis_measurement WHERE id = (before ->> 'measurement_id')::bigint));
  IF signed IS NOT NULL AND TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'Batch % is signed: nothing of it is deleted.', signed
      USING ERRCODE = 'restrict_violation';
  END IF;
  -- A number of a signed batch may be superseded by a later one, never written over.
  kept := string_to_array(TG_ARGV[0], ',');
  IF signed IS NOT NULL AND EXISTS (SELECT FROM unnest(kept) AS k
      WHERE before -> k IS DISTINCT FROM after -> k) THEN
    RAISE EXCEPTION 'Batch % is signed: a later number supersedes this one, nothing writes over it.', signed
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER stays_with_its_subject BEFORE UPDATE OR DELETE ON analysis_measurement
  FOR EACH ROW EXECUTE FUNCTION analysis_stays_with_its_subject('');
CREATE TRIGGER stays_with_its_subject BEFORE UPDATE OR DELETE ON analysis_analysis
  FOR EACH ROW EXECUTE FUNCTION analysis_stays_with_its_subject('');
CREATE TRIGGER stays_with_its_subject BEFORE UPDATE OR DELETE ON analysis_outcome
  FOR EACH ROW EXECUTE FUNCTION analysis_stays_with_its_subject('quantity,value,uncertainty,low,high,unit,typed_text');
CREATE TRIGGER stays_with_its_subject BEFORE UPDATE OR DELETE ON analysis_phaseassignment
  FOR EACH ROW EXECUTE FUNCTION analysis_stays_with_its_subject('phase,structure,reason');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("analysis", "0004_history_order"),
        ("synthesis", "0005_nothing_moves_unseen"),
        ("records", "0003_chained_entries_and_people"),
    ]

    operations = [
        migrations.RunSQL(
            STAY, "DROP FUNCTION IF EXISTS analysis_stays_with_its_subject() CASCADE;"
        ),
        finite("analysis_outcome", "value", "uncertainty", "low", "high"),
        promise("analysis_outcome", "outcome_range_is_in_order", "low <= high"),
        finite("analysis_score", "probability", "log_score", "brier"),
    ]

"""History, immutable recipe versions, frozen plans, signed batches."""

from django.db import migrations

from labnotebook.records.history import append_only, track

TRACKED = [
    "synthesis_chemical",
    "synthesis_material",
    "synthesis_recipe",
    "synthesis_recipeversion",
    "synthesis_ingredient",
    "synthesis_recipestep",
    "synthesis_stepparameter",
    "synthesis_batch",
    "synthesis_addition",
    "synthesis_steprun",
    "synthesis_steprunparameter",
    "synthesis_observation",
    "synthesis_deviation",
]
NEVER_CHANGED = [
    "synthesis_recipeversion",
    "synthesis_ingredient",
    "synthesis_recipestep",
    "synthesis_stepparameter",
    "synthesis_observation",
    "synthesis_benchevent",
]

KEEP_PLAN = """
CREATE FUNCTION synthesis_keep_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.plan, OLD.plan_sha256, OLD.recipe_version_id, OLD.targets, OLD.lots, OLD.ratio_ca_pb,
      OLD.lead_mmol, OLD.code, OLD.project_id)
     IS DISTINCT FROM
     (NEW.plan, NEW.plan_sha256, NEW.recipe_version_id, NEW.targets, NEW.lots, NEW.ratio_ca_pb,
      NEW.lead_mmol, NEW.code, NEW.project_id) THEN
    RAISE EXCEPTION 'The plan of batch % is frozen. Make a new batch for another plan.', OLD.code
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state = 'signed' THEN
    RAISE EXCEPTION 'Batch % is signed and cannot change.', OLD.code
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_plan BEFORE UPDATE ON synthesis_batch
  FOR EACH ROW EXECUTE FUNCTION synthesis_keep_plan();

CREATE FUNCTION synthesis_refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Nothing is deleted: abandon the batch with a reason instead.'
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER refuse_delete BEFORE DELETE ON synthesis_batch
  FOR EACH ROW EXECUTE FUNCTION synthesis_refuse_delete();

CREATE FUNCTION synthesis_signed_is_locked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE code text;
BEGIN
  IF TG_TABLE_NAME = 'synthesis_steprunparameter' THEN
    SELECT b.code INTO code FROM synthesis_batch b
      JOIN synthesis_steprun s ON s.batch_id = b.id WHERE s.id = NEW.step_run_id AND b.state = 'signed';
  ELSE
    SELECT b.code INTO code FROM synthesis_batch b WHERE b.id = NEW.batch_id AND b.state = 'signed';
  END IF;
  IF code IS NOT NULL THEN
    RAISE EXCEPTION 'Batch % is signed and cannot change.', code USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
"""
LOCKED = [
    "synthesis_addition",
    "synthesis_steprun",
    "synthesis_steprunparameter",
    "synthesis_observation",
    "synthesis_deviation",
    "synthesis_benchevent",
]
LOCK = "\n".join(
    f"CREATE TRIGGER signed_is_locked BEFORE INSERT OR UPDATE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION synthesis_signed_is_locked();"
    for table in LOCKED
)
UNDO = """
DROP FUNCTION IF EXISTS synthesis_signed_is_locked() CASCADE;
DROP FUNCTION IF EXISTS synthesis_refuse_delete() CASCADE;
DROP FUNCTION IF EXISTS synthesis_keep_plan() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("synthesis", "0001_initial"), ("records", "0002_history")]

    operations = [
        *(track(table) for table in TRACKED),
        *(append_only(table) for table in NEVER_CHANGED if table not in TRACKED),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION records_refuse_change();",
                f"DROP TRIGGER IF EXISTS refuse_change ON {table};",
            )
            for table in NEVER_CHANGED
            if table in TRACKED
        ),
        migrations.RunSQL(KEEP_PLAN + LOCK, UNDO),
    ]

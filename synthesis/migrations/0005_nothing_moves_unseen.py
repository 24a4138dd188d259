"""Bench entries in a chain per batch; what SQL could still do to a signed batch or a published recipe."""

from django.db import migrations

from labnotebook.records.history import chain, finite, promise

LOCK = """
CREATE OR REPLACE FUNCTION synthesis_signed_is_locked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE locked text; before jsonb; after jsonb; belongs text;
BEGIN
  IF TG_OP <> 'INSERT' THEN before := to_jsonb(OLD); END IF;
  IF TG_OP <> 'DELETE' THEN after := to_jsonb(NEW); END IF;
  belongs := CASE WHEN TG_TABLE_NAME = 'synthesis_steprunparameter' THEN 'step_run_id' ELSE 'batch_id' END;
  SELECT b.code INTO locked FROM synthesis_batch b
    WHERE b.state = 'signed' AND b.id IN (
      SELECT CASE WHEN belongs = 'batch_id' THEN (one ->> belongs)::bigint
             ELSE (SELECT s.batch_id FROM synthesis_steprun s WHERE s.id = (one ->> belongs)::bigint) END
      FROM (VALUES (before), (after)) AS both_rows(one)) LIMIT 1;
  IF locked IS NOT NULL THEN
    RAISE EXCEPTION 'Batch % is signed and cannot change.', locked USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND before -> belongs IS DISTINCT FROM after -> belongs THEN
    RAISE EXCEPTION 'A row of % stays with its batch. Record it anew in the other one.', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
"""
LOCKED = (
    "synthesis_addition",
    "synthesis_steprun",
    "synthesis_steprunparameter",
    "synthesis_observation",
    "synthesis_deviation",
    "synthesis_benchevent",
)
AGAIN = "\n".join(
    f"DROP TRIGGER signed_is_locked ON {table};"
    f" CREATE TRIGGER signed_is_locked BEFORE INSERT OR UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION synthesis_signed_is_locked();"
    for table in LOCKED
)

# A version and its rows are written in one transaction. Afterwards nobody adds to it.
PUBLISHED = """
ALTER TABLE synthesis_recipeversion ADD COLUMN written_in bigint;
ALTER TABLE synthesis_recipeversion
  ALTER COLUMN written_in SET DEFAULT (pg_current_xact_id()::text)::bigint;
CREATE FUNCTION synthesis_version_is_complete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE of_version bigint;
BEGIN
  IF TG_TABLE_NAME = 'synthesis_stepparameter' THEN
    SELECT recipe_version_id INTO of_version FROM synthesis_recipestep
      WHERE id = (to_jsonb(NEW) ->> 'step_id')::bigint;
  ELSE
    of_version := (to_jsonb(NEW) ->> 'recipe_version_id')::bigint;
  END IF;
  IF NOT EXISTS (SELECT FROM synthesis_recipeversion WHERE id = of_version
      AND written_in = (pg_current_xact_id()::text)::bigint) THEN
    RAISE EXCEPTION 'This version of the recipe is published. Publish a new version instead.'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER version_is_complete BEFORE INSERT ON synthesis_ingredient
  FOR EACH ROW EXECUTE FUNCTION synthesis_version_is_complete();
CREATE TRIGGER version_is_complete BEFORE INSERT ON synthesis_recipestep
  FOR EACH ROW EXECUTE FUNCTION synthesis_version_is_complete();
CREATE TRIGGER version_is_complete BEFORE INSERT ON synthesis_stepparameter
  FOR EACH ROW EXECUTE FUNCTION synthesis_version_is_complete();
"""
UNPUBLISHED = """
DROP FUNCTION IF EXISTS synthesis_version_is_complete() CASCADE;
ALTER TABLE synthesis_recipeversion DROP COLUMN IF EXISTS written_in;
"""
AMOUNTS = ("mass_mg", "volume_ml", "amount_mmol", "equivalents", "concentration_mol_l")
AMOUNTS += ("concentration_mg_ml", "weight_percent", "fills_to_ml")


class Migration(migrations.Migration):
    dependencies = [
        ("synthesis", "0004_batch_quantities"),
        ("records", "0003_chained_entries_and_people"),
    ]

    operations = [
        chain("synthesis_benchevent", by="batch_id", order="t.received_at, t.id"),
        migrations.RunSQL(LOCK + AGAIN, migrations.RunSQL.noop),
        migrations.RunSQL(PUBLISHED, UNPUBLISHED),
        finite("synthesis_chemical", "density_g_ml"),
        finite(
            "synthesis_material",
            "assay_percent",
            "assay_uncertainty_percent",
            "concentration_mol_l",
            "concentration_uncertainty_mol_l",
            "amount_received",
        ),
        promise(
            "synthesis_material",
            "material_uncertainties_are_not_negative",
            "coalesce(assay_uncertainty_percent, 0) >= 0"
            " AND coalesce(concentration_uncertainty_mol_l, 0) >= 0",
        ),
        finite("synthesis_ingredient", *AMOUNTS),
        promise(
            "synthesis_ingredient",
            "ingredient_amounts_are_not_negative",
            " AND ".join(f"coalesce({amount}, 0) >= 0" for amount in AMOUNTS),
        ),
        finite("synthesis_batchquantity", "value", "uncertainty"),
        finite("synthesis_stepparameter", "value"),
        finite(
            "synthesis_batch",
            "ratio_ca_pb",
            "lead_mmol",
            "humidity_percent",
            "quench_s",
            "ratio_ca_pb_weighed",
            "ratio_ca_pb_weighed_uncertainty",
        ),
        promise(
            "synthesis_batch",
            "batch_numbers_are_not_negative",
            "coalesce(quench_s, 0) >= 0 AND coalesce(ratio_ca_pb_weighed, 0) >= 0"
            " AND coalesce(ratio_ca_pb_weighed_uncertainty, 0) >= 0",
        ),
        finite("synthesis_addition", "planned_value", "weighed_value"),
        promise("synthesis_addition", "addition_plan_is_not_negative", "planned_value >= 0"),
        promise("synthesis_addition", "addition_unit_is_known", "unit IN ('mg', 'ml')"),
        finite("synthesis_steprunparameter", "planned_value", "actual_value"),
        promise(
            "synthesis_steprunparameter",
            "step_run_parameter_keeps_its_text",
            "(actual_value IS NULL) = (actual_text = '')",
        ),
        promise(
            "synthesis_steprunparameter",
            "step_run_parameter_is_above_absolute_zero",
            "name NOT LIKE '%temperature_c'"
            " OR (coalesce(planned_value, 0) >= -273.15 AND coalesce(actual_value, 0) >= -273.15)",
        ),
    ]

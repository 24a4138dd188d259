"""A stock never goes into the batch that made it, nor into one that it descends from."""

from django.db import migrations

GUARD = """
CREATE FUNCTION synthesis_refuse_ring() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE found text;
BEGIN
  IF NEW.material_id IS NULL THEN RETURN NEW; END IF;
  IF TG_OP = 'UPDATE' AND NEW.material_id IS NOT DISTINCT FROM OLD.material_id THEN RETURN NEW; END IF;
  WITH RECURSIVE above (id) AS (
    SELECT NEW.material_id
    UNION
    SELECT next.id FROM above
      JOIN synthesis_material m ON m.id = above.id
      CROSS JOIN LATERAL (
        SELECT m.aliquot_of_id AS id WHERE m.aliquot_of_id IS NOT NULL
        UNION ALL
        SELECT a.material_id FROM synthesis_addition a
          WHERE a.batch_id = m.produced_by_id AND a.material_id IS NOT NULL
      ) next
  )
  SELECT m.code INTO found FROM above JOIN synthesis_material m ON m.id = above.id
    WHERE m.produced_by_id = NEW.batch_id LIMIT 1;
  IF found IS NOT NULL THEN
    RAISE EXCEPTION 'Stock % was made by this very batch, so it cannot be among what goes into it.', found
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refuse_ring BEFORE INSERT OR UPDATE OF material_id ON synthesis_addition
  FOR EACH ROW EXECUTE FUNCTION synthesis_refuse_ring();
"""
UNDO = "DROP FUNCTION IF EXISTS synthesis_refuse_ring() CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("synthesis", "0008_first_movements")]

    operations = [migrations.RunSQL(GUARD, UNDO)]

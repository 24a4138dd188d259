"""What each bottle held and what the bench took from it, as movements: once, for what was there before."""

from django.db import migrations

# The balance stands in the frozen plan of the batch: a standard uncertainty in mg, a volume's in percent.
FILL = """
SELECT set_config('app.actor', 'migration', true),
       set_config('app.reason', 'movements of what was recorded before there were any', true);

INSERT INTO synthesis_movement
  (version, material_id, kind, amount, unit, uncertainty, at, by_id, beyond, reason, created_at)
SELECT 1, id, 'received', amount_received, amount_unit, NULL, created_at, created_by_id, false, '', now()
FROM synthesis_material WHERE amount_received IS NOT NULL ORDER BY id;

INSERT INTO synthesis_movement
  (version, material_id, kind, amount, unit, uncertainty, at, by_id, addition_id, beyond, reason, created_at)
SELECT 1, a.material_id, 'used', -a.weighed_value, a.unit,
       round(CASE a.unit WHEN 'mg' THEN (b.plan -> 'balance' ->> 'uncertainty_mg')::numeric
         ELSE a.weighed_value * (b.plan -> 'balance' ->> 'volume_uncertainty_percent')::numeric / 100 END, 6),
       a.weighed_at, coalesce(a.weighed_by_id, b.planned_by_id), a.id, false, '', now()
FROM synthesis_addition a JOIN synthesis_batch b ON b.id = a.batch_id
WHERE a.material_id IS NOT NULL AND a.weighed_value > 0 ORDER BY a.weighed_at, a.id;
"""


class Migration(migrations.Migration):
    dependencies = [("synthesis", "0007_movements")]

    # Back: the table goes with the migration before this one.
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop, elidable=True)]

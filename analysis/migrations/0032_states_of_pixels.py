"""What the sweeps that were read already say of the state of their pixels."""

from django.db import migrations

# As `pixel_states.rule_by_newest_sweep`: of the sweep measured last, the accepted run before the newest.
FILL = """
DO $do$ BEGIN
  PERFORM set_config('app.actor', 'migration', true),
    set_config('app.reason', 'state by the rule, from sweeps read before', true);
  INSERT INTO devices_ruledstate (version, pixel_id, state, because)
  SELECT DISTINCT ON (m.pixel_id) 1, m.pixel_id, coalesce(a.result #>> '{detail,suggested_state}', ''),
    left(coalesce(a.result #>> '{detail,state_reason}', ''), 300)
  FROM analysis_measurement m JOIN analysis_analysis a ON a.measurement_id = m.id
  WHERE m.pixel_id IS NOT NULL AND m.technique = 'jvl' AND a.state = 'done' AND a.rejected_at IS NULL
    AND coalesce(a.result #>> '{detail,suggested_state}', '') IN ('', 'working', 'shorted', 'open', 'leaky')
  ORDER BY m.pixel_id, coalesce(m.performed_at, m.created_at) DESC, m.id DESC,
    a.accepted_at DESC NULLS LAST, a.number DESC
  ON CONFLICT (pixel_id) DO NOTHING;
  PERFORM set_config('app.actor', '', true), set_config('app.reason', '', true);
END $do$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("analysis", "0029_uncertainties_as_columns"),
        ("devices", "0010_pixel_states_by_rule"),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop, elidable=True)]

"""Species and GHS codes of chemicals; bottles of a hydrate are no longer titled anhydrous."""

from django.db import migrations, models

from labnotebook.records.history import promise

# A bottle was titled from its chemical, so one of CaI2·4H2O could be called “Calcium iodide, anhydrous”.
TITLES = r"""
SELECT set_config('app.actor', 'reference data', true),
       set_config('app.reason', 'a bottle of a hydrate is not titled anhydrous', true);
UPDATE synthesis_material
   SET name = left(regexp_replace(name, ',?\s*\manhydrous\M', '', 'i') || ', ' || formula, 120)
 WHERE name ~* '\manhydrous\M' AND formula ~ '(H2O|D2O)';
"""


class Migration(migrations.Migration):
    dependencies = [("synthesis", "0005_nothing_moves_unseen")]

    operations = [
        migrations.AddField(
            "chemical", "hazard_statements", models.JSONField(blank=True, default=list)
        ),
        migrations.AddField("chemical", "pictograms", models.JSONField(blank=True, default=list)),
        migrations.AddField("chemical", "species", models.JSONField(blank=True, default=dict)),
        promise(
            "synthesis_chemical",
            "chemical_codes_are_lists",
            "jsonb_typeof(hazard_statements) = 'array' AND jsonb_typeof(pictograms) = 'array'"
            " AND jsonb_typeof(species) = 'object'",
        ),
        migrations.RunSQL(TITLES, migrations.RunSQL.noop, elidable=True),
    ]

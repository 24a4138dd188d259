"""An index for the ratio of the row sorted from the highest down, as there is one from the lowest up."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("analysis", "0006_lab_quantities")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX history_high_ratio ON analysis_historyrow"
            " ((coalesce(ratio_ca_pb_weighed, '-Infinity'::float8)), batch_id);",
            "DROP INDEX IF EXISTS history_high_ratio;",
        )
    ]

"""An index for the rows of one recipe: however rare it is in the lab, its batches are found at once."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("analysis", "0012_technique_is_no_choice")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX history_recipe ON analysis_historyrow (recipe, project_id, batch_id);",
            "DROP INDEX IF EXISTS history_recipe;",
        )
    ]

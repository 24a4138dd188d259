"""What a job's handler met stands on its row."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0004_signatures_cover_rows")]

    operations = [
        migrations.AddField("job", "error_class", models.CharField(blank=True, max_length=120)),
        migrations.AddField("job", "faults", models.PositiveSmallIntegerField(default=0)),
        migrations.AlterField(
            "job",
            "state",
            models.CharField(
                choices=[
                    ("queued", "Waiting"),
                    ("running", "Running"),
                    ("done", "Done"),
                    ("failed", "Failed"),
                    ("dead", "Given up"),
                ],
                default="queued",
                max_length=10,
            ),
        ),
    ]

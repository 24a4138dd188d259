"""Signatures hold what they cover, and by which rule; those of before keep rule 1."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0003_chained_entries_and_people")]

    operations = [
        migrations.AddField(
            "signature", "rule", models.PositiveSmallIntegerField(default=1)
        ),
        migrations.AddField("signature", "covers", models.JSONField(null=True)),
    ]

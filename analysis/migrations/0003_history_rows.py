"""The history rows: their definition as a view, and the triggers that keep them."""

from django.db import migrations

from analysis.history_source import INSTALL, REMOVE


class Migration(migrations.Migration):
    dependencies = [
        ("analysis", "0002_history"),
        ("devices", "0002_history"),
        ("synthesis", "0002_history"),
    ]

    operations = [migrations.RunSQL(INSTALL, REMOVE)]

"""The limits of a lab's own quantities, and the numbers beside the history's rows, are finite."""

from django.db import migrations

from labnotebook.records.history import finite


class Migration(migrations.Migration):
    dependencies = [("analysis", "0007_history_high_ratio")]

    operations = [
        finite("analysis_labquantity", "low", "high"),
        finite("analysis_historynumber", "value"),
    ]

"""History of the tables of this app."""

from django.db import migrations

from labnotebook.records.history import track


class Migration(migrations.Migration):
    dependencies = [("devices", "0001_initial"), ("records", "0002_history")]

    operations = [
        track("devices_architecture"),
        track("devices_device"),
        track("devices_layer"),
        track("devices_pixel"),
    ]

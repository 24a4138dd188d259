"""Install the history triggers on the tables of this app."""

from django.db import migrations

from labnotebook.records.history import append_only, install, track


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]

    operations = [
        install(),
        append_only("records_revision"),
        track("records_project"),
        track("records_membership"),
        track("records_storedfile"),
        track("records_apitoken"),
        track("records_signature"),
    ]

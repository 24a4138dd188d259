"""Second factors have a history; a project may demand one of its members."""

from django.db import migrations, models

from labnotebook.records.history import watch


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0010_roles'),
        ('mfa', '0003_authenticator_type_uniq'),
    ]

    operations = [
        migrations.AddField(
            model_name='project',
            name='needs_second_factor',
            field=models.BooleanField(default=False),
        ),
        watch("mfa_authenticator", "id", "user_id", "type", "created_at"),
    ]

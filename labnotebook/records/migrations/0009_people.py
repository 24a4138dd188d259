"""People are let in by links that work once; when they and their tokens were last seen."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from labnotebook.records.history import track


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('records', '0008_simulated_projects'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PersonSeen',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='seen', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='TokenUse',
            fields=[
                ('token', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='last_use', serialize=False, to='records.apitoken')),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='OneTimeLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('purpose', models.CharField(choices=[('join', 'Join'), ('password', 'Choose a password')], max_length=8)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('role', models.CharField(blank=True, choices=[('viewer', 'Viewer'), ('editor', 'Editor'), ('owner', 'Owner')], max_length=10)),
                ('email', models.CharField(blank=True, max_length=254)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='one_time_links', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.project')),
            ],
            options={
                'ordering': ('-pk',),
                'constraints': [models.CheckConstraint(condition=models.Q(('purpose__in', ['join', 'password'])), name='link_purpose_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('purpose', 'password'), _negated=True), ('person__isnull', False), _connector='OR'), name='link_of_a_password_names_whose'), models.CheckConstraint(condition=models.Q(models.Q(('project__isnull', True), ('role', '')), models.Q(('project__isnull', False), ('role__in', ['viewer', 'editor', 'owner'])), _connector='OR'), name='link_has_a_role_exactly_with_a_project')],
            },
        ),
        track("records_onetimelink"),
    ]

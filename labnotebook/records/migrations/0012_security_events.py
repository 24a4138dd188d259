"""Security events: written once, with their history like every record."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from labnotebook.records.history import track
REFUSE = """
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON records_securityevent
  FOR EACH ROW EXECUTE FUNCTION records_refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0011_second_factors'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SecurityEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('kind', models.CharField(choices=[('signed-in', 'Signed in'), ('turned-away', 'Sign-in failed'), ('signed-out', 'Signed out'), ('session-ended', 'Session ended'), ('password', 'Password set'), ('second-factor', 'Second factor changed'), ('token-made', 'Token made'), ('token-elsewhere', 'Token used from a new address'), ('token-revoked', 'Token revoked'), ('exported', 'Exported'), ('rights', 'Rights changed'), ('account', 'Account changed'), ('refused', 'Refused for want of rights')], max_length=16)),
                ('account', models.CharField(blank=True, max_length=150)),
                ('about', models.CharField(blank=True, max_length=200)),
                ('ip', models.GenericIPAddressField(null=True)),
                ('browser', models.CharField(blank=True, max_length=200)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='security_events', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.project')),
            ],
            options={
                'ordering': ('-pk',),
                'indexes': [models.Index(fields=['person', '-id'], name='security_event_of_person'), models.Index(fields=['project', '-id'], name='security_event_of_project')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['signed-in', 'turned-away', 'signed-out', 'session-ended', 'password', 'second-factor', 'token-made', 'token-elsewhere', 'token-revoked', 'exported', 'rights', 'account', 'refused'])), name='security_event_kind_is_known')],
            },
        ),
        migrations.CreateModel(
            name='TokenAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ip', models.GenericIPAddressField()),
                ('token', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to='records.apitoken')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('token', 'ip'), name='one_row_per_token_and_address')],
            },
        ),
        track("records_securityevent"),
        migrations.RunSQL(REFUSE, "DROP TRIGGER IF EXISTS refuse_change ON records_securityevent;"),
    ]

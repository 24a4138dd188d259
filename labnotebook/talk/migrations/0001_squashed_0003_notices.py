"""The tables of a new lab, made at once; a lab that was begun before has got them step by step."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from labnotebook.records.squashing import CreateTogether, statements_of

REPLACED = [
    ("talk", "0001_comments"),
    ("talk", "0002_tasks"),
    ("talk", "0003_notices"),
]


class Migration(migrations.Migration):
    initial = True

    replaces = REPLACED
    dependencies = [
        ("analysis", "0001_squashed_0032_states_of_pixels"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("devices", "0001_squashed_0014_substrates_added_later"),
        ("records", "0001_squashed_0012_security_events"),
        ("synthesis", "0001_squashed_0021_recipes_of_devices"),
    ]

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="Comment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("text", models.TextField()),
                        ("written_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "mentioned",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=150), default=list, size=None
                            ),
                        ),
                        (
                            "not_told",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=150), default=list, size=None
                            ),
                        ),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        ("withdrawn_reason", models.CharField(blank=True, max_length=300)),
                        (
                            "batch",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="synthesis.batch",
                            ),
                        ),
                        (
                            "device",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="devices.device",
                            ),
                        ),
                        (
                            "measurement",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="analysis.measurement",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.project",
                            ),
                        ),
                        (
                            "written_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("pk",),
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("batch__isnull", False),
                                        ("device", None),
                                        ("measurement", None),
                                    ),
                                    models.Q(
                                        ("batch", None),
                                        ("device__isnull", False),
                                        ("measurement", None),
                                    ),
                                    models.Q(
                                        ("batch", None),
                                        ("device", None),
                                        ("measurement__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="comment_is_about_one_record",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("text", ""), _negated=True),
                                name="comment_says_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("withdrawn_at", None), ("withdrawn_reason", "")),
                                    models.Q(
                                        ("withdrawn_at__isnull", False),
                                        models.Q(("withdrawn_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="comment_withdrawn_says_why",
                                violation_error_message="Say why it is withdrawn.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Notice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("mention", "mentioned you"),
                                    ("task", "gave you a task"),
                                    ("done", "did a task of yours"),
                                    ("dropped", "dropped a task of yours"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("text", models.CharField(max_length=300)),
                        ("at", models.DateTimeField(auto_now_add=True)),
                        ("read_at", models.DateTimeField(null=True)),
                        (
                            "batch",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="synthesis.batch",
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "device",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="devices.device",
                            ),
                        ),
                        (
                            "measurement",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="analysis.measurement",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.project",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("batch__isnull", False),
                                        ("device", None),
                                        ("measurement", None),
                                    ),
                                    models.Q(
                                        ("batch", None),
                                        ("device__isnull", False),
                                        ("measurement", None),
                                    ),
                                    models.Q(
                                        ("batch", None),
                                        ("device", None),
                                        ("measurement__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="notice_is_about_one_record",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["mention", "task", "done", "dropped"])
                                ),
                                name="notice_kind_is_known",
                            ),
                        ],
                        "indexes": [
                            models.Index(fields=["person", "-id"], name="notice_of"),
                            models.Index(
                                condition=models.Q(("read_at", None)),
                                fields=["person"],
                                name="notice_unread",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Task",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("text", models.CharField(max_length=300)),
                        ("given_at", models.DateTimeField(auto_now_add=True)),
                        ("due_date", models.DateField(blank=True, null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Open"),
                                    ("done", "Done"),
                                    ("dropped", "Dropped"),
                                ],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("reason", models.CharField(blank=True, max_length=300)),
                        (
                            "batch",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="synthesis.batch",
                            ),
                        ),
                        (
                            "device",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="devices.device",
                            ),
                        ),
                        (
                            "ended_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "given_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "given_to",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "measurement",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="analysis.measurement",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.project",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("pk",),
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("batch__isnull", False),
                                        ("device", None),
                                        ("measurement", None),
                                    ),
                                    models.Q(
                                        ("batch", None),
                                        ("device__isnull", False),
                                        ("measurement", None),
                                    ),
                                    models.Q(
                                        ("batch", None),
                                        ("device", None),
                                        ("measurement__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="task_is_about_one_record",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("text", ""), _negated=True),
                                name="task_says_what",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ended_at", None), ("ended_by", None), ("state", "open")
                                    ),
                                    models.Q(
                                        ("ended_at__isnull", False),
                                        ("ended_by__isnull", False),
                                        ("state__in", ["done", "dropped"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="task_end_says_who_and_when",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state", "dropped"),
                                        models.Q(("reason", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("state", "dropped"), _negated=True),
                                        ("reason", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="task_dropped_says_why",
                                violation_error_message="Say why it is dropped.",
                            ),
                        ],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "open")),
                                fields=["given_to", "due_date"],
                                name="task_open",
                            )
                        ],
                    },
                ),
            ]
        ),
        *statements_of("labnotebook.talk.migrations", REPLACED),
    ]

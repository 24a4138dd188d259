"""Revisions: who changed what, when and why. Written by a database trigger only."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.models import Index, UniqueConstraint


class RevisionQuerySet(models.QuerySet["Revision"]):
    """Revisions of given records."""

    def of(self, *records: models.Model) -> RevisionQuerySet:
        """Return the revisions of these rows, oldest first."""
        wanted = models.Q(pk__in=[])
        for record in records:
            wanted |= models.Q(table_name=record._meta.db_table, record_id=str(record.pk))
        return self.filter(wanted).order_by("seq")


class Revision(models.Model):
    """One version of one row: its whole content, who, when, why, and the hash that chains it."""

    seq = models.BigAutoField(primary_key=True)
    table_name = models.CharField(max_length=63)
    record_id = models.CharField(max_length=64)
    number = models.PositiveIntegerField()  # 1, 2, 3 ... within the record
    operation = models.CharField(max_length=6)  # insert | update | delete
    actor = models.CharField(max_length=150)
    actor_id = models.BigIntegerField(null=True)  # null: direct SQL, a task, a command
    reason = models.TextField(blank=True)
    at = models.DateTimeField()
    data = models.TextField()  # the row as JSON, exactly as it was hashed
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ("seq",)
        constraints = [
            UniqueConstraint(
                fields=["table_name", "record_id", "number"], name="one_revision_per_version"
            )
        ]
        indexes = [Index(fields=["at"], name="revision_at")]

    def __str__(self) -> str:
        return f"{self.table_name} {self.record_id} v{self.number}"

    @property
    def row(self) -> dict[str, Any]:
        """The row as it was."""
        return json.loads(self.data)

"""The inbox: files whose names did not say what they are of."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q

from analysis.models.measurement import Measurement
from labnotebook.records.models import ProjectRecord, StoredFile


class InboxFile(ProjectRecord):
    """One file that waits for a person to say what it is of; afterwards what it became, or why nobody wants it."""

    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    technique = models.CharField(max_length=40, blank=True)  # as name or content told, if they did
    measurement = models.ForeignKey(
        Measurement, models.PROTECT, null=True, blank=True, related_name="+"
    )
    arrived_at = models.DateTimeField(auto_now_add=True)
    put_aside_at = models.DateTimeField(null=True, blank=True)
    put_aside_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-pk",)
        indexes = [
            models.Index(
                fields=["project", "-id"], name="inbox_waiting", condition=Q(measurement=None)
            )
        ]
        constraints = [
            CheckConstraint(
                name="inbox_put_aside_says_why",
                condition=Q(put_aside_at=None, put_aside_reason="")
                | (Q(put_aside_at__isnull=False, measurement=None) & ~Q(put_aside_reason="")),
                violation_error_message="Say why nobody wants it; a file that was filed is not put aside.",
            )
        ]

    def __str__(self) -> str:
        return self.file.name

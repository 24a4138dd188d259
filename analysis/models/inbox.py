"""The inbox: files whose names did not say what they are of."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from analysis.models.measurement import Measurement
from labnotebook.records.models import ProjectRecord, StoredFile


class InboxFile(ProjectRecord):
    """One file that waits for a person to say what it is of; afterwards what it became."""

    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    technique = models.CharField(max_length=40, blank=True)  # as name or content told, if they did
    measurement = models.ForeignKey(
        Measurement, models.PROTECT, null=True, blank=True, related_name="+"
    )
    arrived_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-pk",)
        indexes = [
            models.Index(
                fields=["project", "-id"], name="inbox_waiting", condition=Q(measurement=None)
            )
        ]

    def __str__(self) -> str:
        return self.file.name

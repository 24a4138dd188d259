"""Suggestions that were made into batches: what was expected of them, before they were made."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from labnotebook.records.models import ProjectRecord


class TakenSuggestion(ProjectRecord):
    """A suggestion as it was said when its batch was planned. Never changed; how it came out is computed."""

    batch = models.OneToOneField("synthesis.Batch", models.PROTECT, related_name="suggestion")
    goal = models.CharField(max_length=20)
    ratio = models.FloatField()
    why = models.TextField()
    gain = models.FloatField()
    gain_unit = models.CharField(max_length=40)
    about = models.JSONField()
    model_number = (
        models.PositiveBigIntegerField()
    )  # of the version of the forecast; 0 is the paper
    said_at = models.DateTimeField()
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.goal} at R {self.ratio:g}"

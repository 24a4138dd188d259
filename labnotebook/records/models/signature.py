"""Signatures: a person says what a record's content means, and locks it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q

from labnotebook.records.models.base import ProjectRecord


class Signature(ProjectRecord):
    """Who signed which content as what. Made by the server for a signed-in person."""

    class Meaning(models.TextChoices):
        """What the signature says."""

        AUTHOR = "author", "I did this work and this is its record"
        WITNESS = "witness", "I read and understood this record"

    table_name = models.CharField(max_length=63)
    record_id = models.CharField(max_length=64)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    meaning = models.CharField(max_length=10, choices=Meaning)
    rule = models.PositiveSmallIntegerField(default=1)  # how the content was digested
    covers = models.JSONField(null=True)  # the last revision of each row; see services.signatures
    content_sha256 = models.CharField(max_length=64)
    signed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            CheckConstraint(
                name="signature_meaning_is_known", condition=Q(meaning__in=["author", "witness"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.meaning}: {self.user}"

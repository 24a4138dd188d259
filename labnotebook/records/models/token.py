"""API tokens: 256 random bits, of which only the SHA-256 is kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q

from labnotebook.records.models.base import Record


class ApiToken(Record):
    """A named key for a script; shown once, revocable, expiring, to read, to write or for a sensor."""

    class Scope(models.TextChoices):
        """What the token may do."""

        READ = "read", "Read only"
        WRITE = "write", "Read and write"
        SENSOR = "sensor", "Only post readings of the air"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the whole token
    scope = models.CharField(max_length=6, choices=Scope, default=Scope.WRITE)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        constraints = [
            CheckConstraint(
                name="token_scope_is_known", condition=Q(scope__in=["read", "write", "sensor"])
            )
        ]

    def __str__(self) -> str:
        return self.name

"""What happened to accounts, rights and what left: written once, never changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Index, Q
from django.utils import timezone

from labnotebook.records.models.base import Record
from labnotebook.records.models.project import Project


class SecurityEvent(Record):
    """One event: what, of whose account, by whom, from where."""

    class Kind(models.TextChoices):
        """What happened."""

        SIGNED_IN = "signed-in", "Signed in"
        TURNED_AWAY = "turned-away", "Sign-in failed"
        SIGNED_OUT = "signed-out", "Signed out"
        SESSION_ENDED = "session-ended", "Session ended"
        PASSWORD = "password", "Password set"
        SECOND_FACTOR = "second-factor", "Second factor changed"
        TOKEN_MADE = "token-made", "Token made"
        TOKEN_ELSEWHERE = "token-elsewhere", "Token used from a new address"
        TOKEN_REVOKED = "token-revoked", "Token revoked"
        EXPORTED = "exported", "Exported"
        RIGHTS = "rights", "Rights changed"
        ACCOUNT = "account", "Account changed"
        REFUSED = "refused", "Refused for want of rights"

    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=16, choices=Kind)
    # Whose account it is about; None where no account has the name that was typed.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="security_events"
    )
    account = models.CharField(max_length=150, blank=True)  # the name as it was typed, or was then
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    project = models.ForeignKey(Project, models.PROTECT, null=True, related_name="+")
    about = models.CharField(max_length=200, blank=True)
    ip = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-pk",)
        indexes = [
            Index(fields=["person", "-id"], name="security_event_of_person"),
            Index(fields=["project", "-id"], name="security_event_of_project"),
        ]
        constraints = [
            CheckConstraint(
                name="security_event_kind_is_known",
                condition=Q(
                    kind__in=[
                        "signed-in",
                        "turned-away",
                        "signed-out",
                        "session-ended",
                        "password",
                        "second-factor",
                        "token-made",
                        "token-elsewhere",
                        "token-revoked",
                        "exported",
                        "rights",
                        "account",
                        "refused",
                    ]
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.account or '-'}"

"""Links that work once: to join the notebook, or to choose a new password."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils import timezone

from labnotebook.records.models.base import Record
from labnotebook.records.models.project import Project, Role


class OneTimeLink(Record):
    """A link that one person made for another; only the SHA-256 of its 256 random bits is kept."""

    class Purpose(models.TextChoices):
        """What it is good for."""

        JOIN = "join", "Join"
        PASSWORD = "password", "Choose a password"

    purpose = models.CharField(max_length=8, choices=Purpose)
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Whose password it sets; for an invitation who used it.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="one_time_links"
    )
    project = models.ForeignKey(Project, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=10, choices=Role, blank=True)
    email = models.CharField(max_length=254, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        constraints = [
            CheckConstraint(
                name="link_purpose_is_known", condition=Q(purpose__in=["join", "password"])
            ),
            CheckConstraint(
                name="link_of_a_password_names_whose",
                condition=~Q(purpose="password") | Q(person__isnull=False),
            ),
            CheckConstraint(
                name="link_has_a_role_exactly_with_a_project",
                condition=Q(project__isnull=True, role="")
                | Q(project__isnull=False, role__in=Role.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} until {self.expires_at:%Y-%m-%d}"

    def works(self, at: datetime | None = None) -> bool:
        """Whether it can still be used."""
        is_open = self.used_at is None and self.withdrawn_at is None
        return is_open and self.expires_at > (at or timezone.now())

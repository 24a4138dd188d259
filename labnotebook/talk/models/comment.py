"""Comments: written once, withdrawn at most, never changed."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q

from labnotebook.talk.models.about import About

LONGEST = 4000  # characters; the database keeps to it as well (`comment_is_not_endless`)


class Comment(About):
    """What somebody wrote beside a record. The database keeps it as it was written (`comment_stays`)."""

    text = models.TextField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)
    # By sign-in name as it was then: who was told, and who was named and could not be.
    mentioned = ArrayField(models.CharField(max_length=150), default=list)
    not_told = ArrayField(models.CharField(max_length=150), default=list)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    class Meta(About.Meta):
        ordering = ("pk",)
        constraints = [
            *About.Meta.constraints,
            CheckConstraint(
                name="comment_says_something",
                condition=~Q(text=""),
            ),
            CheckConstraint(
                name="comment_withdrawn_says_why",
                condition=Q(withdrawn_at=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                violation_error_message="Say why it is withdrawn.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.written_by} on {self.subject}"

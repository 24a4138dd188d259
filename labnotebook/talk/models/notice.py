"""Notices: what somebody was told of, and whether she has read it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Index, Q

from labnotebook.records.models import ProjectRecordQuerySet
from labnotebook.talk.models.about import About

LONGEST = 300  # characters of what was written that a notice repeats


class NoticeQuerySet(ProjectRecordQuerySet):
    """Notices as whoever they are for sees them."""

    def visible_to(self, user: Any) -> NoticeQuerySet:
        """Return those for ``user``, of projects that she still reads."""
        return super().visible_to(user).filter(person=user)

    def unread(self) -> NoticeQuerySet:
        """Return those that wait to be read."""
        return self.filter(read_at=None)


class Notice(About):
    """One thing that one person is told of. What it repeats is the beginning of a comment or a task."""

    class Kind(models.TextChoices):
        """What happened."""

        MENTION = "mention", "mentioned you"
        TASK = "task", "gave you a task"
        DONE = "done", "did a task of yours"
        DROPPED = "dropped", "dropped a task of yours"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.CharField(max_length=LONGEST)
    at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta(About.Meta):
        ordering = ("-pk",)
        indexes = [
            Index(fields=["person", "-id"], name="notice_of"),
            Index(fields=["person"], name="notice_unread", condition=Q(read_at=None)),
        ]
        constraints = [
            *About.Meta.constraints,
            CheckConstraint(
                name="notice_kind_is_known",
                condition=Q(kind__in=["mention", "task", "done", "dropped"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.person}"

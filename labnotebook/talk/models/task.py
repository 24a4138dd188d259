"""Tasks: what a member is asked to do about a record."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q
from django.utils import timezone

from labnotebook.records.models import ProjectRecordQuerySet
from labnotebook.talk.models.about import About

LONGEST = 300  # characters


class TaskQuerySet(ProjectRecordQuerySet):
    """Tasks as they are worked through."""

    def still_open(self) -> TaskQuerySet:
        """Return those that wait, the ones due first before the others."""
        return self.filter(state=Task.State.OPEN).order_by(F("due_date").asc(nulls_last=True), "pk")


class Task(About):
    """Something to be done about a record, by whom, until when; done, or dropped with a reason."""

    class State(models.TextChoices):
        """How it stands."""

        OPEN = "open", "Open"
        DONE = "done", "Done"
        DROPPED = "dropped", "Dropped"

    text = models.CharField(max_length=LONGEST)
    given_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(auto_now_add=True)
    due_date = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)  # why it was dropped

    objects = TaskQuerySet.as_manager()

    class Meta(About.Meta):
        ordering = ("pk",)
        indexes = [
            Index(fields=["given_to", "due_date"], name="task_open", condition=Q(state="open"))
        ]
        constraints = [
            *About.Meta.constraints,
            CheckConstraint(name="task_says_what", condition=~Q(text="")),
            CheckConstraint(
                name="task_end_says_who_and_when",
                condition=Q(state="open", ended_at=None, ended_by=None)
                | Q(state__in=["done", "dropped"], ended_at__isnull=False, ended_by__isnull=False),
            ),
            CheckConstraint(
                name="task_dropped_says_why",
                condition=(Q(state="dropped") & ~Q(reason=""))
                | (~Q(state="dropped") & Q(reason="")),
                violation_error_message="Say why it is dropped.",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_overdue(self) -> bool:
        """Whether it is open and its day is over, in the lab's zone."""
        return bool(
            self.state == self.State.OPEN and self.due_date and self.due_date < timezone.localdate()
        )

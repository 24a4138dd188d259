"""The truth about work: a job row; the broker's message is only a hint."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

MAX_ATTEMPTS = 5  # of workers that died
MAX_FAULTS = 3  # of the program
LEASE_SECONDS = 30


class Job(models.Model):
    """Work to be done once, written in the same transaction as what it is about."""

    class State(models.TextChoices):
        """How far the work is."""

        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"  # refused in words, or a fault of the program (error_class)
        DEAD = "dead", "Given up"  # its worker died at every one of MAX_ATTEMPTS

    kind = models.CharField(max_length=40)
    input = models.JSONField(default=dict)
    input_sha256 = models.CharField(max_length=64)
    project = models.ForeignKey("records.Project", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    token = models.UUIDField(null=True)  # whoever holds it may finish the job
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    error_class = models.CharField(max_length=120, blank=True)  # of what the program met
    faults = models.PositiveSmallIntegerField(default=0)  # attempts that ended with one
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            UniqueConstraint(fields=["kind", "input_sha256"], name="same_work_is_the_same_job"),
            CheckConstraint(
                name="job_attempts_are_bounded", condition=Q(attempts__lte=MAX_ATTEMPTS)
            ),
        ]
        indexes = [
            Index(
                fields=["state", "sent_at"],
                name="job_open",
                condition=Q(state__in=["queued", "running"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} ({self.state})"

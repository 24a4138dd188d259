"""What was said at the bench: append-only events, and what follows from them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Index, Q

from labnotebook.records.models import Record
from synthesis.models.batch import Batch, StepRun


class BenchEvent(models.Model):
    """One entry, never changed. Its id is made by the client, so sending it again is harmless.

    The current value of a field is that of its newest event. Two people on one field: both events
    stay, and the later one says which value it did not know of (`conflicts_with`).
    """

    class Kind(models.TextChoices):
        """What kind of entry it is."""

        WEIGHING = "weighing", "Weighed"
        LOT = "lot", "Bottle"
        STEP_START = "step_start", "Step started"
        STEP_FINISH = "step_finish", "Step finished"
        PARAMETER = "parameter", "Measured"
        CONDITION = "condition", "Condition"
        OBSERVATION = "observation", "Seen"
        DEVIATION = "deviation", "Deviation"
        SKIP = "skip", "Left out"
        WITHDRAW = "withdraw", "Taken back"
        NOTE = "note", "Note"

    id = models.UUIDField(primary_key=True)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind)
    target = models.CharField(max_length=120, blank=True)
    value = models.JSONField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()  # by the client's clock
    received_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    conflicts_with = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("received_at", "pk")
        indexes = [
            Index(fields=["batch", "kind", "target", "received_at"], name="bench_event_field")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"


class Observation(Record):
    """What the flask looked like."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="observations")
    step_run = models.ForeignKey(StepRun, models.PROTECT, null=True, related_name="observations")
    event = models.OneToOneField(BenchEvent, models.PROTECT, related_name="observation")
    appearance = models.CharField(max_length=12, choices=Batch.Appearance, blank=True)
    colour = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return self.appearance or self.note


class Deviation(Record):
    """Something that was not done as planned: seen by the notebook, or said by a person."""

    class Kind(models.TextChoices):
        """What differed."""

        AMOUNT = "amount", "Amount"
        TIME = "time", "Time"
        TEMPERATURE = "temperature", "Temperature"
        SPEED = "speed", "Speed"
        ORDER = "order", "Order"
        SUBSTITUTION = "substitution", "Substitution"
        OTHER = "other", "Other"

    class Severity(models.TextChoices):
        """How much it matters; a major one asks for words."""

        MINOR = "minor", "Minor"
        MAJOR = "major", "Major"

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="deviations")
    step_run = models.ForeignKey(StepRun, models.PROTECT, null=True, related_name="deviations")
    event = models.ForeignKey(BenchEvent, models.PROTECT, related_name="deviations")
    target = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=12, choices=Kind)
    severity = models.CharField(max_length=6, choices=Severity, default=Severity.MINOR)
    automatic = models.BooleanField(default=False)
    sentence = models.CharField(max_length=300)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)  # the value was corrected

    class Meta:
        ordering = ("at", "pk")
        constraints = [
            CheckConstraint(
                name="deviation_severity_is_known", condition=Q(severity__in=["minor", "major"])
            )
        ]

    def __str__(self) -> str:
        return self.sentence

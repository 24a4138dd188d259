"""Forecasts: what the model said before; scores: how it came out."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from analysis.models.outcome import PhaseAssignment
from labnotebook.records.models import Job, ProjectRecord, Record


class Forecast(ProjectRecord):
    """One answer of one model version to one set of conditions. Never changed once answered.

    A batch's forecast is asked for when the batch is planned, and frozen before the flask is heated.
    """

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", "Waiting"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    batch = models.OneToOneField(
        "synthesis.Batch", models.PROTECT, null=True, related_name="forecast"
    )
    conditions = models.JSONField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    result = models.JSONField(null=True)
    failure = models.TextField(blank=True)
    model_name = models.CharField(max_length=40, blank=True)
    model_version = models.CharField(max_length=20, blank=True)
    job = models.ForeignKey(Job, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        constraints = [
            CheckConstraint(
                name="forecast_done_has_a_result",
                condition=~Q(state="done") | Q(result__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"Forecast {self.pk}"


class Score(Record):
    """A forecast held against the phase that was found."""

    forecast = models.ForeignKey(Forecast, models.PROTECT, related_name="scores")
    phase_assignment = models.OneToOneField(PhaseAssignment, models.PROTECT, related_name="score")
    probability = models.FloatField()  # that the forecast gave to what was found
    log_score = models.FloatField()
    brier = models.FloatField()
    hit = models.BooleanField()
    scored_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.forecast}: {self.probability:.2f}"


class Guess(ProjectRecord):
    """What a chemist expected of a batch, said before there was evidence. Never changed."""

    batch = models.ForeignKey("synthesis.Batch", models.PROTECT, related_name="guesses")
    chances = models.JSONField()  # phase -> probability; they add up to 1
    note = models.CharField(max_length=300, blank=True)
    guessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    guessed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            UniqueConstraint(
                fields=["batch", "guessed_by"],
                name="one_guess_per_batch_and_person",
                violation_error_message="You have guessed already, and a guess is frozen.",
            )
        ]

    def __str__(self) -> str:
        return f"guess of {self.batch}"

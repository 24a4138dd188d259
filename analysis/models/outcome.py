"""Outcomes: accepted numbers; phase assignments: what a person says the batch is."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from analysis.models.measurement import Analysis, Subject, one_of
from analysis.quantity import SUBJECTS
from labnotebook.records.models import ProjectRecord
from labnotebook.records.models.searched import words_index


class Phase(models.TextChoices):
    """The phases that a batch can be."""

    ALPHA = "alpha", "α"
    MIXED = "mixed", "α + γ"
    GAMMA = "gamma", "γ"
    DELTA = "delta", "δ"
    BETA = "beta", "β"
    FAILED = "failed", "failed"


class Structure(models.TextChoices):
    """How the particle is built."""

    CORE_ONLY = "core_only", "core only"
    ALLOY = "alloy", "alloy"
    SEED_CORE = "seed_core", "seed/core"
    SEED_CORE_SHELL = "seed_core_shell", "seed/core/shell"


class Outcome(Subject, ProjectRecord):
    """A number that a person stands for, from an analysis or typed. A later one supersedes it."""

    quantity = models.CharField(max_length=40)
    value = models.FloatField()
    typed_text = models.CharField(max_length=40, blank=True)  # exactly as typed, when typed
    uncertainty = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    unit = models.CharField(max_length=20, blank=True)
    label = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=300, blank=True)
    # What reader and method warned of when it was accepted.
    warnings = models.JSONField(default=list)
    analysis = models.ForeignKey(Analysis, models.PROTECT, null=True, related_name="outcomes")
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        indexes = [
            words_index("note", "outcome_note_words"),
            Index(fields=["value"], name="outcome_value", condition=Q(superseded_at=None)),
        ]
        constraints = [
            CheckConstraint(
                name="outcome_has_one_subject",
                condition=one_of("batch", "device", "pixel"),
                violation_error_message="An outcome is of exactly one batch, device or pixel.",
            ),
            CheckConstraint(
                name="outcome_uncertainty_is_not_negative",
                condition=Q(uncertainty=None) | Q(uncertainty__gte=0),
                violation_error_message="An uncertainty cannot be negative.",
            ),
            CheckConstraint(
                name="outcome_typed_keeps_its_digits",
                condition=Q(analysis__isnull=False) | ~Q(typed_text=""),
                violation_error_message="A typed number keeps the digits that were typed.",
            ),
            *(
                UniqueConstraint(
                    fields=[subject, "quantity"],
                    condition=Q(superseded_at=None),
                    name=f"one_current_outcome_per_{subject}_and_quantity",
                )
                for subject in SUBJECTS
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.value}"


class PhaseAssignment(ProjectRecord):
    """What the batch is, said by a person on the evidence of an analysis or with a reason."""

    batch = models.ForeignKey("synthesis.Batch", models.PROTECT, related_name="phases")
    phase = models.CharField(max_length=10, choices=Phase)
    structure = models.CharField(max_length=20, choices=Structure, blank=True)
    analysis = models.ForeignKey(Analysis, models.PROTECT, null=True, related_name="phases")
    reason = models.TextField(blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        indexes = [words_index("reason", "phase_reason_words")]
        constraints = [
            CheckConstraint(
                name="phase_is_known",
                condition=Q(phase__in=["alpha", "mixed", "gamma", "delta", "beta", "failed"]),
            ),
            CheckConstraint(
                name="phase_without_analysis_says_why",
                condition=Q(analysis__isnull=False) | ~Q(reason=""),
                violation_error_message="Say on what evidence the phase is assigned.",
            ),
            UniqueConstraint(
                fields=["batch"], condition=Q(superseded_at=None), name="one_current_phase"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch}: {self.phase}"

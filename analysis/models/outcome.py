"""Outcomes: accepted numbers; phase assignments: what a person says the batch is."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from analysis import confirmation
from analysis.models.measurement import Analysis, Measurement, Subject, one_of
from analysis.quantity import SUBJECTS
from labnotebook.records.models import ProjectRecord
from labnotebook.records.models.searched import words_index

if TYPE_CHECKING:
    from analysis.models.forecast import Score


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


class PhaseEvidence(models.TextChoices):
    """What a phase rests on. Only what is named here makes a label, and is held against a forecast."""

    XRD = "xrd", "XRD, analysed here"
    XRD_ELSEWHERE = "xrd_elsewhere", "XRD, measured elsewhere"
    HRTEM = "hrtem", "HRTEM, lattice fringes"
    SAED = "saed", "SAED, electron diffraction"
    NO_PRODUCT = "no_product", "nothing could be collected (failed)"
    NONE = "none", "none: a guess, by eye"


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
    evidence = models.CharField(
        max_length=20, choices=PhaseEvidence, default=PhaseEvidence.NONE, db_default="none"
    )
    confidence = models.FloatField(null=True)  # that it is right, where the person says so
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
                name="phase_evidence_is_known", condition=Q(evidence__in=PhaseEvidence.values)
            ),
            CheckConstraint(
                name="phase_by_xrd_here_has_its_analysis",
                condition=~Q(evidence="xrd") | Q(analysis__isnull=False),
                violation_error_message="XRD analysed here is an accepted analysis.",
            ),
            CheckConstraint(
                name="phase_without_product_is_failed",
                condition=~Q(evidence="no_product") | Q(phase="failed"),
                violation_error_message="Where nothing could be collected, the batch failed.",
            ),
            CheckConstraint(
                name="phase_confidence_is_a_share",
                condition=Q(confidence=None) | Q(confidence__gt=0, confidence__lte=1),
                violation_error_message="A confidence lies above 0 and up to 1.",
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

    @property
    def has_evidence(self) -> bool:
        """Whether it rests on something that was named, and not on a look at the flask."""
        return self.evidence != PhaseEvidence.NONE

    @property
    def counted_score(self) -> Score | None:
        """How the forecast did; None where it does not count: see `scores.why_not_scored`."""
        counts = self.has_evidence and not self.batch.is_back_filled
        return getattr(self, "score", None) if counts else None

    @cached_property
    def standing_evidence(self) -> list[StructureEvidence]:
        """What was named for or against the parts of its structure and not withdrawn, the oldest first."""
        return [one for one in self.structure_evidence.all() if one.withdrawn_at is None]

    @property
    def structure_level(self) -> str:
        """How sure the structure is, see `confirmation`; "" where no structure was said."""
        return confirmation.level_of(self.structure, confirmation.by_part(self._said))

    @property
    def structure_parts(self) -> list[dict[str, str]]:
        """Each part of the structure with its level."""
        return confirmation.parts_with_levels(self.structure, self._said)

    @property
    def _said(self) -> list[tuple[str, str]]:
        return [(one.part, one.verdict) for one in self.standing_evidence]


class StructureLevel(models.TextChoices):
    """How sure a structure is."""

    EXPECTED = confirmation.EXPECTED, "expected"
    PARTLY = confirmation.PARTLY, "partly confirmed"
    CONFIRMED = confirmation.CONFIRMED, "confirmed"
    CONTRADICTED = confirmation.CONTRADICTED, "contradicted"


class Part(models.TextChoices):
    """What a particle has beside its core."""

    SEED = "seed", "seed"
    SHELL = "shell", "shell"


class Verdict(models.TextChoices):
    """What a file says of a part."""

    CONFIRMS = confirmation.CONFIRMS, "confirms"
    CONTRADICTS = confirmation.CONTRADICTS, "speaks against"


class StructureEvidence(ProjectRecord):
    """One file that a person named for or against a part of the structure that a batch is said to have.

    It counts while its phase assignment stands and it is not withdrawn.
    """

    phase_assignment = models.ForeignKey(
        PhaseAssignment, models.PROTECT, related_name="structure_evidence"
    )
    part = models.CharField(max_length=10, choices=Part)
    verdict = models.CharField(max_length=12, choices=Verdict)
    measurement = models.ForeignKey(Measurement, models.PROTECT, related_name="structure_evidence")
    # The run that found it; none where a person looked at a picture, and said in the note what it shows.
    analysis = models.ForeignKey(
        Analysis, models.PROTECT, null=True, related_name="structure_evidence"
    )
    note = models.CharField(max_length=300, blank=True)
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    named_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ("pk",)
        indexes = [words_index("note", "structure_evidence_words")]
        constraints = [
            CheckConstraint(
                name="structure_evidence_is_of_a_part", condition=Q(part__in=Part.values)
            ),
            CheckConstraint(
                name="structure_evidence_says_what", condition=Q(verdict__in=Verdict.values)
            ),
            CheckConstraint(
                name="structure_evidence_is_found_or_seen",
                condition=Q(analysis__isnull=False) | ~Q(note=""),
                violation_error_message="Say what the picture shows.",
            ),
            CheckConstraint(
                name="structure_evidence_withdrawn_says_why",
                condition=Q(withdrawn_at=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                violation_error_message="Say why it is withdrawn.",
            ),
            UniqueConstraint(
                fields=["phase_assignment", "part", "measurement"],
                condition=Q(withdrawn_at=None),
                name="one_standing_evidence_of_a_part_per_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measurement} {self.verdict} the {self.part}"

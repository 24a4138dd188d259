"""Versions of the forecast that learns: what each was made of, how it did, and which one a project uses."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from labnotebook.records.models import Project, ProjectRecord

PAPER = 0  # the version that knows the paper only; it is no row


class ModelVersion(ProjectRecord):
    """What the labels of a project (and of those it learns from) made of the model. Never changed.

    Its number is its key, so that it means one version in the whole lab.
    """

    data_sha256 = models.CharField(max_length=64)  # of the labels with their conditions
    code_version = models.CharField(max_length=20)  # of the program that learned
    batches = models.JSONField()  # [{"batch": key, "assignment": key, "phase"}], in order of time
    labels = models.PositiveIntegerField()
    summary = models.JSONField()
    backtest = models.JSONField()  # each flask from those before it
    compared = models.JSONField(default=dict)  # with the version before, on what that had not seen
    parameters_sha256 = models.CharField(max_length=64)
    read_at = models.DateTimeField()  # when the labels were read
    made_at = models.DateTimeField(auto_now_add=True)
    promoted_at = models.DateTimeField(
        null=True
    )  # from then on it is asked, unless another is pinned
    verdict = models.TextField()  # why it was promoted, or not

    class Meta:
        ordering = ("-pk",)
        indexes = [Index(fields=["project", "-promoted_at"], name="model_version_in_use")]
        constraints = [
            UniqueConstraint(
                fields=["project", "data_sha256", "code_version"],
                name="one_version_of_the_same_data",
            ),
            CheckConstraint(name="model_version_has_labels", condition=Q(labels__gt=0)),
        ]

    def __str__(self) -> str:
        return f"version {self.pk}"


class ModelParameters(models.Model):
    """The fitted parameters, beside their version: 300 kB, which nobody reads but the model."""

    model_version = models.OneToOneField(
        ModelVersion, models.PROTECT, primary_key=True, related_name="parameters"
    )
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"parameters of {self.model_version_id}"


class ModelPin(ProjectRecord):
    """A version that an owner holds a project to, whatever is learned meanwhile."""

    # None holds it to the paper.
    model_version = models.ForeignKey(ModelVersion, models.PROTECT, null=True, related_name="pins")
    reason = models.CharField(max_length=300)
    pinned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    pinned_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            UniqueConstraint(
                fields=["project"],
                condition=Q(ended_at=None),
                name="one_pinned_version_per_project",
            ),
            CheckConstraint(name="model_pin_says_why", condition=~Q(reason="")),
            CheckConstraint(
                name="model_pin_ends_with_a_reason",
                condition=Q(ended_at=None, ended_reason="")
                | (Q(ended_at__isnull=False) & ~Q(ended_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} held to {self.model_version_id or PAPER}"


class LabelSource(ProjectRecord):
    """Another project whose labels a project learns from as well, as an owner of both decided."""

    source = models.ForeignKey(Project, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            UniqueConstraint(
                fields=["project", "source"],
                condition=Q(ended_at=None),
                name="one_label_source_per_project_and_source",
            ),
            CheckConstraint(name="label_source_is_another", condition=~Q(source=F("project"))),
            CheckConstraint(name="label_source_says_why", condition=~Q(reason="")),
            CheckConstraint(
                name="label_source_ends_with_a_reason",
                condition=Q(ended_at=None, ended_reason="")
                | (Q(ended_at__isnull=False) & ~Q(ended_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} learns from {self.source}"

"""A lab's own quantities, and what the history keeps of quantities that are no column of its rows."""

from __future__ import annotations

import math

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from analysis.quantity import BATCH, SUBJECTS, Better, Place, Quantity
from labnotebook.records.models import Record

NAME = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"


class LabQuantity(Record):
    """A quantity that the lab added to those of `analysis.quantities`: typed, filtered, exported alike."""

    class Way(models.TextChoices):
        """Which way it gets better."""

        HIGHER = Better.HIGHER.value, "higher is better"
        LOWER = Better.LOWER.value, "lower is better"
        NEITHER = "neither", "neither"

    name = models.CharField(max_length=40, unique=True, validators=[RegexValidator(NAME)])
    unit = models.CharField(max_length=20, blank=True)
    label = models.CharField(max_length=80)
    low = models.FloatField()
    high = models.FloatField()
    subjects = ArrayField(models.CharField(max_length=10))
    better = models.CharField(max_length=8, choices=Way, default=Way.NEITHER)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)
        constraints = [
            CheckConstraint(name="lab_quantity_has_a_plain_name", condition=Q(name__regex=NAME)),
            CheckConstraint(
                name="lab_quantity_range_is_a_range",
                condition=Q(low__gt=-math.inf, high__lt=math.inf, low__lt=F("high")),
                violation_error_message="The plausible range runs from a lower to a higher number.",
            ),
            CheckConstraint(
                name="lab_quantity_has_known_subjects",
                condition=Q(subjects__contained_by=list(SUBJECTS), subjects__len__gt=0),
                violation_error_message="A quantity is of batches, devices or pixels.",
            ),
            CheckConstraint(
                name="lab_quantity_way_is_known",
                condition=Q(better__in=["higher", "lower", "neither"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def quantity(self) -> Quantity:
        """The same as the built-in ones have it."""
        return Quantity(
            name=self.name,
            unit=self.unit,
            label=self.label,
            low=self.low,
            high=self.high,
            subjects=tuple(self.subjects),
            better=Better.NEITHER if self.better == self.Way.NEITHER else Better(self.better),
            place=Place.BATCH if BATCH in self.subjects else Place.BEST,
        )


class HistoryNumber(models.Model):
    """A number of a batch that its history row has no column for; kept by the same triggers."""

    batch = models.ForeignKey(
        "synthesis.Batch", models.DO_NOTHING, related_name="+", db_index=False
    )
    name = models.CharField(max_length=40)
    value = models.FloatField()
    uncertainty = models.FloatField(null=True)  # of the outcome that the value is of

    class Meta:
        ordering = ("batch_id", "name")
        indexes = [
            Index(fields=["name", "value", "batch"], name="history_number_by_value"),
            Index(
                fields=["name", "uncertainty", "batch"],
                name="history_number_by_uncertainty",
                condition=Q(uncertainty__isnull=False),
            ),
        ]
        constraints = [
            UniqueConstraint(fields=["batch", "name"], name="one_history_number_per_name")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.value:g}"

"""The numbers of a batch under their own names, one row each."""

from __future__ import annotations

import math

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from synthesis.chemistry import quantities
from synthesis.models.batch import Batch


class BatchQuantity(models.Model):
    """One number of one batch on one basis, written in bulk by `services.quantities`.

    It follows from the frozen plan and the composition, which are kept with their revisions on the
    batch; a batch that is signed keeps its numbers as they are.
    """

    class Basis(models.TextChoices):
        """From what a number was computed."""

        PLANNED = quantities.PLANNED, "Planned"
        EFFECTIVE = quantities.EFFECTIVE, "Effective"
        WEIGHED = quantities.WEIGHED, "Weighed"

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="quantities", db_index=False)
    key = models.CharField(max_length=60)
    basis = models.CharField(max_length=9, choices=Basis)
    value = models.FloatField()
    uncertainty = models.FloatField(null=True)  # standard; empty for what was asked, not measured
    origin = models.CharField(max_length=200)
    name = models.CharField(max_length=120)  # "Mn/Pb"
    position = models.PositiveSmallIntegerField()  # 0 is the recipe's first ratio, its R

    class Meta:
        ordering = ("batch", "position", "pk")
        indexes = [Index(fields=["key", "basis", "value", "batch"], name="batch_quantity_by_value")]
        constraints = [
            UniqueConstraint(
                fields=["batch", "key", "basis"], name="batch_quantity_is_said_once_per_basis"
            ),
            CheckConstraint(
                name="batch_quantity_basis_is_known",
                condition=Q(basis__in=["planned", "effective", "weighed"]),
            ),
            CheckConstraint(
                name="batch_quantity_is_a_number",
                condition=Q(value__gt=-math.inf, value__lt=math.inf),
                violation_error_message="A quantity of a batch is a finite number.",
            ),
            CheckConstraint(
                name="batch_quantity_uncertainty_is_not_negative",
                condition=Q(uncertainty=None) | Q(uncertainty__gte=0, uncertainty__lt=math.inf),
                violation_error_message="An uncertainty is a finite number of 0 or more.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.value:g}, {self.basis}"

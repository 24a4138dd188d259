"""What somebody found a stock to hold, when, and how."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q

from labnotebook.records.models import Record
from synthesis.models.material import Material


class TitrationQuerySet(models.QuerySet["Titration"]):
    """Titrations of many stocks."""

    def in_force(self) -> TitrationQuerySet:
        """Return those that were not withdrawn, the newest first."""
        return self.filter(withdrawn_at=None).order_by("-performed_date", "-pk")


class Titration(Record):
    """One titration of a stock. The newest that was not withdrawn is the stock's concentration.

    ``species`` is what was titrated; empty, the stock's salt as formula unit. A mistake is withdrawn,
    never edited.
    """

    material = models.ForeignKey(Material, models.PROTECT, related_name="titrations")
    species = models.CharField(max_length=20, blank=True)
    concentration_mol_l = models.DecimalField(max_digits=12, decimal_places=8)
    uncertainty_mol_l = models.DecimalField(  # standard
        max_digits=12, decimal_places=8, null=True, blank=True
    )
    performed_date = models.DateField()
    method = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    objects = TitrationQuerySet.as_manager()

    class Meta:
        ordering = ("-performed_date", "-pk")
        constraints = [
            CheckConstraint(
                name="titration_found_something",
                condition=Q(concentration_mol_l__gt=0)
                & (Q(uncertainty_mol_l=None) | Q(uncertainty_mol_l__gte=0)),
                violation_error_message="A concentration is above 0 mol/L, its uncertainty not below.",
            ),
            CheckConstraint(
                name="titration_withdrawn_says_why",
                condition=Q(withdrawn_at=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                violation_error_message="Say why it is withdrawn.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.material.code}, {self.performed_date}"

"""What the lab weighs and measures volumes with: its balances, its pipettes and syringes."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from labnotebook.records.models import Record
from synthesis.chemistry.bottles import SHOWN_UNIT
from synthesis.chemistry.sources import both_parts


class InstrumentQuerySet(models.QuerySet["Instrument"]):
    """Instruments belong to the whole lab."""

    def visible_to(self, user) -> InstrumentQuerySet:
        """Return all of them."""
        return self.all()

    def in_use(self) -> InstrumentQuerySet:
        """Return those that were not retired."""
        return self.filter(retired_at=None)


class Instrument(Record):
    """One balance, or one pipette or syringe. Masses are in mg, volumes in mL.

    Its uncertainty is a standard one: a part that is the same for every amount, and a part in per
    cent of what is measured.
    """

    class Kind(models.TextChoices):
        """What it measures: masses or volumes."""

        BALANCE = "balance", "Balance"
        PIPETTE = "pipette", "Pipette or syringe"

        @classmethod
        def measuring(cls, unit: str) -> Instrument.Kind:
            """Return the kind that measures in this unit, ``mg`` or ``ml``."""
            return cls.PIPETTE if unit == "ml" else cls.BALANCE

    code = models.CharField(max_length=20, unique=True)  # I-0001
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=120)
    serial_number = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=120, blank=True)
    resolution = models.DecimalField(max_digits=12, decimal_places=6)
    uncertainty = models.DecimalField(max_digits=12, decimal_places=6, default=Decimal(0))
    uncertainty_percent = models.DecimalField(max_digits=8, decimal_places=5, default=Decimal(0))
    smallest = models.DecimalField(max_digits=16, decimal_places=6, null=True, blank=True)
    largest = models.DecimalField(max_digits=16, decimal_places=6, null=True, blank=True)
    calibrated_date = models.DateField(null=True, blank=True)
    calibration_due_date = models.DateField(null=True, blank=True)
    is_default = models.BooleanField(default=False)  # taken when nobody names another of its kind
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_reason = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = InstrumentQuerySet.as_manager()

    class Meta:
        ordering = ("kind", "-is_default", "name", "pk")
        constraints = [
            CheckConstraint(
                name="instrument_shows_steps",
                condition=Q(resolution__gt=0),
                violation_error_message="What it shows last, its resolution, is above 0.",
            ),
            CheckConstraint(
                name="instrument_is_uncertain",
                condition=Q(uncertainty__gte=0, uncertainty_percent__gte=0)
                & (Q(uncertainty__gt=0) | Q(uncertainty_percent__gt=0)),
                violation_error_message="Nothing measures exactly: give an uncertainty above 0.",
            ),
            CheckConstraint(
                name="instrument_range_goes_up",
                condition=(Q(smallest=None) | Q(smallest__gte=0))
                & (Q(largest=None) | Q(largest__gt=0))
                & (Q(smallest=None) | Q(largest=None) | Q(smallest__lt=models.F("largest"))),
                violation_error_message="The smallest amount lies below the largest.",
            ),
            CheckConstraint(
                name="instrument_calibration_lasts",
                condition=Q(calibrated_date=None)
                | Q(calibration_due_date=None)
                | Q(calibrated_date__lte=models.F("calibration_due_date")),
                violation_error_message="The next calibration comes after the last.",
            ),
            CheckConstraint(
                name="instrument_retired_says_why",
                condition=Q(retired_at=None, retired_reason="")
                | (Q(retired_at__isnull=False, is_default=False) & ~Q(retired_reason="")),
                violation_error_message="Say why it is retired.",
            ),
            UniqueConstraint(
                fields=["kind"], condition=Q(is_default=True), name="one_default_of_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def unit(self) -> str:
        """``mg`` of a balance, ``ml`` of what measures volumes."""
        return "mg" if self.kind == self.Kind.BALANCE else "ml"

    @property
    def shown_unit(self) -> str:
        """Its unit as a person writes it."""
        return SHOWN_UNIT[self.unit]

    def uncertainty_of(self, amount: Decimal) -> Decimal:
        """Return the standard uncertainty of one measured amount, in the instrument's unit."""
        return both_parts(self.uncertainty, self.uncertainty_percent, amount)

"""What the lab measures with, and how well each of its scales is calibrated, from which day on."""

from __future__ import annotations

import math

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from labnotebook.records.models import Record


class MeasuringInstrumentQuerySet(models.QuerySet["MeasuringInstrument"]):
    """Instruments belong to the whole lab."""

    def visible_to(self, user) -> MeasuringInstrumentQuerySet:
        """Return all of them."""
        return self.all()

    def in_use(self) -> MeasuringInstrumentQuerySet:
        """Return those that were not retired."""
        return self.filter(retired_at=None)


class MeasuringInstrument(Record):
    """A spectrometer, diffractometer, microscope or test bench. What weighs and pipettes is in `synthesis`."""

    code = models.CharField(max_length=20, unique=True)  # MI-0001
    name = models.CharField(max_length=120)
    techniques = ArrayField(models.CharField(max_length=40))  # names of `techniques.registry`
    serial_number = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=120, blank=True)
    optics = models.CharField(max_length=300, blank=True)  # slits, lamp, grating, detector
    response = models.CharField(max_length=300, blank=True)  # how its response is corrected
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_reason = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MeasuringInstrumentQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints = [
            CheckConstraint(
                name="measuring_instrument_has_a_technique",
                condition=Q(techniques__len__gt=0),
                violation_error_message="Say at least one technique that it measures.",
            ),
            CheckConstraint(
                name="measuring_instrument_retired_says_why",
                condition=Q(retired_at=None, retired_reason="")
                | (Q(retired_at__isnull=False) & ~Q(retired_reason="")),
                violation_error_message="Say why it is retired.",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Calibration(Record):
    """How well one scale of an instrument is known, from a day on until the next calibration of it."""

    instrument = models.ForeignKey(MeasuringInstrument, models.PROTECT, related_name="calibrations")
    scale = models.CharField(max_length=40)  # a name of `analysis.technique.Scale`
    u = models.FloatField()  # standard uncertainty, in the unit of the scale
    valid_from_date = models.DateField()
    note = models.CharField(max_length=300, blank=True)  # lamp, standard, certificate
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("scale", "-valid_from_date")
        constraints = [
            CheckConstraint(
                name="calibration_is_uncertain",
                condition=Q(u__gt=0, u__lt=math.inf),
                violation_error_message="No scale is exact: give a standard uncertainty above 0.",
            ),
            UniqueConstraint(
                fields=["instrument", "scale", "valid_from_date"],
                name="one_calibration_of_a_scale_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.scale} {self.u:g}"

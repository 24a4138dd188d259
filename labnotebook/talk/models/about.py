"""What a comment or a task is about: exactly one batch (a run is one), device or measurement."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint
from django.urls import reverse

from analysis.models import Measurement
from analysis.models.measurement import one_of
from devices.addresses import page_of_batch
from devices.models import Device
from labnotebook.records.models import ProjectRecord
from synthesis.models import Batch

Talked = Batch | Device | Measurement
KINDS: dict[type[Talked], str] = {Batch: "batch", Device: "device", Measurement: "measurement"}


class About(ProjectRecord):
    """A row about one record, of the same project."""

    batch = models.ForeignKey(Batch, models.PROTECT, null=True, blank=True, related_name="+")
    device = models.ForeignKey(Device, models.PROTECT, null=True, blank=True, related_name="+")
    measurement = models.ForeignKey(
        Measurement, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True
        constraints = [
            CheckConstraint(
                name="%(class)s_is_about_one_record",
                condition=one_of("batch", "device", "measurement"),
            )
        ]

    @property
    def subject(self) -> Talked:
        """What it is about."""
        return self.batch or self.device or self.measurement

    @property
    def anchor(self) -> str:
        """What its row on that page is called."""
        return f"{self._meta.model_name}-{self.pk}"

    @property
    def address(self) -> str:
        """Where its record's page is."""
        return page_of(self.subject)


def page_of(subject: Talked) -> str:
    """Return the address of the record's page, where what is said about it stands."""
    if isinstance(subject, Measurement):
        return reverse("analysis:measurement-detail", args=[subject.pk])
    if isinstance(subject, Device):
        return reverse("devices:device-detail", args=[subject.code])
    return page_of_batch(subject.code)

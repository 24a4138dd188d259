"""Measurements: one instrument file on one subject; analyses: what a method made of it."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from analysis.drawing import Drawn
from analysis.left_out import LEAVE_OUT
from analysis.models.instrument import MeasuringInstrument
from analysis.techniques.registry import TECHNIQUES, missing, title_of
from labnotebook.records.models import Job, ProjectRecord, Record, StoredFile
from labnotebook.records.models.searched import words_index


def one_of(*names: str) -> Q:
    """Return the condition that exactly one of these columns is filled."""
    alone = (
        Q(**{f"{filled}__isnull": False}, **{name: None for name in names if name != filled})
        for filled in names
    )
    return reduce(or_, alone)


class Subject(models.Model):
    """What a measurement or an outcome is about: exactly one batch, device or pixel."""

    batch = models.ForeignKey(
        "synthesis.Batch", models.PROTECT, null=True, blank=True, related_name="%(class)ss"
    )
    device = models.ForeignKey(
        "devices.Device", models.PROTECT, null=True, blank=True, related_name="%(class)ss"
    )
    pixel = models.ForeignKey(
        "devices.Pixel", models.PROTECT, null=True, blank=True, related_name="%(class)ss"
    )

    class Meta:
        abstract = True

    @property
    def subject(self):
        """The batch, device or pixel."""
        return self.batch or self.pixel or self.device


class Measurement(Subject, ProjectRecord):
    """One instrument file, kept as it came: of a batch, a device, a pixel, a bottle or a layer."""

    lot = models.ForeignKey(
        "synthesis.Material", models.PROTECT, null=True, blank=True, related_name="measurements"
    )
    layer = models.ForeignKey(
        "devices.Layer", models.PROTECT, null=True, blank=True, related_name="measurements"
    )
    technique = models.CharField(max_length=40)  # a name of `analysis.techniques.registry`
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="measurements")
    instrument = models.CharField(max_length=120, blank=True)
    # The instrument's record, whose calibration counts; ``instrument`` is what a person typed.
    measured_with = models.ForeignKey(
        MeasuringInstrument, models.PROTECT, null=True, blank=True, related_name="measurements"
    )
    conditions = models.CharField(max_length=300, blank=True)
    performed_at = models.DateTimeField(null=True, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-pk",)
        indexes = [words_index("conditions", "measurement_condition_words")]
        constraints = [
            CheckConstraint(
                name="measurement_has_one_subject",
                condition=one_of("batch", "device", "pixel", "lot", "layer"),
                violation_error_message="A measurement is of exactly one batch, device, pixel, bottle or layer.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.technique_title} of {self.subject}"

    @property
    def subject(self):
        """What it is of."""
        return self.lot or self.layer or super().subject

    @property
    def technique_title(self) -> str:
        """What the technique is called; its name when it is not installed any more."""
        return title_of(self.technique)

    @property
    def missing_technique(self) -> str:
        """What is said of a technique that is not installed any more, else ""."""
        return "" if self.technique in TECHNIQUES else missing(self.technique)


class Analysis(Record):
    """One run of one method on one measurement. A new run never replaces an old one."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    measurement = models.ForeignKey(Measurement, models.PROTECT, related_name="analyses")
    number = models.PositiveSmallIntegerField()
    scan = models.CharField(max_length=20, blank=True)  # key of the one it was asked for
    method = models.CharField(max_length=40)
    method_version = models.CharField(max_length=20, blank=True)
    parameters = models.JSONField(default=dict)
    job = models.ForeignKey(Job, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    failure = models.TextField(blank=True)
    reading = models.JSONField(null=True)  # what the reader made of the file
    result = models.JSONField(null=True)  # `analysis.result.Result.as_dict`
    provenance = models.JSONField(default=dict)  # file hash, reader, library versions, attempts
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    rejected_at = models.DateTimeField(null=True)
    rejected_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("measurement", "number")
        constraints = [
            UniqueConstraint(fields=["measurement", "number"], name="analysis_number_is_unique"),
            CheckConstraint(
                name="analysis_state_is_known",
                condition=Q(state__in=["waiting", "running", "done", "failed"]),
            ),
            CheckConstraint(
                name="analysis_failure_says_why",
                condition=~Q(state="failed") | ~Q(failure=""),
            ),
            CheckConstraint(
                name="analysis_done_has_a_result",
                condition=~Q(state="done") | Q(result__isnull=False),
            ),
        ]
        indexes = [
            Index(fields=["measurement", "-number"], name="analysis_newest"),
            words_index("rejected_reason", "analysis_rejected_words"),
        ]

    def __str__(self) -> str:
        return f"{self.method} v{self.number}"

    def drawn(self, title: str = "") -> Drawn:
        """Return what is there to draw, under a title."""
        ranges = tuple((low, high) for low, high in self.parameters.get(LEAVE_OUT.name) or ())
        return Drawn(title, self.reading or {}, self.result or {}, ranges)

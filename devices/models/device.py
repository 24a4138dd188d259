"""Devices: one substrate each, its layers and its pixels."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Deferrable, Q, UniqueConstraint

from devices.models.architecture import Architecture
from labnotebook.records.models import ProjectRecord, Record
from labnotebook.records.models.searched import words_index


class Device(ProjectRecord):
    """One substrate with its stack."""

    code = models.CharField(max_length=20, unique=True)
    architecture = models.ForeignKey(
        Architecture, models.PROTECT, null=True, blank=True, related_name="devices"
    )
    name = models.CharField(max_length=120, blank=True)
    built_at = models.DateTimeField(null=True, blank=True)
    built_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    archived_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-pk",)
        indexes = [
            *(words_index(one, f"device_{one}_words") for one in ("code", "name", "note")),
            words_index("archived_reason", "device_archived_words"),
        ]
        constraints = [
            CheckConstraint(
                name="device_archived_says_why",
                condition=Q(archived_at=None, archived_reason="")
                | (Q(archived_at__isnull=False) & ~Q(archived_reason="")),
                violation_error_message="Say why it is archived.",
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def called(self) -> str:
        """Its own name, else that of its architecture; empty when it has neither."""
        return self.name or (self.architecture.name if self.architecture else "")


class Layer(Record):
    """One layer of one device, from the substrate (index 0) up."""

    class Role(models.TextChoices):
        """What the layer does."""

        SUBSTRATE = "substrate", "Substrate"
        ELECTRODE = "electrode", "Electrode"
        HOLE_INJECTION = "hole_injection", "Hole injection"
        HOLE_TRANSPORT = "hole_transport", "Hole transport"
        EMITTER = "emitter", "Emitter"
        ELECTRON_TRANSPORT = "electron_transport", "Electron transport"
        ELECTRON_INJECTION = "electron_injection", "Electron injection"
        INTERLAYER = "interlayer", "Interlayer"

    device = models.ForeignKey(Device, models.PROTECT, related_name="layers")
    index = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=20, choices=Role)
    material_name = models.CharField(max_length=120)
    thickness_target_nm = models.DecimalField(
        max_digits=12, decimal_places=3, null=True, blank=True
    )
    thickness_measured_nm = models.DecimalField(
        max_digits=12, decimal_places=3, null=True, blank=True
    )
    process = models.JSONField(default=dict, blank=True)  # operation and typed parameters
    process_text = models.CharField(max_length=300, blank=True)
    source_batch = models.ForeignKey(
        "synthesis.Batch", models.PROTECT, null=True, blank=True, related_name="layers"
    )
    source_material = models.ForeignKey(
        "synthesis.Material", models.PROTECT, null=True, blank=True, related_name="layers"
    )

    class Meta:
        ordering = ("device", "index")
        constraints = [
            UniqueConstraint(
                fields=["device", "index"],
                name="layer_index_is_unique",
                deferrable=Deferrable.DEFERRED,
                violation_error_message="Two layers of a device cannot have the same place.",
            ),
            CheckConstraint(
                name="layer_thickness_is_positive",
                condition=(Q(thickness_target_nm=None) | Q(thickness_target_nm__gt=0))
                & (Q(thickness_measured_nm=None) | Q(thickness_measured_nm__gt=0)),
                violation_error_message="A thickness is above 0 nm; leave it empty when it is not known.",
            ),
            CheckConstraint(
                name="layer_comes_from_one_source",
                condition=Q(source_batch=None) | Q(source_material=None),
                violation_error_message="A layer comes from a batch or from a bottle, not from both.",
            ),
        ]

    def __str__(self) -> str:
        return self.material_name

    @property
    def code(self) -> str:
        """What a lineage calls it: ``D-0001 layer 3``."""
        return f"{self.device.code} layer {self.index}"

    @property
    def source_code(self) -> str:
        """The code of the batch or bottle that it was made from, empty when nobody said."""
        source = self.source_batch or self.source_material
        return source.code if source else ""


class Pixel(Record):
    """One emitting area of a device."""

    class State(models.TextChoices):
        """How it behaves; empty until somebody looked."""

        WORKING = "working", "Working"
        SHORTED = "shorted", "Shorted"
        OPEN = "open", "Open"
        LEAKY = "leaky", "Leaky"

    device = models.ForeignKey(Device, models.PROTECT, related_name="pixels")
    label = models.CharField(max_length=20)
    area_mm2 = models.DecimalField(max_digits=10, decimal_places=4, null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("device", "pk")
        indexes = [words_index("note", "pixel_note_words")]
        constraints = [
            UniqueConstraint(
                fields=["device", "label"],
                name="pixel_label_is_unique",
                violation_error_message="Two pixels of a device cannot have the same label.",
            ),
            CheckConstraint(
                name="pixel_area_is_positive",
                condition=Q(area_mm2=None) | Q(area_mm2__gt=0),
                violation_error_message="The area of a pixel is above 0 mm².",
            ),
            CheckConstraint(
                name="pixel_state_is_known",
                condition=Q(state__in=["", "working", "shorted", "open", "leaky"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device.code} {self.label}"

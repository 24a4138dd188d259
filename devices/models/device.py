"""Devices: one substrate each, its layers and its pixels.

The architecture of a device is a recipe of the kind *device*; a run is the batch that makes its substrates.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Deferrable, Q, UniqueConstraint, Value
from django.db.models.functions import Coalesce, NullIf

from labnotebook.records.models import ProjectRecord, Record
from labnotebook.records.models.searched import words_index
from synthesis.models import Batch, Recipe, RecipeVersion


class Device(ProjectRecord):
    """One substrate with its stack."""

    code = models.CharField(max_length=20, unique=True)
    recipe_version = models.ForeignKey(
        RecipeVersion, models.PROTECT, null=True, blank=True, related_name="devices"
    )
    run = models.ForeignKey(Batch, models.PROTECT, null=True, blank=True, related_name="substrates")
    substrate = models.CharField(max_length=20, blank=True)  # its label in the run
    # The substrate whose steps it goes through, of one that was added to the run later.
    made_as = models.CharField(max_length=20, blank=True)
    varied = models.JSONField(default=dict, blank=True)  # what differs in the run: key -> as typed
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
            UniqueConstraint(
                fields=["run", "substrate"],
                name="device_substrate_of_run_is_unique",
                violation_error_message="Two substrates of a run cannot have the same label.",
            ),
            CheckConstraint(
                name="device_of_a_run_has_a_label",
                condition=Q(run=None, substrate="") | (Q(run__isnull=False) & ~Q(substrate="")),
            ),
            CheckConstraint(
                name="device_made_as_another_is_of_a_run",
                condition=Q(made_as="") | ~Q(substrate=""),
            ),
            CheckConstraint(
                name="device_archived_says_why",
                condition=Q(archived_at=None, archived_reason="")
                | (Q(archived_at__isnull=False) & ~Q(archived_reason="")),
                violation_error_message="Say why it is archived.",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def architecture(self) -> Recipe | None:
        """The recipe that it is built after; lists load it with ``recipe_version__recipe``."""
        return self.recipe_version.recipe if self.recipe_version else None

    @property
    def called(self) -> str:
        """Its own name, else that of its architecture; empty when it has neither."""
        return self.name or (self.architecture.name if self.architecture else "")


class Layer(Record):
    """One layer of one device, from the substrate (index 0) up."""

    class Role(models.TextChoices):
        """What the layer does: `synthesis.chemistry.layers.LayerRole` in words."""

        SUBSTRATE = "substrate", "Substrate"
        ANODE = "anode", "Anode"
        CATHODE = "cathode", "Cathode"
        ELECTRODE = "electrode", "Electrode"
        HOLE_INJECTION = "hole_injection", "Hole injection"
        HOLE_TRANSPORT = "hole_transport", "Hole transport"
        ELECTRON_BLOCKING = "electron_blocking", "Electron blocking"
        EMITTER = "emitter", "Emitter"
        HOLE_BLOCKING = "hole_blocking", "Hole blocking"
        ELECTRON_TRANSPORT = "electron_transport", "Electron transport"
        ELECTRON_INJECTION = "electron_injection", "Electron injection"
        INTERLAYER = "interlayer", "Interlayer"

    class Method(models.TextChoices):
        """How its thickness was measured."""

        PROFILOMETER = "profilometer", "Profilometer"
        QCM = "qcm", "Quartz crystal"
        ELLIPSOMETRY = "ellipsometry", "Ellipsometry"
        CROSS_SECTION = "cross_section", "Cross-section"
        AFM = "afm", "Atomic force microscope"
        OTHER = "other", "Another way"

    device = models.ForeignKey(Device, models.PROTECT, related_name="layers")
    index = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=60, blank=True)  # of the recipe's layer
    role = models.CharField(max_length=20, choices=Role)
    material_name = models.CharField(max_length=120)
    thickness_target_nm = models.DecimalField(
        max_digits=12, decimal_places=3, null=True, blank=True
    )
    thickness_tolerance_nm = models.DecimalField(
        max_digits=12, decimal_places=3, null=True, blank=True
    )
    thickness_measured_nm = models.DecimalField(
        max_digits=12, decimal_places=3, null=True, blank=True
    )
    thickness_uncertainty_nm = models.DecimalField(
        max_digits=12, decimal_places=3, null=True, blank=True
    )
    thickness_method = models.CharField(max_length=16, choices=Method, blank=True)
    process = models.JSONField(default=dict, blank=True)  # operation and typed parameters
    process_text = models.CharField(max_length=300, blank=True)
    source_batch = models.ForeignKey(
        "synthesis.Batch", models.PROTECT, null=True, blank=True, related_name="layers"
    )
    source_material = models.ForeignKey(
        "synthesis.Material", models.PROTECT, null=True, blank=True, related_name="layers"
    )
    amount_text = models.CharField(max_length=40, blank=True)  # used of the source, as typed
    amount_value = models.DecimalField(max_digits=16, decimal_places=6, null=True, blank=True)
    amount_unit = models.CharField(max_length=2, choices=[("mg", "mg"), ("ml", "mL")], blank=True)
    movement = models.ForeignKey(  # that took it out of its bottle
        "synthesis.Movement", models.PROTECT, null=True, blank=True, related_name="+"
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
                name="layer_thickness_says_how_sure",
                condition=Q(thickness_uncertainty_nm=None, thickness_method="")
                | Q(thickness_measured_nm__isnull=False),
                violation_error_message="An uncertainty and a method belong to a measured thickness.",
            ),
            CheckConstraint(
                name="layer_uncertainties_are_not_negative",
                condition=(Q(thickness_uncertainty_nm=None) | Q(thickness_uncertainty_nm__gte=0))
                & (Q(thickness_tolerance_nm=None) | Q(thickness_tolerance_nm__gte=0)),
                violation_error_message="An uncertainty is 0 or more.",
            ),
            CheckConstraint(
                name="layer_amount_keeps_its_text",
                condition=Q(amount_value=None, amount_text="", amount_unit="")
                | (Q(amount_value__gte=0) & ~Q(amount_text="") & ~Q(amount_unit="")),
                violation_error_message="An amount keeps what was typed, and its unit.",
            ),
            CheckConstraint(
                name="layer_comes_from_one_source",
                condition=Q(source_batch=None) | Q(source_material=None),
                violation_error_message="A layer comes from a batch or from a bottle, not from both.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device.code} {self.material_name}"

    @property
    def code(self) -> str:
        """What a lineage calls it: ``D-0001 layer 3``."""
        return f"{self.device.code} layer {self.index}"

    @property
    def source_code(self) -> str:
        """The code of the batch or bottle that it was made from, empty when nobody said."""
        source = self.source_batch or self.source_material
        return source.code if source else ""


class PixelManager(models.Manager["Pixel"]):
    """Pixels, each with what its newest sweep says of its state."""

    def get_queryset(self) -> models.QuerySet[Pixel]:
        """Return the pixels with their `RuledState`, which nearly every reader needs."""
        return super().get_queryset().select_related("ruled")


def standing(of: str = "") -> Coalesce:
    """Return the state that counts of a pixel as an expression; ``of`` leads to the pixel (``pixel__``).

    What a person said stands over what the rule says; empty where neither says anything.
    """
    return Coalesce(NullIf(f"{of}state", Value("")), f"{of}ruled__state", Value(""))


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
    state = models.CharField(max_length=10, choices=State, blank=True)  # as a person said
    note = models.CharField(max_length=300, blank=True)

    objects = PixelManager()

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

    @property
    def ruled_state(self) -> str:
        """What its newest sweep says by the rule; empty without one, or where it cannot be told."""
        return self.ruled.state if hasattr(self, "ruled") else ""

    @property
    def ruled_because(self) -> str:
        """Why the rule says so, with its threshold; also why it cannot tell."""
        return self.ruled.because if hasattr(self, "ruled") else ""

    @property
    def standing_state(self) -> str:
        """The state that counts: what a person said, else what the rule says; see `standing`."""
        return self.state or self.ruled_state

    @property
    def is_overruled(self) -> bool:
        """Whether a person said something else than the sweep does."""
        return bool(self.state and self.ruled_state and self.state != self.ruled_state)


class RuledState(Record):
    """What the newest sweep of a pixel says of its state, by a rule; computed, so never typed over.

    Beside the pixel and not in it: a page that is open while a sweep is read does not go stale by it.
    """

    pixel = models.OneToOneField(Pixel, models.PROTECT, related_name="ruled")
    state = models.CharField(max_length=10, choices=Pixel.State, blank=True)
    because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(
                name="ruled_state_is_known",
                condition=Q(state__in=["", "working", "shorted", "open", "leaky"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.pixel} {self.state}"

"""Batches: one flask each, its frozen plan beside what was really done."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint
from django.utils.functional import cached_property

from labnotebook.records.models import ProjectRecord, ProjectRecordQuerySet, Record
from labnotebook.records.models.searched import words_index
from synthesis.chemistry.quantities import LEADING, SHOWN, RatioOfBatch, ratios_of_batch
from synthesis.chemistry.tolerances import Tolerance, of_number
from synthesis.models.instrument import Instrument
from synthesis.models.material import Material
from synthesis.models.recipe import RecipeVersion

# Clocks that differ by less are taken to agree.
CLOCKS_AGREE = timedelta(minutes=5)


class BatchQuerySet(ProjectRecordQuerySet):
    """Batches as one person may see them."""

    def in_use(self) -> BatchQuerySet:
        """Return those that lists show: not archived, or running nevertheless."""
        return self.filter(Q(archive__archived_at=None) | Q(state=Batch.State.RUNNING))

    def archived(self) -> BatchQuerySet:
        """Return those that were put away."""
        return self.filter(archive__archived_at__isnull=False)


class Batch(ProjectRecord):
    """One flask: the recipe version and plan it follows, and its state."""

    class State(models.TextChoices):
        """Where the flask stands."""

        PLANNED = "planned", "Planned"
        RUNNING = "running", "Running"
        MADE = "made", "Made"
        SIGNED = "signed", "Signed"
        ABANDONED = "abandoned", "Abandoned"

    OPEN_STATES = (State.PLANNED, State.RUNNING, State.MADE)

    class Appearance(models.TextChoices):
        """What the precursor looked like before the caesium went in."""

        CLEAR = "clear", "Clear"
        COLLOIDAL = "colloidal", "Colloidal"
        TURBID = "turbid", "Turbid"
        PRECIPITATE = "precipitate", "Precipitate"

    code = models.CharField(max_length=20, unique=True)
    recipe_version = models.ForeignKey(RecipeVersion, models.PROTECT, related_name="batches")
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)

    # What was asked for, and the answer, frozen together.
    targets = models.JSONField(encoder=DjangoJSONEncoder)
    lots = models.JSONField(default=dict, encoder=DjangoJSONEncoder)  # ingredient key -> code
    correct_for_assay = models.BooleanField(default=False)
    ratio_ca_pb = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    lead_mmol = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    plan = models.JSONField(encoder=DjangoJSONEncoder)
    plan_sha256 = models.CharField(max_length=64)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(auto_now_add=True)

    # What was done. Every one is empty until somebody records it.
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    abandoned_reason = models.TextField(blank=True)
    precursor_appearance = models.CharField(max_length=12, choices=Appearance, blank=True)
    humidity_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    quench_s = models.DecimalField(max_digits=10, decimal_places=3, null=True)

    # Computed from what was weighed (`services.composition`), never written over it.
    composition = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    ratio_ca_pb_weighed = models.FloatField(null=True)
    ratio_ca_pb_weighed_uncertainty = models.FloatField(null=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        indexes = [
            Index(fields=["project", "-id"], name="batch_project_newest"),
            words_index("abandoned_reason", "batch_abandoned_words"),
        ]
        constraints = [
            CheckConstraint(
                name="batch_state_is_known",
                condition=Q(state__in=["planned", "running", "made", "signed", "abandoned"]),
            ),
            CheckConstraint(
                name="batch_abandoned_says_why",
                condition=~Q(state="abandoned") | ~Q(abandoned_reason=""),
                violation_error_message="Say why the batch was abandoned.",
            ),
            CheckConstraint(
                name="batch_ratio_is_not_negative",
                condition=Q(ratio_ca_pb=None) | Q(ratio_ca_pb__gte=0),
                violation_error_message="R = n(Ca)/n(Pb) cannot be negative.",
            ),
            CheckConstraint(
                name="batch_lead_is_positive",
                condition=Q(lead_mmol=None) | Q(lead_mmol__gt=0),
                violation_error_message="The amount of lead is above 0 mmol.",
            ),
            CheckConstraint(
                name="batch_humidity_is_a_percentage",
                condition=Q(humidity_percent=None)
                | Q(humidity_percent__gte=0, humidity_percent__lte=100),
                violation_error_message="Relative humidity lies between 0 and 100 %%.",
            ),
            CheckConstraint(
                name="batch_finishes_after_it_starts",
                condition=Q(finished_at=None) | Q(started_at__isnull=False),
                violation_error_message="Start the batch before it is finished.",
            ),
            CheckConstraint(
                name="batch_ends_no_earlier_than_it_begins",
                condition=Q(finished_at=None) | Q(finished_at__gte=F("started_at")),
                violation_error_message="A batch cannot end before it begins.",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        """Whether bench entries are still taken, and whether it can still be given up."""
        return self.state in self.OPEN_STATES

    @property
    def is_back_filled(self) -> bool:
        """Whether the work on it is dated before it was planned here, as a paper notebook typed in later."""
        return self.started_at is not None and self.started_at < self.planned_at - CLOCKS_AGREE

    @property
    def archived_at(self) -> datetime | None:
        """When it was put away; lists load it with ``select_related("archive")``."""
        return self.archive.archived_at if hasattr(self, "archive") else None

    @cached_property
    def leading(self) -> RatioOfBatch | None:
        """The first ratio that the recipe asks for, None when it asks for none.

        Lists load it with `services.quantities.with_leading_ratio`.
        """
        rows = getattr(self, "leading_rows", None)
        if rows is None:
            rows = self.quantities.filter(position=LEADING).values(*SHOWN)
        return next(iter(ratios_of_batch(rows, self.targets)), None)


class BatchArchive(Record):
    """Whether a batch is put away. It stands beside the batch, since a signed one never changes."""

    batch = models.OneToOneField(Batch, models.PROTECT, related_name="archive")
    archived_at = models.DateTimeField(null=True)
    archived_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("pk",)
        indexes = [words_index("archived_reason", "batch_archived_reason_words")]
        constraints = [
            CheckConstraint(
                name="batch_archived_says_why",
                condition=Q(archived_at=None, archived_reason="")
                | (Q(archived_at__isnull=False) & ~Q(archived_reason="")),
                violation_error_message="Say why it is archived.",
            )
        ]

    def __str__(self) -> str:
        return f"archive of {self.batch}"


NOT_RECORDED = "not recorded:"  # begins the reason of what was left empty at the end


class Addition(Record):
    """One reagent into one flask: planned beside weighed, which stays empty until recorded.

    What was weighed is the sum of its `Portion` rows that stand.
    """

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="additions")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=60)  # of the recipe's ingredient
    name = models.CharField(max_length=160)
    formula = models.CharField(max_length=80, blank=True)
    role = models.CharField(max_length=40)
    stage = models.CharField(max_length=160, blank=True)
    planned_value = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    unit = models.CharField(max_length=2, choices=[("mg", "mg"), ("ml", "mL")])
    material = models.ForeignKey(Material, models.PROTECT, null=True, related_name="additions")
    # What the numbers of the batch take its bottle for (`services.pinned`).
    source_facts = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    weighed_text = models.CharField(max_length=200, blank=True)  # exactly as typed
    weighed_value = models.DecimalField(max_digits=16, decimal_places=6, null=True)  # in `unit`
    # Of the instrument as it was then; empty of what was recorded with none: then the plan's holds.
    weighed_uncertainty = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    instrument = models.ForeignKey(Instrument, models.PROTECT, null=True, related_name="additions")
    weighed_at = models.DateTimeField(null=True)
    weighed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    said_as_planned = models.BooleanField(default=False)  # not read off an instrument
    skipped_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("batch", "position")
        indexes = [words_index("skipped_reason", "addition_skipped_words")]
        constraints = [
            UniqueConstraint(fields=["batch", "key"], name="addition_key_is_unique"),
            CheckConstraint(
                name="addition_amount_is_not_negative",
                condition=Q(weighed_value=None) | Q(weighed_value__gte=0),
                violation_error_message="An amount cannot be negative.",
            ),
            CheckConstraint(
                name="addition_weighed_keeps_its_text_and_time",
                condition=Q(weighed_value=None, weighed_text="", weighed_at=None)
                | (Q(weighed_value__isnull=False, weighed_at__isnull=False) & ~Q(weighed_text="")),
                violation_error_message="A weighed amount keeps what was typed, and when.",
            ),
            CheckConstraint(
                name="addition_uncertainty_belongs_to_an_amount",
                condition=Q(weighed_uncertainty=None, instrument=None)
                | Q(weighed_value__isnull=False, weighed_uncertainty__gte=0),
                violation_error_message="An uncertainty belongs to an amount.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}"

    @property
    def is_recorded(self) -> bool:
        """Whether the bench said something about it."""
        return self.weighed_value is not None or bool(self.skipped_reason)

    @property
    def stays_empty(self) -> bool:
        """Whether nobody recorded it by the time the batch was finished."""
        return self.skipped_reason.startswith(NOT_RECORDED)


class StepRun(Record):
    """One step in one flask: what was planned, and when it was really done."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="step_runs")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=60)
    operation = models.CharField(max_length=20)
    text = models.TextField()
    stage = models.CharField(max_length=160, blank=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    skipped_reason = models.CharField(max_length=300, blank=True)
    repeat_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="repeats")

    class Meta:
        ordering = ("batch", "position")
        indexes = [words_index("skipped_reason", "step_run_skipped_words")]
        constraints = [
            UniqueConstraint(fields=["batch", "key"], name="step_run_key_is_unique"),
            UniqueConstraint(fields=["batch", "position"], name="step_run_order_is_total"),
            CheckConstraint(
                name="step_run_ends_no_earlier_than_it_begins",
                condition=Q(finished_at=None)
                | Q(started_at=None)
                | Q(finished_at__gte=F("started_at")),
                violation_error_message="A step cannot end before it begins.",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def is_recorded(self) -> bool:
        """Whether the bench said something about it."""
        return self.finished_at is not None or bool(self.skipped_reason)

    @property
    def stays_empty(self) -> bool:
        """Whether nobody recorded it by the time the batch was finished."""
        return self.skipped_reason.startswith(NOT_RECORDED)


class StepRunParameter(Record):
    """One number of one step in one flask: set point, and what it really was."""

    class Origin(models.TextChoices):
        """Where the actual number comes from."""

        TYPED = "typed", "Typed"
        CLOCK = "clock", "From start to end"
        AS_PLANNED = "as_planned", "Said as planned"

    step_run = models.ForeignKey(StepRun, models.PROTECT, related_name="parameters")
    name = models.CharField(max_length=40)
    planned_value = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    # How far off is still as planned, where the recipe says it itself.
    allowed = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    actual_text = models.CharField(max_length=40, blank=True)
    actual_value = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    origin = models.CharField(max_length=10, choices=Origin, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            UniqueConstraint(fields=["step_run", "name"], name="step_run_parameter_is_unique"),
            CheckConstraint(
                name="step_run_parameter_tolerance_is_not_negative",
                condition=Q(allowed=None) | Q(allowed__gte=0),
                violation_error_message="A tolerance is 0 or more.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tolerance(self) -> Tolerance | None:
        """What was planned, and how far off is still as planned; None where any value is as good."""
        return of_number(self.name, self.planned_value, self.allowed)

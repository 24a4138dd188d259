"""What was said at the bench: append-only events, and what follows from them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, Index, Q

from labnotebook.records.models import Record
from labnotebook.records.models.searched import json_words_index, words_index
from synthesis.models.batch import Addition, Batch, StepRun
from synthesis.models.instrument import Instrument
from synthesis.models.material import Material

SENSOR = "sensor"  # under which an entry says which sensor posted it


class BenchEventQuerySet(models.QuerySet["BenchEvent"]):
    """Narrows to what still holds."""

    def that_count(self) -> BenchEventQuerySet:
        """Entries that were not taken back, and do not take one back themselves."""
        return self.filter(taken_back_by=None, takes_back=None)

    def by_people(self) -> BenchEventQuerySet:
        """Entries that no sensor posted."""
        return self.exclude(kind=BenchEvent.Kind.CONDITION, value__has_key=SENSOR)


class SaidQuerySet(models.QuerySet[Any]):
    """Of rows that one entry made."""

    def that_count(self) -> SaidQuerySet:
        """Rows whose entry was not taken back."""
        return self.filter(event__taken_back_by=None)


class ConditionQuerySet(SaidQuerySet):
    """Readings of the air."""

    def by_people(self) -> ConditionQuerySet:
        """Readings that somebody typed."""
        return self.exclude(event__value__has_key=SENSOR)

    def by_sensors(self) -> ConditionQuerySet:
        """Readings that a sensor posted, whose entry says which."""
        return self.filter(event__value__has_key=SENSOR)


class BenchEvent(models.Model):
    """One entry, never changed. Its id is made by the client, so sending it again is harmless.

    The current value of a field is that of its newest event by ``at``, whenever it arrives. Two people
    on one field: both events stay, and the later one says which value it did not know of
    (`conflicts_with`).
    """

    class Kind(models.TextChoices):
        """What kind of entry it is."""

        WEIGHING = "weighing", "Weighed"
        LOT = "lot", "Bottle"
        STEP_START = "step_start", "Step started"
        STEP_FINISH = "step_finish", "Step finished"
        PARAMETER = "parameter", "Measured"
        CONDITION = "condition", "Condition"
        OBSERVATION = "observation", "Seen"
        DEVIATION = "deviation", "Deviation"
        SKIP = "skip", "Left out"
        WITHDRAW = "withdraw", "Taken back"
        NOTE = "note", "Note"
        FILE = "file", "File"

    id = models.UUIDField(primary_key=True)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind)
    target = models.CharField(max_length=120, blank=True)
    value = models.JSONField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()  # by the client's clock, or by ours when that one was wrong
    client_at = models.DateTimeField(null=True)  # what a clock that was wrong had said
    portion = models.BooleanField(default=False)  # added to what is there, no correction of it
    as_planned = models.BooleanField(default=False)  # said by the person, not read off
    repeat = models.BooleanField(default=False)  # the step was done once more
    received_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    conflicts_with = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    takes_back = models.OneToOneField(  # of a withdrawal: the entry that no longer counts
        "self", models.PROTECT, null=True, related_name="taken_back_by"
    )

    objects = BenchEventQuerySet.as_manager()

    class Meta:
        ordering = ("received_at", "pk")
        indexes = [
            Index(fields=["batch", "kind", "target", "received_at"], name="bench_event_field"),
            words_index("reason", "bench_event_reason_words"),
            json_words_index("value", "bench_event_note_words", Q(kind="note")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"


class Portion(Record):
    """One amount of one reagent, as it was weighed or measured. Those that stand add up to the addition."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="portions")
    addition = models.ForeignKey(Addition, models.PROTECT, related_name="portions")
    event = models.OneToOneField(BenchEvent, models.PROTECT, related_name="weighed")
    text = models.CharField(max_length=40)  # exactly as typed
    value = models.DecimalField(max_digits=16, decimal_places=6)  # in the unit of the addition
    # Of the instrument as it was then; empty without one: then the plan's balance holds.
    uncertainty = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    instrument = models.ForeignKey(Instrument, models.PROTECT, null=True, related_name="portions")
    # The bottle, where it is another than that of the addition, and what is said of it (`services.pinned`).
    material = models.ForeignKey(Material, models.PROTECT, null=True, related_name="portions")
    source_facts = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    as_planned = models.BooleanField(default=False)
    at = models.DateTimeField()
    stands = models.BooleanField(default=True)  # neither corrected nor taken back

    class Meta:
        ordering = ("at", "pk")
        indexes = [Index(fields=["value"], name="portion_value")]  # a number that is looked for
        constraints = [
            CheckConstraint(
                name="portion_amount_is_not_negative",
                condition=Q(value__gte=0),
                violation_error_message="An amount cannot be negative.",
            ),
            CheckConstraint(
                name="portion_uncertainty_is_not_negative",
                condition=Q(uncertainty=None) | Q(uncertainty__gte=0),
            ),
            CheckConstraint(name="portion_keeps_its_text", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def key(self) -> str:
        """The reagent's key."""
        return self.addition.key


class Condition(Record):
    """The air around the flask at one moment."""

    class Name(models.TextChoices):
        """What is kept of the air."""

        HUMIDITY = "humidity_percent", "Relative humidity"
        TEMPERATURE = "temperature_c", "Temperature of the room"
        OXYGEN = "o2_ppm", "Oxygen"
        WATER = "h2o_ppm", "Water"

        @property
        def unit(self) -> str:
            """The unit in which it is kept, and read when none is typed."""
            name = Condition.Name
            return {name.HUMIDITY: "%", name.TEMPERATURE: "°C"}.get(self, "ppm")

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="conditions")
    event = models.OneToOneField(BenchEvent, models.PROTECT, related_name="condition")
    name = models.CharField(max_length=20, choices=Name)
    text = models.CharField(max_length=40)  # exactly as typed
    value = models.DecimalField(max_digits=12, decimal_places=4)
    at = models.DateTimeField()

    objects = ConditionQuerySet.as_manager()

    class Meta:
        ordering = ("at", "pk")
        constraints = [
            CheckConstraint(
                name="condition_is_possible",
                condition=Q(name="humidity_percent", value__gte=0, value__lte=100)
                | Q(name="temperature_c", value__gte=Decimal("-273.15"))
                | Q(name__in=["o2_ppm", "h2o_ppm"], value__gte=0, value__lte=1_000_000),
                violation_error_message="This cannot be: humidity lies between 0 and 100 %%, ppm from 0 on.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.text}"


class Observation(Record):
    """What the flask looked like."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="observations")
    step_run = models.ForeignKey(StepRun, models.PROTECT, null=True, related_name="observations")
    event = models.OneToOneField(BenchEvent, models.PROTECT, related_name="observation")
    appearance = models.CharField(max_length=12, choices=Batch.Appearance, blank=True)
    colour = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    objects = SaidQuerySet.as_manager()

    class Meta:
        ordering = ("at", "pk")
        indexes = [
            words_index("note", "observation_note_words"),
            words_index("colour", "observation_colour_words"),
        ]

    def __str__(self) -> str:
        return self.appearance or self.note


class Deviation(Record):
    """Something that was not done as planned: seen by the notebook, or said by a person."""

    class Kind(models.TextChoices):
        """What differed."""

        AMOUNT = "amount", "Amount"
        TIME = "time", "Time"
        TEMPERATURE = "temperature", "Temperature"
        SPEED = "speed", "Speed"
        ORDER = "order", "Order"
        SUBSTITUTION = "substitution", "Substitution"
        SKIPPED = "skipped", "Left out"
        ADDED = "added", "Added"
        REPEATED = "repeated", "Repeated"
        OTHER = "other", "Other"

    class Severity(models.TextChoices):
        """How much it matters; a major one asks for words."""

        MINOR = "minor", "Minor"
        MAJOR = "major", "Major"

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="deviations")
    step_run = models.ForeignKey(StepRun, models.PROTECT, null=True, related_name="deviations")
    event = models.ForeignKey(BenchEvent, models.PROTECT, related_name="deviations")
    target = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=12, choices=Kind)
    severity = models.CharField(max_length=6, choices=Severity, default=Severity.MINOR)
    automatic = models.BooleanField(default=False)
    sentence = models.CharField(max_length=300)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)  # the value was corrected

    class Meta:
        ordering = ("at", "pk")
        indexes = [
            words_index("sentence", "deviation_sentence_words"),
            words_index("reason", "deviation_reason_words"),
        ]
        constraints = [
            CheckConstraint(
                name="deviation_severity_is_known", condition=Q(severity__in=["minor", "major"])
            )
        ]

    def __str__(self) -> str:
        return self.sentence

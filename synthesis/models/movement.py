"""What came into a bottle and what went out of it: rows that are only ever added."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q

from labnotebook.records.models import Record
from labnotebook.records.models.searched import words_index
from synthesis.models.batch import Addition
from synthesis.models.material import Material

# More than any bottle holds. Written as bounds because SQL takes NaN for larger than every number.
LARGEST = Decimal(1_000_000_000)


class MovementQuerySet(models.QuerySet["Movement"]):
    """Movements of many bottles."""

    def in_force(self) -> MovementQuerySet:
        """Return those that were not taken back; the reversals themselves count for nothing then."""
        return self.filter(reversed_by=None).exclude(kind=Movement.Kind.REVERSAL)


class Movement(Record):
    """One change of what is in a bottle. A mistake is answered by a reversal, never by an edit."""

    class Kind(models.TextChoices):
        """What happened."""

        RECEIVED = "received", "Received or made"
        USED = "used", "Used in a batch"
        TAKEN = "taken", "Taken out"
        ADDED = "added", "Filled in from another"
        CORRECTION = "correction", "Corrected"
        EMPTIED = "emptied", "Emptied"
        REVERSAL = "reversal", "Taken back"

    material = models.ForeignKey(Material, models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=10, choices=Kind)
    amount = models.DecimalField(max_digits=16, decimal_places=6)  # what it adds; negative: takes
    unit = models.CharField(max_length=2, choices=[("mg", "mg"), ("ml", "mL")])
    uncertainty = models.DecimalField(
        max_digits=16, decimal_places=6, null=True
    )  # standard, `unit`
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    addition = models.ForeignKey(Addition, models.PROTECT, null=True, related_name="movements")
    other = models.ForeignKey(
        Material, models.PROTECT, null=True, related_name="+"
    )  # of an aliquot
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    beyond = models.BooleanField(default=False)  # more than there was, and somebody said so
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MovementQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        indexes = [
            Index(fields=["material", "-id"], name="movement_of_material"),
            words_index("reason", "movement_reason_words"),
        ]
        constraints = [
            CheckConstraint(
                name="movement_amount_is_a_number",
                condition=Q(amount__gt=-LARGEST, amount__lt=LARGEST)
                & (~Q(amount=0) | Q(kind__in=["emptied", "reversal"])),
                violation_error_message="An amount that moves is a number, and not 0.",
            ),
            CheckConstraint(
                name="movement_goes_the_way_its_kind_says",
                condition=Q(kind__in=["received", "added"], amount__gt=0)
                | Q(kind__in=["used", "taken", "emptied"], amount__lte=0)
                | Q(kind__in=["correction", "reversal"]),
                violation_error_message="What is received is above 0, what is taken below.",
            ),
            CheckConstraint(name="movement_unit_is_known", condition=Q(unit__in=["mg", "ml"])),
            CheckConstraint(
                name="movement_uncertainty_is_a_number",
                condition=Q(uncertainty=None) | Q(uncertainty__gte=0, uncertainty__lt=LARGEST),
                violation_error_message="An uncertainty is a number of 0 or more.",
            ),
            CheckConstraint(
                name="movement_used_names_its_addition",
                condition=~Q(kind="used") | Q(addition__isnull=False),
            ),
            CheckConstraint(
                name="movement_reversal_names_what_it_reverses",
                condition=Q(kind="reversal", reverses__isnull=False)
                | (~Q(kind="reversal") & Q(reverses=None)),
            ),
            CheckConstraint(
                name="movement_by_hand_says_why",
                condition=~Q(kind__in=["taken", "correction", "emptied", "reversal"])
                | ~Q(reason=""),
                violation_error_message="Say why: the next person will want to know.",
            ),
            CheckConstraint(
                name="movement_is_not_into_itself",
                condition=Q(other=None) | ~Q(other=F("material")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.unit}"

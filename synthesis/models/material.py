"""Chemicals, and the materials that can go into a flask: bottles bought and stocks made."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q

from labnotebook.records.models import ProjectRecord, ProjectRecordQuerySet, Record
from labnotebook.records.models.searched import words_index
from synthesis.chemistry.bottles import readable


class ChemicalQuerySet(models.QuerySet["Chemical"]):
    """Chemicals belong to the whole lab."""

    def visible_to(self, user) -> ChemicalQuerySet:
        """Return all of them."""
        return self.all()

    def holding(self, words: str) -> ChemicalQuerySet:
        """Return those whose name, formula or CAS number holds these letters."""
        return self.filter(
            Q(name__icontains=words) | Q(formula__icontains=words) | Q(cas__startswith=words)
        )


class Chemical(Record):
    """What a bottle says: the hydrate is another chemical than the anhydrous salt."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    formula = models.CharField(max_length=80, blank=True)  # empty for polymers and mixtures
    density_g_ml = models.DecimalField(max_digits=9, decimal_places=5, null=True, blank=True)
    density_source = models.CharField(max_length=120, blank=True)
    cas = models.CharField("CAS number", max_length=12, blank=True)
    hazards = models.CharField(max_length=300, blank=True)
    # Species per formula unit that the formula does not spell (oleic acid: {"OA": "1"}).
    species = models.JSONField(default=dict, blank=True)
    hazard_statements = models.JSONField(default=list, blank=True)  # H codes of the GHS
    pictograms = models.JSONField(default=list, blank=True)  # GHS01 to GHS09
    note = models.TextField(blank=True)

    objects = ChemicalQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints = [
            CheckConstraint(
                name="chemical_density_is_positive",
                condition=Q(density_g_ml=None) | Q(density_g_ml__gt=0),
                violation_error_message="A density is above 0 g/mL.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class MaterialQuerySet(ProjectRecordQuerySet):
    """Bottles and stocks."""

    def fitting(self, chemicals: Iterable[str], stocks: Iterable[str]) -> MaterialQuerySet:
        """Return those of these chemicals and those that these recipes make, archived ones left out.

        chemicals, stocks: their slugs; empty ones mean nothing.
        """
        return self.filter(
            Q(chemical__slug__in=[slug for slug in chemicals if slug])
            | Q(recipe__slug__in=[slug for slug in stocks if slug]),
            archived_at=None,
        )


# What a bottle is looked for by.
SEARCHED = (
    "code",
    "name",
    "lot_number",
    "catalogue_number",
    "supplier",
    "place",
    "note",
    "archived_reason",
)


class Material(ProjectRecord):
    """One bottle, or one stock that a batch made: what is really poured."""

    class Kind(models.TextChoices):
        """Where it came from."""

        PURCHASED = "purchased", "Bought"
        PREPARED = "prepared", "Made here"

    class AssayKind(models.TextChoices):
        """What the number on the label says. Only the first two correct a mass."""

        MASS_FRACTION = "mass_fraction", "Mass fraction of the named salt"
        TITRATION = "titration", "Titration"
        TRACE_METALS = "trace_metals", "Trace metals basis (not an assay)"
        UNKNOWN = "unknown", "Not known"

    code = models.CharField(max_length=20, unique=True)  # L-0001 bought, S-0001 made
    kind = models.CharField(max_length=10, choices=Kind)
    chemical = models.ForeignKey(
        Chemical, models.PROTECT, null=True, blank=True, related_name="materials"
    )
    recipe = models.ForeignKey(
        "synthesis.Recipe", models.PROTECT, null=True, blank=True, related_name="materials"
    )
    produced_by = models.ForeignKey(
        "synthesis.Batch", models.PROTECT, null=True, blank=True, related_name="products"
    )
    name = models.CharField(max_length=120)
    formula = models.CharField(
        max_length=80, blank=True
    )  # of what is in the bottle, water included
    supplier = models.CharField(max_length=120, blank=True)
    catalogue_number = models.CharField(max_length=60, blank=True)
    lot_number = models.CharField(max_length=60, blank=True)
    assay_percent = models.DecimalField(max_digits=9, decimal_places=5, null=True, blank=True)
    # The upper end, of a label that gives a range such as 97-99 %.
    assay_high_percent = models.DecimalField(max_digits=9, decimal_places=5, null=True, blank=True)
    assay_uncertainty_percent = models.DecimalField(
        max_digits=9, decimal_places=5, null=True, blank=True
    )
    assay_kind = models.CharField(max_length=15, choices=AssayKind, default=AssayKind.UNKNOWN)
    concentration_mol_l = models.DecimalField(
        max_digits=12, decimal_places=8, null=True, blank=True
    )
    concentration_uncertainty_mol_l = models.DecimalField(
        max_digits=12, decimal_places=8, null=True, blank=True
    )
    # What the concentration counts, as its titration says; empty, the salt as formula unit.
    concentration_species = models.CharField(max_length=20, blank=True)
    density_g_ml = models.DecimalField(  # of this lot; the chemical's when it is empty
        max_digits=9, decimal_places=5, null=True, blank=True
    )
    amount_received = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    amount_unit = models.CharField(max_length=2, choices=[("mg", "mg"), ("ml", "mL")], blank=True)
    received_date = models.DateField(null=True, blank=True)
    opened_date = models.DateField(null=True, blank=True)
    expires_date = models.DateField(null=True, blank=True)
    emptied_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    archived_reason = models.CharField(max_length=300, blank=True)
    aliquot_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="aliquots"
    )
    place = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MaterialQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        indexes = [words_index(column, f"material_{column[:12]}_words") for column in SEARCHED]
        constraints = [
            CheckConstraint(
                name="material_is_bought_or_made",
                condition=Q(kind="purchased", chemical__isnull=False, produced_by=None)
                | Q(kind="prepared", chemical=None),
                violation_error_message="A bought bottle names its chemical; a stock names its recipe.",
            ),
            CheckConstraint(
                name="material_assay_is_a_percentage",
                condition=Q(assay_percent=None)
                | Q(assay_percent__gt=0, assay_percent__lte=100)
                | Q(assay_kind="titration", assay_percent__gt=0, assay_percent__lte=105),
                violation_error_message="An assay lies above 0 and at most at 100 %%, a titration at 105 %%.",
            ),
            CheckConstraint(
                name="material_assay_range_goes_up",
                condition=Q(assay_high_percent=None)
                | Q(assay_high_percent__gt=models.F("assay_percent"), assay_high_percent__lte=105),
                violation_error_message="A range of assay runs from the lower to the higher value.",
            ),
            CheckConstraint(
                name="material_concentration_is_positive",
                condition=Q(concentration_mol_l=None) | Q(concentration_mol_l__gt=0),
                violation_error_message="A concentration is above 0 mol/L.",
            ),
            CheckConstraint(
                name="material_amount_is_positive",
                condition=Q(amount_received=None, amount_unit="")
                | Q(amount_received__gt=0, amount_unit__in=["mg", "ml"]),
                violation_error_message="Give the amount received with its unit (mg or mL), above 0.",
            ),
            CheckConstraint(
                name="material_density_is_positive",
                condition=Q(density_g_ml=None) | Q(density_g_ml__gt=0, density_g_ml__lt=100),
                violation_error_message="A density lies above 0 and below 100 g/mL.",
            ),
            CheckConstraint(
                name="material_archived_says_why",
                condition=Q(archived_at=None, archived_reason="")
                | (Q(archived_at__isnull=False) & ~Q(archived_reason="")),
                violation_error_message="Say why it is archived.",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def origin(self) -> Material:
        """The bottle that the facts of an aliquot are written on; itself when it is none."""
        return self if self.aliquot_of is None else self.aliquot_of.origin

    @property
    def held(self) -> str:
        """What it held at first, as people read it; empty when nobody said."""
        return (
            "" if self.amount_received is None else readable(self.amount_received, self.amount_unit)
        )

    @property
    def known_density_g_ml(self) -> Decimal | None:
        """The density of this lot, else that of its chemical."""
        said = self.origin.density_g_ml
        if said is None and self.chemical is not None:
            return self.chemical.density_g_ml
        return said

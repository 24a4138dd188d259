"""Recipes, and their versions that never change."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Exists, OuterRef, Q, UniqueConstraint
from django.utils.translation import gettext as _

from labnotebook.records.models import ProjectRecord, Record
from labnotebook.records.models.base import ProjectRecordQuerySet
from synthesis.chemistry.recipe import RecipeDefinition

BASES = (
    "mass_mg",
    "volume_ml",
    "amount_mmol",
    "equivalents",
    "solves",
    "concentration_mol_l",
    "concentration_mg_ml",
    "weight_percent",
    "fills_to_ml",
)


def exactly_one(names: tuple[str, ...]) -> Q:
    """Return the condition that one of these columns is filled and all others are empty."""
    return reduce(
        or_, (Q(**{f"{name}__isnull": name != filled for name in names}) for filled in names)
    )


class RecipeQuerySet(ProjectRecordQuerySet):
    """Recipes as one person may see and use them."""

    def usable(self) -> RecipeQuerySet:
        """Return those that can be planned: published, and not retired."""
        published = RecipeVersion.objects.filter(recipe=OuterRef("pk"))
        return self.filter(Exists(published), retired_at=None)

    def for_flasks(self) -> RecipeQuerySet:
        """Return those that make something in a flask; devices are made in runs."""
        return self.usable().exclude(kind=Recipe.Kind.DEVICE)


class Recipe(ProjectRecord):
    """A way to make something; what it says stands in its versions."""

    class Kind(models.TextChoices):
        """What the recipe makes."""

        STOCK_SOLUTION = "stock_solution", "Stock solution"
        NANOCRYSTALS = "nanocrystals", "Nanocrystals"
        LAYER_SOLUTION = "layer_solution", "Layer solution"
        EXPERIMENT = "experiment", "Free experiment"
        DEVICE = "device", "Device"

    project = models.ForeignKey(
        "records.Project", models.PROTECT, null=True, blank=True, related_name="+"
    )  # empty: it ships with the product
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=Kind)
    shared_with_lab = models.BooleanField(default=False)
    forked_from = models.ForeignKey(
        "synthesis.RecipeVersion", models.PROTECT, null=True, blank=True, related_name="forks"
    )
    retired_at = models.DateTimeField(null=True)
    retired_reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RecipeQuerySet.as_manager()

    class Meta:
        ordering = ("kind", "name", "pk")
        constraints = [
            CheckConstraint(
                name="recipe_without_project_is_shared",
                condition=Q(project__isnull=False) | Q(shared_with_lab=True),
                violation_error_message="A recipe belongs to a project, or to the whole lab.",
            ),
            CheckConstraint(
                name="recipe_retired_says_why",
                condition=Q(retired_at=None, retired_reason="")
                | (Q(retired_at__isnull=False) & ~Q(retired_reason="")),
                violation_error_message="Say why the recipe is retired.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def current(self) -> RecipeVersion | None:
        """The newest version; None while it is only a draft."""
        return self.versions.order_by("-number").first()


class RecipeVersion(Record):
    """What a recipe said at one time. Never changed: a batch must be able to point at it for good."""

    recipe = models.ForeignKey(Recipe, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()  # `RecipeDefinition.as_dict`
    content_sha256 = models.CharField(max_length=64)
    change_note = models.CharField(max_length=300, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-number",)
        constraints = [
            UniqueConstraint(fields=["recipe", "number"], name="recipe_version_number_is_unique")
        ]

    def __str__(self) -> str:
        return f"{self.recipe.slug} v{self.number}"

    @property
    def title(self) -> str:
        """What is followed, as people say it: the recipe's name and which version."""
        return f"{self.recipe.name}, {_('version')} {self.number}"

    def read(self) -> RecipeDefinition:
        """Return the recipe as the checked value that the calculator takes."""
        return RecipeDefinition.stored(self.definition)


class RecipeDraft(Record):
    """What the next version of a recipe will say, as far as it is written; it may still be wrong."""

    recipe = models.OneToOneField(Recipe, models.PROTECT, related_name="draft")
    definition = models.JSONField()
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.recipe.slug}, draft"


class LabOperation(Record):
    """An operation of the lab's own, beside those that ship (`chemistry.operations`)."""

    name = models.CharField(max_length=20, unique=True)
    definition = models.JSONField()  # `Operation.as_dict`
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Ingredient(Record):
    """One reagent of a recipe version, with exactly one rule for its amount.

    A recipe names a chemical or another recipe's product, never a bottle.
    """

    recipe_version = models.ForeignKey(RecipeVersion, models.PROTECT, related_name="ingredients")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=60)
    role = models.CharField(max_length=40)
    chemical = models.ForeignKey("synthesis.Chemical", models.PROTECT, null=True, related_name="+")
    stock_slug = models.CharField(max_length=80, blank=True)
    mass_mg = models.DecimalField(max_digits=14, decimal_places=5, null=True)
    volume_ml = models.DecimalField(max_digits=14, decimal_places=5, null=True)
    amount_mmol = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    equivalents = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    solves = models.CharField(max_length=60, null=True)  # noqa: DJ001  (empty means another rule)
    concentration_mol_l = models.DecimalField(max_digits=14, decimal_places=8, null=True)
    concentration_mg_ml = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    weight_percent = models.DecimalField(max_digits=9, decimal_places=5, null=True)
    fills_to_ml = models.DecimalField(max_digits=14, decimal_places=5, null=True)

    class Meta:
        ordering = ("recipe_version", "position")
        constraints = [
            UniqueConstraint(fields=["recipe_version", "key"], name="ingredient_key_is_unique"),
            CheckConstraint(
                name="ingredient_has_one_amount_rule",
                condition=exactly_one(BASES),
                violation_error_message="Give exactly one rule for the amount of an ingredient.",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class RecipeStep(Record):
    """One operation of a recipe version."""

    recipe_version = models.ForeignKey(RecipeVersion, models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=60)
    operation = models.CharField(max_length=20)
    text = models.TextField()

    class Meta:
        ordering = ("recipe_version", "position")
        constraints = [
            UniqueConstraint(fields=["recipe_version", "key"], name="recipe_step_key_is_unique"),
            UniqueConstraint(
                fields=["recipe_version", "position"], name="recipe_step_order_is_total"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class StepParameter(Record):
    """One number of a step, a row so that it can be asked for; the unit is in the name."""

    step = models.ForeignKey(RecipeStep, models.PROTECT, related_name="parameters")
    name = models.CharField(max_length=40)  # temperature_c, duration_s, speed_rpm ...
    value = models.DecimalField(max_digits=16, decimal_places=6)

    class Meta:
        ordering = ("pk",)
        constraints = [UniqueConstraint(fields=["step", "name"], name="step_parameter_is_unique")]

    def __str__(self) -> str:
        return f"{self.name} {self.value}"

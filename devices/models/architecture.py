"""Device architectures: the stacks that a lab builds again and again."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q

from labnotebook.records.models import ProjectRecord
from labnotebook.records.models.base import ProjectRecordQuerySet


class Architecture(ProjectRecord):
    """A named stack from the substrate up, with how each layer is made and where that is printed."""

    project = models.ForeignKey(
        "records.Project", models.PROTECT, null=True, blank=True, related_name="+"
    )  # empty: it ships with the product
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    polarity = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)
    layers = models.JSONField()  # as in data/architectures.toml, checked by devices.stacks
    shared_with_lab = models.BooleanField(default=False)

    objects = ProjectRecordQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints = [
            CheckConstraint(
                name="architecture_without_project_is_shared",
                condition=Q(project__isnull=False) | Q(shared_with_lab=True),
                violation_error_message="An architecture belongs to a project, or to the whole lab.",
            )
        ]

    def __str__(self) -> str:
        return self.name

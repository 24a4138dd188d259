"""Projects and who belongs to them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from labnotebook.records.models.base import Record
from labnotebook.records.models.role import Role, read_by


class ProjectQuerySet(models.QuerySet["Project"]):
    """Projects as one person may see them."""

    def visible_to(self, user) -> ProjectQuerySet:
        """Return the projects that ``user`` may read."""
        return self.filter(read_by(user, ""))

    def with_role(self, user, role: Role) -> ProjectQuerySet:
        """Return the projects in which ``user`` has at least ``role``."""
        return self.filter(memberships__user=user, memberships__role__in=Role.at_least(role))


class Project(Record):
    """A group of people and the records they share."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    # Said when it is created, and never changed: nothing in it was measured.
    is_simulated = models.BooleanField(default=False)
    needs_second_factor = models.BooleanField(default=False)  # of everybody who belongs to it
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProjectQuerySet.as_manager()
    read_for: Membership | None = None  # of the person for whom `permissions.pick_project` read it

    class Meta:
        ordering = ("name", "pk")
        constraints = [
            CheckConstraint(
                name="project_has_a_name",
                condition=~Q(name=""),
                violation_error_message="Give the project a name.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(Record):
    """One person in one project, with a role."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            UniqueConstraint(
                fields=["project", "user"],
                name="one_membership_per_person_and_project",
                violation_error_message="This person is already a member; change the role instead.",
            ),
            CheckConstraint(
                name="membership_role_is_known",
                condition=Q(role__in=["viewer", "witness", "instrument", "editor", "owner"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"

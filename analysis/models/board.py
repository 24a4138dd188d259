"""Boards: saved questions of a project on one page, in an order."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.urls import reverse

from labnotebook.records.models import ProjectRecord


class Board(ProjectRecord):
    """Some of a project's questions under a name, each drawn as it is when the board is opened.

    Which and in what order is one value, so that the version of the board covers it (decision 0063).
    """

    name = models.CharField(max_length=80)
    questions = ArrayField(models.BigIntegerField(), default=list, blank=True)  # their keys
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)  # from then on it is not listed

    class Meta:
        ordering = ("pk",)
        constraints = [
            UniqueConstraint(
                fields=["project", "name"],
                condition=Q(ended_at=None),
                name="one_board_per_project_and_name",
            ),
            CheckConstraint(name="board_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("analysis:board-detail", args=[self.pk])

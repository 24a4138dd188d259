"""Questions of the explorer and the history that a project keeps by name."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.urls import reverse

from labnotebook.records.models import ProjectRecord

TABLE = "table"  # how a question is shown that the history keeps, with its columns and its order


class SavedQuestion(ProjectRecord):
    """A question and how it is looked at, under a name. It finds what there is when it is opened."""

    name = models.CharField(max_length=80)
    query = models.CharField(max_length=2000, blank=True)  # as it stands in the address
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)  # from then on it is not listed

    class Meta:
        ordering = ("pk",)
        constraints = [
            UniqueConstraint(
                fields=["project", "name"],
                condition=Q(ended_at=None),
                name="one_saved_question_per_project_and_name",
            ),
            CheckConstraint(name="saved_question_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address that asks it."""
        kept = [pair for pair in parse_qsl(self.query) if pair != ("show", TABLE)]
        query = urlencode(kept, safe=",") if self.is_table else self.query
        page = "analysis:history" if self.is_table else "analysis:explore"
        return reverse(page) + (f"?{query}" if query else "")

    @property
    def is_table(self) -> bool:
        """Whether it is shown as rows of the history."""
        return ("show", TABLE) in parse_qsl(self.query)

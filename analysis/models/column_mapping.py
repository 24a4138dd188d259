"""Which column is what, said once for all files of a kind that nobody could read otherwise."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import UniqueConstraint

from labnotebook.records.models import ProjectRecord


class ColumnMapping(ProjectRecord):
    """What a person said of the columns of one kind of file, in one project."""

    technique = models.CharField(max_length=40)
    kind = models.CharField(max_length=64)  # `analysis.readers.preview.Preview.kind`
    columns = models.CharField(max_length=600)  # heads, parted by |
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            UniqueConstraint(
                fields=["project", "technique", "kind"], name="one_mapping_of_a_kind_of_file"
            )
        ]

    def __str__(self) -> str:
        return self.columns

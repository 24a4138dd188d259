"""What the batches of one recipe taught a project about the numbers and the phases that it gives."""

from __future__ import annotations

from django.db import models
from django.db.models import Index

from labnotebook.records.models import Project


class LearnedRecipe(models.Model):
    """One state of that knowledge: it follows from the batches, and has no revisions. Rows are only added; the newest is asked.

    ``outcomes`` says by quantity (and under "phase") how many batches there were, how many are needed and how the
    backtest went; ``experiments`` are these batches, from which the models follow.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    recipe = models.CharField(max_length=80)  # slug
    data_sha256 = models.CharField(max_length=64)  # of the experiments
    code_version = models.CharField(max_length=20)  # of the program that learned
    outcomes = models.JSONField()
    experiments = models.JSONField()  # in order of time
    read_at = models.DateTimeField()  # when the experiments were read
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-pk",)
        indexes = [Index(fields=["project", "recipe", "-made_at"], name="learned_recipe_newest")]

    def __str__(self) -> str:
        return f"{self.recipe}, learned {self.made_at:%Y-%m-%d}"

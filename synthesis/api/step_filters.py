"""Find recipes and batches by the numbers of their steps: heated to at least 165 °C, spun below 6000 rpm."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from labnotebook.records.refusals import Refusal
from synthesis.chemistry.operations import step_number
from synthesis.models import StepParameter, StepRunParameter

SIGNS = ("gte", "lte")


class StepNumberFilter(django_filters.FilterSet):
    """``parameter=temperature_c`` with ``parameter__gte`` and ``parameter__lte`` in its own unit.

    ``operation`` narrows it to steps of one operation.
    """

    operation = django_filters.CharFilter(method="narrowed", label="Has a step of this operation")
    parameter = django_filters.CharFilter(method="narrowed", label="Has a step with this number")
    parameter__gte = django_filters.NumberFilter(method="narrowed", label="It is at least this")
    parameter__lte = django_filters.NumberFilter(method="narrowed", label="It is at most this")

    def narrowed(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        """Leave the rows to ``filter_queryset``, which reads these four together."""
        return rows

    def filter_queryset(self, rows: QuerySet) -> QuerySet:
        """Apply the other filters, then that by one number of one step."""
        rows = super().filter_queryset(rows)
        asked = {name: self.form.cleaned_data.get(name) for name in StepNumberFilter.base_filters}
        limits = {sign: asked[f"parameter__{sign}"] for sign in SIGNS}
        limits = {sign: value for sign, value in limits.items() if value is not None}
        if limits and not asked["parameter"]:
            raise Refusal(
                "Say which number of a step: parameter=temperature_c, for example.",
                field="parameter",
            )
        if asked["parameter"] and step_number(asked["parameter"]) is None:
            raise Refusal(
                f"No step has a number {asked['parameter'][:60]!r}. See operations/ for their names.",
                field="parameter",
            )
        if not asked["parameter"]:
            return self.by_operation(rows, asked["operation"]) if asked["operation"] else rows
        numbers = self.numbers(asked["operation"]).filter(name=asked["parameter"])
        numbers = numbers.filter(**{f"number__{sign}": value for sign, value in limits.items()})
        return rows.filter(Exists(numbers))


class RecipeStepFilter(StepNumberFilter):
    """Numbers of the steps of a recipe's versions, those that inputs give at their defaults."""

    def by_operation(self, rows: QuerySet, operation: str) -> QuerySet:
        """Return the recipes with a step of this operation."""
        return rows.filter(versions__steps__operation=operation).distinct()

    def numbers(self, operation: str) -> QuerySet:
        """Return the numbers of one recipe's steps."""
        found = StepParameter.objects.filter(step__recipe_version__recipe=OuterRef("pk"))
        found = found.annotate(number=F("value"))
        return found.filter(step__operation=operation) if operation else found


class BatchStepFilter(StepNumberFilter):
    """Numbers of the steps of a batch: measured where the bench measured, else planned."""

    def by_operation(self, rows: QuerySet, operation: str) -> QuerySet:
        """Return the batches with a step of this operation."""
        return rows.filter(step_runs__operation=operation).distinct()

    def numbers(self, operation: str) -> QuerySet:
        """Return the numbers of one batch's steps."""
        found = StepRunParameter.objects.filter(step_run__batch=OuterRef("pk"))
        found = found.annotate(number=Coalesce("actual_value", "planned_value"))
        return found.filter(step_run__operation=operation) if operation else found

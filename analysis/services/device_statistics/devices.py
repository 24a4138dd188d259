"""The substrates that are asked of: who made them when, what differs on them, from which batch their emitter is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.timezone import get_current_timezone, make_aware

from analysis.services.device_statistics.question import Question
from devices.models import Device, Layer
from labnotebook.records.models import Project
from labnotebook.records.refusals import Refusal
from synthesis.models import Batch


class AskedDevice(NamedTuple):
    """What is asked of a substrate."""

    pk: int
    code: str
    built_at: datetime | None
    created_at: datetime
    architecture: str | None
    person: str
    project: str
    run: str | None
    varied: Mapping[str, Any]  # within its run

    @property
    def made_at(self) -> datetime:
        """When it was made, as far as anybody said."""
        return self.built_at or self.created_at


def asked_devices(user: Any, question: Question) -> QuerySet[Device]:
    """Return the devices that ``user`` may see and that are asked of; refuses a project that is not theirs."""
    rows: QuerySet[Device] = Device.objects.visible_to(user).filter(archived_at=None)
    if question.project:
        if not Project.objects.visible_to(user).filter(slug=question.project).exists():
            raise Refusal(f"You have no project {question.project[:60]!r}.", field="project")
        rows = rows.filter(project__slug=question.project)
    else:
        rows = rows.filter(project__is_simulated=False)
    if question.architecture:
        rows = rows.filter(recipe_version__recipe__slug=question.architecture)
    if question.batch:
        named = Layer.objects.filter(source_batch__code=question.batch)
        rows = rows.filter(pk__in=named.values("device"))
    if question.run:
        rows = rows.filter(run__code=question.run)
    if question.since:
        start = make_aware(datetime.combine(question.since, time()), get_current_timezone())
        rows = rows.filter(Q(built_at__gte=start) | Q(built_at=None, created_at__gte=start))
    return rows


def read_devices(rows: QuerySet[Device]) -> dict[int, AskedDevice]:
    """Return what is asked of each device, by its key."""
    named = rows.order_by("pk").values_list(
        "pk", "code", "built_at", "created_at", "recipe_version__recipe__name", "built_by__username", "project__name", "run__code", "varied"
    )  # fmt: skip
    return {row[0]: AskedDevice(*row) for row in named}


def emitters_of(rows: QuerySet[Device]) -> dict[int, tuple[str, Mapping[str, Any]]]:
    """Return the batch of the emitter of each device, and what its plan asked for."""
    layers = Layer.objects.filter(
        device__in=rows.values("pk"), role=Layer.Role.EMITTER, source_batch__isnull=False
    )
    of = dict(layers.order_by("index").values_list("device_id", "source_batch_id"))
    batches = Batch.objects.filter(pk__in=set(of.values())).values_list("pk", "code", "targets")
    known = {pk: (code, targets or {}) for pk, code, targets in batches}
    return {device: known[batch] for device, batch in of.items()}

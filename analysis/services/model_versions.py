"""The versions of the forecast: which one a project uses, and how an owner holds it to another."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Q
from django.utils import timezone

from analysis.forecast import LabModel, UnreadableModel
from analysis.models import ModelParameters, ModelPin, ModelVersion
from analysis.models.model_version import PAPER
from labnotebook.records.history import recorded
from labnotebook.records.models import Project, Role
from labnotebook.records.permissions import require_role
from labnotebook.records.reasons import check_reason
from labnotebook.records.refusals import Refusal, WrongState

log = logging.getLogger(__name__)

LONGEST_REASON = 300
IN_MEMORY = 32  # models that a process keeps loaded, some MB each


def version_in_use(project: Project, *, at: datetime | None = None) -> int:
    """Return the number of the version that a project asks: the pinned one, or the newest promoted.

    ``at``: as it was then. Two queries.
    """
    pinned = _pin(project, at)
    if pinned is not None:
        return pinned.model_version_id or PAPER
    promoted = ModelVersion.objects.filter(project=project, promoted_at__isnull=False)
    if at is not None:
        promoted = promoted.filter(promoted_at__lte=at)
    return promoted.order_by("-promoted_at").values_list("pk", flat=True).first() or PAPER


def standing_pin(project: Project) -> ModelPin | None:
    """Return what an owner holds the project to, None where it follows what it learns."""
    return _pin(project, None)


def _pin(project: Project, at: datetime | None) -> ModelPin | None:
    pins = ModelPin.objects.filter(project=project).select_related("pinned_by")
    if at is None:
        return pins.filter(ended_at=None).first()
    return pins.filter(Q(ended_at=None) | Q(ended_at__gt=at), pinned_at__lte=at).last()


def model_in_use(project: Project | None, *, at: datetime | None = None) -> LabModel:
    """Return the model that a project asks, the paper's where there is no project."""
    return LabModel.paper() if project is None else load(version_in_use(project, at=at))


@lru_cache(maxsize=IN_MEMORY)
def load(version: int) -> LabModel:
    """Return the model of a version, kept in this process: a version never changes."""
    if version == PAPER:
        return LabModel.paper()
    stored = ModelParameters.objects.select_related("model_version").get(pk=version)
    data = bytes(stored.data)
    if hashlib.sha256(data).hexdigest() != stored.model_version.parameters_sha256:
        raise UnreadableModel(
            f"The stored parameters of version {version} are not those that were learned."
        )
    return replace(LabModel.from_bytes(data), version=str(version))


def pin_version(*, by: Any, project: Project, version: int, reason: str) -> ModelPin:
    """Hold a project to a version until it is unpinned, whatever is learned meanwhile."""
    require_role(by, project, Role.OWNER)
    reason = _reason(reason, "Say why the project is held to this version.")
    with recorded(by, reason):
        project.lock()
        found = None if version == PAPER else ModelVersion.objects.filter(pk=version).first()
        if found is not None and found.project_id != project.pk:
            raise Refusal(f"Version {version} is of another project.", field="version")
        standing = standing_pin(project)
        if standing is not None:
            if (standing.model_version_id or PAPER) == version:
                raise WrongState(f"The project is held to version {version} already.")
            standing.set_fields(ended_at=timezone.now(), ended_reason=reason)
        return ModelPin.objects.create(
            project=project, model_version=found, reason=reason, pinned_by=by
        )


def unpin_version(*, by: Any, project: Project, version: int, reason: str) -> ModelPin:
    """Let a project follow what it learns again."""
    require_role(by, project, Role.OWNER)
    reason = _reason(reason, "Say why the project is not held to it any more.")
    with recorded(by, reason):
        project.lock()
        standing = standing_pin(project)
        if standing is None or (standing.model_version_id or PAPER) != version:
            raise WrongState(f"The project is not held to version {version}.")
        standing.set_fields(ended_at=timezone.now(), ended_reason=reason)
    return standing


def _reason(text: str, sentence: str) -> str:
    reason = check_reason(text, sentence, field="reason")
    if len(reason) > LONGEST_REASON:
        raise Refusal(f"Say it in at most {LONGEST_REASON} characters.", field="reason")
    return reason

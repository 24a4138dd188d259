"""Which other projects a project learns from: decided by an owner of both."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from analysis.models import LabelSource
from analysis.services.learning import ask_one_to_learn
from labnotebook.records.history import recorded
from labnotebook.records.models import Project, Role
from labnotebook.records.permissions import require_role, role_in
from labnotebook.records.reasons import check_reason
from labnotebook.records.refusals import Refusal, WrongState

LONGEST_REASON = 300


def add_source(*, by: Any, project: Project, source: Project, reason: str) -> LabelSource:
    """Let a project learn from the labels of another as well; takes an owner of both."""
    _require_owner_of_both(by, project, source)
    reason = check_reason(reason, "Say why they may be learned from together.", field="reason")
    if project.pk == source.pk:
        raise Refusal("A project learns from its own labels anyway.", field="source")
    if project.is_simulated != source.is_simulated:
        raise Refusal(
            "Simulated flasks and real ones are not learned from together.", field="source"
        )
    with recorded(by, reason):
        project.lock()
        if LabelSource.objects.filter(project=project, source=source, ended_at=None).exists():
            raise WrongState(f"{project} learns from {source} already.", field="source")
        ask_one_to_learn(project)
        return LabelSource.objects.create(
            project=project, source=source, reason=reason[:LONGEST_REASON], added_by=by
        )


def end_source(*, by: Any, source: LabelSource, reason: str) -> LabelSource:
    """Learn without another project from now on; an owner of either may say so."""
    reason = check_reason(reason, "Say why it is not learned from any more.", field="reason")
    if role_in(by, source.source) != Role.OWNER:
        require_role(by, source.project, Role.OWNER)
    with recorded(by, reason):
        source = source.lock()
        if source.ended_at is not None:
            raise WrongState("This has ended already.")
        source.set_fields(ended_at=timezone.now(), ended_reason=reason[:LONGEST_REASON])
        ask_one_to_learn(source.project)
    return source


def _require_owner_of_both(by: Any, *projects: Project) -> None:
    for one in projects:
        require_role(by, one, Role.OWNER)

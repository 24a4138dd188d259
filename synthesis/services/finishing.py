"""End the work on a batch: what differs far from the plan, and what stays empty, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone

from labnotebook.records.history import recorded
from labnotebook.records.permissions import require_editor
from labnotebook.records.reasons import check_reason
from labnotebook.records.refusals import WrongState
from labnotebook.records.services.happenings import BATCH_MADE, happened
from synthesis.models import (
    NOT_RECORDED,
    Addition,
    Batch,
    Deviation,
    StepRun,
    StepRunParameter,
)
from synthesis.services.batches import must_be

MOST_NAMED = 5  # of what was not recorded


@dataclass(frozen=True, slots=True)
class OpenQuestions:
    """What a batch is asked before it ends, by group."""

    major: list[Deviation] = field(default_factory=list)  # without a reason; they need one each
    minor: list[Deviation] = field(default_factory=list)  # without a reason; they may stay so
    additions: list[Addition] = field(default_factory=list)  # not recorded
    steps: list[StepRun] = field(default_factory=list)  # not recorded

    @property
    def missing(self) -> list[Addition | StepRun]:
        """What the bench has not yet said anything about."""
        return [*self.additions, *self.steps]


def open_questions(batch: Batch) -> OpenQuestions:
    """Return what is not explained and what is not recorded."""
    unexplained = batch.deviations.filter(withdrawn_at=None, reason="")
    seen = set(batch.observations.that_count().values_list("step_run_id", flat=True))
    measured = set(
        StepRunParameter.objects.filter(
            step_run__batch=batch, actual_value__isnull=False
        ).values_list("step_run_id", flat=True)
    )
    return OpenQuestions(
        major=[one for one in unexplained if one.severity == Deviation.Severity.MAJOR],
        minor=[one for one in unexplained if one.severity == Deviation.Severity.MINOR],
        additions=[a for a in batch.additions.all() if not a.is_recorded and a.planned_value],
        steps=[
            s for s in batch.step_runs.all() if not s.is_recorded and s.pk not in seen | measured
        ],
    )


def finish_batch(
    *,
    by: Any,
    batch: Batch,
    unrecorded_reason: str = "",
    unrecorded: Mapping[str, str] | None = None,
    deviations: Mapping[str, str] | None = None,
    version: int | None = None,
) -> Batch:
    """End the work. What was not recorded stays empty with a reason, never filled in from the plan.

    unrecorded: reason by key of reagent or step; unrecorded_reason speaks for the others.
    deviations: reason by id; a major deviation needs one of its own.
    """
    require_editor(by, batch.project)
    with recorded(by, unrecorded_reason or "batch finished"):
        batch = batch.lock(version=version)
        if batch.state == Batch.State.MADE:
            return batch
        must_be(batch, Batch.State.RUNNING, "finished")
        asked = open_questions(batch)
        _explain([*asked.major, *asked.minor], deviations or {})
        _leave_empty(asked.missing, unrecorded or {}, unrecorded_reason)
        last = batch.events.order_by("-at").values_list("at", flat=True).first()
        now = timezone.now()
        ended = max(now, batch.started_at or now, last or now)
        batch.set_fields(state=Batch.State.MADE, finished_at=ended)
        path = reverse("qr", args=[batch.code])
        happened(BATCH_MADE, project=batch.project, id=batch.pk, code=batch.code, path=path)
    return batch


def _explain(unexplained: Sequence[Deviation], reasons: Mapping[str, str]) -> None:
    for one in unexplained:
        given = reasons.get(str(one.pk), "")
        if given.strip() or one.severity == Deviation.Severity.MAJOR:
            sentence = f"Say why: {one.sentence}. A major deviation has a reason of its own."
            reason = check_reason(given, sentence, field=f"deviations.{one.pk}")
            one.set_fields(reason=reason)


def _leave_empty(
    missing: Sequence[Addition | StepRun], reasons: Mapping[str, str], of_the_rest: str
) -> None:
    rest = [row for row in missing if not reasons.get(row.key, "").strip()]
    if rest and not of_the_rest.strip():
        raise WrongState(
            f"Not recorded yet: {_listed(rest)}. Record them, or say why they stay empty.",
            field="unrecorded_reason",
        )
    for row in missing:
        given = reasons.get(row.key, "").strip()
        place = f"unrecorded.{row.key}" if given else "unrecorded_reason"
        reason = check_reason(given or of_the_rest, "Say why it stays empty.", field=place)
        row.set_fields(skipped_reason=f"{NOT_RECORDED} {reason}"[:300])


def _listed(rows: Sequence[Addition | StepRun]) -> str:
    names = [
        row.name if isinstance(row, Addition) else row.text.rstrip(".") for row in rows[:MOST_NAMED]
    ]
    more = len(rows) - len(names)
    return "; ".join(names) + (f"; and {more} more" if more else "")

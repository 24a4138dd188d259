"""Batches: plan frozen under a code, started, finished, abandoned, signed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone

from labnotebook.records.codes import next_codes
from labnotebook.records.history import recorded
from labnotebook.records.models import Project, Signature
from labnotebook.records.permissions import require_editor
from labnotebook.records.reasons import check_reason
from labnotebook.records.refusals import Refusal, WrongState
from labnotebook.records.services import jobs, signatures
from labnotebook.records.services.archive import put_away, reason_of
from labnotebook.records.services.guesses import demand_password
from synthesis.chemistry.digests import digest_of_plain
from synthesis.models import (
    Addition,
    Batch,
    BatchArchive,
    Recipe,
    RecipeVersion,
    StepRun,
    StepRunParameter,
)
from synthesis.services.plans import LEAD, RATIO, Planner, SolvedPlan, is_foretold
from synthesis.services.quantities import write_planned

CODE_PREFIX = {
    Recipe.Kind.NANOCRYSTALS: "NC",
    Recipe.Kind.STOCK_SOLUTION: "ST",
    Recipe.Kind.LAYER_SOLUTION: "LS",
    Recipe.Kind.EXPERIMENT: "EX",
    Recipe.Kind.DEVICE: "RUN",
}
SIX_DECIMALS = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class BatchOrder:
    """One batch to make. ``place`` is where it stands in a list, as ``1.``; empty when it is alone."""

    project: Project
    planner: Planner
    targets: Mapping[str, Any]
    lots: Mapping[str, str] = field(default_factory=dict)
    correct_for_assay: bool = False
    instruments: Mapping[str, str] = field(default_factory=dict)  # kind to code
    place: str = ""


def create_batch(
    *,
    by: Any,
    project: Project,
    version: RecipeVersion,
    targets: Mapping[str, Any],
    lots: Mapping[str, str] | None = None,
    correct_for_assay: bool = False,
    instruments: Mapping[str, str] | None = None,
) -> Batch:
    """Freeze a plan under a new code, and ask for its forecast, in one transaction."""
    order = BatchOrder(
        project, Planner(by, version), targets, lots or {}, correct_for_assay, instruments or {}
    )
    return create_batches(by=by, orders=[order])[0]


def create_batches(*, by: Any, orders: Sequence[BatchOrder]) -> list[Batch]:
    """Make every batch of a list, or none; the refusal says which one cannot be made.

    All are planned before anything is written, then each table is written in one statement.
    """
    drafts = _drafts(by, orders)
    with recorded(by, "batches planned" if len(drafts) > 1 else "batch planned"):
        _give_codes([draft.batch for draft in drafts])
        Batch.objects.bulk_create(draft.batch for draft in drafts)
        for draft in drafts:  # put away it cannot be yet: nobody need ask the database
            Batch._meta.get_field("archive").set_cached_value(draft.batch, None)
        Addition.objects.bulk_create(row for draft in drafts for row in _additions(draft))
        _write_steps([draft.batch for draft in drafts])
        write_planned((draft.batch, draft.solved.plan) for draft in drafts)
        # The room that forecasts takes them from here; the job is the whole message.
        jobs.ask_many(
            "forecast_batch",
            [
                ({"batch": draft.batch.pk}, draft.batch.project)
                for draft in drafts
                if is_foretold(draft.solved.plan.recipe)
            ],
        )
    return [draft.batch for draft in drafts]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A batch about to be written, without its code, and the plan that it freezes."""

    batch: Batch
    solved: SolvedPlan


def _drafts(by: Any, orders: Sequence[BatchOrder]) -> list[_Draft]:
    """Plan every batch of a list; refuses the first that cannot be made."""
    drafts = []
    for order in orders:
        try:
            require_editor(by, order.project)
            drafts.append(_draft(by, order))
        except Refusal as refusal:
            if not order.place:
                raise
            number = int(order.place.rstrip(".")) + 1
            raise Refusal(
                f"Batch {number} of the list: {refusal.sentence} None of the list was made.",
                field=f"{order.place}{refusal.field}".rstrip("."),
            ) from refusal
    return drafts


def _draft(by: Any, order: BatchOrder) -> _Draft:
    solved = order.planner.plan(
        order.targets,
        order.lots,
        correct_for_assay=order.correct_for_assay,
        instruments=order.instruments,
    )
    numbers = solved.plan.targets.numbers
    plan = solved.as_dict()
    unsafe = next((w["message"] for w in plan["warnings"] if w["severity"] == "block"), "")
    if unsafe:
        raise Refusal(f"This cannot be made into a batch. {unsafe}")
    batch = Batch(
        project=order.project,
        recipe_version=order.planner.version,
        targets=dict(solved.plan.targets.typed),
        lots={key: material.code for key, material in solved.materials.items()},
        correct_for_assay=order.correct_for_assay,
        ratio_ca_pb=_stored(numbers.get(RATIO)),
        lead_mmol=_stored(numbers.get(LEAD)),
        plan=plan,
        plan_sha256=digest_of_plain(plan),
        planned_by=by,
    )
    return _Draft(batch, solved)


def _give_codes(batches: Sequence[Batch]) -> None:
    """Give each batch the next code of its kind, in their order."""
    by_prefix: dict[str, list[Batch]] = {}
    for batch in batches:
        by_prefix.setdefault(CODE_PREFIX[batch.recipe_version.recipe.kind], []).append(batch)
    for prefix, rows in sorted(by_prefix.items()):  # in one order, so that two lists never cross
        for batch, code in zip(rows, next_codes(prefix, len(rows)), strict=True):
            batch.code = code


def _stored(number: Decimal | None) -> Decimal | None:
    """Return a number as its column keeps it: to six decimals, rounded as the database would."""
    return None if number is None else number.quantize(SIX_DECIMALS, ROUND_HALF_UP)


def _additions(draft: _Draft) -> Iterator[Addition]:
    batch = draft.batch
    for position, line in enumerate(batch.plan["reagents"], start=1):
        yield Addition(
            batch=batch,
            position=position,
            key=line["key"],
            name=line["name"],
            formula=line["formula"] or "",
            role=line["role"],
            stage=line["group"] or "",
            planned_value=_planned_value(batch, line),
            unit="mg" if line["measured_by"] == "mass" else "ml",
            material=draft.solved.materials.get(line["key"]),
        )


def _planned_value(batch: Batch, line: Mapping[str, Any]) -> Decimal | None:
    by_mass = line["measured_by"] == "mass"
    planned = line["weigh_mg"] if batch.correct_for_assay and by_mass else None
    if planned is None:
        planned = line["mass_mg"] if by_mass else line["volume_ml"]
    return None if planned is None else round(Decimal(str(planned)), 6)


def _six_places(value: Any) -> Decimal | None:
    return None if value is None else round(Decimal(str(value)), 6)


def _write_steps(batches: Sequence[Batch]) -> None:
    steps = [
        (batch, position, step)
        for batch in batches
        for position, step in enumerate(batch.plan["steps"], start=1)
    ]
    runs = StepRun.objects.bulk_create(
        StepRun(
            batch=batch,
            position=position,
            key=step["key"],
            operation=step["operation"],
            text=step["text"],
            stage=step.get("stage") or "",
        )
        for batch, position, step in steps
    )
    StepRunParameter.objects.bulk_create(
        StepRunParameter(
            step_run=run,
            name=name,
            planned_value=_six_places(value),
            allowed=_six_places((step.get("tolerances") or {}).get(name)),
        )
        for run, (_batch, _position, step) in zip(runs, steps, strict=True)
        for name, value in (step.get("parameters") or {}).items()
    )


def start_batch(*, by: Any, batch: Batch, version: int | None = None) -> Batch:
    """Begin the work; starting a running batch again changes nothing."""
    require_editor(by, batch.project)
    with recorded(by, "batch started"):
        batch = batch.lock(version=version)
        if batch.state == Batch.State.RUNNING:
            return batch
        must_be(batch, Batch.State.PLANNED, "started")
        batch.set_fields(state=Batch.State.RUNNING, started_at=timezone.now())
    return batch


def abandon_batch(*, by: Any, batch: Batch, reason: str, version: int | None = None) -> Batch:
    """Give a batch up, with a reason. Nothing is deleted."""
    require_editor(by, batch.project)
    reason = check_reason(
        reason,
        "Say why the batch is abandoned: the next person will want to know.",
        field="reason",
    )
    with recorded(by, reason):
        batch = batch.lock(version=version)
        if not batch.is_open:
            raise WrongState(
                f"{batch.code} is {batch.get_state_display().lower()} and cannot be abandoned."
            )
        batch.set_fields(state=Batch.State.ABANDONED, abandoned_reason=reason)
    return batch


def archive_batch(
    *, by: Any, batch: Batch, reason: str, back: bool = False, version: int | None = None
) -> Batch:
    """Put a batch away, with a reason, or with ``back`` take it out; its record stays what it is."""
    require_editor(by, batch.project)
    reason = reason_of(reason)
    with recorded(by, reason):
        batch = batch.lock(version=version)
        if not back and batch.state == Batch.State.RUNNING:
            raise WrongState(f"{batch.code} is running. Finish or abandon it, then put it away.")
        row, _new = BatchArchive.objects.get_or_create(batch=batch)
        put_away(row, named=batch.code, reason=reason, back=back)
    return batch


def sign_batch(
    *, by: Any, batch: Batch, password: str, version: int | None = None, content_sha256: str = ""
) -> Batch:
    """Sign a finished batch as its author: its record is locked from then on.

    ``version`` and ``content_sha256`` say what the person saw; anything else is not signed.
    """
    require_editor(by, batch.project)
    demand_password(by, password)
    with recorded(by, "batch signed as author"):
        batch = batch.lock(version=version)
        must_be(batch, Batch.State.MADE, "signed")
        signatures.demand_seen(batch, content_sha256)
        batch.set_fields(state=Batch.State.SIGNED)
        signatures.sign(by=by, record=batch, meaning=Signature.Meaning.AUTHOR)
    return batch


def must_be(batch: Batch, state: str, verb: str) -> None:
    """Refuse what only a batch in this state can be: started, finished, signed."""
    if batch.state != state:
        raise WrongState(
            f"{batch.code} is {batch.get_state_display().lower()}; only a batch that is"
            f" {Batch.State(state).label.lower()} can be {verb}."
        )

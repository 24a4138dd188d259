"""The conditions that a flask was made under: what the bench recorded, the plan where it did not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from analysis.services.conditions import batch_conditions, keys_of_role, wash_steps
from synthesis.models import Batch, StepRun


def made_conditions(batch: Batch) -> dict[str, Any] | None:
    """Return the conditions of `batch_conditions` with R as weighed and the washes that were done."""
    found = batch_conditions(batch)
    if found is None:
        return None
    left_out = {
        one.key for one in batch.additions.all() if one.skipped_reason and not one.stays_empty
    }
    calcium = keys_of_role(batch.plan or {}, "calcium source")
    if calcium and calcium <= left_out:
        found["ratio_ca_pb"] = 0.0
    elif batch.ratio_ca_pb_weighed is not None:
        found["ratio_ca_pb"] = batch.ratio_ca_pb_weighed
    runs = batch.step_runs.select_related("repeat_of")
    washes = washes_done(batch.plan or {}, left_out, runs)
    return found if washes is None else {**found, "purification_cycles": washes}


def washes_done(plan: Mapping[str, Any], left_out: set[str], runs: Iterable[StepRun]) -> int | None:
    """Return how often it was washed; None where the plan names no step of it.

    ``left_out`` are the keys of reagents, ``runs`` are read with their ``repeat_of``.

    A wash that was left out is none, one that was done once more is one more, and one of which the bench says
    nothing was done as planned. Without its antisolvent it is none either.
    """
    planned = wash_steps(plan)
    if not planned:
        return None
    washing = {key for key, antisolvents in planned.items() if not antisolvents <= left_out}
    return sum(_was_done(run, washing) for run in runs)


def _was_done(run: StepRun, washing: Iterable[str]) -> bool:
    if run.repeat_of is not None:
        return run.repeat_of.key in washing and run.finished_at is not None
    left_out = bool(run.skipped_reason) and not run.stays_empty
    return run.key in washing and not left_out

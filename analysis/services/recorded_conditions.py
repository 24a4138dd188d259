"""The conditions of flasks as the bench recorded them, for what is learned from them; the plan where it did not.

A frozen forecast keeps its planned conditions (`conditions`); these are never written over them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.services.conditions import (
    OLEIC_ACID,
    OLEYLAMINE,
    batch_conditions,
    keys_of_role,
)
from analysis.services.made import washes_done
from synthesis.models import Addition, Batch, BatchQuantity, StepRun, StepRunParameter

LEAD_SOURCE = "PbI2"
RATIOS = {"ratio_ca_pb": "ratio_ca_pb", "ratio_cs_pb": "cs_to_pb"}  # weighed -> condition


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a flask was made under. ``ratio_u`` is the standard uncertainty of R, 0 where nobody knows it."""

    conditions: dict[str, Any]
    ratio_u: float = 0.0


@dataclass(slots=True)
class _Bench:
    """What the bench said of one batch."""

    weighed: dict[str, BatchQuantity] = field(default_factory=dict)
    numbers: list[StepRunParameter] = field(default_factory=list)  # in the order of the steps
    steps: list[StepRun] = field(default_factory=list)
    additions: list[Addition] = field(default_factory=list)


def recorded_conditions(batches: Sequence[Batch]) -> dict[int, Recorded]:
    """Return them by batch, in four queries; batches without a ratio of Ca to Pb are left out."""
    bench = _read(batches)
    found = {}
    for batch in batches:
        planned = batch_conditions(batch)
        if planned is not None or "ratio_ca_pb" in bench[batch.pk].weighed:
            found[batch.pk] = _recorded(batch, planned or {}, bench[batch.pk])
    return found


def _read(batches: Sequence[Batch]) -> Mapping[int, _Bench]:
    bench: dict[int, _Bench] = defaultdict(_Bench)
    keys = [batch.pk for batch in batches]
    for number in BatchQuantity.objects.filter(
        batch__in=keys, key__in=RATIOS, basis=BatchQuantity.Basis.WEIGHED
    ):
        bench[number.batch_id].weighed[number.key] = number
    for parameter in (
        StepRunParameter.objects.filter(step_run__batch__in=keys, actual_value__isnull=False)
        .select_related("step_run")
        .order_by("step_run__position", "pk")
    ):
        bench[parameter.step_run.batch_id].numbers.append(parameter)
    for step in StepRun.objects.filter(batch__in=keys).select_related("repeat_of"):
        bench[step.batch_id].steps.append(step)
    for addition in Addition.objects.filter(batch__in=keys):
        bench[addition.batch_id].additions.append(addition)
    return bench


def _recorded(batch: Batch, planned: dict[str, Any], bench: _Bench) -> Recorded:
    left_out = {one.key for one in bench.additions if one.skipped_reason and not one.stays_empty}
    calcium = keys_of_role(batch.plan or {}, "calcium source")
    no_calcium = bool(calcium) and calcium <= left_out
    said = {
        **{name: bench.weighed[key].value for key, name in RATIOS.items() if key in bench.weighed},
        "injection_temperature_c": _last(bench.numbers, ("inject",), "temperature_c")
        or _last(bench.numbers, ("react", "heat"), "temperature_c"),
        "reaction_seconds": _last(bench.numbers, ("react",), "duration_s")
        or _float(batch.quench_s),
        "humidity_percent": _float(batch.humidity_percent),
        "purification_cycles": washes_done(batch.plan or {}, left_out, bench.steps),
        "oa_to_pb": _ligand(planned.get("oa_to_pb"), OLEIC_ACID, bench.additions),
        "ola_to_pb": _ligand(planned.get("ola_to_pb"), OLEYLAMINE, bench.additions),
        "precursor_appearance": batch.precursor_appearance or None,
    }
    known = {name: value for name, value in said.items() if value is not None}
    planned_u = planned.pop("ratio_ca_pb_u", None)  # stands beside the conditions of what was made
    if no_calcium:
        return Recorded({**planned, **known, "ratio_ca_pb": 0.0})
    weighed = bench.weighed.get("ratio_ca_pb")
    u = weighed.uncertainty if weighed is not None else planned_u
    return Recorded({**planned, **known}, u or 0.0)


def _last(
    numbers: Iterable[StepRunParameter], operations: Sequence[str], name: str
) -> float | None:
    """Return the number as it was in the last such step, the caesium's for injections; None unrecorded."""
    values = [
        one.actual_value
        for one in numbers
        if one.name == name and one.step_run.operation in operations
    ]
    return _float(values[-1]) if values else None


def _ligand(planned: float | None, formula: str, additions: Sequence[Addition]) -> float | None:
    """Return the planned ratio to lead as it was weighed; None where neither was recorded."""
    ligand, lead = _share(formula, additions), _share(LEAD_SOURCE, additions)
    if planned is None or (ligand is None and lead is None) or lead == 0 or ligand == 0:
        return None
    return planned * (ligand or 1.0) / (lead or 1.0)


def _share(formula: str, additions: Iterable[Addition]) -> float | None:
    """Return how much of the planned amounts was weighed; None where one of them is not known."""
    mine = [one for one in additions if one.formula == formula]
    weighed = [_float(one.weighed_value) for one in mine]
    planned = [_float(one.planned_value) for one in mine]
    if not mine or None in weighed or None in planned or not sum(filter(None, planned)):
        return None
    return sum(filter(None, weighed)) / sum(filter(None, planned))


def _float(value: Any) -> float | None:
    return None if value is None else float(value)

"""Reagents and steps that the recipe does not have: a free experiment is made of nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db.models import Max

from labnotebook.records.free_names import free_name
from labnotebook.records.refusals import Refusal
from synthesis.chemistry.typed import UnreadableQuantity, parse_quantity
from synthesis.models import Addition, Batch, Material, StepRun, StepRunParameter
from synthesis.services.bench_entries.entry import Entry
from synthesis.services.operations import lab_operations

KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")
STAGE = "Added at the bench"


def key_for(batch: Batch, words: str) -> str:
    """Return a key that the batch does not have yet, made from a name."""
    base = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:40] or "added"
    base = base if base[0].isalpha() else f"added_{base}"
    taken = {*batch.additions.values_list("key", flat=True)}
    taken |= {*batch.step_runs.values_list("key", flat=True)}
    return free_name(base, taken)


def words_of(entry: Entry, material: Material | None) -> str:
    """Return what an entry without a target is about."""
    said = entry.value if isinstance(entry.value, Mapping) else {}
    named = said.get("text") if entry.kind == "step_start" else said.get("name")
    return str(named or (material.name if material else "") or said.get("operation") or "")


def add_reagent(batch: Batch, entry: Entry, material: Material | None) -> Addition:
    """Put a reagent into the batch that its recipe does not list; its bottle says what it is."""
    if material is None:
        keys = ", ".join(batch.additions.values_list("key", flat=True)) or "none yet"
        raise Refusal(
            f"This batch has no reagent {entry.target!r}. It has {keys}. To add one, say from which"
            " bottle it came.",
            field="target",
        )
    _check_key(entry.target)
    return Addition.objects.create(
        batch=batch,
        position=_next(batch.additions),
        key=entry.target,
        name=material.name,
        formula=material.formula,
        role="additive",
        stage=STAGE,
        unit=_unit_of(entry.text),
        material=material,
    )


def add_step(batch: Batch, entry: Entry) -> StepRun:
    """Begin a step that the recipe does not list; the entry says which operation it is."""
    said = entry.value if isinstance(entry.value, Mapping) else {}
    operations, name = lab_operations(), str(said.get("operation") or "")
    operation = operations.get(name)
    if operation is None:
        keys = ", ".join(batch.step_runs.values_list("key", flat=True)) or "none yet"
        raise Refusal(
            f"This batch has no step {entry.target!r}. It has {keys}. To add one, say which operation"
            f" it is: {', '.join(operations.names)}.",
            field="target" if not name else "value",
        )
    _check_key(entry.target)
    return StepRun.objects.create(
        batch=batch,
        position=_next(batch.step_runs),
        key=entry.target,
        operation=operation.name,
        text=str(said.get("text") or operation.label)[:1000],
        stage=STAGE,
    )


def add_repeat(batch: Batch, step: StepRun, key: str) -> StepRun:
    """Do a planned step once more, as a step of its own with the same plan."""
    again = StepRun.objects.create(
        batch=batch,
        position=_next(batch.step_runs),
        key=key,
        operation=step.operation,
        text=step.text,
        stage=step.stage,
        repeat_of=step.repeat_of or step,
    )
    StepRunParameter.objects.bulk_create(
        StepRunParameter(
            step_run=again, name=row.name, planned_value=row.planned_value, allowed=row.allowed
        )
        for row in step.parameters.exclude(planned_value=None)
    )
    return again


def _next(rows: Any) -> int:
    return (rows.aggregate(last=Max("position"))["last"] or 0) + 1


def _check_key(key: str) -> None:
    if not KEY.fullmatch(key):
        raise Refusal(
            "A new reagent or step is called by letters, digits, _ and -, as in zni2 or second_wash.",
            field="target",
        )


def _unit_of(text: str) -> str:
    """Return whether an amount is typed as a mass or a volume."""
    for unit, column in (("mg", "mg"), ("mL", "ml")):
        try:
            parse_quantity(text, unit)
        except UnreadableQuantity as refusal:
            sentence = str(refusal)
        else:
            return column
    raise Refusal(sentence, field="value")

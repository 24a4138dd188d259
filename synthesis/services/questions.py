"""What the page asks before it records an amount or a number that is far off the plan."""

from __future__ import annotations

from decimal import Decimal

from labnotebook.records.refusals import Refusal
from synthesis.chemistry.operations import step_number
from synthesis.chemistry.tolerances import Tolerance, of_amount
from synthesis.models import Batch
from synthesis.services.bench_entries.rows import read_number

UNIT = {"mg": "mg", "ml": "mL"}


def question_of(batch: Batch, kind: str, target: str, text: str) -> str:
    """Return what to ask at the field before ``text`` is recorded there; empty when nothing.

    What cannot be read asks nothing: it is refused when it is recorded.
    """
    tolerance, unit = _planned(batch, kind, target)
    if tolerance is None:
        return ""
    try:
        value = read_number(text, unit)
    except Refusal:
        return ""
    if tolerance.severity(value) != "major":
        return ""
    planned = f"{_plain(tolerance.planned)} {unit}".strip()
    times = tolerance.slip(value)
    off = f"{times} the plan ({planned})" if times else f"far from the plan ({planned})"
    return f"{_plain(value)} {unit} is {off}. Nothing is recorded yet. Is it right?"


def _planned(batch: Batch, kind: str, target: str) -> tuple[Tolerance | None, str]:
    if kind == "weighing":
        addition = batch.additions.filter(key=target).first()
        if addition is None or addition.planned_value is None:
            return None, ""
        return of_amount(addition.planned_value, addition.unit), UNIT[addition.unit]
    key, _, name = target.partition(".")
    step = batch.step_runs.filter(key=key).first()
    number = step_number(name)
    if kind != "parameter" or step is None or number is None:
        return None, ""
    row = step.parameters.filter(name=name).first()
    tolerance = row.tolerance if row is not None else None
    return tolerance, number.measure.unit if tolerance else ""


def _plain(value: Decimal) -> str:
    return f"{round(value, 3).normalize():f}"

"""Suggestions that became batches, and how each came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from analysis.forecast.labelled import SIGNS
from analysis.models import HistoryRow, PhaseAssignment, TakenSuggestion
from analysis.services.labels import IS_LABEL
from analysis.services.suggestions import FIGURES, read_seal
from labnotebook.records.history import recorded
from labnotebook.records.permissions import pick_project, require_editor
from synthesis.services.batches import BatchOrder, create_batches
from synthesis.services.plans import planner_for


@dataclass(frozen=True, slots=True)
class CameOut:
    """A suggestion with what its batch became; ``sentence`` compares that with what was expected."""

    taken: TakenSuggestion
    phase: str  # '' until evidence says it
    sentence: str


def take_suggestion(*, by: Any, seal: str) -> TakenSuggestion:
    """Plan the batch of a suggestion, and keep what was expected of it, in one transaction."""
    told = read_seal(seal)
    project = pick_project(by, told["project"])
    require_editor(by, project)
    targets = {name: Decimal(str(value)) for name, value in told["inputs"].items()}
    order = BatchOrder(project=project, planner=planner_for(by, told["recipe"]), targets=targets)
    with recorded(by, f"suggestion taken: {told['goal']}"):
        (batch,) = create_batches(by=by, orders=[order])
        return TakenSuggestion.objects.create(
            project=project,
            batch=batch,
            goal=told["goal"],
            ratio=told["ratio"],
            why=told["why"],
            gain=told["gain"],
            gain_unit=told["gain_unit"],
            about=told["about"],
            model_number=told["model_version"],
            said_at=datetime.fromisoformat(told["said_at"]),
            taken_by=by,
        )


def came_out(taken: Sequence[TakenSuggestion]) -> list[CameOut]:
    """Return how each came out, in a few queries; the batch and the project of each were read with it."""
    keys = [one.batch_id for one in taken]
    phases = dict(
        PhaseAssignment.objects.filter(IS_LABEL, batch__in=keys).values_list("batch_id", "phase")
    )
    rows = HistoryRow.objects.in_bulk(keys)
    return [
        CameOut(one, phases.get(one.batch_id, ""), _sentence(one, phases, rows)) for one in taken
    ]


def _sentence(
    one: TakenSuggestion, phases: Mapping[int, str], rows: Mapping[int, HistoryRow]
) -> str:
    figure = one.about.get("figure")
    if figure:
        return _of_figure(one, figure, rows.get(one.batch_id))
    phase = phases.get(one.batch_id)
    if phase is None:
        return "No evidence of its phase yet."
    return f"It became {SIGNS[phase]}."


def _of_figure(one: TakenSuggestion, figure: str, row: HistoryRow | None) -> str:
    """Hold what was measured against what was expected."""
    name, expected, u = FIGURES[figure].name, one.about["expected"], one.about.get("u")
    value = getattr(row, f"{figure}_percent") if row else None
    if value is None:
        return f"Its {name} is not measured yet; {expected:.0f} % was expected."
    if not u:
        return f"{name} {value:.1f} %, where {expected:.1f} % was expected."
    apart = (value - expected) / u
    how = "as expected" if abs(apart) <= 2 else "better than expected" if apart > 0 else "worse"
    return f"{name} {value:.1f} %, where {expected:.0f} ± {u:.0f} % was expected: {how}."

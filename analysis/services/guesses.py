"""What chemists expect of their own flasks: said before there is evidence, frozen, scored beside the model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.forecast import Score, score
from analysis.forecast.model import PHASES
from analysis.models import Guess, PhaseAssignment
from analysis.services.phase_evidence import evidence_of
from analysis.services.scores import why_not_scored
from analysis.services.subjects import lock_subject
from labnotebook.records.history import recorded
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal, WrongState
from synthesis.models import Batch

LEAST = 0.01  # of each phase: who says never and is wrong would be wrong without end
USUAL = 0.8  # of a phase that is named alone
LONGEST_NOTE = 300


@dataclass(frozen=True, slots=True)
class ScoredGuess:
    """A guess with how it came out, None while nobody knows."""

    guess: Guess
    score: Score | None


def guess_phase(
    *,
    by: Any,
    batch: Batch,
    phase: str = "",
    chance: float | None = None,
    chances: Mapping[str, float] | None = None,
    note: str = "",
) -> Guess:
    """Keep what a person expects: a phase with its chance (0.8 where none is said), or a chance for each.

    Refused once a phase was said or a pattern was measured: then it is no guess.
    """
    require_editor(by, batch.project)
    said = _of_phase(phase, chance) if chances is None else _checked(chances)
    if chances is not None and phase:
        raise Refusal("Name a phase, or give chances, not both.", field="chances")
    if len(note.strip()) > LONGEST_NOTE:
        raise Refusal(f"Keep the note within {LONGEST_NOTE} characters.", field="note")
    with recorded(by, note.strip() or "guess"):
        lock_subject(batch)
        if PhaseAssignment.objects.filter(batch=batch).exists():
            raise WrongState(f"A phase of {batch.code} was said already: this would be no guess.")
        if evidence_of(batch).measurement is not None:
            raise WrongState(f"{batch.code} has a measured pattern: this would be no guess.")
        if batch.is_back_filled:
            raise WrongState(f"{batch.code} was entered after it was made: this would be no guess.")
        if Guess.objects.filter(batch=batch, guessed_by=by).exists():
            raise WrongState("You have guessed already, and a guess is frozen.")
        return Guess.objects.create(
            project=batch.project, batch=batch, chances=said, note=note.strip(), guessed_by=by
        )


def scored(guesses: Sequence[Guess]) -> list[ScoredGuess]:
    """Return each with its score, by the same rule as the model's, in one query."""
    found = PhaseAssignment.objects.filter(
        batch__in=[one.batch_id for one in guesses], superseded_at=None
    ).select_related("batch", "analysis__measurement")
    standing = {one.batch_id: one for one in found}
    return [ScoredGuess(one, _score(one, standing.get(one.batch_id))) for one in guesses]


def _score(guess: Guess, assignment: PhaseAssignment | None) -> Score | None:
    if (
        assignment is None
        or why_not_scored(assignment)
        or assignment.accepted_at < guess.guessed_at
    ):
        return None
    return score(
        {"phase": {name: {"value": p} for name, p in guess.chances.items()}}, assignment.phase
    )


def _of_phase(phase: str, chance: float | None) -> dict[str, float]:
    """Return a chance for each phase; those that are not named share what is left."""
    if phase not in PHASES:
        raise Refusal(
            f"{phase[:60]!r} cannot be foretold; known: {', '.join(PHASES)}.", field="phase"
        )
    named = USUAL if chance is None else chance
    even = 1 / len(PHASES)
    if not (math.isfinite(named) and even < named <= 1):
        raise Refusal(
            "Say a chance above 0.2 and up to 1: with less, another phase is likelier.",
            field="chance",
        )
    rest = (1 - named) / (len(PHASES) - 1)
    return _floored({name: named if name == phase else rest for name in PHASES})


def _checked(chances: Mapping[str, float]) -> dict[str, float]:
    unknown = sorted(set(chances) - set(PHASES))
    if unknown:
        raise Refusal(
            f"{unknown[0][:60]!r} cannot be foretold; known: {', '.join(PHASES)}.", field="chances"
        )
    values = {name: float(chances.get(name, 0.0)) for name in PHASES}
    if not all(math.isfinite(p) and 0 <= p <= 1 for p in values.values()):
        raise Refusal("A chance lies between 0 and 1.", field="chances")
    if abs(sum(values.values()) - 1) > 0.01:
        raise Refusal("The chances of the phases add up to 1.", field="chances")
    return _floored(values)


def _floored(chances: Mapping[str, float]) -> dict[str, float]:
    """Return them adding up to 1, none below the least; those that are above it stay as they were said.

    Only where some are lifted the others give way, in proportion.
    """
    lifted = {name for name in PHASES if chances[name] < LEAST}
    room = 1 - LEAST * len(lifted)
    total = sum(chances[name] for name in PHASES if name not in lifted)
    return {name: LEAST if name in lifted else chances[name] * room / total for name in PHASES}

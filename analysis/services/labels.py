"""What a project learns from: its flasks with a phase on named evidence, and those of projects it may use."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import Q

from analysis.forecast import Conditions, UnforecastableConditions
from analysis.forecast.labelled import Labelled
from analysis.forecast.model import PHASES
from analysis.models import LabelSource, PhaseAssignment
from analysis.models.outcome import PhaseEvidence
from analysis.services.recorded_conditions import recorded_conditions
from labnotebook.records.models import Project

OF_OTHERS = "other-"  # begins the key of a flask of another project, which has no code here
SURE = 1.0  # of a label whose confidence nobody said

# *Undetermined* is no phase, and so no label; of beta the model says nothing.
IS_LABEL = Q(superseded_at=None, phase__in=PHASES) & ~Q(evidence=PhaseEvidence.NONE)


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of a project as they stand, in the order in which the flasks were planned."""

    rows: tuple[Labelled, ...]
    batches: tuple[dict[str, Any], ...]  # as a version keeps them
    left_out: tuple[str, ...]  # why a label cannot be learned from, in words
    sha256: str


def labels_of(project: Project) -> Labels:
    """Read them; a flask whose conditions the model cannot take is left out, and said."""
    found = (
        PhaseAssignment.objects.filter(IS_LABEL, batch__project__in=learned_from(project))
        .select_related("batch")
        .order_by("batch_id")
    )
    assignments = list(found)
    made = recorded_conditions([one.batch for one in assignments])
    rows, batches, left_out = [], [], []
    for one in assignments:
        if one.batch_id not in made:
            continue  # no lead and calcium: another kind of flask
        told = made[one.batch_id]
        try:
            conditions = Conditions.from_dict(told.conditions)
        except UnforecastableConditions as refusal:
            if one.batch.project_id == project.pk:
                left_out.append(f"{one.batch.code}: {refusal}")
            continue
        confidence = SURE if one.confidence is None else one.confidence
        # Who sees this project need not see the other one: its flasks have no code here.
        key = one.batch.code if one.batch.project_id == project.pk else f"{OF_OTHERS}{one.batch_id}"
        rows.append(Labelled(conditions, one.phase, told.ratio_u, confidence, key))
        batches.append({"batch": one.batch_id, "assignment": one.pk, "phase": one.phase})
    return Labels(tuple(rows), tuple(batches), tuple(left_out), _digest(rows))


def learned_from(project: Project) -> list[int]:
    """Return the keys of the projects whose labels count: its own, and those an owner of both chose."""
    chosen = LabelSource.objects.filter(project=project, ended_at=None)
    return [project.pk, *chosen.values_list("source_id", flat=True)]


def learners_from(project: Project) -> list[Project]:
    """Return the projects for which a label of this one counts."""
    others = LabelSource.objects.filter(source=project, ended_at=None).select_related("project")
    return [project, *(one.project for one in others)]


def _digest(rows: Sequence[Labelled]) -> str:
    """Return the hash of all that is learned from: the same labels give the same."""
    told = [
        [row.key, row.phase, row.ratio_u, row.confidence, row.conditions.as_dict()] for row in rows
    ]
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()

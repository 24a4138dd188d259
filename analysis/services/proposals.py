"""What a new version of a method would change: the run before beside the run after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isclose
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import JSONObject

from analysis.models import Analysis, Measurement, Outcome, PhaseAssignment
from analysis.quantities import short_label
from analysis.services.reanalysing import runs_made
from labnotebook.records.models import Project

SAME = 1e-6  # of a number: less is the arithmetic of another machine
Found = Mapping[str, Any]  # a figure, as `Result.as_dict` writes it


@dataclass(frozen=True, slots=True)
class Change:
    """One number, or the phase, as it was and as it would be; None where a run has none."""

    label: str
    unit: str
    before: Found | None
    after: Found | None
    accepted: bool  # the one before stands as an outcome

    @property
    def in_u(self) -> float | None:
        """How far the value moved, in standard uncertainties of before."""
        if self.before is None or self.after is None or not self.before.get("uncertainty"):
            return None
        if self.before["value"] is None or self.after["value"] is None:
            return None
        return abs(self.after["value"] - self.before["value"]) / self.before["uncertainty"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a new run of one scan of one file would change, if somebody accepted it."""

    measurement: Measurement
    before: Analysis
    after: Analysis
    changes: tuple[Change, ...]
    phases: tuple[str, str] | None  # the verdicts where they differ
    phase_accepted: bool
    said: str  # where one of the two gave no numbers

    @property
    def accepted(self) -> bool:
        """Whether something that was accepted would change."""
        return self.phase_accepted or any(one.accepted for one in self.changes)

    @property
    def weight(self) -> tuple[bool, float]:
        """What is looked at first: what was accepted, then what moved farthest."""
        return self.accepted, max((one.in_u or 0.0 for one in self.changes), default=0.0)


def proposals(project: Project, names: Sequence[str] | None = None) -> list[Proposal]:
    """Return what the new runs would change and nobody has decided on, the heaviest first."""
    undecided = runs_made(project, names).filter(accepted_at=None, rejected_at=None)
    after = list(
        _slim()
        .filter(pk__in=undecided.values("pk"))
        .select_related(
            "job",
            "measurement__file",
            "measurement__batch",
            "measurement__device",
            "measurement__pixel__device",
            "measurement__lot",
            "measurement__layer__device",
        )
    )
    before = _slim().in_bulk([run.job.input["analysis"] for run in after])
    numbers = set(
        Outcome.objects.filter(analysis__in=before, superseded_at=None).values_list(
            "analysis_id", "quantity"
        )
    )
    phases = set(
        PhaseAssignment.objects.filter(analysis__in=before, superseded_at=None).values_list(
            "analysis_id", flat=True
        )
    )
    pairs = [(before[run.job.input["analysis"]], run) for run in after]
    made = [_proposal(old, new, numbers, old.pk in phases) for old, new in pairs]
    return sorted(filter(None, made), key=lambda one: one.weight, reverse=True)


def _slim() -> QuerySet[Analysis]:
    """Return runs with no more of their result than is compared: each part is unpacked by itself."""
    found = JSONObject(figures=F("result__figures"), phase=F("result__phase"))
    return Analysis.objects.defer("reading", "result").annotate(found=found)


def _proposal(
    before: Analysis, after: Analysis, numbers: set[tuple[int, str]], phase_stands: bool
) -> Proposal | None:
    """Return what differs between two runs, None when nothing does."""
    old, new = _figures(before), _figures(after)
    changes = tuple(
        _change(name, old.get(name), new.get(name), (before.pk, name) in numbers)
        for name in {**old, **new}
        if not _alike(old.get(name), new.get(name))
    )
    verdicts = (before.found["phase"] or "", after.found["phase"] or "")
    phases = verdicts if verdicts[0] != verdicts[1] else None
    said = ""
    if after.state == Analysis.State.FAILED and after.failure != before.failure:
        said = after.failure
    if not changes and phases is None and not said:
        return None
    return Proposal(
        after.measurement, before, after, changes, phases, bool(phases) and phase_stands, said
    )


def _figures(run: Analysis) -> dict[str, Found]:
    return {one["quantity"]: one for one in run.found["figures"] or ()}


def _change(name: str, before: Found | None, after: Found | None, accepted: bool) -> Change:
    shown = after or before or {}
    return Change(short_label(name, shown["label"]), shown["unit"], before, after, accepted)


def _alike(before: Found | None, after: Found | None) -> bool:
    """Whether two figures say the same: value, uncertainty, interval."""
    if before is None or after is None:
        return False
    return all(_same(before[key], after[key]) for key in ("value", "uncertainty", "low", "high"))


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return isclose(one, other, rel_tol=SAME)

"""A lab whose flasks turn γ above a ratio of its own: made, weighed and labelled through the services."""

from __future__ import annotations

from typing import Any

from analysis.services.phases import assign_phase
from labnotebook.records.models import Job, Project
from labnotebook.records.services import jobs
from synthesis.models import Batch
from synthesis.services.bench import record_events
from tests.analysis.factories import make_batch
from tests.factories import entry

CAI2_MG_PER_R = 0.376 * 293.887  # at 0.376 mmol of lead


def label(batch: Batch, phase: str, evidence: str = "xrd_elsewhere", **more: Any):
    return assign_phase(
        by=batch.planned_by,
        batch=batch,
        phase=phase,
        evidence=evidence,
        reason="measured elsewhere",
        **more,
    )


def make_labelled(project: Project, ratio: float, phase: str, **more: Any) -> Batch:
    batch = make_batch(project, ratio=f"{ratio:g}")
    weighed = [
        entry("weighing", "pbi2", "173.3 mg"),
        entry("weighing", "cai2", f"{ratio * CAI2_MG_PER_R:.1f} mg"),
    ]
    taken = record_events(by=batch.planned_by, batch=batch, events=weighed)
    assert not taken.refused, taken.refused
    label(batch, phase, **more)
    return batch


def make_lab(project: Project, threshold: float, ratios: list[float]) -> list[Batch]:
    return [make_labelled(project, r, "gamma" if r > threshold else "alpha") for r in ratios]


def learn(project: Project, kind: str = "learn") -> None:
    """Do the waiting job, as the worker would after some seconds."""
    for job in Job.objects.filter(kind=kind, project=project, state="queued"):
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == "done", job.error

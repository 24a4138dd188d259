"""Learn anew when a label was made, superseded or withdrawn: once for all that came within some seconds."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone

from analysis import forecast
from analysis.forecast import LabModel
from analysis.forecast.backtest import backtest
from analysis.forecast.promotion import Comparison, compare
from analysis.models import ModelParameters, ModelVersion
from analysis.models.model_version import PAPER
from analysis.services.labels import Labels, labels_of, learners_from
from analysis.services.model_versions import load, version_in_use
from labnotebook.records.models import Job, Project
from labnotebook.records.services import jobs

KIND = "learn"  # the phases
RECIPES = "learn_recipes"  # numbers, and phases of other recipes: `learning_recipes`
DEBOUNCE_SECONDS = 4
WAIT_SECONDS = 0.3


def ask_to_learn(project: Project, kinds: Sequence[str] = (KIND, RECIPES)) -> None:
    """Ask that all who learn from this project do so soon, in the caller's transaction.

    What is asked while a job still waits is learned by that one. Its row is locked until our label is
    written, so that it cannot begin without it.
    """
    for one in learners_from(project):
        ask_one_to_learn(one, kinds)


def ask_one_to_learn(project: Project, kinds: Sequence[str] = (KIND, RECIPES)) -> None:
    """Ask that a project learns soon; see `ask_to_learn`."""
    waiting = Job.objects.filter(kind__in=kinds, project=project, state=Job.State.QUEUED)
    there = set(waiting.select_for_update().values_list("kind", flat=True))
    for kind in kinds:
        if kind not in there:
            asked = {"project": project.pk, "asked_at": timezone.now().isoformat()}
            jobs.ask(kind, asked, project=project, after_seconds=DEBOUNCE_SECONDS)


def say_failed(job: Job) -> None:
    """Leave the version in use as it is; why nothing was learned stands on the job."""


@jobs.handles(KIND, on_end=say_failed, background=True)
def learn(job: Job) -> Callable[[], None]:
    """Learn from the labels as they stand, one job at a time for a project."""
    project = Project.objects.get(pk=job.input["project"])
    wait_for_others(job)
    read_at = timezone.now()
    labels = labels_of(project)
    if not labels.rows:
        return lambda: _forget(project)
    known = ModelVersion.objects.filter(
        project=project, data_sha256=labels.sha256, code_version=code_version()
    ).first()
    if known is not None:
        return lambda: _use_again(project, known)
    before = version_in_use(project)
    model = LabModel.learn(labels.rows)
    how = backtest(labels.rows).as_dict()
    compared = compare(labels.rows, load(before))
    fields = {
        "read_at": read_at,
        "summary": {**model.summary(), "left_out": list(labels.left_out)},
        "backtest": how,
        "compared": {
            "version": before,
            **compared.as_dict(),
            "is_worse": compared.is_worse,
        },
        "promoted_at": None if compared.is_worse else timezone.now(),
        "verdict": _verdict(compared, before),
    }
    return lambda: _write(project, labels, model, fields)


def _write(project: Project, labels: Labels, model: LabModel, fields: dict[str, Any]) -> None:
    """Keep the version, unless another worker has learned from newer labels, or the same, meanwhile."""
    project.lock()
    mine = ModelVersion.objects.filter(project=project)
    if mine.filter(read_at__gt=fields["read_at"]).exists():
        return
    if mine.filter(data_sha256=labels.sha256, code_version=code_version()).exists():
        return
    data = model.to_bytes()
    version = ModelVersion.objects.create(
        project=project,
        data_sha256=labels.sha256,
        code_version=code_version(),
        batches=list(labels.batches),
        labels=len(labels.rows),
        parameters_sha256=hashlib.sha256(data).hexdigest(),
        **fields,
    )
    ModelParameters.objects.create(model_version=version, data=data)


def _use_again(project: Project, known: ModelVersion) -> None:
    """Ask the version again that was made of these very labels, when another took its place since."""
    project.lock()
    newest = ModelVersion.objects.filter(project=project, promoted_at__isnull=False)
    was_worse = (known.compared or {}).get("is_worse", False)
    if was_worse or newest.order_by("-promoted_at").first() == known:
        return
    known.set_fields(
        promoted_at=timezone.now(), verdict=f"{known.verdict} Its labels are the lab's again."
    )


def _forget(project: Project) -> None:
    """Ask the paper again: every label was withdrawn."""
    project.lock()
    for version in ModelVersion.objects.filter(project=project, promoted_at__isnull=False):
        version.set_fields(
            promoted_at=None, verdict=f"{version.verdict} Not any more: no label stands."
        )


def _verdict(compared: Comparison, before: int) -> str:
    """Return why it is used from now on, or not, in a sentence."""
    of = "the paper alone" if before == PAPER else f"version {before}"
    if compared.this is None:
        return f"Used: {of} had seen every batch of it, so they cannot be compared."
    words = (
        f"on {compared.n} {'batch' if compared.n == 1 else 'batches'} that {of} had not seen, the mean log"
        f" loss is {compared.this:.2f} where that has {compared.previous:.2f}"
    )
    if compared.is_worse:
        return f"Not used: {words}, worse than chance explains."
    return f"Used: {words}."


def wait_for_others(job: Job) -> None:
    """Wait until nobody else learns for this project: one that has begun before, until its version is written.

    A worker that died is waited for as long as its lease runs.
    """
    before = Job.objects.filter(
        kind=job.kind, project=job.project_id, state=Job.State.RUNNING, pk__lt=job.pk
    )
    while before.filter(lease_until__gt=timezone.now()).exists():
        time.sleep(WAIT_SECONDS)


@cache
def code_version() -> str:
    """Return the hash of the program that learns: another program makes another version."""
    folder = Path(forecast.__file__).parent
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]

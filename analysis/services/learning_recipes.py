"""Learn what each recipe of a project gives, when a number or a phase of its batches was said or withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone

from analysis.forecast.generic import backtest_classes
from analysis.forecast.numbers import backtest_numbers
from analysis.models import LearnedRecipe
from analysis.services.experiments import (
    NUMBERS,
    PHASE,
    Made,
    digest_of,
    experiments_for,
    made_of,
    recipes_with_outcomes,
)
from analysis.services.learning import RECIPES, code_version, wait_for_others
from analysis.services.recipe_forecasts import newest
from labnotebook.records.models import Job, Project
from labnotebook.records.services import jobs


def say_failed(job: Job) -> None:
    """Leave what is known as it is; why nothing was learned stands on the job."""


@jobs.handles(RECIPES, on_end=say_failed, background=True)
def learn_recipes(job: Job) -> Callable[[], None]:
    """Learn every recipe of a project whose batches say something new, one job at a time for a project."""
    project = Project.objects.get(pk=job.input["project"])
    wait_for_others(job)
    read_at = timezone.now()
    known = {*recipes_with_outcomes(project), *_learned(project)}
    found = [one for slug in sorted(known) if (one := _learn(project, slug, read_at))]
    return lambda: _write(project, found)


def outcomes_of(made: list[Made]) -> dict[str, Any]:
    """Return by outcome how many batches know it and how the backtest went."""
    found = {}
    for name in (*NUMBERS, PHASE):
        rows = experiments_for(name, made)
        if rows:
            tested = backtest_classes(rows) if name == PHASE else backtest_numbers(rows)
            found[name] = {"n": len(rows), "backtest": tested.as_dict()}
    return found


def _learned(project: Project) -> set[str]:
    """Return the recipes that were learned before: all their outcomes may be withdrawn by now."""
    return set(LearnedRecipe.objects.filter(project=project).values_list("recipe", flat=True))


def _learn(project: Project, recipe: str, read_at: datetime) -> LearnedRecipe | None:
    """Return what is to be kept, None where the newest is made of the same batches."""
    made = made_of(project, recipe)
    digest, before = digest_of(made), newest(project, recipe)
    if before and (before.data_sha256, before.code_version) == (digest, code_version()):
        return None
    return LearnedRecipe(
        project=project,
        recipe=recipe,
        data_sha256=digest,
        code_version=code_version(),
        outcomes=outcomes_of(made),
        experiments=[one.as_list() for one in made],
        read_at=read_at,
    )


def _write(project: Project, found: list[LearnedRecipe]) -> None:
    """Keep them, but for those of which another worker has read newer batches meanwhile."""
    project.lock()
    for one in found:
        newer = LearnedRecipe.objects.filter(
            project=project, recipe=one.recipe, read_at__gt=one.read_at
        )
        if not newer.exists():
            one.save(force_insert=True)

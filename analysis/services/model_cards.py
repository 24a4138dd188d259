"""What is told of a version of the forecast: how it did, what it learned from, what it makes of the paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analysis.models import ModelPin, ModelVersion
from analysis.services.labels import OF_OTHERS
from analysis.services.model_versions import version_in_use
from labnotebook.records.models import Project
from synthesis.models import Batch

CONTRADICTED = 0.5  # weight of the paper's picture below which the lab contradicts it


@dataclass(frozen=True, slots=True)
class LearnedBatch:
    """A batch that a version learned from; its code is "" where the person may not see it."""

    batch: str
    phase: str


def batches_of(version: ModelVersion, user: Any) -> list[LearnedBatch]:
    """Return what it learned from, in order of time, with the codes that the person may see."""
    keys = [one["batch"] for one in version.batches]
    codes = dict(Batch.objects.visible_to(user).filter(pk__in=keys).values_list("pk", "code"))
    return [LearnedBatch(codes.get(one["batch"], ""), one["phase"]) for one in version.batches]


def learned_by(version: str) -> int:
    """Return how many batches a version learned from, 0 for the paper's."""
    rows = ModelVersion.objects.filter(pk=int(version or 0))
    return rows.values_list("labels", flat=True).first() or 0


def in_use_by(projects: Iterable[Project]) -> dict[int, list[Project]]:
    """Return version -> the projects that ask it now."""
    found: dict[int, list[Project]] = {}
    for project in projects:
        found.setdefault(version_in_use(project), []).append(project)
    return found


def sentences(version: ModelVersion) -> list[str]:
    """Return what the weights mean, in words."""
    prior = (version.summary.get("weights") or {}).get("prior", 1.0)
    said = [
        ngettext(
            "Learned from %(n)d batch with a phase on named evidence.",
            "Learned from %(n)d batches with a phase on named evidence.",
            version.labels,
        )
        % {"n": version.labels}
    ]
    share = {"share": f"{100 * prior:.0f} %"}
    if prior < CONTRADICTED:
        since = version.summary.get("contradicted_since", "")
        since = "" if since.startswith(OF_OTHERS) else since
        words = _("This lab contradicts the paper")
        whose = _(" since %(code)s") % {"code": since} if since else ""
        rest = _(
            ": what the paper says of R counts for %(share)s, similar batches and the lab's frequencies for"
            " the rest."
        )
        said.append(words + whose + rest % share)
    else:
        said.append(
            _("What the paper says of R, moved by these batches, counts for %(share)s.") % share
        )
    return [*said, *version.summary.get("left_out", [])]


def pins_of(project: Project) -> list[ModelPin]:
    """Return when and why the project was held to a version, the newest first."""
    return list(
        ModelPin.objects.filter(project=project).select_related("pinned_by").order_by("-pk")
    )

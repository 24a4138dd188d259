"""What the forecast has learned: the versions of a project, and the card of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from analysis.forecast import model_card
from analysis.forms_forecast import ReasonForm
from analysis.models import ModelVersion
from analysis.models.model_version import PAPER
from analysis.services.model_cards import batches_of, pins_of, sentences
from analysis.services.model_versions import (
    pin_version,
    standing_pin,
    unpin_version,
    version_in_use,
)
from analysis.views.expected import learned_rows
from labnotebook.records.models import Project, Role
from labnotebook.records.permissions import role_in
from labnotebook.records.presentation.axes import Axis
from labnotebook.records.presentation.figure import Figure, curve_key
from labnotebook.records.presentation.plots import Plot
from labnotebook.records.refusals import Refusal
from labnotebook.records.views.current import current_project

MOST_LISTED = 50
UNIFORM = 1.609438  # mean log loss of who says 1/5 to everything


@dataclass(frozen=True, slots=True)
class Marks:
    """One row of the backtest's table: who forecasts, and how well."""

    name: str
    log_loss: float
    brier: float
    ece: float
    hits_percent: float


@require_safe
def model_list(request: HttpRequest) -> HttpResponse:
    """List what the forecast of the project in use has learned, the newest first."""
    project = current_project(request)
    versions = ModelVersion.objects.filter(project=project).select_related("project")
    context = {
        "project": project,
        "versions": versions[:MOST_LISTED] if project else [],
        "in_use": version_in_use(project) if project else PAPER,
        "pin": standing_pin(project) if project else None,
        "learned": learned_rows(project) if project else [],
        "crumbs": [(reverse("analysis:forecast"), _("Forecast")), ("", _("Versions"))],
    }
    return render(request, "analysis/model_list_page.html", context)


@require_safe
def model_detail(request: HttpRequest, version: int) -> HttpResponse:
    """Show the card of one version."""
    return _card(request, version, ReasonForm())


@require_POST
def model_pin(request: HttpRequest, version: int) -> HttpResponse:
    """Hold the project to this version, or let it follow what it learns again."""
    _found, project = _find(request, version)
    form = ReasonForm(request.POST)
    if form.is_valid():
        change = unpin_version if request.POST.get("do") == "unpin" else pin_version
        try:
            change(
                by=request.user,
                project=project,
                version=version,
                reason=form.cleaned_data["reason"],
            )
            return redirect("analysis:model-detail", version=version)
        except Refusal as refusal:
            form.add_refusal(refusal)
    return _card(request, version, form)


def _find(request: HttpRequest, version: int) -> tuple[ModelVersion | None, Project]:
    """Return a version that the person may see with its project; the paper's is of the project in use."""
    if version == PAPER:
        project = current_project(request)
        if project is None:
            raise Http404
        return None, project
    rows = ModelVersion.objects.visible_to(request.user).select_related("project")
    found = rows.filter(pk=version).first()
    if found is None:
        raise Http404
    return found, found.project


def _card(request: HttpRequest, number: int, form: ReasonForm) -> HttpResponse:
    version, project = _find(request, number)
    pin = standing_pin(project)
    pinned = None if pin is None else pin.model_version_id or PAPER
    batches = batches_of(version, request.user) if version else []
    codes = {one.batch for one in batches}
    how = version.backtest if version else {}
    context = {
        "number": number,
        "version": version,
        "project": project,
        "in_use": version_in_use(project) == number,
        "pinned": pinned == number,
        "pins": pins_of(project),
        "is_owner": role_in(request.user, project) == Role.OWNER,
        "form": form,
        "sentences": sentences(version) if version else [],
        "paper": None if version else model_card(),
        "marks": _marks(how),
        "figure": _reliability(how),
        "misses": [{**miss, "seen": miss["key"] in codes} for miss in how.get("misses", [])],
        "batches": batches,
        "parameters": version.summary.get("parameters", []) if version else [],
        "crumbs": [
            (reverse("analysis:forecast"), _("Forecast")),
            (reverse("analysis:model-list"), _("Versions")),
            ("", str(number)),
        ],
    }
    status = 422 if form.errors else 200
    return render(request, "analysis/model_page.html", context, status=status)


def _marks(how: dict[str, Any]) -> list[Marks]:
    """Return the rows of the table, the model first."""
    names = {
        "model": _("this way of learning"),
        "paper": _("the paper alone"),
        "frequencies": _("the lab's frequencies"),
        "rule": _("the paper's rule of thumb"),
    }
    return [
        Marks(
            name,
            how[key]["log_loss"],
            how[key]["brier"],
            how[key]["ece"],
            100 * how[key]["hits"],
        )
        for key, name in names.items()
        if how.get(key)
    ]


def _reliability(how: dict[str, Any]) -> Figure | None:
    """Draw how often the likeliest phase came, against how sure the forecast was of it."""
    bins = how.get("reliability") or []
    if not bins:
        return None
    told = ", ".join(
        f"{one['n']} of {100 * one['sure']:.0f} % came {100 * one['right']:.0f} %" for one in bins
    )
    sentence = _("How often the likeliest phase came, against its chance: %(told)s.") % {
        "told": told
    }
    x = Axis(0, 1, _("Chance of the likeliest phase"))
    plot = Plot(x, Axis(0, 1, _("Share that came")), sentence)
    plot.line([0, 1], [0, 1], "s2 dash")
    plot.dots([one["sure"] for one in bins], [one["right"] for one in bins])
    return Figure([plot], key=curve_key(("s2 dash", _("as sure as it should be"))))

"""Pages that look into every room: today, search, and where a printed code leads."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template import loader
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.defaults import page_not_found

from analysis.models import Analysis, HistoryRow, Measurement
from analysis.services.inbox import waiting_for
from devices.addresses import page_of_batch
from devices.models import Device
from labnotebook.exceptions import FAULT, api_problem, failure_of
from labnotebook.records.asked import search_words
from labnotebook.records.models.role import read_by
from labnotebook.records.presentation.plots import NO_PHASE
from labnotebook.records.views.current import may_write
from labnotebook.search.found import find
from labnotebook.search.words import Words
from labnotebook.talk.services.tasks import tasks_of
from synthesis.models import Batch, Material, Recipe, StepRun, StepRunParameter
from synthesis.services.gaps import open_gaps_of, widest
from synthesis.services.plans import FIRST_RECIPE, read_definition
from synthesis.services.quantities import with_leading_ratio
from synthesis.views.bench.doing import DURATION

FEW = 8
IN_THE_PANEL, MANY = 5, 50  # of a kind, that a search shows
OPEN = 40  # of the newest open batches, that today looks through


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Show what runs, what waits for the person, what came out, and what to try next."""
    batches = list(
        with_leading_ratio(Batch.objects.visible_to(request.user))
        .filter(state__in=Batch.OPEN_STATES)
        .in_use()
        .annotate(now=_step_now())
        .select_related("project", "recipe_version__recipe", "archive")
        .defer("plan", "composition", "recipe_version__definition")
        .order_by("-pk")[:OPEN]
    )
    outcomes = list(
        HistoryRow.objects.filter(read_by(request.user))
        .exclude(phase__in=("", NO_PHASE), pl_peak_nm=None, eqe_percent=None)
        .select_related("project")
        .prefetch_related(
            Prefetch("batch", with_leading_ratio(Batch.objects.defer("plan", "composition")))
        )
        .order_by("-batch_id")[:FEW]
    )
    to_accept = list(_to_accept(request))
    context = {
        "running": [(b, _ends_at(b.now)) for b in batches if b.state == Batch.State.RUNNING][:FEW],
        "clock": timezone.now(),
        "planned": [b for b in batches if b.state == Batch.State.PLANNED][:FEW],
        "to_sign": sum(b.state == Batch.State.MADE for b in batches),
        "and_more": len(batches) == OPEN,
        "to_accept": to_accept,
        "in_inbox": waiting_for(request.user).count(),
        "tasks": tasks_of(request.user)[:FEW],
        "outcomes": outcomes,
        "may_write": may_write(request),
        "first_recipe": FIRST_RECIPE,
        "is_new_lab": not batches and not outcomes,
        **_where_nobody_has_been(request),
    }
    return render(request, "today_page.html", context)


def _step_now() -> Subquery:
    """Return what is under way in a flask: the step begun last that has not ended."""
    steps = StepRun.objects.filter(
        batch=OuterRef("pk"), started_at__isnull=False, finished_at=None
    ).order_by("-started_at", "-position")
    planned = StepRunParameter.objects.filter(step_run=OuterRef("pk"), name=DURATION)
    said = JSONObject(
        position="position",
        text="text",
        started_at="started_at",
        seconds=Subquery(planned.values("planned_value")[:1]),
    )
    return Subquery(steps.values(data=said)[:1])


def _ends_at(step: dict[str, Any] | None) -> datetime | None:
    """Return when a step will have taken as long as planned."""
    if step is None or step["seconds"] is None:
        return None
    return datetime.fromisoformat(step["started_at"]) + timedelta(seconds=float(step["seconds"]))


def _where_nobody_has_been(request: HttpRequest) -> dict[str, Any]:
    """Return the widest gap of the first recipe that the lab's own batches have not closed."""
    recipe = Recipe.objects.visible_to(request.user).filter(slug=FIRST_RECIPE).first()
    found = widest(open_gaps_of(request.user, read_definition(recipe.current))) if recipe else None
    return {"gap_key": found[0], "gap": found[1]} if found else {}


def _to_accept(request: HttpRequest) -> Any:
    """Return the newest analyses that nobody has decided on.

    A failed one until another run follows it, or the scans of its file were filed on their pixels.
    """
    on_pixels = Measurement.objects.filter(
        file=OuterRef("measurement__file"), pixel__device=OuterRef("measurement__device")
    )
    later = Analysis.objects.filter(
        measurement=OuterRef("measurement"), number__gt=OuterRef("number")
    )
    return (
        Analysis.objects.filter(
            Q(state=Analysis.State.DONE)
            | Q(Q(state=Analysis.State.FAILED), ~Exists(later), ~Exists(on_pixels)),
            read_by(request.user, "measurement__project"),
            measurement__lot=None,
            measurement__layer=None,
            accepted_at=None,
            rejected_at=None,
        )
        .select_related(
            "measurement__project",
            "measurement__batch",
            "measurement__device",
            "measurement__pixel__device",
        )
        .defer("reading", "result", "provenance")
        .order_by("-pk")[:FEW]
    )


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Jump to a code, or list what holds these words and why; ``?only=`` shows one kind of it.

    The panel over a page asks for the same address as one types, and gets the list alone.
    """
    typed = search_words(request)
    target = _page_of(request, typed) if typed and not request.htmx else ""
    if target:
        return redirect(target)
    words, only = Words(typed), request.GET.get("only", "")
    few = MANY if only else IN_THE_PANEL if request.htmx else FEW
    context = {
        "words": words,
        "only": only,
        "groups": find(request.user, words, few=few, only=only) if words.each else [],
    }
    template = "parts/found.html" if request.htmx else "search_page.html"
    response = render(request, template, context)
    response["Vary"] = "HX-Request, Cookie"
    return response


def _page_of(request: HttpRequest, code: str) -> str:
    """Return the page of an exact code that the person may see, else an empty text."""
    for model, page_of in (
        (Batch, page_of_batch),
        (Device, lambda code: reverse("devices:device-detail", args=[code])),
        (Material, lambda code: reverse("synthesis:material-detail", args=[code])),
    ):
        row = model.objects.visible_to(request.user).filter(code__iexact=code).only("code").first()
        if row is not None:
            return page_of(row.code)
    return ""


@require_safe
def follow_code(request: HttpRequest, code: str) -> HttpResponse:
    """Lead from the code on a vial to its page; an unknown one is searched for."""
    target = _page_of(request, code[:40])
    return redirect(target or f"{reverse('search')}?q={code[:40]}")


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component with its states (development only)."""
    from labnotebook.records.presentation import samples

    return render(request, "gallery.html", samples.gallery())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that leads nowhere: in the API as a problem, elsewhere as a page."""
    if not request.path.startswith("/api/"):
        return page_not_found(request, exception)
    return api_problem(
        404, "There is nothing under this address. Each one ends with “/”.", "not_found"
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that makes no sense."""
    if request.path.startswith("/api/"):
        return api_problem(400, "This request makes no sense.", "invalid")
    return render(request, "404.html", status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer what broke: 503 while the database cannot, 400 for what it cannot hold, else a fault of ours."""
    failure = failure_of(sys.exc_info()[1])
    if request.path.startswith("/api/"):
        if failure is None:
            return api_problem(500, FAULT, "error")
        return api_problem(failure.status, failure.sentence, failure.code, failure.headers)
    # No context: what fills it may ask the database.
    if failure is None:
        return HttpResponse(loader.render_to_string("500.html"), status=500)
    page = loader.render_to_string("500.html", {"sentence": failure.sentence})
    return HttpResponse(page, status=failure.status, headers=failure.headers)

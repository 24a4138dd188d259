"""Pages that look into every room: today, search, and where a printed code leads."""

from __future__ import annotations

import sys
from typing import Any

from django.db.models import F, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template import loader
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.defaults import page_not_found

from analysis.models import Analysis, HistoryRow
from devices.models import Device
from labnotebook.exceptions import FAULT, api_problem, failure_of
from labnotebook.records.asked import search_words
from labnotebook.records.views.current import may_write
from synthesis.models import Batch, Chemical, Material, Recipe, StepRun
from synthesis.services.gaps import open_gaps_of, widest
from synthesis.services.plans import read_definition
from synthesis.services.quantities import with_leading_ratio
from synthesis.views.planner import FIRST_RECIPE

FEW = 8
OPEN = 40  # of the newest open batches, that today looks through


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Show what runs, what waits for the person, what came out, and what to try next."""
    batches = list(
        with_leading_ratio(Batch.objects.visible_to(request.user))
        .filter(state__in=Batch.OPEN_STATES)
        .annotate(now=_step_now())
        .select_related("recipe_version__recipe")
        .defer("plan", "composition")
        .order_by("-pk")[:OPEN]
    )
    outcomes = list(
        HistoryRow.objects.filter(project__memberships__user=request.user)
        .exclude(phase="", pl_peak_nm=None, eqe_percent=None)
        .prefetch_related(
            Prefetch("batch", with_leading_ratio(Batch.objects.defer("plan", "composition")))
        )
        .order_by("-batch_id")[:FEW]
    )
    to_accept = list(_to_accept(request))
    context = {
        "running": [b for b in batches if b.state == Batch.State.RUNNING][:FEW],
        "planned": [b for b in batches if b.state == Batch.State.PLANNED][:FEW],
        "to_sign": sum(b.state == Batch.State.MADE for b in batches),
        "and_more": len(batches) == OPEN,
        "to_accept": to_accept,
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
    return Subquery(steps.values(data=JSONObject(position="position", text="text"))[:1])


def _where_nobody_has_been(request: HttpRequest) -> dict[str, Any]:
    """Return the widest gap of the first recipe that the lab's own batches have not closed."""
    recipe = Recipe.objects.visible_to(request.user).filter(slug=FIRST_RECIPE).first()
    found = widest(open_gaps_of(request.user, read_definition(recipe.current))) if recipe else None
    return {"gap_key": found[0], "gap": found[1]} if found else {}


def _to_accept(request: HttpRequest) -> Any:
    """Return the newest analyses that nobody has accepted or rejected yet."""
    return (
        Analysis.objects.filter(
            measurement__project__memberships__user=request.user,
            state__in=[Analysis.State.DONE, Analysis.State.FAILED],
            accepted_at=None,
            rejected_at=None,
        )
        .select_related("measurement__batch", "measurement__device", "measurement__pixel__device")
        .defer("reading", "result", "provenance")
        .order_by("-pk")[:FEW]
    )


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Jump to a code, or list what has these words in its code or name."""
    words = search_words(request)
    if words:
        target = _page_of(request, words)
        if target:
            return redirect(target)
    groups = _found(request, words) if len(words) > 1 else []
    return render(request, "search_page.html", {"words": words, "groups": groups})


def _found(request: HttpRequest, words: str) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Return (kind, [(address, title, what it is)]) for each room that has something."""
    user = request.user
    batches = (
        Batch.objects.visible_to(user)
        .filter(Q(code__icontains=words) | Q(recipe_version__recipe__name__icontains=words))
        .annotate(recipe_name=F("recipe_version__recipe__name"))
        .defer("plan", "composition")[:20]
    )
    devices = Device.objects.visible_to(user).filter(
        Q(code__icontains=words) | Q(name__icontains=words)
    )[:20]
    materials = Material.objects.visible_to(user).filter(
        Q(code__icontains=words) | Q(name__icontains=words) | Q(lot_number__icontains=words)
    )[:20]
    recipes = Recipe.objects.visible_to(user).filter(name__icontains=words)[:20]
    chemicals = Chemical.objects.filter(Q(name__icontains=words) | Q(formula__icontains=words))[:20]
    groups = [
        ("Batches", [(_address("batch-detail", b.code), b.code, b.recipe_name) for b in batches]),
        (
            "Devices",
            [(reverse("devices:device-detail", args=[d.code]), d.code, d.name) for d in devices],
        ),
        ("Materials", [(_address("material-detail", m.code), m.code, m.name) for m in materials]),
        (
            "Recipes",
            [(_address("recipe-detail", r.slug), r.name, r.get_kind_display()) for r in recipes],
        ),
        ("Chemicals", [(reverse("synthesis:chemical-list"), c.name, c.formula) for c in chemicals]),
    ]
    return [(kind, rows) for kind, rows in groups if rows]


def _address(name: str, key: str) -> str:
    return reverse(f"synthesis:{name}", args=[key])


def _page_of(request: HttpRequest, code: str) -> str:
    """Return the page of an exact code that the person may see, else an empty text."""
    for model, name in (
        (Batch, "synthesis:batch-detail"),
        (Device, "devices:device-detail"),
        (Material, "synthesis:material-detail"),
    ):
        row = model.objects.visible_to(request.user).filter(code__iexact=code).only("code").first()
        if row is not None:
            return reverse(name, args=[row.code])
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

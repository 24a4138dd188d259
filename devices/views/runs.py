"""Pages of runs: the list, planning one, and one run with its substrates side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from devices.drawing import stack_of_architecture
from devices.forms import NewRunForm
from devices.run_table import RunTable, layer_rows, source_rows, step_rows
from devices.services.architectures import architectures_for, read_architecture
from devices.services.devices import project_of
from devices.services.run_sources import set_run_sources
from devices.services.run_substrates import add_substrate
from devices.services.runs import make_run, runs_for, with_substrates
from devices.views.devices import PER_PAGE, devices_crumb
from labnotebook.records.pages import create_once
from labnotebook.records.refusals import Refusal
from labnotebook.records.views.current import may_write
from synthesis.models import Batch, Recipe
from synthesis.services.operations import lab_operations


@require_GET
def run_list(request: HttpRequest) -> HttpResponse:
    """List the runs that the person may see, newest first."""
    page = Paginator(runs_for(request.user), PER_PAGE).get_page(request.GET.get("page"))
    crumbs = [devices_crumb(), ("", _("Runs"))]
    return render(request, "devices/run_list_page.html", {"page": page, "crumbs": crumbs})


@require_http_methods(["GET", "POST"])
def run_new(request: HttpRequest) -> HttpResponse:
    """Plan a run: which stack, how many substrates, what differs between them.

    htmx asks for the same address when one of these changes, and gets the table of substrates.
    """
    architectures = architectures_for(request.user)
    said = request.POST if request.method == "POST" else request.GET
    form = NewRunForm(
        request.POST or None, initial=said.dict(), user=request.user, architectures=architectures
    )
    slug = said.get("architecture") or (architectures[0].slug if architectures else "")
    architecture = next((one for one in architectures if one.slug == slug), None)
    table = RunTable.asked(architecture, said, lab_operations()) if architecture else None
    shown = {"form": form, "table": table, "architecture": architecture}
    shown["preview"] = stack_of_architecture(architecture.layers) if architecture else ""
    # The choices of what differs are drawn anew for another stack only: else a tick would close its drawer.
    shown["redraws"] = said.get("shown") != slug
    if request.htmx and request.method == "GET":
        return render(request, "devices/_run_table.html", shown)
    if request.method == "POST" and form.is_valid() and table is not None:
        try:
            return create_once(request, lambda: _make(request, form, table))
        except Refusal as refusal:
            table.mark(refusal.field, refusal.sentence)
            form.add_refusal(refusal)
    shown["crumbs"] = [
        devices_crumb(),
        (reverse("devices:run-list"), _("Runs")),
        ("", _("New run")),
    ]
    status = 422 if form.is_bound else 200
    return render(request, "devices/run_new_page.html", shown, status=status)


@require_GET
def run_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show one run: its substrates side by side, from what they were made, and what was done."""
    return _run_page(request, _run(request, code))


@require_POST
def run_sources(request: HttpRequest, code: str) -> HttpResponse:
    """Say from which batch or bottle a layer was made, for every substrate."""
    run = with_substrates(_run(request, code))
    said: dict[str, list[str]] = {}
    for key in dict.fromkeys(layer.key for layer in run.rows[0].layers.all()):
        names = [f"source-{key}-{place}" for place in range(1, len(run.rows) + 1)]
        everywhere = request.POST.get(f"source-{key}", "").strip()
        if everywhere:
            said[key] = [everywhere] * len(names)
        elif names[0] in request.POST:
            said[key] = [request.POST.get(name, "").strip() for name in names]
    amount = request.POST.get("amount")
    try:
        set_run_sources(by=request.user, run=run, sources=said, amount=amount)
    except Refusal as refusal:
        return _run_page(request, run, refused=refusal.sentence, typed=request.POST)
    messages.success(request, _("Kept."))
    return redirect(reverse("devices:run-detail", args=[code]) + "#made-from")


@require_POST
def run_substrates(request: HttpRequest, code: str) -> HttpResponse:
    """Add a substrate to a planned run."""
    run = _run(request, code)
    said = {name: request.POST.get(name, "") for name in ("made_as", "label")}
    try:
        device = add_substrate(by=request.user, run=run, **said)
    except Refusal as refusal:
        return _run_page(request, run, refused=refusal.sentence)
    messages.success(request, _("%(code)s is planned.") % {"code": device.code})
    return redirect("devices:run-detail", code)


@require_GET
def recipe_stack(request: HttpRequest, slug: str) -> HttpResponse:
    """Draw the stack of a device recipe: a panel of its page, and a page of its own."""
    recipes = Recipe.objects.visible_to(request.user)
    recipe = get_object_or_404(recipes, slug=slug)
    number = request.GET.get("version", "")
    rows = recipe.versions.select_related("recipe")
    version = rows.filter(number=number).first() if number.isdecimal() else rows.first()
    built = version is not None and recipe.kind == Recipe.Kind.DEVICE
    architecture = read_architecture(version) if built and version else None
    shown: dict[str, Any] = {"recipe": recipe, "architecture": architecture}
    if architecture:
        shown["layers"] = layer_rows(architecture)
    template = "devices/_recipe_stack.html" if request.htmx else "devices/recipe_stack_page.html"
    shown["crumbs"] = [
        (reverse("synthesis:recipe-list"), _("Recipes")),
        (reverse("synthesis:recipe-detail", args=[recipe.slug]), recipe.name),
        ("", _("Stack")),
    ]
    return render(request, template, shown)


def _run(request: HttpRequest, code: str) -> Batch:
    return get_object_or_404(runs_for(request.user), code=code)


def _run_page(
    request: HttpRequest,
    run: Batch,
    *,
    refused: str = "",
    typed: Mapping[str, str] | None = None,
) -> HttpResponse:
    run = with_substrates(run)
    varied = _varied(run)
    for device in run.rows:
        device.typed = [device.varied.get(one["key"], "") for one in varied]
    context = {
        "run": run,
        "architecture": read_architecture(run.recipe_version),
        "varied": varied,
        "layers": source_rows(run, typed or {}),
        "steps": step_rows(run),
        "may_write": may_write(request, run.project_id),
        "refused": refused,
        "asked": f"?{request.GET.urlencode()}" if request.GET else "",
        "crumbs": [devices_crumb(), (reverse("devices:run-list"), _("Runs")), ("", run.code)],
    }
    return render(request, "devices/run_page.html", context, status=422 if refused else 200)


def _varied(run: Batch) -> list[dict[str, Any]]:
    """Return what differs between the substrates, each with its words."""
    table = RunTable.asked(read_architecture(run.recipe_version), {}, lab_operations())
    keys = dict.fromkeys(key for device in run.rows for key in device.varied)
    return [{"key": key, "words": table.words(key), "unit": table.unit(key)} for key in keys]


def _make(request: HttpRequest, form: NewRunForm, table: RunTable) -> str:
    said = form.cleaned_data
    emitter = said["batch"].strip()
    run = make_run(
        by=request.user,
        project=project_of(request.user, said["project"], emitter),
        architecture_slug=said["architecture"],
        substrates=table.labels,
        vary=table.vary,
        sources=table.sources(emitter),
        pixels=form.pixels,
        layout=form.said_layout,
        name=said["name"],
    )
    messages.success(request, _("%(code)s is planned.") % {"code": run.code})
    return reverse("devices:run-detail", args=[run.code])

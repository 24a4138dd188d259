"""Bottles, stocks and chemicals."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from labnotebook.records.asked import search_words, whole_number
from labnotebook.records.pages import OnceForm, form_version, saved
from labnotebook.records.permissions import pick_project, require_editor
from labnotebook.records.services.telling import tell
from labnotebook.records.views.current import current_project, may_write
from synthesis.chemistry.bottles import readable
from synthesis.forms import BottleForm, CorrectionForm, StockForm
from synthesis.models import Material
from synthesis.services import material_files, materials, movements, pinned
from synthesis.services.sources import contents_of, contents_of_batch
from synthesis.views.batches import find_batch
from synthesis.views.bottle_history import tellers_of

PAGE = 100


@require_safe
def material_list(request: HttpRequest) -> HttpResponse:
    """Show the bottles and stocks of the person's projects; ``?q=`` narrows them."""
    rows = Material.objects.visible_to(request.user).select_related(
        "project", "chemical", "recipe", "produced_by"
    )
    words = search_words(request)
    if words:
        rows = rows.filter(
            Q(code__icontains=words) | Q(name__icontains=words) | Q(lot_number__icontains=words)
        )
    before = whole_number(request.GET.get("before", ""))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    archived = request.GET.get("archived") == "1"
    rows = rows.filter(archived_at__isnull=not archived)
    rows = rows.defer("produced_by__plan", "produced_by__composition")
    found = list(rows.order_by("-pk")[: PAGE + 1])
    left = movements.lefts(found)
    for material in found:
        material.left = left[material.pk]
    context = {
        "materials": found[:PAGE],
        "older": _older(found, words, archived=archived),
        "words": words,
        "archived": archived,
        "today": timezone.localdate(),
        "project": current_project(request),
        "may_write": may_write(request),
    }
    return render(request, "synthesis/material_list_page.html", context)


def _older(found: list[Material], words: str, *, archived: bool) -> str:
    """Return the query of the next page, empty on the last one."""
    if len(found) <= PAGE:
        return ""
    said = {"before": found[PAGE - 1].pk, "q": words, "archived": "1" if archived else ""}
    return urlencode({name: value for name, value in said.items() if value})


def _said(form: OnceForm, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in names if name in form.cleaned_data}


@require_http_methods(["GET", "POST"])
def material_new(request: HttpRequest) -> HttpResponse:
    """Enter a bottle."""
    form = BottleForm(request.POST or None, initial={"chemical": request.GET.get("chemical", "")})

    def save() -> str:
        current = current_project(request)
        material = materials.add_bottle(
            by=request.user,
            project=pick_project(request.user, current.slug if current else None),
            chemical=form.cleaned_data["chemical"],
            formula=form.cleaned_data["formula"],
            **_said(form, materials.BOTTLE_FIELDS),
        )
        return reverse("synthesis:material-detail", args=[material.code])

    answer = saved(request, form, save)
    if answer:
        return answer
    current = current_project(request)
    context = {
        "form": form,
        "project": current,
        "may_write": current is not None and may_write(request, current.pk),
    }
    return render(
        request, "synthesis/material_new_page.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
def batch_stock(request: HttpRequest, code: str) -> HttpResponse:
    """Enter what a finished batch made as a stock that plans can use."""
    batch = find_batch(request, code)
    require_editor(request.user, batch.project)
    form = StockForm(request.POST or None, initial={"amount_unit": "ml"})

    def save() -> str:
        material = materials.add_stock(
            by=request.user, batch=batch, **_said(form, materials.STOCK_FIELDS)
        )
        return reverse("synthesis:material-detail", args=[material.code])

    answer = saved(request, form, save)
    if answer:
        return answer
    context = {"form": form, "batch": batch, "made": contents_of_batch(batch)}
    return render(
        request, "synthesis/stock_new_page.html", context, status=422 if form.errors else 200
    )


@require_safe
def material_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show one bottle or stock, where it went, and its history."""
    rows = Material.objects.visible_to(request.user).select_related(
        "chemical", "recipe", "produced_by", "project", "aliquot_of"
    )
    material = get_object_or_404(
        rows.defer("produced_by__plan", "produced_by__composition"), code=code
    )
    moved = material.movements.select_related("addition__batch", "other", "by", "reversed_by")
    waiting = list(
        movements.promised_to(material)
        .select_related("batch")
        .defer("batch__plan", "batch__composition")
        .order_by("-pk")[:100]
    )
    is_stock = material.kind == Material.Kind.PREPARED
    titrations = list(material.titrations.select_related("by")) if is_stock else []
    attached = list(material_files.files_of(material))
    context = {
        "material": material,
        "contents": contents_of(material),
        "left": movements.left_in(material),
        "reserved": [
            readable(sum(u.planned_value for u in waiting if u.unit == unit), unit)
            for unit in sorted({use.unit for use in waiting})
        ],
        "moved": [
            (one, movements.shown_change(one))
            for one in moved.defer(
                "addition__batch__plan", "addition__batch__composition"
            ).order_by("-pk")[:200]
        ],
        "titrations": titrations,
        "counts": next((one.pk for one in titrations if one.withdrawn_at is None), None),
        "aliquots": material.aliquots.order_by("pk"),
        "waiting": waiting,
        "corrected": pinned.corrected_of_lot(material),
        "attached": attached,
        "visits": tell([material, *attached], partial(tellers_of, attached)),
        "today": timezone.localdate(),
        "may_write": may_write(request, material.project_id),
    }
    return render(request, "synthesis/material_detail_page.html", context)


@require_http_methods(["GET", "POST"])
def material_correct(request: HttpRequest, code: str) -> HttpResponse:
    """Correct what is said about a bottle or stock, with a reason."""
    rows = Material.objects.visible_to(request.user).select_related("project", "chemical")
    material = get_object_or_404(rows, code=code)
    require_editor(request.user, material.project)
    bought = material.kind == Material.Kind.PURCHASED
    names = materials.BOTTLE_FIELDS if bought else materials.STOCK_FIELDS
    form = CorrectionForm(
        names, request.POST or None, initial={n: getattr(material, n) for n in names}
    )

    def save() -> str:
        changed = materials.correct_material(
            by=request.user,
            material=material,
            version=form_version(request),
            reason=form.cleaned_data["reason"],
            **_said(form, names),
        )
        return reverse("synthesis:material-detail", args=[changed.code])

    answer = saved(request, form, save)
    if answer:
        return answer
    context = {"form": form, "material": material}
    return render(
        request, "synthesis/material_correct_page.html", context, status=422 if form.errors else 200
    )

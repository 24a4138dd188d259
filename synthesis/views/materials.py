"""Bottles, stocks and chemicals."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from labnotebook.records.pages import create_once
from labnotebook.records.permissions import pick_project
from labnotebook.records.refusals import Refusal
from labnotebook.records.services.changes import changes_of
from labnotebook.records.views.current import current_project, may_write
from django.core.exceptions import ValidationError
from synthesis.forms import BottleForm
from synthesis.models import Chemical, Material
from synthesis.services import materials


@require_safe
def material_list(request: HttpRequest) -> HttpResponse:
    """Show the bottles and stocks of the person's projects."""
    rows = Material.objects.visible_to(request.user).select_related("chemical", "recipe", "produced_by")
    return render(
        request,
        "synthesis/material_list_page.html",
        {"materials": rows[:500], "may_write": may_write(request)},
    )


@require_http_methods(["GET", "POST"])
def material_new(request: HttpRequest) -> HttpResponse:
    """Enter a bottle."""
    form = BottleForm(request.POST or None, initial={"chemical": request.GET.get("chemical", "")})
    if request.method == "POST" and form.is_valid():
        said = {k: v for k, v in form.cleaned_data.items() if k in materials.BOTTLE_FIELDS}

        def create() -> str:
            current = current_project(request)
            material = materials.add_bottle(
                by=request.user,
                project=pick_project(request.user, current.slug if current else None),
                chemical=form.cleaned_data["chemical"],
                formula=form.cleaned_data["formula"],
                **said,
            )
            return reverse("synthesis:material-detail", args=[material.code])

        try:
            return create_once(request, create)
        except Refusal as refusal:
            form.add_refusal(refusal)
        except ValidationError as error:
            for name, sentences in error.message_dict.items():
                form.add_error(name if name in form.fields else None, sentences)
    return render(
        request, "synthesis/material_new_page.html", {"form": form}, status=422 if form.errors else 200
    )


@require_safe
def material_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show one bottle or stock, where it went, and its history."""
    rows = Material.objects.visible_to(request.user).select_related(
        "chemical", "recipe", "produced_by", "project"
    )
    material = get_object_or_404(rows, code=code)
    context = {
        "material": material,
        "left": materials.amount_left(material),
        "uses": material.additions.select_related("batch").order_by("-pk")[:100],
        "changes": changes_of(material),
    }
    return render(request, "synthesis/material_detail_page.html", context)


@require_safe
def chemical_list(request: HttpRequest) -> HttpResponse:
    """Show the lab's chemicals."""
    return render(request, "synthesis/chemical_list_page.html", {"chemicals": Chemical.objects.all()})

"""Titrations of a stock: enter one, withdraw one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from labnotebook.records.pages import OnceForm, saved
from labnotebook.records.permissions import require_editor
from synthesis.material_forms import TitrationForm, WithdrawForm
from synthesis.models import Material, Titration
from synthesis.services.sources import contents_of
from synthesis.services.titrations import titrate, withdraw_titration


@require_http_methods(["GET", "POST"])
def material_titrate(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a titration of a stock."""
    material = _writable(request, code)
    species = [one["species"] for one in contents_of(material)]
    form = TitrationForm(
        species, request.POST or None, initial={"performed_date": timezone.localdate()}
    )

    def save() -> str:
        said = {name: form.cleaned_data[name] for name in form.fields if name != "idempotency_key"}
        titrate(by=request.user, material=material, **said)
        return reverse("synthesis:material-detail", args=[code])

    return saved(request, form, save) or _page(request, material, form)


@require_http_methods(["GET", "POST"])
def titration_withdraw(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Take a titration back, with a reason."""
    material = _writable(request, code)
    titration = get_object_or_404(material.titrations.in_force(), pk=number)
    form = WithdrawForm(request.POST or None)

    def save() -> str:
        reason = form.cleaned_data["reason"]
        withdraw_titration(by=request.user, titration=titration, reason=reason)
        return reverse("synthesis:material-detail", args=[code])

    return saved(request, form, save) or _page(request, material, form, titration)


def _writable(request: HttpRequest, code: str) -> Material:
    rows = Material.objects.visible_to(request.user).select_related("project", "produced_by")
    material = get_object_or_404(rows, code=code, kind=Material.Kind.PREPARED, aliquot_of=None)
    require_editor(request.user, material.project)
    return material


def _page(
    request: HttpRequest, material: Material, form: OnceForm, titration: Titration | None = None
) -> HttpResponse:
    context = {"form": form, "material": material, "titration": titration}
    status = 422 if form.errors else 200
    return render(request, "synthesis/material_titrate_page.html", context, status=status)

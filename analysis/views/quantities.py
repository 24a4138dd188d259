"""The quantities of the lab: what there is, and the form that adds one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from analysis.models import LabQuantity
from analysis.quantities import QUANTITIES
from analysis.quantity import BATCH, DEVICE, PIXEL
from analysis.services.lab_quantities import add_quantity
from analysis.services.quantities import every_quantity
from labnotebook.records.models import Role
from labnotebook.records.pages import OnceForm, create_once
from labnotebook.records.permissions import pick_project, role_in
from labnotebook.records.refusals import Refusal
from labnotebook.records.views.current import current_project

SUBJECT_WORDS = [(BATCH, _("batches")), (DEVICE, _("devices")), (PIXEL, _("pixels"))]


class QuantityForm(OnceForm):
    """A quantity of the lab's own."""

    label = forms.CharField(label=_("What it is"), help_text=_("Zeta potential"))
    name = forms.CharField(
        label=_("Name in filters and files"), help_text=_("Ends in its unit: zeta_potential_mv")
    )
    unit = forms.CharField(label=_("Unit"), required=False, help_text=_("mV, %, 1/cm3 or nothing"))
    low = forms.FloatField(label=_("Plausible from"))
    high = forms.FloatField(label=_("to"))
    subjects = forms.MultipleChoiceField(
        label=_("It is known of"), choices=SUBJECT_WORDS, widget=forms.CheckboxSelectMultiple
    )
    better = forms.ChoiceField(label=_("Which way is better"), choices=LabQuantity.Way.choices)


@require_http_methods(["GET", "POST"])
def quantity_list(request: HttpRequest) -> HttpResponse:
    """Show every quantity; an owner adds one."""
    form = QuantityForm(request.POST or None, initial={"better": LabQuantity.Way.NEITHER})
    if request.method == "POST" and form.is_valid():
        try:
            return create_once(request, lambda: _add(request, form.cleaned_data))
        except Refusal as refusal:
            form.add_refusal(refusal)
    project = current_project(request)
    own, built_in = [], []
    for quantity in every_quantity().values():
        (built_in if quantity.name in QUANTITIES else own).append(quantity)
    context = {
        "form": form,
        "own": own,
        "built_in": built_in,
        "may_add": project is not None and role_in(request.user, project) == Role.OWNER,
    }
    status = 422 if form.errors else 200
    return render(request, "analysis/quantity_list_page.html", context, status=status)


def _add(request: HttpRequest, said: dict[str, Any]) -> str:
    current = current_project(request)
    project = pick_project(request.user, current.slug if current else None)
    wanted = {name: value for name, value in said.items() if name != "idempotency_key"}
    add_quantity(by=request.user, project=project, **wanted)
    return reverse("analysis:quantity-list")

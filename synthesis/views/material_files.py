"""The certificates and data sheets of a bottle."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from labnotebook.records.pages import uploaded
from labnotebook.records.refusals import Refusal
from labnotebook.records.services.files import hashed
from labnotebook.records.views.current import may_write
from synthesis.material_forms import AttachForm, WithdrawForm
from synthesis.models import Material, MaterialFile
from synthesis.services import material_files


@require_http_methods(["GET", "POST"])
def material_attach(request: HttpRequest, code: str) -> HttpResponse:
    """Show the files of a bottle, and attach more."""
    material = _find(request, code)
    form = AttachForm(request.POST or None, request.FILES or None)

    def save() -> str:
        material_files.attach_files(
            by=request.user,
            material=material,
            uploads=[hashed(one) for one in form.cleaned_data["file"]],
            kind=form.cleaned_data["kind"],
        )
        return reverse("synthesis:material-detail", args=[material.code]) + "#files"

    answer, status = uploaded(request, form, save)
    if answer is not None:
        return answer
    return _page(request, material, form, status)


@require_POST
def material_withdraw(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Say that a file does not belong to this bottle."""
    material = _find(request, code)
    attached = get_object_or_404(material_files.files_of(material), pk=number)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        try:
            material_files.withdraw_file(
                by=request.user, attached=attached, reason=form.cleaned_data["reason"]
            )
            there = reverse("synthesis:material-detail", args=[material.code])
            return redirect(f"{there}#files")
        except Refusal as refusal:
            form.add_refusal(refusal)
    refused = " ".join(form.non_field_errors())
    return _page(
        request, material, AttachForm(), 422, wrong=attached, withdraw=form, refused=refused
    )


def _find(request: HttpRequest, code: str) -> Material:
    rows = Material.objects.visible_to(request.user).select_related("project", "aliquot_of")
    return get_object_or_404(rows, code=code)


def _page(
    request: HttpRequest,
    material: Material,
    form: AttachForm,
    status: int,
    *,
    wrong: MaterialFile | None = None,
    withdraw: WithdrawForm | None = None,
    refused: str = "",
) -> HttpResponse:
    context = {
        "form": form,
        "material": material,
        "attached": material_files.files_of(material),
        "wrong": wrong,
        "withdraw": withdraw,
        "refused": refused,
        "may_write": may_write(request, material.project_id),
    }
    return render(request, "synthesis/material_files_page.html", context, status=status)

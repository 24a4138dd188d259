"""Take something out of a bottle, fill vials, say what is left, empty it, put it away."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from labnotebook.records.pages import create_once
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal
from synthesis.material_forms import ARCHIVE, BACK, EMPTIED, FOUND, TAKEN, VIALS, MoveForm
from synthesis.models import Material
from synthesis.services import materials, movements


@require_http_methods(["GET", "POST"])
def material_move(request: HttpRequest, code: str) -> HttpResponse:
    """Write what happened to a bottle outside of a batch."""
    rows = Material.objects.visible_to(request.user).select_related("project", "chemical")
    material = get_object_or_404(rows, code=code)
    require_editor(request.user, material.project)
    form = MoveForm(material, request.POST or None, initial={"what": request.GET.get("what", "")})

    def save() -> str:
        _move(request.user, material, form.cleaned_data)
        return reverse("synthesis:material-detail", args=[material.code])

    if request.method == "POST" and form.is_valid():
        try:
            return create_once(request, save)
        except Refusal as refusal:
            form.add_refusal(_at_its_field(refusal))
        except ValidationError as error:
            form.add_error(None, error.messages)
    context = {"form": form, "material": material, "left": movements.left_in(material)}
    return render(
        request, "synthesis/material_move_page.html", context, status=422 if form.errors else 200
    )


def _at_its_field(refusal: Refusal) -> Refusal:
    """The form has one field for what the service calls amount, amounts or left."""
    field = "amount" if refusal.field in ("amounts", "left") else refusal.field
    return Refusal(refusal.sentence, field=field)


def _move(user: Any, material: Material, said: dict[str, Any]) -> None:
    what, of = said["what"], {"by": user, "material": material, "reason": said["reason"]}
    if what == TAKEN:
        movements.move_by_hand(kind=TAKEN, amount=said["amount"], anyway=said["anyway"], **of)
    elif what == FOUND:
        movements.move_by_hand(kind="correction", left=said["amount"], **of)
    elif what == EMPTIED:
        movements.move_by_hand(kind=EMPTIED, **of)
    elif what == VIALS:
        amounts = [said["amount"]] * (said["vials"] or 1)
        more = {"place": said["place"], "anyway": said["anyway"]}
        materials.make_aliquots(amounts=amounts, **more, **of)
    elif what in (ARCHIVE, BACK):
        materials.archive_material(back=what == BACK, **of)

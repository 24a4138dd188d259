"""What the labels of vials and bottles say."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from labnotebook.records.presentation.numbers import format_quantity, plain_number
from labnotebook.records.views.labels import day_of, label_page, name_of
from synthesis.models import Batch, Material
from synthesis.services.quantities import with_leading_ratio
from synthesis.services.sources import contents_of
from synthesis.views.bottle_words import came_from, hazards_of, strength_of


@require_safe
def batch_label(request: HttpRequest, code: str) -> HttpResponse:
    """Show the label of a batch's vial."""
    rows = Batch.objects.visible_to(request.user).select_related(
        "project", "recipe_version__recipe", "planned_by"
    )
    rows = rows.defer("plan", "composition", "recipe_version__definition")
    batch = get_object_or_404(with_leading_ratio(rows), code=code)
    return label_page(
        request,
        batch.code,
        [batch.recipe_version.recipe.name, _ratio(batch), _when(batch)],
        leads_to=reverse("qr", args=[batch.code]),
        simulated=batch.project.is_simulated,
        crumbs=[
            (reverse("synthesis:batch-list"), _("Batches")),
            (reverse("synthesis:batch-detail", args=[batch.code]), batch.code),
        ],
    )


@require_safe
def material_label(request: HttpRequest, code: str) -> HttpResponse:
    """Show the label of a bottle, a stock or a vial filled from one."""
    rows = Material.objects.visible_to(request.user).select_related(
        "project",
        "chemical",
        "created_by",
        "produced_by",
        "aliquot_of__chemical",
        "aliquot_of__produced_by",
    )
    material = get_object_or_404(rows, code=code)
    return label_page(
        request,
        material.code,
        [
            _substance(material),
            strength_of(material) or _contents(material),
            hazards_of(material),
            came_from(material),
            _of_bottle(material),
            _expiry(material),
        ],
        leads_to=reverse("qr", args=[material.code]),
        simulated=material.project.is_simulated,
        crumbs=[
            (reverse("synthesis:material-list"), _("Materials")),
            (reverse("synthesis:material-detail", args=[material.code]), material.code),
        ],
    )


def _ratio(batch: Batch) -> str:
    leading = batch.leading
    if leading is None:
        return ""
    said = [
        leading.name if leading.asked is None else f"{leading.name} {plain_number(leading.asked)}"
    ]
    if leading.weighed is not None:
        weighed = format_quantity(leading.weighed.value, leading.weighed.uncertainty).text
        said.append(_("weighed %(value)s") % {"value": weighed})
    return ", ".join(said)


def _when(batch: Batch) -> str:
    moment, word = batch.planned_at, _("planned")
    if batch.finished_at is not None:
        moment, word = batch.finished_at, _("made")
    return f"{word} {day_of(moment)}, {name_of(batch.planned_by)}"


def _substance(material: Material) -> str:
    said = [material.name]
    if material.formula and material.formula not in material.name:
        said.append(material.formula)
    return ", ".join(said)


def _contents(material: Material) -> str:
    """Return what a stock that nobody titrated holds, by what was recorded of it."""
    if material.origin.produced_by is None:
        return ""
    return ", ".join(
        f"{one['species']} {_molar(one['mol_l'], one['uncertainty'])}"
        for one in contents_of(material)
    )


def _molar(value: float | Decimal, uncertainty: float | None) -> str:
    return format_quantity(value, uncertainty, "mol/L").text


def _of_bottle(material: Material) -> str:
    if material.opened_date:
        said = (
            _("opened %(day)s") if material.kind == Material.Kind.PURCHASED else _("made %(day)s")
        )
        said %= {"day": day_of(material.opened_date)}
    else:
        said = _("entered %(day)s") % {"day": day_of(material.created_at)}
    return f"{said}, {name_of(material.created_by)}"


def _expiry(material: Material) -> str:
    if material.expires_date is None:
        return ""
    return _("use before %(day)s") % {"day": day_of(material.expires_date)}

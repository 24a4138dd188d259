"""What is known of the layers of a device: their thickness, and what they were made from."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone

from devices.measures import read_thickness_nm
from devices.models import Layer
from labnotebook.records.history import recorded
from labnotebook.records.models import Project
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal, WrongState
from synthesis.chemistry.typed import UnreadableQuantity, names_a_unit, parse_quantity
from synthesis.models import Batch, Material, Movement, Recipe
from synthesis.services.fitting import check_pourable
from synthesis.services.movements import check_enough, move, read_amount, reverse

MOST_OFFERED = 50
MEASURED = ("thickness_measured_nm", "thickness_uncertainty_nm", "thickness_method")
Source = Batch | Material | None
USABLE = (Batch.State.RUNNING, Batch.State.MADE, Batch.State.SIGNED)


def usable_batches(user: Any):
    """Return the batches that a person may use as an emitter, newest first."""
    return (
        Batch.objects.visible_to(user)
        .filter(state__in=USABLE)
        .exclude(recipe_version__recipe__kind=Recipe.Kind.STOCK_SOLUTION)
        .order_by("-pk")
    )


def sources_for(layer: Layer) -> list[tuple[str, str]]:
    """Return code and name of what a layer may have been made from, the newest first."""
    project = layer.device.project_id
    batches = Batch.objects.filter(project=project, state__in=USABLE).order_by("-pk")
    bottles = Material.objects.filter(project=project, archived_at=None).order_by("-pk")
    if layer.role == Layer.Role.EMITTER:
        batches = batches.exclude(recipe_version__recipe__kind=Recipe.Kind.STOCK_SOLUTION)
        bottles = bottles.exclude(recipe__kind=Recipe.Kind.STOCK_SOLUTION)
    return [
        *batches.values_list("code", "recipe_version__recipe__name")[:MOST_OFFERED],
        *bottles.values_list("code", "name")[:MOST_OFFERED],
    ]


def edit_layer(
    *, by: Any, layer: Layer, version: int | None, reason: str = "", **said: str
) -> Layer:
    """Write what was made of a layer, those fields that are said: all of them or nothing.

    ``source`` is the code of the batch or bottle that it was made from, ``amount`` what was used of it;
    ``thickness_measured_nm``, ``thickness_uncertainty_nm`` (standard) and ``thickness_method`` are what was
    measured. All are as typed; empty text takes back. ``reason`` is kept in its history. Raises Refusal with
    the field, StaleWrite.
    """
    project = layer.device.project
    require_editor(by, project)
    with recorded(by, reason or f"{layer.material_name} edited"):
        current = layer.lock(version=version)
        values = _thickness(current, said)
        if "source" in said and said["source"].strip() != current.source_code:
            emits = current.role == Layer.Role.EMITTER
            source = found_source(by, project, said["source"], emitter=emits, field="source")
            values["source_batch"] = source if isinstance(source, Batch) else None
            values["source_material"] = source if isinstance(source, Material) else None
        _use(by, current, values, said.get("amount"))
        changed = {name: value for name, value in values.items() if getattr(current, name) != value}
        if changed:
            current.set_fields(**changed)
    return current


def _thickness(layer: Layer, said: Mapping[str, str]) -> dict[str, Any]:
    """Read how thick it was measured, how surely and how."""
    values: dict[str, Any] = {}
    for name in ("thickness_measured_nm", "thickness_uncertainty_nm"):
        if name in said:
            values[name] = _length(said[name], name)
    if "thickness_method" in said:
        method = said["thickness_method"].strip()
        if method and method not in Layer.Method.values:
            raise Refusal(
                f"{method[:40]!r} is no way to measure a thickness. Use one of"
                f" {', '.join(Layer.Method.values)}.",
                field="thickness_method",
            )
        values["thickness_method"] = method
    then = {name: values.get(name, getattr(layer, name)) for name in MEASURED}
    if then["thickness_measured_nm"] is None:
        if values.get("thickness_uncertainty_nm") is not None or values.get("thickness_method"):
            raise Refusal(
                "An uncertainty and a method belong to a measured thickness. Say it too.",
                field="thickness_measured_nm",
            )
        values |= dict.fromkeys(("thickness_measured_nm", "thickness_uncertainty_nm"))
        values["thickness_method"] = ""
    return values


def _length(text: str, field: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        return read_thickness_nm(text)
    except UnreadableQuantity as unreadable:
        raise Refusal(str(unreadable), field=field) from None


def _use(by: Any, layer: Layer, values: dict[str, Any], typed: str | None) -> None:
    """Take what was used out of the bottle; what was said before, of this bottle or another, goes back."""
    source = values.get("source_material", layer.source_material)
    new_source = "source_material" in values
    if typed is None and not new_source:
        return
    text = (layer.amount_text if typed is None else typed).strip()
    if text == layer.amount_text and not new_source:
        return
    if layer.movement is not None:
        reverse(layer.movement, by=by, reason=f"{layer.code} corrected")
    values |= {"amount_text": text, "amount_value": None, "amount_unit": "", "movement": None}
    if not text:
        return
    if source is None:
        values["amount_value"], values["amount_unit"] = _read_used(text)
        return
    amount, unit = read_amount(text, source, field="amount")
    check_enough(source, amount, unit, anyway=False)
    values["amount_value"], values["amount_unit"] = amount, unit
    if amount:
        values["movement"] = move(
            source, Movement.Kind.TAKEN, -amount, unit, by=by, at=timezone.now(), reason=layer.code
        )


def _read_used(text: str) -> tuple[Decimal, str]:
    """Read what was used of a batch, which has no bottle to take it from: a mass or a volume with its unit."""
    for unit, shown in (("mg", "mg"), ("ml", "mL")):
        try:
            read = parse_quantity(text, shown)
        except UnreadableQuantity:
            continue
        if names_a_unit(text):
            return read.value, unit
    raise Refusal(f"Give the amount with its unit, such as 60 µL: {text[:40]}.", field="amount")


def found_source(by: Any, project: Project, code: str, *, emitter: bool, field: str) -> Source:
    """Return the bottle, stock or batch of this code that a layer may be made from; empty: None."""
    code = code.strip()
    bottle = _bottle(by, project, code, emitter=emitter, field=field) if code else None
    return bottle or usable_batch(by, project, code, emitter=emitter, field=field)


def usable_batch(
    by: Any, project: Project, code: str | None, *, emitter: bool = True, field: str = "batch"
) -> Batch | None:
    """Return the batch that becomes a layer, locked against being abandoned meanwhile."""
    code = (code or "").strip()
    if not code:
        return None
    seen = Batch.objects.visible_to(by).filter(code=code).values("pk")
    batch = (
        Batch.objects.select_for_update(of=("self",))
        .select_related("project", "recipe_version__recipe")
        .filter(pk__in=seen)
        .first()
    )
    if batch is None:
        other = "" if field == "batch" else " and no bottle"
        raise Refusal(f"There is no batch{other} {code!r} for you.", field=field)
    _check_project(batch, project, field)
    if batch.state not in USABLE:
        raise WrongState(_why_unusable(batch), field=field)
    if emitter:
        _check_emitter(code, batch.recipe_version.recipe, field)
    return batch


def _bottle(by: Any, project: Project, code: str, *, emitter: bool, field: str) -> Material | None:
    """Return the bottle or stock of this code, None when there is none."""
    rows = Material.objects.visible_to(by).select_related("project", "recipe")
    material = rows.filter(code=code).first()
    if material is None:
        return None
    _check_project(material, project, field)
    # A layer is often written down after it used up the bottle, so an empty one is fine.
    check_pourable(material, field=field, reason="written down later")
    if emitter and material.recipe is not None:
        _check_emitter(code, material.recipe, field)
    return material


def _check_project(source: Batch | Material, project: Project, field: str) -> None:
    if source.project_id != project.pk:
        raise Refusal(
            f"{source.code} belongs to the project {source.project.name}, the device to"
            f" {project.name}. Build the device in {source.project.name}.",
            field=field,
        )


def _check_emitter(code: str, recipe: Recipe, field: str) -> None:
    if recipe.kind == Recipe.Kind.STOCK_SOLUTION:
        raise Refusal(f"{code} is a stock solution ({recipe.name}), not an emitter.", field=field)


def _why_unusable(batch: Batch) -> str:
    if batch.state == Batch.State.ABANDONED:
        return (
            f"{batch.code} was abandoned ({batch.abandoned_reason}), so no device can be made from it."
            " Choose another batch."
        )
    return (
        f"{batch.code} is only planned: nothing has been made yet that could be a layer. Start it"
        " at the bench first."
    )

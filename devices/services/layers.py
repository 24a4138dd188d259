"""What is known of the layers of a device: their thickness, and what they were made from."""

from __future__ import annotations

from typing import Any

from devices.measures import read_thickness_nm
from devices.models import Layer
from labnotebook.records.history import recorded
from labnotebook.records.models import Project
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal, WrongState
from synthesis.chemistry.typed import UnreadableQuantity
from synthesis.models import Batch, Material, Recipe
from synthesis.services.fitting import check_pourable

MOST_OFFERED = 50
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


def set_layer_thickness(
    *, by: Any, layer: Layer, thickness_measured_nm: str, version: int | None
) -> Layer:
    """Record what a profilometer or a cross-section showed; empty text takes it back."""
    require_editor(by, layer.device.project)
    value = None
    if thickness_measured_nm.strip():
        try:
            value = read_thickness_nm(thickness_measured_nm)
        except UnreadableQuantity as unreadable:
            raise Refusal(str(unreadable), field="thickness_measured_nm") from None
    with recorded(by, f"thickness of {layer.material_name}"):
        current = layer.lock(version=version)
        if current.thickness_measured_nm != value:
            current.set_fields(thickness_measured_nm=value)
    return current


def edit_layer(*, by: Any, layer: Layer, version: int | None, **said: str) -> Layer:
    """Write ``source`` and ``thickness_measured_nm``, those that are said: all of them or nothing."""
    with recorded(by, f"{layer.material_name} edited"):
        if "source" in said:
            layer = set_layer_source(by=by, layer=layer, code=said["source"], version=version)
            version = layer.version
        if "thickness_measured_nm" in said:
            typed = said["thickness_measured_nm"]
            layer = set_layer_thickness(
                by=by, layer=layer, thickness_measured_nm=typed, version=version
            )
    return layer


def set_layer_source(*, by: Any, layer: Layer, code: str, version: int | None) -> Layer:
    """Say, or correct, which batch or bottle a layer was made from; empty text takes it back."""
    project = layer.device.project
    require_editor(by, project)
    code = code.strip()
    with recorded(by, f"source of {layer.material_name}"):
        current = layer.lock(version=version)
        if code == current.source_code:
            return current
        bottle = _bottle(by, project, layer, code)
        batch = None
        if bottle is None:
            emits = layer.role == Layer.Role.EMITTER
            batch = usable_batch(by, project, code, emitter=emits, field="source")
        current.set_fields(source_batch=batch, source_material=bottle)
    return current


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


def _bottle(by: Any, project: Project, layer: Layer, code: str) -> Material | None:
    """Return the bottle or stock of this code, None when there is none."""
    rows = Material.objects.visible_to(by).select_related("project", "recipe")
    material = rows.filter(code=code).first()
    if material is None:
        return None
    _check_project(material, project, "source")
    # A layer is often written down after it used up the bottle, so an empty one is fine.
    check_pourable(material, field="source", reason="written down later")
    if layer.role == Layer.Role.EMITTER and material.recipe is not None:
        _check_emitter(code, material.recipe, "source")
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

"""What is known of the layers of a device: their thickness, and the batch behind the emitter."""

from __future__ import annotations

from typing import Any

from devices.measures import read_thickness_nm
from devices.models import Layer
from labnotebook.records.history import recorded
from labnotebook.records.models import Project
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal, WrongState
from synthesis.chemistry.typed import UnreadableQuantity
from synthesis.models import Batch, Recipe

USABLE = (Batch.State.RUNNING, Batch.State.MADE, Batch.State.SIGNED)


def usable_batches(user: Any):
    """Return the batches that a person may use as an emitter, newest first."""
    return (
        Batch.objects.visible_to(user)
        .filter(state__in=USABLE)
        .exclude(recipe_version__recipe__kind=Recipe.Kind.STOCK_SOLUTION)
        .order_by("-pk")
    )


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


def set_emitter_batch(*, by: Any, layer: Layer, batch_code: str, version: int | None) -> Layer:
    """Say afterwards, or correct, which batch an emitter was made from; empty text takes it back."""
    project = layer.device.project
    require_editor(by, project)
    if layer.role != Layer.Role.EMITTER:
        raise Refusal(
            f"{layer.material_name} is no emitter; only an emitter points at a batch.",
            field="batch",
        )
    with recorded(by, f"batch of {layer.material_name}"):
        current = layer.lock(version=version)
        if batch_code.strip() == (current.source_batch.code if current.source_batch else ""):
            return current
        current.set_fields(source_batch=emitter_batch(by, project, batch_code))
    return current


def emitter_batch(by: Any, project: Project, code: str | None) -> Batch | None:
    """Return the batch that becomes an emitter, locked against being abandoned meanwhile."""
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
        raise Refusal(f"There is no batch {code!r} for you.", field="batch")
    if batch.project_id != project.pk:
        raise Refusal(
            f"{code} belongs to the project {batch.project.name}, the device would belong to"
            f" {project.name}. Build the device in {batch.project.name}.",
            field="batch",
        )
    if batch.state not in USABLE:
        raise WrongState(_why_unusable(batch), field="batch")
    if batch.recipe_version.recipe.kind == Recipe.Kind.STOCK_SOLUTION:
        raise Refusal(
            f"{code} is a stock solution ({batch.recipe_version.recipe.name}), not an emitter.",
            field="batch",
        )
    return batch


def _why_unusable(batch: Batch) -> str:
    if batch.state == Batch.State.ABANDONED:
        return (
            f"{batch.code} was abandoned ({batch.abandoned_reason}), so no device can be made from it."
            " Choose another batch."
        )
    return (
        f"{batch.code} is only planned: nothing has been made yet that could be an emitter. Start it"
        " at the bench first."
    )

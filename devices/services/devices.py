"""Build devices, and describe them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from devices.models import Device, Layer, Pixel
from devices.services.architectures import Architecture, architecture_named
from devices.services.layers import usable_batch
from devices.services.layouts import pixels_for
from devices.stacks import StackLayer, as_built
from devices.substrates import Substrate
from labnotebook.records.codes import next_code
from labnotebook.records.history import recorded
from labnotebook.records.models import Project
from labnotebook.records.permissions import pick_project, require_editor
from labnotebook.records.refusals import Refusal
from labnotebook.records.services.archive import put_away, reason_of
from synthesis.models import Batch

LONGEST_NAME = 120
FIRST_YEAR = 1950  # older dates are slips of the keyboard


def project_of(user: Any, slug: str = "", batch_code: str = "") -> Project:
    """Return the named project, else the one of the batch, else the person's own first one."""
    if not slug and batch_code:
        batch = Batch.objects.visible_to(user).filter(code=batch_code).first()
        if batch is not None:
            return batch.project
    return pick_project(user, slug)


def build_device(
    *,
    by: Any,
    project: Project,
    architecture_slug: str,
    emitter_batch_code: str | None = None,
    pixels: Sequence[Mapping[str, Any]] | None = None,
    layout: str = "",
    name: str = "",
    note: str = "",
    built_at: datetime | None = None,
) -> Device:
    """Make a device with the layers of an architecture and its pixels, numbered ``D-0001`` on.

    pixels: ``label``, and ``area_mm2`` as typed text or number (empty or absent: not known), or ``layout``
    (`pixels_for`). The emitter layer points at the batch. Raises Refusal.
    """
    require_editor(by, project)
    architecture = architecture_named(by, architecture_slug)
    checked = pixels_for(by, architecture, pixels, layout)
    _check_build_time(built_at)
    with recorded(by, "device built"):
        batch = usable_batch(by, project, emitter_batch_code)
        check_there_is_an_emitter(batch, architecture)
        device = Device.objects.create(
            project=project,
            code=next_code("D"),
            recipe_version=architecture.version,
            name=short_name(name),
            note=note.strip(),
            built_at=built_at,
            built_by=by,
        )
        Layer.objects.bulk_create(layers_of(device, architecture, batch))
        Pixel.objects.bulk_create(Pixel(device=device, **pixel) for pixel in checked)
    return device


def edit_device(*, by: Any, device: Device, version: int | None, **values: str) -> Device:
    """Change ``name`` or ``note``; a stale version is refused."""
    require_editor(by, device.project)
    if "name" in values:
        values["name"] = short_name(values["name"])
    with recorded(by, "device edited"):
        current = device.lock(version=version)
        changed = {key: value for key, value in values.items() if getattr(current, key) != value}
        if changed:
            current.set_fields(**changed)
    return current


def archive_device(
    *, by: Any, device: Device, reason: str, back: bool = False, version: int | None = None
) -> Device:
    """Put a device away, with a reason, or with ``back`` take it out."""
    require_editor(by, device.project)
    reason = reason_of(reason)
    with recorded(by, reason):
        device = device.lock(version=version)
        put_away(device, named=device.code, reason=reason, back=back)
    return device


def short_name(name: str) -> str:
    """Return a name without outer spaces, refused when it is too long."""
    name = name.strip()
    if len(name) > LONGEST_NAME:
        raise Refusal(
            f"The name has {len(name)} characters; write at most {LONGEST_NAME}.", field="name"
        )
    return name


def _check_build_time(built_at: datetime | None) -> None:
    if built_at is None:
        return
    if built_at > timezone.now() + timedelta(days=1):
        raise Refusal("The device cannot have been built in the future.", field="built_at")
    if built_at.year < FIRST_YEAR:
        raise Refusal(
            f"The device cannot have been built in the year {built_at.year}. Write the year with four"
            " digits.",
            field="built_at",
        )


def check_there_is_an_emitter(batch: Batch | None, architecture: Architecture) -> None:
    """Refuse a batch for the emitter of a stack that has none."""
    if batch is not None and architecture.emitter is None:
        raise Refusal(
            f"{architecture.name} has no emitter layer that {batch.code} could be. Leave the batch out.",
            field="batch",
        )


def layers_of(
    device: Device,
    architecture: Architecture,
    emitter: Batch | None = None,
    substrate: Substrate | None = None,
) -> list[Layer]:
    """Return the layers of a new device as its architecture says, not yet written.

    ``substrate`` says what differs on it: numbers of its steps, thicknesses.
    """
    return [_layer(one, device, emitter, substrate) for one in architecture.layers]


def _layer(
    place: StackLayer, device: Device, emitter: Batch | None, substrate: Substrate | None
) -> Layer:
    layer = place.layer
    thickness = substrate.thickness_nm(layer) if substrate else layer.thickness_nm
    return Layer(
        device=device,
        index=place.index,
        key=layer.key,
        role=layer.role,
        material_name=layer.material,
        thickness_target_nm=thickness,
        thickness_tolerance_nm=layer.thickness_tolerance_nm,
        process=as_built(place.steps, layer),
        process_text=place.process_text,
        source_batch=emitter if layer.is_emitter else None,
    )

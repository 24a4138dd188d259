"""What a measurement or an outcome is about: a batch, a device or one of its pixels.

A file may also be of a bottle or of a layer; numbers are only accepted for the first three.
"""

from __future__ import annotations

from typing import Any

from devices.models import Device, Layer, Pixel
from labnotebook.records.asked import whole_number
from labnotebook.records.models import Project
from labnotebook.records.refusals import Refusal
from synthesis.models import Batch, Material

Subject = Batch | Device | Pixel  # what numbers stand for
Measured = Subject | Material | Layer  # what a file may be of
COLUMNS = {Batch: "batch", Device: "device", Pixel: "pixel", Material: "lot", Layer: "layer"}


def project_of(subject: Measured) -> Project:
    """Return the project that the subject belongs to."""
    return subject.device.project if isinstance(subject, Pixel | Layer) else subject.project


def subject_field(subject: Measured) -> dict[str, Measured]:
    """Return the column of a row about this subject, filled: ``{"batch": batch}``."""
    return {COLUMNS[type(subject)]: subject}


def lock_subject(subject: Subject) -> None:
    """Hold the subject until the transaction ends, so that two who accept at once take turns."""
    type(subject).objects.select_for_update(of=("self",), no_key=True).get(pk=subject.pk)


def pick_measured(
    user: Any, *, lot: str | None = None, layer: str | None = None, **named: str | None
) -> Measured:
    """Return what a file is of, among what ``user`` may see.

    ``lot`` is the code of a bottle, ``layer`` is ``"D-0001/3"``: its place from the substrate, which is 0.
    The others are as for `pick_subject`.
    """
    given = [name for name, value in {**named, "lot": lot, "layer": layer}.items() if value]
    if len(given) != 1:
        raise Refusal(
            "Say what was measured: exactly one of batch, device, pixel, lot and layer.",
            field=given[1] if len(given) > 1 else "batch",
        )
    if not (lot or layer):
        return pick_subject(user, **named)
    found: Material | Layer | None
    if lot:
        rows = Material.objects.visible_to(user).select_related("project")
        found = rows.filter(code=lot).first()
    else:
        code, _slash, index = str(layer).partition("/")
        layers = Layer.objects.filter(device__in=Device.objects.visible_to(user), device__code=code)
        found = (
            layers.select_related("device__project")
            .filter(index=whole_number(index, digits=4))
            .first()
        )
    if found is None:
        raise Refusal(f"There is no {given[0]} {str(lot or layer)[:60]!r} for you.", field=given[0])
    return found


def pick_subject(
    user: Any, *, batch: str | None = None, device: str | None = None, pixel: str | None = None
) -> Subject:
    """Return the one subject that is named, among what ``user`` may see.

    ``batch`` and ``device`` are codes; ``pixel`` is ``"D-0001/P1"`` or the number of the pixel.
    """
    named = {"batch": batch, "device": device, "pixel": pixel}
    given = [name for name, value in named.items() if value]
    if len(given) != 1:
        raise Refusal(
            "Say what was measured: exactly one of batch, device and pixel.",
            field=given[1] if len(given) > 1 else "batch",
        )
    found: Subject | None
    if batch:
        found = Batch.objects.visible_to(user).select_related("project").filter(code=batch).first()
    elif device:
        rows = Device.objects.visible_to(user).select_related("project")
        found = rows.filter(code=device).first()
    else:
        found = _pixel(user, str(pixel))
    if found is None:
        raise Refusal(
            f"There is no {given[0]} {str(named[given[0]])[:60]!r} for you.", field=given[0]
        )
    return found


def _pixel(user: Any, name: str) -> Pixel | None:
    rows = Pixel.objects.filter(device__in=Device.objects.visible_to(user))
    rows = rows.select_related("device__project")
    code, slash, label = name.partition("/")
    if slash:
        return rows.filter(device__code=code, label=label).first()
    return rows.filter(pk=whole_number(name)).first()

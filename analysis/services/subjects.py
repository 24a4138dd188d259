"""What a measurement or an outcome is about: a batch, a device or one of its pixels."""

from __future__ import annotations

from typing import Any

from devices.models import Device, Pixel
from labnotebook.records.asked import whole_number
from labnotebook.records.models import Project
from labnotebook.records.refusals import Refusal
from synthesis.models import Batch

Subject = Batch | Device | Pixel


def project_of(subject: Subject) -> Project:
    """Return the project that the subject belongs to."""
    return subject.device.project if isinstance(subject, Pixel) else subject.project


def subject_field(subject: Subject) -> dict[str, Subject]:
    """Return the column of a row about this subject, filled: ``{"batch": batch}``."""
    if isinstance(subject, Batch):
        return {"batch": subject}
    return {"pixel": subject} if isinstance(subject, Pixel) else {"device": subject}


def lock_subject(subject: Subject) -> None:
    """Hold the subject until the transaction ends, so that two who accept at once take turns."""
    type(subject).objects.select_for_update(of=("self",), no_key=True).get(pk=subject.pk)


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

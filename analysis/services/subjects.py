"""What a measurement or an outcome is about: a batch, a device or one of its pixels.

A file may also be of a bottle or of a layer; numbers are only accepted for the first three, and the thickness that a
deposition log says for a layer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from devices.models import Device, Layer, Pixel
from labnotebook.records.asked import whole_number
from labnotebook.records.models import Project
from labnotebook.records.refusals import Refusal
from synthesis.models import Batch, Material

Subject = Batch | Device | Pixel  # what numbers stand for
Measured = Subject | Material | Layer  # what a file may be of
Seen = Callable[[Any], Any]  # of the rows of a model those in which one may be found
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
    user: Any,
    *,
    batch: str | None = None,
    device: str | None = None,
    pixel: str | None = None,
    lot: str | None = None,
    layer: str | None = None,
) -> Measured:
    """Return what a file is of, among what ``user`` may see or, as an instrument, send files for.

    ``lot`` is the code of a bottle, ``layer`` is ``"D-0001/3"``: its place from the substrate, which is 0.
    The others are as for `pick_subject`.
    """
    named = {"batch": batch, "device": device, "pixel": pixel, "lot": lot, "layer": layer}
    return _pick(lambda rows: rows.reached_by(user), named)


def pick_subject(
    user: Any, *, batch: str | None = None, device: str | None = None, pixel: str | None = None
) -> Subject:
    """Return the one subject that is named, among what ``user`` may see.

    ``batch`` and ``device`` are codes; ``pixel`` is ``"D-0001/P1"`` or the number of the pixel.
    """
    named = {"batch": batch, "device": device, "pixel": pixel}
    found = _pick(lambda rows: rows.visible_to(user), named)
    assert isinstance(found, Subject)
    return found


def _pick(seen: Seen, named: Mapping[str, str | None]) -> Measured:
    given = [name for name, value in named.items() if value]
    if len(given) != 1:
        *others, last = named
        raise Refusal(
            f"Say what was measured: exactly one of {', '.join(others)} and {last}.",
            field=given[1] if len(given) > 1 else "batch",
        )
    (name,) = given
    value = str(named[name])
    found = _FINDERS[name](seen, value)
    if found is None:
        raise Refusal(f"There is no {name} {value[:60]!r} for you.", field=name)
    return found


def _batch(seen: Seen, code: str) -> Batch | None:
    return seen(Batch.objects).select_related("project").filter(code=code).first()


def _device(seen: Seen, code: str) -> Device | None:
    return seen(Device.objects).select_related("project").filter(code=code).first()


def _lot(seen: Seen, code: str) -> Material | None:
    return seen(Material.objects).select_related("project").filter(code=code).first()


def _layer(seen: Seen, name: str) -> Layer | None:
    code, _slash, index = name.partition("/")
    rows = Layer.objects.filter(device__in=seen(Device.objects), device__code=code)
    rows = rows.select_related("device__project")
    return rows.filter(index=whole_number(index, digits=4)).first()


def _pixel(seen: Seen, name: str) -> Pixel | None:
    rows = Pixel.objects.filter(device__in=seen(Device.objects))
    rows = rows.select_related("device__project")
    code, slash, label = name.partition("/")
    if slash:
        return rows.filter(device__code=code, label=label).first()
    return rows.filter(pk=whole_number(name)).first()


_FINDERS: dict[str, Callable[[Seen, str], Measured | None]] = {
    "batch": _batch,
    "device": _device,
    "pixel": _pixel,
    "lot": _lot,
    "layer": _layer,
}

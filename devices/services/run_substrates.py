"""One more substrate in a run that is planned: made as another one of it is."""

from __future__ import annotations

from typing import Any

from devices.models import Device, Layer, Pixel
from devices.services.making import steps_of_run
from devices.services.runs import MOST_SUBSTRATES, checked_label
from labnotebook.records.codes import next_code
from labnotebook.records.history import recorded
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal
from synthesis.models import Batch
from synthesis.services.batches import must_be

COPIED = (
    "index", "key", "role", "material_name", "thickness_target_nm", "thickness_tolerance_nm", "process", "process_text",
    "source_batch", "source_material",
)  # fmt: skip


def add_substrate(*, by: Any, run: Batch, made_as: str, label: str = "") -> Device:
    """Add a substrate that goes through the steps of ``made_as``, a label of the run; the plan stays frozen.

    It gets the layers, what differs and the pixels of that one; without a ``label`` the next free number. Its label is
    added to the words of the steps that are for ``made_as``. Raises Refusal; WrongState once the run is begun.
    """
    require_editor(by, run.project)
    with recorded(by, "substrate added"):
        run = run.lock(version=None)
        must_be(run, Batch.State.PLANNED, "given another substrate")
        devices = {one.substrate: one for one in run.substrates.all()}
        model = devices.get(made_as.strip())
        if model is None:
            raise Refusal(
                f"{run.code} has no substrate {made_as[:20]!r}. It has {', '.join(devices)}.",
                field="made_as",
            )
        if len(devices) >= MOST_SUBSTRATES:
            raise Refusal(f"A run has at most {MOST_SUBSTRATES} substrates.", field="label")
        label = checked_label(label or _next(set(devices)))
        if label in devices:
            raise Refusal(f"{run.code} already has a substrate {label}.", field="label")
        device = _copy(model, by, label)
        for step in steps_of_run(run):
            if step.substrates and step.is_for(model.made_as or model.substrate):
                step.run.set_fields(text=f"{step.run.text.rstrip('.')}, {label}.")
    return device


def _next(taken: set[str]) -> str:
    return next(str(n) for n in range(1, MOST_SUBSTRATES + 2) if str(n) not in taken)


def _copy(model: Device, by: Any, label: str) -> Device:
    device = Device.objects.create(
        project=model.project,
        code=next_code("D"),
        recipe_version=model.recipe_version,
        run=model.run,
        substrate=label,
        made_as=model.made_as or model.substrate,
        varied=model.varied,
        name=model.name,
        built_by=by,
    )
    Layer.objects.bulk_create(
        Layer(device=device, **{name: getattr(layer, name) for name in COPIED})
        for layer in model.layers.select_related("source_batch", "source_material")
    )
    Pixel.objects.bulk_create(
        Pixel(device=device, label=pixel.label, area_mm2=pixel.area_mm2)
        for pixel in model.pixels.all()
    )
    return device

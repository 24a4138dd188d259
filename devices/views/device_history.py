"""The words for what happened to a device: built, measured, traced to its sources, its pixels marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from devices.models import Device, Layer, Pixel, RuledState
from labnotebook.records.models import Revision
from labnotebook.records.services.facts import Row, corrections, number, said_at_first, text
from labnotebook.records.services.telling import Said, Step, Teller
from synthesis.models import Batch, Material

BUILT = "device built"  # why the first layers and pixels are there
DEVICE = (text("name", gettext_lazy("name")), text("note", gettext_lazy("note")))
PIXEL = (number("area_mm2", gettext_lazy("area"), "mm²"), text("note", gettext_lazy("note")))
LAYER = (
    number("thickness_measured_nm", gettext_lazy("measured thickness"), "nm"),
    number("thickness_target_nm", gettext_lazy("planned thickness"), "nm"),
)


def tellers_of(device: Device, revisions: Sequence[Revision]) -> Mapping[str, Teller]:
    """Return who tells of each table; the sources of layers are looked up once for all."""
    rows = [r.row for r in revisions if r.table_name == Layer._meta.db_table]
    sources = {
        column: dict(
            model.objects.filter(pk__in={row[column] for row in rows if row.get(column)})
            .order_by("pk")
            .values_list("pk", "code")
        )
        for column, model in (("source_batch_id", Batch), ("source_material_id", Material))
    }
    named = [r.row for r in revisions if r.table_name == Pixel._meta.db_table]
    labels = {row["id"]: row["label"] for row in named}
    tellers: dict[Any, Teller] = {
        Device: lambda step: _device(step, device),
        Layer: lambda step: _layer(step, sources),
        Pixel: _pixel,
        RuledState: lambda step: _ruled(step, labels),
    }
    return {model._meta.db_table: teller for model, teller in tellers.items()}


def _device(step: Step, device: Device) -> Iterable[Said]:
    if step.operation == "insert":
        stack = f", {device.architecture.name}" if device.architecture else ""
        yield Said(_("built"), device.code, stack + said_at_first(step, DEVICE))
    else:
        yield from corrections(step, DEVICE)


def _layer(step: Step, sources: Mapping[str, Mapping[int, str]]) -> Iterable[Said]:
    name = step.new["material_name"]
    before, after = (_source(row, sources) for row in (step.old, step.new))
    if step.operation == "insert":
        made = _(" (from %(code)s)") % {"code": after} if after else ""
        verb = _("with the layers") if step.reason == BUILT else _("added the layer")
        yield Said(verb, name + made)
        return
    if before != after:
        words = {"name": name, "old": before, "new": after}
        if not after:
            yield Said(_("took back that %(name)s was made from %(old)s") % words)
        else:
            instead = _(" instead of %(old)s") % words if before else ""
            yield Said(_("said that %(name)s was made from %(new)s") % words + instead)
    yield from corrections(step, LAYER, of=_(" of %(name)s") % {"name": name})


def _source(row: Row, sources: Mapping[str, Mapping[int, str]]) -> str:
    found = (codes.get(row.get(column) or 0, "") for column, codes in sources.items())
    return next(filter(None, found), "")


def _pixel(step: Step) -> Iterable[Said]:
    new, old, label = step.new, step.old, step.new["label"]
    if step.operation == "insert":
        verb = _("with the pixels") if step.reason == BUILT else _("added the pixel")
        yield Said(verb, label, said_at_first(step, PIXEL))
        return
    if step.changed("state"):
        if new["state"]:
            before = _(", which was %(state)s") % {"state": old["state"]} if old["state"] else ""
            yield Said(_("marked pixel"), label, f" {new['state']}{before}")
        else:
            yield Said(
                _("took back that pixel"), label, _(" is %(state)s") % {"state": old["state"]}
            )
    yield from corrections(step, PIXEL, of=_(" of pixel %(label)s") % {"label": label})


def _ruled(step: Step, labels: Mapping[int, str]) -> Iterable[Said]:
    if step.operation == "insert" or step.changed("state"):
        states = dict(Pixel.State.choices)
        state = str(states.get(step.new["state"], _("not to be told"))).lower()
        because = _(" by its sweep: %(state)s") % {"state": state}
        yield Said(_("saw the state of pixel"), labels[step.new["pixel_id"]], because)

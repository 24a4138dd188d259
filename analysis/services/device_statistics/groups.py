"""In which groups each substrate stands, and in which order the groups do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localtime

from analysis.services.device_statistics.devices import AskedDevice
from analysis.services.device_statistics.question import GROUPINGS, TARGET
from devices.models import Device, Layer
from labnotebook.records.refusals import Refusal
from synthesis.models import Addition

NOT_KNOWN = "not known"
OWN = {
    "architecture": "architecture",
    "person": "person",
    "project": "project",
    "run": "run",
    "substrate": "code",
}  # groupings that a device says itself


def labels_of(
    by: str,
    rows: QuerySet[Device],
    devices: Mapping[int, AskedDevice],
    emitters: Mapping[int, tuple[str, Mapping[str, Any]]],
) -> dict[int, tuple[str, ...]]:
    """Return the groups of each device; of bottles several."""
    if by == "lot":
        return _bottles(rows, devices)
    if by in OWN:
        one = {pk: getattr(device, OWN[by]) for pk, device in devices.items()}
    elif by == "batch":
        one = {pk: emitters[pk][0] if pk in emitters else None for pk in devices}
    elif by == "week":
        one = {pk: _week(device.made_at) for pk, device in devices.items()}
    elif by.startswith(TARGET):
        key = by.removeprefix(TARGET)
        asked = {pk: emitters[pk][1].get(key) if pk in emitters else None for pk in devices}
        one = {pk: device.varied.get(key, asked[pk]) for pk, device in devices.items()}
    else:
        raise Refusal(
            f"Pixels are grouped by {', '.join(GROUPINGS)} or by {TARGET}NAME of an input of the recipe, not by"
            f" {by[:40]!r}.",
            field="by",
        )
    return {pk: (NOT_KNOWN if name is None else str(name),) for pk, name in one.items()}


def _bottles(
    rows: QuerySet[Device], devices: Mapping[int, AskedDevice]
) -> dict[int, tuple[str, ...]]:
    """Return the bottles that each device touched: of its layers, and of the batches behind them."""
    layers = Layer.objects.filter(device__in=rows.values("pk"))
    found: dict[int, set[str]] = defaultdict(set)
    for pk, bottle in layers.filter(source_material__isnull=False).values_list(
        "device_id", "source_material__code"
    ):
        found[pk].add(bottle)
    of_batch: dict[int, set[str]] = defaultdict(set)
    behind = layers.filter(source_batch__isnull=False)
    added = Addition.objects.filter(material__isnull=False, batch__in=behind.values("source_batch"))
    for batch, bottle in added.values_list("batch_id", "material__code"):
        of_batch[batch].add(bottle)
    for pk, batch in behind.values_list("device_id", "source_batch_id"):
        found[pk] |= of_batch[batch]
    return {pk: tuple(sorted(found.get(pk, ()))) or (NOT_KNOWN,) for pk in devices}


def _week(moment: datetime) -> str:
    year, week, _day = localtime(moment).isocalendar()
    return f"{year}-W{week:02}"


def place_of(name: str, by: str) -> tuple[int, float, str]:
    """Return where a group stands: numbers by size, what is not known last."""
    try:
        return (0, float(name), name) if by.startswith(TARGET) else (0, 0.0, name)
    except ValueError:
        return (1 if name != NOT_KNOWN else 2, 0.0, name)

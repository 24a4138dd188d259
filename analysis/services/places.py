"""What the names of files, and the labels of scans in them, may speak of: batches, bottles and devices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F, Func, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Lower

from analysis.device_names import Place, spellings_in, spelt
from analysis.routing import Route, bare_numbers_in, codes_in, names_in, route
from devices.models import Device, Layer
from labnotebook.records.models import CodeCounter, Membership, Role
from synthesis.models import Batch, Material

# `spelt`, in SQL.
SPELT = Lower(Func(F("name"), Value(r"[\W_]"), Value(""), Value("g"), function="regexp_replace"))


def routes_for(user: Any, names: Sequence[str]) -> list[Route]:
    """Return where files of these names belong among what takes files of ``user``."""
    places = _places(user, names)
    prefixes = list(CodeCounter.objects.values_list("prefix", flat=True)) if names else []
    return [route(name, _near(name, places), prefixes) for name in names]


def _near(name: str, places: Sequence[Place]) -> list[Place]:
    """Return what one of the names could mean: what it names, and the devices of the batches that it does."""
    codes, words = {*codes_in(name), *_numbered_codes(name)}, names_in(name)
    return [
        one
        for one in places
        if one.code in codes or spelt(one.name) in words or codes.intersection(one.batches)
    ]


def _numbered_codes(name: str) -> list[str]:
    """Return the codes that "d3" may stand for: D-0003."""
    return [f"D-{number:04d}" for number in bare_numbers_in(name)]


def _places(user: Any, names: Sequence[str]) -> list[Place]:
    """Return the batches, bottles and devices that take files of ``user`` and that the names could mean."""
    codes = {code for name in names for code in (*codes_in(name), *_numbered_codes(name))}
    words = {word for name in names for word in names_in(name)}
    if not codes and not words:
        return []
    mine = list(
        Membership.objects.filter(user=user, role__in=Role.at_least(Role.INSTRUMENT)).values_list(
            "project_id", flat=True
        )
    )
    batches = Batch.objects.filter(project__in=mine, code__in=codes).order_by("code")
    lots = Material.objects.filter(project__in=mine, code__in=codes).order_by("code")
    found = Q(code__in=codes) | Q(spelt__in=words) | _made_of(codes)
    return [
        *(Place("batch", code) for code in batches.values_list("code", flat=True)),
        *(Place("lot", code) for code in lots.values_list("code", flat=True)),
        *_devices(Device.objects.filter(project__in=mine), found),
    ]


def device_and_others(device: Device, labels: Sequence[str]) -> tuple[Place, list[Place]]:
    """Return a device, and those of its project that labels of scans may speak of instead.

    These are the ones of its batches, in the order of their making with itself among them, and those whose name
    a label holds.
    """
    batches = set(
        device.layers.exclude(source_batch=None).values_list("source_batch__code", flat=True)
    )
    words = {word for label in labels for word in spellings_in(label)}
    rows = Device.objects.filter(project=device.project_id)
    found = _devices(rows, Q(pk=device.pk) | Q(spelt__in=words) | _made_of(batches))
    return next(one for one in found if one.code == device.code), found


def _made_of(batches: Iterable[str]) -> Q:
    return Q(pk__in=Layer.objects.filter(source_batch__code__in=batches).values("device"))


def _devices(rows: QuerySet[Device], wanted: Q) -> list[Place]:
    """Return the devices that are wanted, in the order of their making."""
    made_of = Layer.objects.exclude(source_batch=None).select_related("source_batch")
    found = rows.annotate(spelt=SPELT).filter(wanted).order_by("pk")
    return [
        Place(
            "device",
            device.code,
            device.name,
            tuple(pixel.label for pixel in device.pixels.all()),
            tuple(layer.source_batch.code for layer in device.made_of),
        )
        for device in found.prefetch_related(
            "pixels", Prefetch("layers", made_of, to_attr="made_of")
        )
    ]

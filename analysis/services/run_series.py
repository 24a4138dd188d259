"""The sweeps of a run, substrate by substrate: one a pixel, the one that its numbers stand on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db.models import F

from analysis.models import Analysis, Measurement, Outcome
from analysis.services.device_pixels import EQE, standing_run
from analysis.services.lists import with_analyses
from analysis.techniques.jvl.technique import JVL
from synthesis.models import Batch


class PixelSweep(NamedTuple):
    """The sweep of one pixel, not yet read: the keys of its run and of its measurement."""

    device: str
    pixel: str
    analysis: int
    measurement: int


def sweeps_of_run(run: Batch) -> dict[str, list[PixelSweep]]:
    """Return one sweep a pixel of every device of a run, by the device's code, in the order of its pixels."""
    rows = Measurement.objects.filter(pixel__device__run=run, technique=JVL.name)
    stands = dict(
        Outcome.objects.filter(
            pixel__device__run=run, quantity=EQE, superseded_at=None
        ).values_list("pixel_id", "analysis_id")
    )
    of_pixel: dict[int, PixelSweep] = {}
    for measurement in with_analyses(rows).order_by(F("performed_at").desc(nulls_last=True), "-pk"):
        found = standing_run(measurement)
        pixel = measurement.pixel
        if found is None or pixel is None:
            continue
        if pixel.pk not in of_pixel or stands.get(pixel.pk) == found.pk:
            of_pixel[pixel.pk] = PixelSweep(
                pixel.device.code, pixel.label, found.pk, measurement.pk
            )
    by_device: dict[str, list[PixelSweep]] = {}
    for _pk, one in sorted(of_pixel.items()):
        by_device.setdefault(one.device, []).append(one)
    return by_device


def in_turn(
    codes: Sequence[str], sweeps: Mapping[str, list[PixelSweep]], most: int
) -> list[PixelSweep]:
    """Return at most so many sweeps of these devices: the first pixel of each, then the second, never by its number."""
    rounds = zip(*(_padded(sweeps.get(code, []), most) for code in codes), strict=True)
    return [one for turn in rounds for one in turn if one is not None][:most]


def _padded(found: list[PixelSweep], count: int) -> list[PixelSweep | None]:
    return [*found[:count], *[None] * (count - len(found[:count]))]


def read_whole(sweeps: Sequence[PixelSweep]) -> dict[int, Analysis]:
    """Return the runs of these sweeps with all that is drawn of them, in one query."""
    return Analysis.objects.select_related("measurement").in_bulk([one.analysis for one in sweeps])

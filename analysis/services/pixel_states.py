"""What the newest sweep of a pixel says of its state, kept beside what a person says."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce

from analysis.models import Analysis, Measurement
from analysis.services.lists import counting, light_analyses
from analysis.techniques.jvl.technique import JVL
from devices.models import Pixel
from devices.services.pixels import rule_pixel


def rule_by_newest_sweep(measurement: Measurement) -> None:
    """Say anew of the pixel of a measurement what its newest sweep says; of another file nothing.

    Within the transaction that changed a run of it.
    """
    if measurement.pixel_id is None or measurement.technique != JVL.name:
        return
    pixel = Pixel.objects.get(pk=measurement.pixel_id)
    found = _newest(pixel)
    if found is None and not hasattr(pixel, "ruled"):
        return
    detail = found or {}
    rule_pixel(
        pixel=pixel,
        state=detail.get("suggested_state") or "",
        because=detail.get("state_reason") or "",
    )


def _newest(pixel: Pixel) -> dict[str, Any] | None:
    """Return what the run that counts of the sweep measured last says beside its figures."""
    rows = light_analyses().filter(measurement__pixel=pixel, measurement__technique=JVL.name)
    rows = rows.annotate(at=Coalesce("measurement__performed_at", "measurement__created_at"))
    rows = rows.order_by(F("at").desc(), "-measurement_id", "-number")
    for _measurement, runs in groupby(rows, key=attrgetter("measurement_id")):
        run = counting(list(runs))
        if run is not None and run.state == Analysis.State.DONE and not run.rejected_at:
            return run.light["detail"] or {}
    return None

"""What the record of an instrument says now beside what a run counted with: calibration of its scales, response.

A run keeps both in its provenance. Where they differ it is out of date, as one that an older version of its method made.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Prefetch

from analysis.models import Calibration, Measurement, MeasuringInstrument
from analysis.services.measuring_instruments import holding, scales_of

RESPONSE = "instrument_response"
Counted = dict[str, Any]  # by scale: [u, code of the instrument]; RESPONSE: its words


def counted_now(measurements: Collection[Measurement]) -> dict[int, Counted]:
    """Return what a run of each measurement would count with, by its number, in two statements for all."""
    instruments = MeasuringInstrument.objects.prefetch_related(
        Prefetch("calibrations", Calibration.objects.order_by("valid_from_date"))
    ).in_bulk([one.measured_with_id for one in measurements if one.measured_with_id])
    return {one.pk: _now(one, instruments.get(one.measured_with_id)) for one in measurements}


def _now(measurement: Measurement, instrument: MeasuringInstrument | None) -> Counted:
    if instrument is None:
        return {}
    holds = holding(instrument, measurement, instrument.calibrations.all())
    return {**_scales(measurement.technique, holds), RESPONSE: instrument.response}


def counted_then(technique: str, provenance: Mapping[str, Any]) -> Counted:
    """Return what a run counted with, by its provenance; of an older run nobody kept the response."""
    response = {RESPONSE: provenance[RESPONSE]} if RESPONSE in provenance else {}
    return {**_scales(technique, provenance.get("calibration") or {}), **response}


def _scales(technique: str, holds: Mapping[str, Mapping[str, Any]]) -> Counted:
    """Keep of a calibration the scales that figures of a technique are read off."""
    return {
        name: [holds[name]["u"], holds[name]["by"]]
        for name in scales_of([technique])
        if name in holds
    }


def differences(technique: str, then: Counted, now: Counted) -> list[str]:
    """Return in a sentence each what changed since a run was made; none when it is up to date."""
    said = []
    for name, scale in scales_of([technique]).items():
        (u, by), (u_now, by_now) = (one.get(name, [scale.u, "default"]) for one in (then, now))
        if (u, by) != (u_now, by_now):
            said.append(
                f"{scale.title}: ± {u_now:g} {scale.unit} ({by_now}) now, ± {u:g} {scale.unit} ({by}) when it was analysed."
            )
    if RESPONSE in then and RESPONSE in now and then[RESPONSE] != now[RESPONSE]:
        said.append(
            f"Response of the instrument: “{now[RESPONSE] or 'nothing said'}” now, “{then[RESPONSE] or 'nothing said'}” when"
            " it was analysed."
        )
    return said

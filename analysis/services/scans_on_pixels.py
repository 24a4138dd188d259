"""A file of several pixels, uploaded on their device: each scan becomes a measurement of its pixel.

The bytes are kept once: the measurements name the same stored file, and the first run of each its own scan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from analysis.models import Analysis, Measurement
from analysis.pixel_labels import pixels_named
from analysis.reading import named_scans
from analysis.services.measurements import known_settings
from analysis.services.places import device_and_others
from analysis.services.runs import (
    MOST_AT_ONCE,
    READ_ONLY,
    ask,
    checked_settings,
    method_for,
    scans_of,
)
from devices.models import Device, Pixel
from devices.services.pixels import add_pixel, label_of
from labnotebook.records.history import recorded
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal, WrongState

NOT_READ = "The scans of this file are not known yet. Wait until it has been read."


@dataclass(frozen=True, slots=True)
class ScanOnPixel:
    """One scan of a file of a device, and the pixel that it is of."""

    key: str
    label: str
    points: int
    pixel: str  # that its label names; "" where a person has to say it
    is_new: bool  # the device does not have that pixel
    filed: tuple[Measurement, ...] = ()  # of this scan, on a pixel, with a run that stands
    rejected: tuple[Measurement, ...] = ()  # likewise, every run of which is rejected

    @property
    def offered(self) -> str:
        """The pixel to offer on a page: that of its label, unless the scan was rejected there."""
        there = {one.pixel.label for one in self.rejected if one.pixel}
        return "" if self.pixel in there else self.pixel


def scans_on_pixels(measurement: Measurement) -> list[ScanOnPixel]:
    """Return the scans of a file of a device, each with the pixel that its label names; none of another file."""
    if measurement.device is None:
        return []
    scans = scans_of(measurement)
    labels = [one["label"] for one in scans]
    own, others = device_and_others(measurement.device, labels)
    known = list(own.pixels)
    named = pixels_named(labels, known, own, others)
    filed: dict[tuple[str, bool], list[Measurement]] = {}
    for run in _first_runs(measurement):
        filed.setdefault((run.scan, run.stands), []).append(run.measurement)
    return [
        ScanOnPixel(
            one["key"],
            one["label"],
            one["points"],
            name,
            bool(name) and name not in known,
            tuple(filed.get((one["key"], True), ())),
            tuple(filed.get((one["key"], False), ())),
        )
        for one, name in zip(scans, named, strict=True)
    ]


def whole_of(measurement: Measurement) -> Measurement | None:
    """Return the measurement of the whole device that a scan of a pixel was filed from."""
    if measurement.pixel is None:
        return None
    rows = Measurement.objects.filter(file=measurement.file_id, device=measurement.pixel.device_id)
    return rows.select_related("device").first()


def file_scans(
    *, by: Any, measurement: Measurement, pixels: Mapping[str, str] | None = None
) -> list[Measurement]:
    """File scans of a file of a device on their pixels; pixels that the device lacks are made.

    ``pixels`` says which (key of the scan to label of the pixel), an empty label leaves a scan out. Without it what is
    filed is given back as it is, and each other scan goes where its label says; all of those have to say it.
    """
    require_editor(by, measurement.project)
    device = _device_of(measurement)
    with recorded(by, "scans filed on their pixels"):
        measurement.lock()
        scans = scans_on_pixels(measurement)
        wanted = _wanted(scans, pixels)
        filed = {one.key: one.filed for one in scans} if pixels is None else {}
        made: list[Measurement] = []
        for key, label in wanted.items():
            made += filed.get(key) or [
                _file_scan(by, measurement, _pixel(by, device, key, label), key)
            ]
        return made


def _device_of(measurement: Measurement) -> Device:
    if measurement.device is None:
        raise WrongState(
            f"This file is of {measurement.subject}. Only a file of a whole device is filed on its pixels."
        )
    return measurement.device


def _first_runs(measurement: Measurement) -> list[Analysis]:
    """Return the first run of each measurement of the same file on a pixel, and whether any run of it ``stands``."""
    standing = Analysis.objects.filter(measurement=OuterRef("measurement"), rejected_at=None)
    rows = Analysis.objects.filter(
        number=1,
        measurement__file=measurement.file_id,
        measurement__pixel__device=measurement.device_id,
    )
    rows = rows.annotate(stands=Exists(standing)).defer("reading", "result")
    rows = rows.select_related("measurement__pixel__device")
    return list(rows.order_by("pk"))


def _wanted(scans: list[ScanOnPixel], pixels: Mapping[str, str] | None) -> dict[str, str]:
    """Return the pixel of each scan that is to be filed, refusing what is not clear."""
    if not scans:
        raise WrongState(NOT_READ)
    if pixels is None:
        unclear = [(one.key, one.label) for one in scans if not one.filed and not one.pixel]
        if unclear:
            raise Refusal(
                f"It is not clear of which pixel these scans are: {named_scans(unclear)}. Say it of each scan"
                " that is to be filed.",
                field="pixels",
            )
        wanted = {one.key: one.pixel for one in scans}
    else:
        known = [(one.key, one.label) for one in scans]
        strange = sorted(pixels.keys() - {key for key, _label in known})
        if strange:
            raise Refusal(
                f"This file has no scan {strange[0][:20]!r}. It holds {named_scans(known)}.",
                field="pixels",
            )
        wanted = {key: _label(key, label) for key, label in pixels.items() if label.strip()}
        if not wanted:
            raise Refusal("Say of at least one scan which pixel it is of.", field="pixels")
    if len(wanted) > MOST_AT_ONCE:
        raise Refusal(
            f"{len(wanted)} scans are too many at once; file at most {MOST_AT_ONCE}.",
            field="pixels",
        )
    return wanted


def _label(key: str, typed: str) -> str:
    """Return the label of a pixel that was said of a scan; a bad one is refused under the name of that scan."""
    try:
        return label_of(typed)
    except Refusal as refusal:
        raise Refusal(refusal.sentence, field=f"pixels.{key}") from refusal


def _pixel(by: Any, device: Device, key: str, label: str) -> Pixel:
    """Return the pixel of a device that a scan is of, made when there is none of that label."""
    rows = Pixel.objects.filter(device=device, label__iexact=label).select_related("device")
    try:
        return rows.first() or add_pixel(by=by, device=device, label=label)
    except Refusal as refusal:
        raise Refusal(refusal.sentence, field=f"pixels.{key}") from refusal


def _file_scan(by: Any, whole: Measurement, pixel: Pixel, scan: str) -> Measurement:
    """Return the measurement of this scan on a pixel, made with its first run when there is none."""
    rows = Measurement.objects.filter(file=whole.file_id, pixel=pixel)
    known = rows.filter(analyses__number=1, analyses__scan=scan).first()
    if known is not None:
        return known
    last = whole.analyses.defer("reading", "result").order_by("-number").first()
    named = last.method if last and last.method != READ_ONLY else None
    method = method_for(whole.technique, named)
    said = {**(last.parameters if last else {}), **known_settings(pixel, method)}
    settings = checked_settings(whole.technique, method, said)
    made = Measurement.objects.create(
        project=whole.project,
        technique=whole.technique,
        file=whole.file,
        instrument=whole.instrument,
        measured_with=whole.measured_with,
        conditions=whole.conditions,
        performed_at=whole.performed_at,
        uploaded_by=by,
        pixel=pixel,
    )
    ask(by, made, number=1, method=method, parameters=settings, scan=scan)
    return made

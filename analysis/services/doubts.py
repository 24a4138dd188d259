"""What is asked before a file is kept: whether it is there already, and whether it is of something else."""

from __future__ import annotations

import re
from typing import Any

from django.utils.timezone import localtime

from analysis.models import Measurement
from analysis.services.subjects import Measured, subject_field
from devices.models import Device, Layer, Pixel
from labnotebook.records.files import HashedUpload, clean_name
from synthesis.models import Batch, Material

_CODE = re.compile(r"(?<![A-Z])[A-Z]{1,3}-\d{4,}(?!\d)", re.IGNORECASE)


def doubt_of(user: Any, subject: Measured, upload: HashedUpload) -> str:
    """Return why a file is asked about, empty when nothing is odd about it."""
    known = kept_already(subject, upload.writer.digest.hexdigest())
    if known is not None:
        return in_words(upload.name, known)
    return _named_for_another(user, subject, upload)


def kept_already(subject: Measured, sha256: str) -> Measurement | None:
    """Return the first measurement of the subject by a file of these bytes."""
    rows = Measurement.objects.filter(file__sha256=sha256, **subject_field(subject))
    return rows.select_related("file").order_by("pk").first()


def in_words(name: str, known: Measurement) -> str:
    """Say that a file is there already, and as what."""
    return (
        f"{clean_name(name)} is kept with {known.subject} already, to the last byte: {known.file.name},"
        f" {localtime(known.created_at):%-d %b %Y}, as {known.technique_title}."
    )


def _named_for_another(user: Any, subject: Measured, upload: HashedUpload) -> str:
    """Say for what a file is named, when that is something of the lab and nothing that belongs to this."""
    named = [code.upper() for code in _CODE.findall(upload.name)]
    own = _codes_of(subject)
    if not named or not own.isdisjoint(named):
        return ""
    for rows in (Batch.objects, Device.objects, Material.objects):
        other = rows.visible_to(user).filter(code__in=named).first()
        if other is not None:
            return f"{clean_name(upload.name)} is named for {other.code}, and this is {subject}."
    return ""


def _codes_of(subject: Measured) -> set[str]:
    """Return the codes that a file of this may bear: its own, and what it was made from."""
    if isinstance(subject, Pixel | Layer):
        return _codes_of(subject.device)
    codes = {subject.code}
    if isinstance(subject, Device):
        codes |= set(
            subject.layers.exclude(source_batch=None).values_list("source_batch__code", flat=True)
        )
    if isinstance(subject, Material) and subject.produced_by is not None:
        codes.add(subject.produced_by.code)
    return codes

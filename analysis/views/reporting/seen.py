"""What was seen of a flask, the air around it, and the photos and files that were kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Max, Min
from django.db.models.fields.json import KeyTextTransform
from django.urls import reverse
from django.utils.translation import gettext as _

from analysis.views.reporting.words import by, joined, when
from labnotebook.records.files import open_blob
from labnotebook.records.presentation.document import (
    Block,
    Column,
    Picture,
    Pictures,
    Section,
    Table,
)
from labnotebook.records.presentation.numbers import plain_number
from labnotebook.records.refusals import FileDamaged, StorageAway
from synthesis.models import SENSOR, Attachment, Batch, Condition
from synthesis.views.step_words import air_unit


def looks_and_air(batch: Batch) -> Section:
    """Return what the flask looked like, the air around it, and the photos and files that were kept."""
    looks = batch.observations.that_count().select_related("step_run", "event__by")
    typed = batch.conditions.that_count().by_people()
    columns = (Column(_("When, by whom"), 1.6), Column(_("Of"), 2), Column(_("Seen"), 3))
    rows = [
        (
            by(one.event.by, one.at),
            one.step_run.text if one.step_run else _("the flask"),
            joined(one.get_appearance_display().lower(), one.colour, one.note),
        )
        for one in looks
    ]
    rows += [
        (by(one.event.by, one.at), str(Condition.Name(one.name).label), _reading(one))
        for one in typed.select_related("event__by")
    ]
    rows += [_sensed(row) for row in _of_sensors(batch)]
    blocks: list[Block] = [Table(columns, rows, _("Nothing was recorded."))]
    files = batch.attachments.that_count().select_related("file", "step_run", "event__by")
    if files:
        heads = (
            Column(_("When, by whom"), 1.6),
            Column(_("Of"), 1.6),
            Column(_("Photo or file"), 1.6),
            Column("SHA-256", 2.2),
        )
        blocks.append(Table(heads, list(map(_file_row, files))))
    if photos := [_picture(one) for one in files if one.file.is_picture]:
        blocks.append(Pictures(photos))
    return Section(_("Seen, and the air"), blocks)


def _of_sensors(batch: Batch) -> Any:
    """Return what each sensor said of each quantity: how often, from when to when, lowest and highest."""
    rows = batch.conditions.that_count().by_sensors()
    return (
        rows.order_by()
        .values("name", sensor=KeyTextTransform(SENSOR, "event__value"))
        .annotate(
            n=Count("pk"), first=Min("at"), last=Max("at"), low=Min("value"), high=Max("value")
        )
        .order_by("first", "name")
    )


def _sensed(row: dict[str, Any]) -> tuple[str, str, str]:
    span = f"{when(row['first'])} – {when(row['last'], after=row['first'])}"
    said = _("%(low)s to %(high)s %(unit)s, %(n)d readings") % {
        "low": plain_number(row["low"].normalize()),
        "high": plain_number(row["high"].normalize()),
        "unit": Condition.Name(row["name"]).unit,
        "n": row["n"],
    }
    return (f"{row['sensor']}, {span}", str(Condition.Name(row["name"]).label), said)


def _file_row(one: Attachment) -> Sequence[str]:
    place = one.step_run.text if one.step_run else _("the flask")
    return (by(one.event.by, one.at), place, joined(one.file.name, one.note), one.file.sha256)


def _picture(one: Attachment) -> Picture:
    def read() -> bytes:
        try:
            with open_blob(one.file.sha256, one.file.name) as blob:
                return blob.read()
        except (FileDamaged, StorageAway) as refusal:
            raise OSError(refusal.sentence) from refusal

    caption = joined(when(one.at), one.note or one.file.name)
    return Picture(
        reverse("analysis:file-download", args=[one.file_id]), one.file.name, caption, read
    )


def _reading(one: Condition) -> str:
    return f"{one.text}\u202f{air_unit(one.name, one.text)}".rstrip("\u202f")

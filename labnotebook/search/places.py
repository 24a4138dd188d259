"""The places in which words are looked for: notes, reasons, looks, names. Each has an index of triplets.

Which place it was is said beside what was found. A text that was taken back, superseded or withdrawn is
not looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model, Q, QuerySet, TextField
from django.db.models.expressions import Expression, RawSQL
from django.db.models.functions import Cast, Lower
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from analysis.models import (
    Analysis,
    HistoryRow,
    Measurement,
    Outcome,
    PhaseAssignment,
    StructureEvidence,
)
from devices.models import Device, Pixel
from labnotebook.records.models import StoredFile
from labnotebook.search.words import Words
from synthesis.models import (
    Addition,
    Attachment,
    Batch,
    BatchArchive,
    BenchEvent,
    Deviation,
    Material,
    Movement,
    Observation,
    StepRun,
)

IN_THE_TITLE = ""  # a place whose words stand in the line of what was found anyway


@dataclass(frozen=True, slots=True)
class Place:
    """One column of one table, and the record that a text in it speaks of."""

    name: str | Promise
    rows: QuerySet[Any]
    text: str | Expression
    key: str = "batch"  # the path to the record
    at: str | None = None  # when it was said
    shown: Callable[[str], str] = str  # how the text is read
    is_found: bool = False  # the rows are those that are looked for

    @property
    def said(self) -> Expression | F:
        """The text as an expression."""
        return F(self.text) if isinstance(self.text, str) else self.text

    def holding(self, words: Words) -> QuerySet[Any]:
        """Return the rows whose text holds every one of the words."""
        if self.is_found:
            return self.rows
        lowered = self.said if isinstance(self.said, RawSQL) else Lower(self.said)
        wanted = Q()
        for word in words.each:
            wanted &= Q(lowered__contains=word)
        return self.rows.alias(lowered=lowered).filter(wanted)


def _written(model: type[Model], *names: str, **only: Any) -> list[QuerySet[Any]]:
    """Return for each column the rows in which something is written."""
    return [model._default_manager.filter(**only).exclude(**{name: ""}) for name in names]


def _places(
    model: type[Model], key: str, at: str | None, names: dict[str, Any], **only: Any
) -> list[Place]:
    rows = _written(model, *names, **only)
    return [
        Place(name, written, column, key, at)
        for (column, name), written in zip(names.items(), rows, strict=True)
    ]


NOTES = BenchEvent.objects.that_count().filter(kind=BenchEvent.Kind.NOTE)
REASONS = BenchEvent.objects.filter(taken_back_by=None).exclude(reason="")
# A column of the database's own, in lower case already.
SEARCHED = RawSQL('"analysis_historyrow"."searched"', [], TextField())

OF_BATCHES = [
    Place(IN_THE_TITLE, HistoryRow.objects.all(), SEARCHED),
    Place(_("note"), NOTES, Cast("value", TextField()), at="at", shown=json.loads),
    Place(_("reason"), REASONS, "reason", at="at"),
    *_places(
        Observation,
        "batch",
        "at",
        {"note": _("note on the look"), "colour": _("colour")},
        event__taken_back_by=None,
    ),
    *_places(
        Attachment,
        "batch",
        "at",
        {"note": _("note on a photo or file")},
        event__taken_back_by=None,
    ),
    *_places(
        Deviation,
        "batch",
        "at",
        {"sentence": _("deviation"), "reason": _("reason of a deviation")},
        withdrawn_at=None,
    ),
    *_places(Addition, "batch", None, {"skipped_reason": _("reason for leaving out")}),
    *_places(StepRun, "batch", None, {"skipped_reason": _("reason for leaving out")}),
    *_places(Batch, "pk", None, {"abandoned_reason": _("reason for giving up")}),
    *_places(BatchArchive, "batch", "archived_at", {"archived_reason": _("reason for archiving")}),
    *_places(
        PhaseAssignment,
        "batch",
        "accepted_at",
        {"reason": _("evidence of the phase")},
        superseded_at=None,
    ),
    *_places(
        StructureEvidence,
        "phase_assignment__batch",
        "named_at",
        {"note": _("evidence of the structure")},
        withdrawn_at=None,
        phase_assignment__superseded_at=None,
    ),
    *_places(
        Outcome,
        "batch",
        "accepted_at",
        {"note": _("note on a number")},
        superseded_at=None,
        batch__isnull=False,
    ),
    *_places(
        Measurement,
        "batch",
        "created_at",
        {"conditions": _("conditions of a measurement")},
        batch__isnull=False,
    ),
    *_places(
        Analysis,
        "measurement__batch",
        "rejected_at",
        {"rejected_reason": _("reason for rejecting")},
        measurement__batch__isnull=False,
    ),
]
OF_DEVICES = [
    *_places(
        Device,
        "pk",
        None,
        {
            "code": IN_THE_TITLE,
            "name": IN_THE_TITLE,
            "note": _("note"),
            "archived_reason": _("reason for archiving"),
        },
    ),
    *_places(Pixel, "device", None, {"note": _("note on a pixel")}),
    *_places(
        Outcome,
        "pixel__device",
        "accepted_at",
        {"note": _("note on a number")},
        superseded_at=None,
        pixel__isnull=False,
    ),
    *_places(
        Measurement,
        "pixel__device",
        "created_at",
        {"conditions": _("conditions of a measurement")},
        pixel__isnull=False,
    ),
]
OF_MATERIALS = [
    *_places(
        Material,
        "pk",
        None,
        {
            "code": IN_THE_TITLE,
            "name": IN_THE_TITLE,
            "lot_number": _("lot number"),
            "catalogue_number": _("catalogue number"),
            "supplier": _("supplier"),
            "place": _("place"),
            "note": _("note"),
            "archived_reason": _("reason for archiving"),
        },
    ),
    *_places(Movement, "material", "at", {"reason": _("reason")}),
]
OF_FILES = _places(
    StoredFile,
    "pk",
    None,
    {"name": IN_THE_TITLE},
    of_batch__event__taken_back_by=None,
    of_material__withdrawn_at=None,
)

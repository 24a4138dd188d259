"""How far the question of the phase has come while nobody has answered it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models.fields.json import KT
from django.utils.translation import gettext as _

from analysis.models import Analysis
from analysis.techniques.xrd.technique import XRD
from synthesis.models import Batch


class Evidence(NamedTuple):
    """What the XRD files of a batch say so far, in words, and the one that is spoken of."""

    words: str
    measurement: int | None = None


def evidence_of(batch: Batch) -> Evidence:
    """Return it, in one query; a pattern that gives no phase is another answer than no pattern."""
    return evidence_of_all([batch.pk])[batch.pk]


def evidence_of_all(batches: Sequence[int]) -> dict[int, Evidence]:
    """Return it for each of these batches, in one query; none when there are no batches."""
    if not batches:
        return {}
    rows = Analysis.objects.filter(measurement__batch__in=batches, measurement__technique=XRD.name)
    runs = rows.order_by("-pk").values_list(
        "measurement__batch",
        "measurement",
        "state",
        "accepted_at",
        "rejected_at",
        KT("result__phase"),
    )
    found: dict[int, list[tuple[tuple[int, str], int]]] = {}
    for batch, measurement, *said in runs:
        found.setdefault(batch, []).append((_words(*said), measurement))
    return {batch: _first(found.get(batch, [])) for batch in batches}


def _first(found: list[tuple[tuple[int, str], int]]) -> Evidence:
    """A phase that waits for a person comes before what has none; among equals the newest run."""
    if not found:
        return Evidence(_("not measured"))
    (_place, words), measurement = min(found, key=lambda one: one[0][0])
    return Evidence(words, measurement)


def _words(state: str, accepted: object, rejected: object, phase: str | None) -> tuple[int, str]:
    if state in (Analysis.State.WAITING, Analysis.State.RUNNING):
        return 2, _("measured, being read")
    if state == Analysis.State.FAILED:
        return 3, _("measured, not readable")
    if rejected:
        return 4, _("measured, rejected")
    if phase and not accepted:
        return 0, _("read, not yet accepted")
    return 1, _("measured, undetermined")

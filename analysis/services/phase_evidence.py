"""How far the question of the phase has come while nobody has answered it."""

from __future__ import annotations

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
    rows = Analysis.objects.filter(measurement__batch=batch, measurement__technique=XRD.name)
    runs = rows.order_by("-pk").values_list(
        "measurement", "state", "accepted_at", "rejected_at", KT("result__phase")
    )
    found = [(_words(*said), measurement) for measurement, *said in runs]
    if not found:
        return Evidence(_("not measured"))
    # A phase that waits for a person comes before what has none; among equals the newest run.
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

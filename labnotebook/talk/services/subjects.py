"""Find what is talked about."""

from __future__ import annotations

from typing import Any

from analysis.models import Measurement
from devices.models import Device
from labnotebook.records.asked import whole_number
from labnotebook.records.refusals import Refusal
from labnotebook.talk.models.about import KINDS, Talked
from synthesis.models import Batch

# What a list of comments or tasks loads, so that each can name its subject.
NAMED_BY = (
    "batch",
    "device",
    "measurement__batch",
    "measurement__device",
    "measurement__pixel__device",
    "measurement__lot",
    "measurement__layer__device",
)
HEAVY = (
    "batch__plan",
    "batch__composition",
    "measurement__batch__plan",
    "measurement__batch__composition",
)


def find_subject(user: Any, kind: str, key: str) -> Talked | None:
    """Return the record of this kind (batch, device, measurement) and code or number that ``user`` may read."""
    if kind == "measurement":
        rows = Measurement.objects.visible_to(user).filter(pk=whole_number(str(key)))
        rows = rows.select_related(
            "project", "batch", "device", "pixel__device", "lot", "layer__device"
        )
        return rows.first()
    model = Batch if kind == "batch" else Device
    return model.objects.visible_to(user).select_related("project").filter(code=key).first()


def pick_talked(user: Any, named: dict[str, Any]) -> Talked:
    """Return the one record that is named by ``batch``, ``device`` (codes) or ``measurement`` (a number)."""
    given = [name for name in KINDS.values() if named.get(name) not in (None, "")]
    if len(given) != 1:
        raise Refusal(
            "Say what it is about: exactly one of batch, device and measurement.",
            field=given[1] if len(given) > 1 else "batch",
        )
    (name,) = given
    found = find_subject(user, name, str(named[name]))
    if found is None:
        raise Refusal(f"There is no {name} {str(named[name])[:60]!r} for you.", field=name)
    return found


def about(subject: Talked) -> dict[str, Any]:
    """Return the columns of a row about this record."""
    return {KINDS[type(subject)]: subject, "project": subject.project}

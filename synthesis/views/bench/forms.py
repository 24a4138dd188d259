"""From a form of the bench to the entries that it means."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from labnotebook.records.codes import code_on
from synthesis.models import Batch, StepRunParameter
from synthesis.views.batch_lines import lines_of
from synthesis.views.bench.asked import asked_amount, asked_number

PLAIN = ("id", "kind", "target", "reason", "at")
FLAGS = ("portion", "repeat")


@dataclass(frozen=True, slots=True)
class FormEntries:
    """What one form says, and where the person goes on afterwards."""

    kind: str
    target: str
    typed: str
    reason: str
    place: str
    more: str
    is_sure: bool
    goes_on: bool
    portion: bool
    entries: list[dict[str, Any]] = field(default_factory=list)

    @property
    def about(self) -> str:
        """The key of the reagent or step that it speaks of."""
        return self.target.partition(".")[0]


def read_form(batch: Batch, said: Mapping[str, str]) -> FormEntries:
    """Read a form; what it leaves out is left out of its entry, and the record refuses it in words."""
    if said.get("bottleless"):
        said = {name: text for name, text in said.items() if name != "value_lot"}
    form = FormEntries(
        kind=said.get("kind", ""),
        target=said.get("target", ""),
        typed=said.get("value", said.get("value_sentence", "")),
        reason=said.get("reason", ""),
        place=said.get("place", "")[:200],
        more=said.get("more", ""),
        is_sure=bool(said.get("sure")),
        goes_on=said.get("then") == "next",
        portion=bool(said.get("portion")),
    )
    do = said.get("do", "")
    if do in _SEVERAL:
        form.entries.extend(_SEVERAL[do](batch, said))
    else:
        form.entries.append(_entry(batch, said))
    return form


def _entry(batch: Batch, said: Mapping[str, str]) -> dict[str, Any]:
    entry: dict[str, Any] = {name: said[name] for name in PLAIN if said.get(name)}
    entry["value"] = _value(said)
    entry |= {name: True for name in FLAGS if said.get(name)}
    if "old" in said and not said.get("portion"):
        entry["old"] = said["old"]
    kind, target = entry.get("kind"), entry.get("target", "")
    if said.get("as_planned"):
        planned = planned_text(batch, target)
        parts = {"text": planned, "lot": said["value_lot"]} if said.get("value_lot") else planned
        return entry | {"value": parts, "as_planned": True}
    typed = said.get("value", "").strip()
    if kind in ("weighing", "parameter") and not typed and entry.get("old"):
        # An emptied field: what was recorded there is taken back.
        entry |= {"kind": "withdraw", "value": None}
        entry.pop("old")
    elif kind == "parameter":
        entry["value"] = asked_for(batch, target).complete(said.get("value", ""))
    return entry


def _value(said: Mapping[str, str]) -> Any:
    """Return the value of a form entry: plain text, or the parts that the form has."""
    parts = {
        name.removeprefix("value_"): text
        for name, text in said.items()
        if name.startswith("value_") and text
    }
    if said.get("kind") == "weighing" and parts:
        return {"text": said.get("value", ""), **parts}
    if said.get("kind") == "lot":
        return said.get("value") or code_on(parts.get("text", ""))
    return parts or said.get("value", "")


def asked_for(batch: Batch, target: str) -> Any:
    """Return what the field of a step's number asks; the record refuses what the batch does not have."""
    key, _dot, name = target.partition(".")
    run = batch.step_runs.filter(key=key).first()
    planned = (
        StepRunParameter.objects.filter(step_run=run, name=name)
        .values_list("planned_value", flat=True)
        .first()
    )
    return asked_number(run.operation if run else "", name, planned)


def planned_text(batch: Batch, target: str) -> str:
    """Return the plan of a reagent or of a step's number, as people say it; empty when there is none."""
    if "." in target:
        text = asked_for(batch, target).plan
    else:
        lines = [line for line in lines_of(batch) if line.addition.key == target]
        text = asked_amount(lines[0]).plan if lines and lines[0].addition.planned_value else ""
    return spaced(text)


def spaced(text: str) -> str:
    """Return text with plain spaces, as one types it."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def _again(said: Mapping[str, Any], kind: str, target: str, **more: Any) -> dict[str, Any]:
    """Return one of several entries of a form, under an id that stays the same when it is sent twice."""
    try:
        identity = uuid.UUID(said.get("id", ""))
    except ValueError:
        return {"id": said.get("id", ""), "kind": kind, "target": target}
    named = uuid.uuid5(identity, f"{kind} {target}")
    at = said.get("at") or timezone.now().isoformat()
    return {"id": str(named), "kind": kind, "target": target, "value": None, "at": at, **more}


def _inject(batch: Batch, said: Mapping[str, str]) -> list[dict[str, Any]]:
    inject, react = said.get("inject", ""), said.get("react", "")
    kinds = (("step_start", inject), ("step_finish", inject), ("step_start", react))
    return _at_once(said, kinds)


def _quench(batch: Batch, said: Mapping[str, str]) -> list[dict[str, Any]]:
    kinds = (("step_finish", said.get("react", "")), ("step_start", said.get("quench", "")))
    return _at_once(said, kinds)


def _at_once(said: Mapping[str, str], kinds: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return entries of one moment."""
    now = timezone.now().isoformat()
    return [_again({"at": now, **said}, kind, target) for kind, target in kinds]


def _done_as_planned(batch: Batch, said: Mapping[str, str]) -> list[dict[str, Any]]:
    """Say of every number of a step that is not recorded that it was as planned, and end the step."""
    key = said.get("target", "")
    names = [name for name in said.get("numbers", "").split() if name]
    numbers = [
        _again(
            said,
            "parameter",
            f"{key}.{name}",
            value=planned_text(batch, f"{key}.{name}"),
            as_planned=True,
        )
        for name in names
    ]
    return [*numbers, _again(said, "step_finish", key)]


_SEVERAL = {"inject": _inject, "quench": _quench, "done_as_planned": _done_as_planned}

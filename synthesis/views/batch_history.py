"""The words for what happened to a batch: planned, weighed, corrected, done, left out, noticed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model, OuterRef, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labnotebook.records.models import Revision
from labnotebook.records.presentation.numbers import plain_number
from labnotebook.records.services.telling import Said, Step, Teller, in_words
from synthesis.chemistry.typed import names_a_unit
from synthesis.models import (
    NOT_RECORDED,
    Addition,
    Attachment,
    Batch,
    BatchArchive,
    Condition,
    Deviation,
    Instrument,
    Material,
    StepRun,
    StepRunParameter,
)
from synthesis.services.unplanned import STAGE
from synthesis.views.step_words import air_unit, unit_of, word_of

PORTIONS = " + "  # between the portions of an amount
UNITS = {"mg": "mg", "ml": "mL"}
ONE_WRITE = timedelta(seconds=1)  # an entry and what follows from it
STATES = {
    Batch.State.RUNNING: gettext_noop("started"),
    Batch.State.MADE: gettext_noop("finished"),
    Batch.State.SIGNED: gettext_noop("signed"),
    Batch.State.ABANDONED: gettext_noop("abandoned"),
}


def parts_of(batch: Batch | OuterRef) -> dict[type[Model], QuerySet[Any]]:
    """Return the rows beside a batch whose changes are told, by their model."""
    rows: dict[type[Model], QuerySet[Any]] = {
        model: model._default_manager.filter(batch=batch)
        for model in (Addition, StepRun, Deviation, Condition, BatchArchive, Attachment)
    }
    return rows | {StepRunParameter: StepRunParameter.objects.filter(step_run__batch=batch)}


def tellers_of(batch: Batch, revisions: Sequence[Revision]) -> Mapping[str, Teller]:
    """Return who tells of each table; bottles, instruments and steps are looked up once for all."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for revision in revisions:
        rows.setdefault(revision.table_name, []).append(revision.row)
    additions = rows.get(Addition._meta.db_table, [])
    words = _Words(
        Material.objects.in_bulk({r["material_id"] for r in additions if r.get("material_id")}),
        Instrument.objects.in_bulk(
            {r["instrument_id"] for r in additions if r.get("instrument_id")}
        ),
        {r["id"]: r["text"].rstrip(".") for r in rows.get(StepRun._meta.db_table, [])},
        list(batch.events.values_list("target", "received_at", "reason")),
        {one.pk: one for one in batch.attachments.select_related("file", "step_run")},
    )
    tellers: dict[Any, Teller] = {
        Batch: lambda step: _batch(batch, step),
        Addition: words.addition,
        StepRun: words.step,
        StepRunParameter: words.parameter,
        Deviation: _deviation,
        Condition: _condition,
        BatchArchive: lambda step: _archive(batch, step),
        Attachment: words.attachment,
    }
    return {model._meta.db_table: teller for model, teller in tellers.items()}


def _batch(batch: Batch, step: Step) -> Iterable[Said]:
    new = step.new
    if step.operation == "insert":
        leading = batch.leading
        target = f", {leading.name} {plain_number(leading.asked)}" if leading else ""
        yield Said(_("planned"), batch.code, target, key="planned")
        return
    if step.changed("state"):
        word = STATES.get(new["state"], new["state"])
        why = new["abandoned_reason"] if new["state"] == Batch.State.ABANDONED else ""
        yield Said(_(word), batch.code, f": {why}" if why else "")
    if step.changed("precursor_appearance"):
        look = new["precursor_appearance"]
        if step.old.get("precursor_appearance"):
            yield Said(
                _("corrected the look of the precursor"),
                tail=_changed(step, "precursor_appearance"),
            )
        elif look:
            yield Said(_("saw the precursor"), look)
    if step.changed("targets") and step.operation == "update":
        yield Said(_("changed what was asked for"))


def _archive(batch: Batch, step: Step) -> Iterable[Said]:
    if not step.changed("archived_at"):
        return
    if step.new["archived_at"]:
        yield Said(_("archived"), batch.code, f": {step.new['archived_reason']}")
    elif step.old:
        yield Said(_("took out of the archive:"), batch.code, f": {step.reason}")


def _changed(step: Step, name: str, old: str = "", new: str = "") -> str:
    """Return " from 553 mg to 55.1 mg, 2 min later"."""
    told = _(" from %(old)s to %(new)s") % {
        "old": old or step.old.get(name) or "—",
        "new": new or step.new.get(name) or "—",
    }
    since = step.since(name)
    return f"{told}, {since}" if since else told


class _Words:
    """What additions, steps and their numbers are called."""

    def __init__(
        self,
        materials: Mapping[int, Material],
        instruments: Mapping[int, Instrument],
        steps: Mapping[int, str],
        entries: Sequence[tuple[str, datetime, str]],
        kept: Mapping[int, Attachment],
    ) -> None:
        self.kept = kept
        self.materials, self.instruments, self.steps = materials, instruments, steps
        self.entries = entries  # of the bench: target, when it came, why

    def addition(self, step: Step) -> Iterable[Said]:
        """Tell of one reagent."""
        new, old, name = step.new, step.old, _reagent(step.new)
        if step.operation == "insert":
            if new.get("stage") == STAGE:
                yield Said(_("added"), name, _(", which was not planned"))
            if not new.get("weighed_text"):
                return
        if step.changed("weighed_text"):
            yield self._amount(step, name)
        elif step.changed("material_id") and step.operation == "update":
            yield self._bottle(step, name)
        if step.changed("skipped_reason") and new.get("skipped_reason"):
            yield _left_out(name, new["skipped_reason"])
        elif (
            old.get("skipped_reason") and not new.get("skipped_reason") and not new["weighed_text"]
        ):
            yield Said(_("took back that it was left out:"), name)

    def _amount(self, step: Step, name: str) -> Said:
        before, after = _amount(step.old), _amount(step.new)
        why = self._why(step, step.new["key"])
        if not after:
            return Said(_("took back"), name, f", {before}{why}")
        if not before:
            verb = _("weighed") if step.new["unit"] == "mg" else _("measured")
            return Said(verb, name, f", {after}{self._how(step.new)}{why}")
        old, new = step.old["weighed_text"], step.new["weighed_text"]
        if new.startswith(old + PORTIONS):
            return Said(_("added to"), name, f": {new}{why}")
        return Said(_("corrected"), name, _changed(step, "weighed_text", before, after) + why)

    def _why(self, step: Step, target: str) -> str:
        """Return the reason of the bench entry that this followed from: the last one before it."""
        before = [
            (step.at - received_at, reason)
            for about, received_at, reason in self.entries
            if about == target and received_at <= step.at
        ]
        apart, reason = min(before, default=(ONE_WRITE, ""))
        return f": {reason}" if reason and apart < ONE_WRITE else ""

    def _how(self, row: Mapping[str, Any]) -> str:
        """Return the bottle and the instrument, and whether it was only said."""
        bottle = self.materials.get(row.get("material_id") or 0)
        instrument = self.instruments.get(row.get("instrument_id") or 0)
        told = _(" from %(bottle)s") % {"bottle": bottle.code} if bottle else ""
        told += _(", on %(instrument)s") % {"instrument": instrument.name} if instrument else ""
        return told + (_(", said as planned") if row.get("said_as_planned") else "")

    def _bottle(self, step: Step, name: str) -> Said:
        old, new = (self.materials.get(row.get("material_id") or 0) for row in (step.old, step.new))
        if new is None:
            return Said(_("took back the bottle of"), name)
        instead = _(" instead of %(code)s") % {"code": old.code} if old else ""
        why = self._why(step, step.new["key"])
        return Said(_("took"), name, _(" from %(code)s") % {"code": new.code} + instead + why)

    def step(self, step: Step) -> Iterable[Said]:
        """Tell of one step."""
        new, old = step.new, step.old
        key, name = f"step {new['id']}", new["text"].rstrip(".")
        if step.operation == "insert":
            if new.get("repeat_of_id"):
                yield Said(_("did once more:"), name)
            elif new.get("stage") == STAGE:
                yield Said(_("added the step"), name)
        if step.changed("finished_at") and new.get("finished_at"):
            if old.get("finished_at"):
                yield Said(_("corrected the end of"), name, _moved(step, "finished_at"))
            else:
                yield Said(_("done:"), name, _took(new), closes=key)
        elif step.changed("started_at") and new.get("started_at"):
            if old.get("started_at"):
                yield Said(_("corrected the start of"), name, _moved(step, "started_at"))
            else:
                yield Said(_("started:"), name, key=key)
        elif step.changed("started_at", "finished_at"):
            yield Said(_("took back the times of"), name)
        if step.changed("skipped_reason") and new.get("skipped_reason"):
            yield _left_out(name, new["skipped_reason"])

    def attachment(self, step: Step) -> Iterable[Said]:
        """Tell of a photo or a file."""
        kept = self.kept[step.new["id"]]
        place = f" ({kept.step_run.text.rstrip('.')})" if kept.step_run else ""
        note = f": {kept.note}" if kept.note else ""
        yield Said(
            _("kept the photo") if kept.file.is_picture else _("kept the file"),
            kept.file.name,
            place + note,
        )

    def parameter(self, step: Step) -> Iterable[Said]:
        """Tell of one number of a step."""
        new = step.new
        if not step.changed("actual_text"):
            return
        place = self.steps.get(new["step_run_id"], "")
        name = (
            f"{word_of(new['name']).lower()} ({place})" if place else word_of(new["name"]).lower()
        )
        before, after = (_number(row) for row in (step.old, new))
        if not before and not after:
            return
        if not after:
            yield Said(_("took back the"), name, f", {before}")
        elif before:
            yield Said(_("corrected the"), name, _changed(step, "actual_text", before, after))
        else:
            how = _(", said as planned") if new.get("origin") == "as_planned" else ""
            by_clock = _(", from start to end") if new.get("origin") == "clock" else ""
            yield Said(_("read the"), name, f": {after}{how}{by_clock}")


def _reagent(row: Mapping[str, Any]) -> str:
    salt = row.get("formula") and "source" in (row.get("role") or "")
    return row["formula"] if salt else row["name"]


def _amount(row: Mapping[str, Any]) -> str:
    text = row.get("weighed_text") or ""
    return text if not text or names_a_unit(text) else f"{text} {UNITS[row['unit']]}"


def _number(row: Mapping[str, Any]) -> str:
    text = row.get("actual_text") or ""
    return text if not text or names_a_unit(text) else f"{text} {unit_of(row['name'])}".strip()


def _left_out(name: str, reason: str) -> Said:
    if reason.startswith(NOT_RECORDED):
        return Said(_("did not record"), name, f": {reason.removeprefix(NOT_RECORDED).strip()}")
    return Said(_("left out"), name, f": {reason}")


def _took(row: Mapping[str, Any]) -> str:
    """Return how long a step took, when both ends are known."""
    start, end = (parse_datetime(row.get(n) or "") for n in ("started_at", "finished_at"))
    if start is None or end is None:
        return ""
    seconds = (end - start).total_seconds()
    if seconds < 120:
        return f", {seconds:.1f} s"
    return f", {seconds / 60:.0f} min" if seconds < 7200 else f", {seconds / 3600:.1f} h"


def _moved(step: Step, name: str) -> str:
    old, new = (parse_datetime(row.get(name) or "") for row in (step.old, step.new))
    if old is None or new is None:
        return ""
    return _(" by %(gap)s") % {"gap": in_words(abs(new - old))}


def _deviation(step: Step) -> Iterable[Said]:
    new = step.new
    sentence, why = new["sentence"], new.get("reason") or ""
    if step.operation == "insert":
        grave = new["severity"] == Deviation.Severity.MAJOR
        verb = _("noted a major deviation:") if grave else _("noted a deviation:")
        if new.get("automatic"):
            verb = _("major deviation:") if grave else _("deviation:")
        tail = f" ({why})" if why and why != sentence else ""
        yield Said(verb, tail=f" {sentence}{tail}")
    elif step.changed("withdrawn_at") and new.get("withdrawn_at"):
        yield Said(_("no deviation any more:"), tail=f" {sentence}")
    elif step.changed("reason"):
        yield Said(_("said why:"), tail=f" {sentence}: {why}")
    elif step.changed("severity", "sentence"):
        yield Said(_("the deviation is now"), tail=f" {new['severity']}: {sentence}")


def _condition(step: Step) -> Iterable[Said]:
    new = step.new
    if step.operation == "insert":
        text = new["text"]
        name = str(Condition.Name(new["name"]).label).lower()
        yield Said(_("noted the"), name, f": {text} {air_unit(new['name'], text)}".rstrip())

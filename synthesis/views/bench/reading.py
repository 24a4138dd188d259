"""What the page reads of a batch: its reagents and steps with their forms, each read once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from synthesis.chemistry.sources import Balance
from synthesis.models import Attachment, Batch, BenchEvent, Instrument
from synthesis.services.bench import shown
from synthesis.services.bench_page import bottles_for, leading_ratio
from synthesis.services.cautions import BottleWatch, Needed
from synthesis.services.instruments import usual_instrument
from synthesis.services.operations import lab_operations
from synthesis.views.batch_lines import lines_of
from synthesis.views.batch_log import Step, steps_of
from synthesis.views.bench.asked import asked_amount, asked_number
from synthesis.views.bench.bottles import bottles_of
from synthesis.views.bench.doing import Doing, NumberField
from synthesis.views.bench.fields import Field, Sent
from synthesis.views.bench.weighing import Weighing


class Reading:
    """One batch as its bench shows it, with what a form just sent."""

    def __init__(self, request: HttpRequest, batch: Batch, sent: Sent) -> None:
        self.batch, self.sent = batch, sent
        self.is_answered = False  # whether a form of the page says what was refused
        self.lines, self.steps = lines_of(batch), steps_of(batch)
        self.newest = _newest(batch)
        self.operations = lab_operations()
        self.instruments = list(Instrument.objects.in_use())
        self.shelf = bottles_for(request.user, batch)

    def field(self, kind: str, target: str = "") -> Field:
        """Return the form of one kind of entry for one target."""
        event = self.newest.get((kind, target))
        mine = (self.sent.kind, self.sent.target) == (kind, target)
        waits = mine and (self.sent.error or self.sent.question)
        self.is_answered = self.is_answered or bool(waits)
        return Field(
            kind, target, shown(event.value) if event else "", self.sent if waits else None
        )

    def weighings(self) -> list[Weighing]:
        """Return the reagents, planned and added."""
        planned = {line["key"]: line for line in self.batch.plan["reagents"]}
        balance, ratio = Balance.from_dict(self.batch.plan["balance"]), leading_ratio(self.batch)
        cautions = self._cautions()
        found = []
        for line in self.lines:
            addition = line.addition
            kind = Instrument.Kind.measuring(addition.unit)
            bottles = bottles_of(
                self.batch,
                addition,
                planned.get(addition.key, {}),
                self.shelf,
                ratio,
                is_confirmed=self._names_its_bottle(addition.key),
            )
            found.append(
                Weighing(
                    line,
                    asked_amount(line),
                    self.field("weighing", addition.key),
                    self.field("lot", addition.key),
                    bottles,
                    [one for one in self.instruments if one.kind == kind],
                    usual_instrument(self.batch.plan["balance"], kind, self.instruments),
                    cautions.get(addition.key, []),
                    balance,
                )
            )
        return found

    def _names_its_bottle(self, key: str) -> bool:
        """Whether somebody at the bench said from which bottle a reagent comes."""
        weighed = self.newest.get(("weighing", key))
        with_amount = (
            isinstance(weighed.value, dict) and weighed.value.get("lot") if weighed else ""
        )
        said = self.newest.get(("lot", key))
        return bool(with_amount or (said and shown(said.value)))

    def _cautions(self) -> dict[str, list[str]]:
        """Say by reagent which bottle is past its date, or holds less than is still to be taken."""
        waiting = [
            line.addition
            for line in self.lines
            if line.is_open and self.batch.is_open and line.addition.material
        ]
        chosen = {one.key: one.material for one in waiting if one.material}
        needed = {
            one.key: Needed(one.planned_value, one.unit)
            for one in waiting
            if one.planned_value is not None
        }
        watch = BottleWatch(chosen.values(), timezone.localdate(), batch=self.batch)
        said: dict[str, list[str]] = {}
        for caution in watch.cautions(chosen, needed):
            said.setdefault(caution.key, []).append(caution.message)
        return said

    def kept(self) -> dict[str, list[Attachment]]:
        """Return photos and files by the key of the reagent or step that they belong to."""
        found: dict[str, list[Attachment]] = {}
        for one in self.batch.attachments.that_count().select_related("file", "event"):
            found.setdefault(one.event.target, []).append(one)
        return found

    def doings(self) -> list[Doing]:
        """Return the steps, planned and added."""
        return [self._doing(step) for step in self.steps]

    def _doing(self, step: Step) -> Doing:
        run = step.run
        operation = self.operations.get(run.operation)
        said = {
            row["name"]: (_decimal(row["planned"]), _decimal(row["allowed"])) for row in run.numbers
        }
        numbers = [
            NumberField(
                one,
                asked_number(run.operation, one.name, *said[one.name]),
                self.field("parameter", f"{run.key}.{one.name}"),
            )
            for one in step.numbers
        ]
        return Doing(
            step,
            operation.label if operation else run.operation,
            *(self.field(kind, run.key) for kind in ("step_start", "step_finish", "observation")),
            numbers,
            operation.timed if operation else "",
        )


def _newest(batch: Batch) -> dict[tuple[str, str], BenchEvent]:
    """Return the newest entry of each kind for each target, of those that stand."""
    rows = (
        batch.events.that_count()
        .order_by("kind", "target", "-at", "-received_at", "-pk")
        .distinct("kind", "target")
    )
    newest = {(event.kind, event.target): event for event in rows}

    def stands(event: BenchEvent) -> bool:
        emptied = newest.get((BenchEvent.Kind.WITHDRAW, event.target))
        return emptied is None or (event.at, event.received_at) > (emptied.at, emptied.received_at)

    return {field: event for field, event in newest.items() if stands(event)}


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))

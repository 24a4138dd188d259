"""The air around the flask: each reading is a row with its time."""

from __future__ import annotations

from typing import Any

from labnotebook.records.refusals import Refusal
from synthesis.models import Batch, BenchEvent, Condition
from synthesis.services.bench_entries.entry import Entry
from synthesis.services.bench_entries.rows import read_number

Name = Condition.Name


def condition(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> None:
    """Record the humidity, the temperature, the oxygen or the water of the air."""
    if entry.target not in Name.values:
        raise Refusal(f"The conditions that are kept are {', '.join(Name.values)}.", field="target")
    text = entry.text.removesuffix("RH").strip()
    value = read_number(text, Name(entry.target).unit)
    if entry.target == Name.HUMIDITY and value > 100:
        raise Refusal("Relative humidity lies between 0 and 100 %.", field="value")
    if value > 1_000_000 or round(value, 4) != value:
        raise Refusal(f"“{text[:40]}” cannot be read so finely. Check the number.", field="value")
    Condition.objects.create(
        batch=batch, event=event, name=entry.target, text=entry.text[:40], value=value, at=entry.at
    )
    settle(batch, entry.target)


def settle(batch: Batch, name: str) -> None:
    """Let the newest humidity stand for the batch."""
    if name != Name.HUMIDITY:
        return
    rows = batch.conditions.that_count().filter(name=name)
    newest = rows.order_by("at", "pk").last()
    value = None if newest is None else round(newest.value, 2)
    if batch.humidity_percent != value:
        batch.set_fields(humidity_percent=value)

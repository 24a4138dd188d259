"""The page of the bench: one place of a batch, and the list of all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.http import HttpRequest

from labnotebook.records.views.current import may_write
from synthesis.chemistry.tolerances import AMOUNT_TOLERANCE, MAJOR_TIMES
from synthesis.models import Attachment, Batch, Condition, Deviation, Material
from synthesis.services.bench_page import MOST_BOTTLES, bench_version
from synthesis.views.batch_log import log_of, still_open
from synthesis.views.batch_ratios import leading_words
from synthesis.views.bench.fields import Sent
from synthesis.views.bench.finish import Finish
from synthesis.views.bench.places import Item, Place, items_of
from synthesis.views.bench.reading import Reading
from synthesis.views.bench.scale import Scale

BEFORE, AFTER = 2, 4  # how many lines of the list stand around the current one
MOST_NOTED = 12
COLOURS = ("Colourless", "Yellow", "Orange", "Red", "Brown")
SHORTER = {Condition.Name.HUMIDITY: "Humidity", Condition.Name.TEMPERATURE: "Room temperature"}


@dataclass(frozen=True, slots=True)
class Spot:
    """One place in its surroundings: the line of the list it belongs to, and where one goes from it."""

    item: Item
    place: Place
    before: Place | None
    after: Place | None
    is_portion: bool = False  # what is typed is added to what is there
    kept: Sequence[Attachment] = ()  # photos and files of what is done here

    @property
    def number(self) -> int:
        """Which of the places of its line it is, from 1."""
        return self.item.places.index(self.place) + 1

    @property
    def said(self) -> list[str]:
        """What was recorded last in the same line before it."""
        before = [p.weighing for p in self.item.places[: self.number - 1] if p.weighing]
        return [f"{one.title} {one.recorded}" for one in before if one.recorded][-2:]


@dataclass(frozen=True, slots=True)
class Bench:
    """All places of one batch, and the one that is shown."""

    items: list[Item]
    here: Place
    is_portion: bool = False
    kept: Mapping[str, list[Attachment]] = field(default_factory=dict)  # by key

    @property
    def places(self) -> list[Place]:
        """All places in their order."""
        return [place for item in self.items for place in item.places]

    @property
    def spots(self) -> list[Spot]:
        """Every place in its surroundings."""
        places = self.places
        items = [item for item in self.items for _place in item.places]
        after = [
            None if place.kind == "finish" else one for place, one in pairwise([*places, None])
        ]
        return [
            Spot(
                *one,
                is_portion=self.is_portion and one[1] is self.here,
                kept=[file for key in one[1].targets or [""] for file in self.kept.get(key, ())],
            )
            for one in zip(items, places, [None, *places[:-1]], after, strict=True)
        ]

    @property
    def add(self) -> Place:
        """The place where what is not planned is added."""
        return next(place for place in self.places if place.kind == "add")

    @property
    def at(self) -> int:
        """Which line of the list the place belongs to."""
        return next(n for n, item in enumerate(self.items) if self.here in item.places)

    @property
    def shown(self) -> range:
        """The lines of the list that are not folded away."""
        most = BEFORE + 1 + AFTER
        first = max(0, min(self.at - BEFORE, len(self.items) - most))
        return range(first, min(len(self.items), first + most))

    @property
    def last_shown(self) -> int:
        """The last line of the list that is not folded away."""
        return self.shown.stop - 1

    @property
    def after_shown(self) -> int:
        """How many lines are folded away behind it."""
        return len(self.items) - self.shown.stop

    @property
    def next_folded(self) -> Item:
        """The first line that is folded away behind it."""
        return self.items[min(self.shown.stop, len(self.items) - 1)]


def first_open(items: list[Item]) -> Place:
    """Return the first place where something is to do; what runs by itself may wait."""
    places = [place for item in items for place in item.places]
    for state in ("open", "running"):
        for place in places:
            if place.state == state:
                return place
    return places[-1]


def find_place(items: list[Item], key: str) -> Place | None:
    """Return the place with this key, or where this reagent or step is; None when the batch has none."""
    places = [place for item in items for place in item.places]
    named = next((place for place in places if place.key == key), None)
    return named or next((place for place in places if key in place.targets), None)


def page_of(
    request: HttpRequest,
    batch: Batch,
    key: str,
    sent: Sent,
    *,
    more: str = "",
    finish: Finish | None = None,
) -> dict[str, Any] | None:
    """Return what the page shows at one place, None when there is no such place."""
    reading = Reading(request, batch, sent)
    weighings = reading.weighings()
    items = items_of(batch, weighings, reading.doings())
    here = find_place(items, key) if key else first_open(items)
    if here is None:
        return None
    parts = [*reading.lines, *reading.steps]
    empty = sum(part.is_open or part.stays_empty for part in parts)
    words = leading_words(batch, reading.lines)
    writes = may_write(request, batch.project_id) and batch.is_open
    return {
        "batch": batch,
        "recipe": batch.recipe_version.recipe,
        "bench": Bench(items, here, more == "portion" or sent.portion, reading.kept()),
        "here": here,
        "version": bench_version(batch),
        **words,
        "scale": Scale.of(words["leading"]),
        "running": [p for item in items for p in item.places if p.state == "running"],
        "recorded": len(parts) - empty,
        "total": len(parts),
        "missing": still_open(reading.lines, reading.steps),
        "tolerances": AMOUNT_TOLERANCE,
        "far_times": MAJOR_TIMES,
        "more": more,
        "sent": sent,
        "fields": {
            kind: reading.field(kind, sent.target if sent.kind == kind else here.target)
            for kind in ("note", "skip", "deviation", "file")
        }
        | {kind: reading.field(kind) for kind in ("weighing", "step_start", "observation")},
        "notes": reading.field("note"),
        "finish": finish or (Finish.of(batch) if here.kind == "finish" else None),
        "conditions": [
            (
                name.value,
                SHORTER.get(name, name.label),
                name.unit,
                reading.field("condition", name.value),
            )
            for name in Condition.Name
        ],
        "appearances": Batch.Appearance.choices,
        "colours": COLOURS,
        "deviation_kinds": Deviation.Kind.choices,
        "deviations": batch.open_deviations,
        "noted": list(reversed(log_of(batch)[-MOST_NOTED:])),
        "shelf": Material.objects.visible_to(request.user)
        .filter(archived_at=None, emptied_at=None)
        .order_by("name", "pk")[:MOST_BOTTLES],
        "operations": list(reading.operations),
        "elsewhere": "" if reading.is_answered else sent.error or sent.question,
        "may_write": writes,
        "needs_reason": batch.state == Batch.State.MADE,
        "section": "batches",
    }

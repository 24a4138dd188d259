"""The places of the bench: one thing to do each, in the order of the recipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from labnotebook.records.free_names import free_name
from synthesis.models import Batch, Recipe
from synthesis.services.unplanned import STAGE
from synthesis.views.bench.doing import Doing, Growth
from synthesis.views.bench.weighing import Weighing

Kind = Literal["weigh", "step", "clock", "look", "air", "add", "finish"]
State = Literal["open", "running", "done", "out", "aside"]
LONGEST_LABELS = 12  # of the substrates of a step, in the list of steps
LOOSE = "weigh"  # before the dot, of reagents that no step names


@dataclass(frozen=True, slots=True)
class Place:
    """One thing to do, under the word that its address has. ``aside`` waits for nobody."""

    key: str
    kind: Kind
    title: str
    state: State
    weighing: Weighing | None = None
    doing: Doing | None = None
    growth: Growth | None = None

    @property
    def id(self) -> str:
        """An id for the page, made of the key."""
        return f"p-{self.key.replace('.', '--')}"

    @property
    def short(self) -> str:
        """What it is about, for the button that leads to it."""
        if self.weighing:
            return f"{self.title} {self.weighing.asked.plan}"
        first = self.title.split(" ", 1)[0]
        return (
            self.title
            if first[1:] != first[1:].lower()
            else self.title[:1].lower() + self.title[1:]
        )

    @property
    def targets(self) -> list[str]:
        """The keys of the reagent or the steps that are done here; the first is what a note is about."""
        if self.weighing:
            return [self.weighing.key]
        if self.growth:
            react, *others = (self.growth.react, self.growth.inject, self.growth.quench)
            return [react.key, *(one.key for one in others)]
        return [self.doing.key] if self.doing else []

    @property
    def target(self) -> str:
        """What a note or a reason at this place is about."""
        return next(iter(self.targets), "")


@dataclass(slots=True)
class Item:
    """One line of the list of steps: its places, the last of them the step itself."""

    word: str
    small: str
    places: list[Place] = field(default_factory=list)

    @property
    def state(self) -> State:
        """Open while anything of it is."""
        states = [place.state for place in self.places]
        for one in ("running", "open"):
            if one in states:
                return one  # type: ignore[return-value]
        return "aside" if set(states) == {"aside"} else states[-1]

    @property
    def first(self) -> Place:
        """Where its line leads: to what is open in it, else to its first place."""
        return next(
            (one for one in self.places if one.state in ("open", "running")), self.places[0]
        )


def items_of(batch: Batch, weighings: list[Weighing], doings: list[Doing]) -> list[Item]:
    """Return the places of a batch, each under the step that it belongs to."""
    loads = _loads(batch, weighings)
    named = {one.key for mine in loads.values() for one in mine}
    loose = [one for one in weighings if one.key not in named]
    planned = [one for one in loose if one.line.addition.stage != STAGE]
    added = [one for one in loose if one.line.addition.stage == STAGE]
    items = []
    if planned:
        items.append(Item("Weigh", _names(planned), [_weigh(LOOSE, one) for one in planned]))
    layers = {one["key"]: _layer(one) for one in batch.plan["steps"] if one.get("layer")}
    items += _steps(doings, loads, layers)
    if added:
        items.append(Item("Added", _names(added), [_weigh(LOOSE, one) for one in added]))
    taken = {place.key for item in items for place in item.places}
    is_free = batch.recipe_version.recipe.kind == Recipe.Kind.EXPERIMENT
    for kind, word, small in sorted(_ENDS, key=lambda end: is_free and end[0] != "add"):
        if kind == "look" and any(d.step.run.operation == "observe" for d in doings):
            continue
        waits = is_free if kind == "add" else kind == "finish" and batch.state in _AT_WORK
        state: State = "open" if waits else "aside"
        items.append(Item(word, small, [Place(free_name(kind, taken), kind, word, state)]))
    return items


_ENDS: tuple[tuple[Kind, str, str], ...] = (
    ("look", "Look", "of the flask"),
    ("air", "Air and notes", "humidity, what else is to say"),
    ("finish", "Finish", "reasons, sign later"),
    ("add", "Add", "what the plan does not have"),
)
_AT_WORK = (Batch.State.PLANNED, Batch.State.RUNNING)


def _loads(batch: Batch, weighings: list[Weighing]) -> dict[str, list[Weighing]]:
    """Return by step the reagents that it takes, each at the first step that names it."""
    by_key = {one.key: one for one in weighings}
    found: dict[str, list[Weighing]] = {}
    for step in batch.plan["steps"]:
        keys = [one["key"] for one in step.get("ingredients") or ()]
        found[step["key"]] = [by_key.pop(key) for key in keys if key in by_key]
    return found


def _steps(
    doings: list[Doing], loads: dict[str, list[Weighing]], layers: dict[str, str]
) -> list[Item]:
    """Return the steps; ``layers`` says by step which layer of a device it makes, in place of its numbers."""
    items: list[Item] = []
    rest = list(doings)
    while rest:
        growth = _growth(rest[:3])
        parts = list(growth.steps) if growth else rest[:1]
        rest = rest[len(parts) :]
        reagents = [(part.key, one) for part in parts for one in loads.get(part.key, ())]
        places = [_weigh(key, one) for key, one in reagents]
        places.append(_clock(growth) if growth else _do(parts[0]))
        names = _names([one for _key, one in reagents])
        words = [names, layers.get(parts[0].key) or _points(growth, parts[0])]
        word = "Inject and quench" if growth else parts[0].label
        items.append(Item(word, ", ".join(one for one in words if one), places))
    return items


def _layer(step: Mapping[str, Any]) -> str:
    """Return the layer that a step makes, and the substrates it is for where it is not for all."""
    labels = ", ".join(step.get("substrates", ()))
    short = labels if len(labels) <= LONGEST_LABELS else f"{labels[:LONGEST_LABELS]}…"
    return f"{step['stage']}: {short}" if short else str(step["stage"])


def _growth(three: list[Doing]) -> Growth | None:
    """Return injection, growth and quench when these three follow each other and the growth is timed."""
    operations = [one.step.run.operation for one in three]
    if operations != ["inject", "react", "quench"] or three[1].duration_s is None:
        return None
    return Growth(*three)


def _weigh(step: str, one: Weighing) -> Place:
    addition = one.line.addition
    state: State = "open" if one.line.is_open else "done"
    if addition.skipped_reason:
        state = "out"
    elif not addition.is_recorded and not addition.planned_value:
        state = "aside"
    return Place(f"{step}.{one.key}", "weigh", one.title, state, weighing=one)


def _do(one: Doing) -> Place:
    kind: Kind = "look" if one.step.run.operation == "observe" else "step"
    return Place(one.key, kind, one.label, _state(one), doing=one)


def _clock(growth: Growth) -> Place:
    states = [_state(one) for one in growth.steps]
    whole: State = "open"
    if growth.quench.step.run.finished_at:
        whole = "done"
    elif growth.took_s is not None or growth.react.is_running or growth.inject.step.run.finished_at:
        whole = "running"
    elif set(states) == {"out"}:
        whole = "out"
    elif "open" not in states:
        whole = "done"
    return Place(growth.key, "clock", "Inject and quench", whole, growth=growth)


def _state(one: Doing) -> State:
    if one.step.run.skipped_reason:
        return "out"
    if one.is_running:
        return "running"
    timed = any(n.recorded for n in one.numbers if n.number.name == one.timed)
    return "done" if one.step.run.finished_at or one.step.was_seen or timed else "open"


def _points(growth: Growth | None, one: Doing) -> str:
    return growth.react.points if growth else one.points


def _names(weighings: list[Weighing]) -> str:
    return ", ".join(one.title for one in weighings)

"""Who is guilty of a group of bad batches: what was different about them, from what the bench recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from analysis.models import HistoryRow
from analysis.suspects import Suspect, TooFew, Value, suspects
from labnotebook.records.models.role import read_by
from labnotebook.records.presentation.plots import NO_PHASE
from labnotebook.records.refusals import Refusal
from synthesis.models import Addition, Batch, StepRunParameter

MOST_BAD = 200
NAME_THEM = "Name the bad batches by their codes, as in ?bad=NC-0042,NC-0043."
MOST_OTHERS = 500  # the newest, which the bad ones are compared with
MADE = (Batch.State.MADE, Batch.State.SIGNED)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The bad batches, how many others they were compared with, and what was found, the strongest first."""

    bad: Sequence[HistoryRow]
    others: int
    recipe: str
    found: Sequence[Suspect]

    @property
    def sentence(self) -> str:
        """What it comes to."""
        if not self.bad:
            return NAME_THEM
        accused = [one for one in self.found if one.stands_out]
        if not self.found:
            return _("Nothing that was recorded differs between them enough to be looked at.")
        if not accused:
            return _(
                "Nothing stands out: of {n} things that were looked at, none differs by more than chance could do."
            ).format(n=len(self.found))
        first = accused[0]
        also = ""
        if first.together:
            also = _(" It cannot be told apart from {others}: they went together.").format(
                others=", ".join(first.together)
            )
        return (
            _("{name} stands out most, of {n} things that were looked at.").format(
                name=first.name, n=len(self.found)
            )
            + also
        )


def inquire(*, by: Any, codes: Sequence[str]) -> Inquiry:
    """Hold the batches called bad against the other batches made after the same recipe in the same projects."""
    wanted = list(codes)
    if not wanted:
        return Inquiry([], 0, "", [])
    if len(wanted) > MOST_BAD:
        raise Refusal(f"At most {MOST_BAD} batches at a time, not {len(wanted)}.", field="bad")
    mine = HistoryRow.objects.filter(read_by(by))
    bad = list(mine.filter(code__in=wanted).order_by("-batch_id"))
    unknown = sorted(set(wanted) - {row.code for row in bad})
    if unknown:
        raise Refusal(f"There is no batch {', '.join(unknown[:5])} for you.", field="bad")
    recipes = sorted({row.recipe for row in bad})
    if len(recipes) > 1:
        raise Refusal(
            f"These are of {len(recipes)} recipes ({', '.join(recipes)}), which differ in everything; ask"
            " about those of one recipe.",
            field="bad",
        )
    others = list(
        mine.filter(
            recipe=recipes[0],
            project__in={row.project_id for row in bad},
            archived="no",
        )
        .filter(Q(state__in=MADE) | ~Q(phase__in=("", NO_PHASE)))
        .exclude(batch__in=[row.batch_id for row in bad])
        .order_by("-batch_id")[:MOST_OTHERS]
    )
    rows = [*bad, *others]
    try:
        found = suspects(factors_of(rows), [True] * len(bad) + [False] * len(others))
    except TooFew as few:
        raise Refusal(str(few), field="bad") from few
    return Inquiry(bad, len(others), recipes[0], found)


def factors_of(rows: Sequence[HistoryRow]) -> dict[str, list[Value]]:
    """Return what was recorded of each batch, by what it is called; in four queries."""
    keys = [row.batch_id for row in rows]
    place = {key: index for index, key in enumerate(keys)}
    found: dict[str, list[Value]] = defaultdict(lambda: [None] * len(rows))
    versions = dict(Batch.objects.filter(pk__in=keys).values_list("pk", "recipe_version__number"))
    for index, row in enumerate(rows):
        found[_("made by")][index] = row.made_by
        found[_("recipe version")][index] = f"v{versions[row.batch_id]}"
        found[_("humidity, %")][index] = row.humidity_percent
        found[_("quench, s")][index] = row.quench_s
        found[_("R weighed")][index] = row.ratio_ca_pb_weighed
        found[_("day of planning")][index] = float(row.planned_at.toordinal())
    for one in _additions(keys):
        _note_addition(found, place[one.batch_id], one)
    for number in _numbers(keys):
        named = f"{number.step_run.operation} {number.name}".replace("_", " ")
        found[named][place[number.step_run.batch_id]] = float(number.actual_value)
    return dict(found)


def _note_addition(found: dict[str, list[Value]], index: int, one: Addition) -> None:
    what = one.formula or one.name
    if one.instrument is not None:
        found[_("instrument for {what}").format(what=what)][index] = one.instrument.code
    if one.material is None:
        return
    found[_("bottle of {what}").format(what=what)][index] = one.material.code
    age = _age_days(one)
    if age is not None:
        found[_("age of {what}, d").format(what=what)][index] = age


def _age_days(one: Addition) -> float | None:
    """Return how old the bottle was when it was used: since it was made here, opened, or else received."""
    bottle = one.material
    made = bottle.produced_by.finished_at if bottle.produced_by else None
    since = made or bottle.opened_date or bottle.received_date
    if since is None or one.weighed_at is None:
        return None
    return float((one.weighed_at.date() - _day(since)).days)


def _day(when: date | datetime) -> date:
    return when.date() if isinstance(when, datetime) else when


def _additions(keys: Sequence[int]) -> Iterable[Addition]:
    return (
        Addition.objects.filter(batch__in=keys)
        .select_related("material__produced_by", "instrument")
        .defer("material__produced_by__plan", "material__produced_by__composition", "source_facts")
    )


def _numbers(keys: Sequence[int]) -> Iterable[StepRunParameter]:
    return StepRunParameter.objects.filter(
        step_run__batch__in=keys, actual_value__isnull=False
    ).select_related("step_run")

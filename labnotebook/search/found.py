"""Look for words in all that a person may see, quickly or not at all.

For each kind one statement asks all of its places, each twice: among the newest of the person's records,
and by the index of triplets of letters. Both end after so many rows, so a word that stands everywhere costs no
more than a rare one; what is shown then are the newest. A kind that takes too long is given up and said to be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import CharField, DateTimeField, F, QuerySet, SmallIntegerField, Value
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from labnotebook.handbook.pages import handbook
from labnotebook.search.kinds import KINDS, Kind, coded, named
from labnotebook.search.places import IN_THE_TITLE, Place
from labnotebook.search.words import Words

LONGEST_S = 3.0  # for one kind
NEWEST = 200  # of the person's records, that are looked through whatever an index says
MOST = 200  # rows that one place may give
HELP = "help"
WHY = 2  # places that are named of one record


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was found: the place, when it was said there, and the words in it."""

    place: str | Promise
    at: datetime | None
    text: SafeString


@dataclass(frozen=True, slots=True)
class Hit:
    """One record that was found."""

    address: str
    title: SafeString
    about: SafeString
    why: tuple[Reason, ...] = ()
    marks: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind; ``more`` says that it is not all, ``late`` that it took too long."""

    key: str
    title: str | Promise
    hits: tuple[Hit, ...] = ()
    more: bool = False
    late: bool = False


def find(user: Any, words: Words, *, few: int, only: str = "") -> list[Group]:
    """Return what of each kind (or of ``only`` one) holds the words: the newest ``few``."""
    groups = [_group(user, words, kind, few) for kind in KINDS if only in ("", kind.key)]
    if only in ("", HELP):
        groups.append(_help(words, few))
    return [group for group in groups if group.hits or group.late]


def _group(user: Any, words: Words, kind: Kind, few: int) -> Group:
    try:
        with _no_longer_than(LONGEST_S):
            if kind.names:
                rows = kind.full(kind.seen_by(user).filter(named(kind, words)))[: few + 1]
                found = [(row, ()) for row in rows]
            else:
                found = list(_in_places(user, words, kind, few + 1))
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        return Group(kind.key, kind.title, late=True)
    hits = tuple(_hit(words, kind, row, why) for row, why in found[:few])
    return Group(kind.key, kind.title, hits, more=len(found) > few)


def _help(words: Words, few: int) -> Group:
    """Return where the handbook speaks of it: under which headings."""
    found = [
        (page, part)
        for pages in handbook().values()
        for page in pages
        for part in page.parts
        if words.begin_in(f"{page.title} {part.heading} {part.text}")
    ]
    hits = tuple(
        Hit(
            f"{page.address}#{part.anchor}" if part.heading != page.title else page.address,
            words.marked(page.title),
            words.marked(part.heading) if part.heading != page.title else SafeString(""),
            (Reason(IN_THE_TITLE, None, words.marked(words.excerpt(part.text))),),
        )
        for page, part in found[:few]
    )
    return Group(HELP, _("Help"), hits, more=len(found) > few)


@contextmanager
def _no_longer_than(seconds: float) -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        # A word of which the planner thinks too much would else be looked for in every row.
        cursor.execute(
            f"SET LOCAL statement_timeout = {int(1000 * seconds)}; SET LOCAL enable_seqscan = off"
        )
        yield
        cursor.execute(
            "SET LOCAL statement_timeout TO DEFAULT; SET LOCAL enable_seqscan TO DEFAULT"
        )


Why = list[tuple[Place, str, datetime | None]]


def _in_places(user: Any, words: Words, kind: Kind, most: int) -> Iterator[tuple[Any, Why]]:
    """Yield the newest records that hold the words, with where."""
    places = kind.numbers(words) if kind.numbers else []
    places += kind.places if words.are_long else []
    seen = kind.seen_by(user)
    parts = list(_parts(words, kind, places, seen))
    if not parts:
        return
    found: dict[int, Why] = {}
    for key, number, text, at in parts[0].union(*parts[1:], all=True):
        why = found.setdefault(key, [])
        if number >= 0 and places[number].name and text not in (said for _place, said, _at in why):
            why.append((places[number], text, at))
    newest = sorted(found, reverse=True)[:most]
    rows = {row.pk: row for row in kind.full(seen.filter(pk__in=newest))}
    for key in newest:
        if key in rows:
            yield rows[key], found[key]


def _parts(
    words: Words, kind: Kind, places: Sequence[Place], seen: QuerySet[Any]
) -> Iterator[QuerySet[Any]]:
    """Yield what one statement is made of: rows of key, number of the place, text and time."""
    if kind.coded:
        titles = seen.filter(coded(words)).order_by("-pk")
        yield _columns(titles, "pk", -1, Value(IN_THE_TITLE, CharField()), None)[:MOST]
    newest = seen.order_by("-pk").values("pk")[:NEWEST]
    for number, place in enumerate(places):
        holding = place.holding(words)
        for among in (newest, seen.values("pk")):
            rows = holding.filter(**{f"{place.key}__in": among}).order_by()
            yield _columns(rows, place.key, number, place.said, place.at)[:MOST]


def _columns(
    rows: QuerySet[Any], key: str, number: int, text: Any, at: str | None
) -> QuerySet[Any]:
    when = F(at) if at else Cast(None, DateTimeField())
    rows = rows.annotate(
        found_key=F(key),
        found_in=Value(number, SmallIntegerField()),
        found_text=text,
        found_at=when,
    )
    return rows.values_list("found_key", "found_in", "found_text", "found_at")


def _hit(words: Words, kind: Kind, row: Any, why: Sequence[Any]) -> Hit:
    line = kind.line(row)
    reasons = [
        Reason(place.name, at, words.marked(words.excerpt(place.shown(text))))
        for place, text, at in why[:WHY]
    ]
    return Hit(
        line.address, words.marked(line.title), words.marked(line.about), tuple(reasons), line.marks
    )

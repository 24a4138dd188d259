"""The question language of the history: query parameters in, a checked question out.

The page, the API and the CSV read the same parameters. What is not understood is refused in words:
a misspelt filter must never answer with every row.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from analysis.services.history_columns import (
    COLUMNS,
    DEFAULT_ORDERING,
    NUMBERS,
    ORDERINGS,
    UNKNOWN,
    WORDS,
    Column,
    Kind,
    split_ordering,
)
from labnotebook.records.refusals import Refusal

COMPACT = json.JSONEncoder(separators=(",", ":"))
PAGE_SIZE = 50
LARGEST_PAGE = 1000
LONGEST_TEXT = 200
LONGEST_LIST = 100
YEARS = (1900, 2200)
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
SEARCHED = "concat_ws(' ', h.code, h.recipe, h.made_by, h.precursor_appearance)"

FILTERS = (
    "q",
    *(name + suffix for name in NUMBERS for suffix in ("", "__gte", "__lte")),
    *WORDS,
    "planned_at__gte",
    "planned_at__lte",
)
PAGING = ("ordering", "page_size", "cursor")
KNOWN = (*FILTERS, *PAGING)


class UnclearQuestion(Refusal):
    """One or more parameters are not understood; ``refusals`` has a sentence for each."""

    code = "unclear-question"

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__(refusals[0].sentence, field=refusals[0].field)
        self.refusals = tuple(refusals)


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that rows must fulfil, as asked and as SQL."""

    parameter: str  # "eqe_percent__gte"
    value: Any  # float, tuple of words, datetime, text
    sql: str
    params: tuple[Any, ...]

    @property
    def column(self) -> str:
        """The name of the column it is about; ``q`` is about several."""
        return self.parameter.partition("__")[0]

    @property
    def relation(self) -> str:
        """``gte``, ``lte`` or empty."""
        return self.parameter.partition("__")[2]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page starts: the sort keys of the row beside it, and the way to go from there."""

    keys: tuple[Any, ...]
    backwards: bool


@dataclass(frozen=True, slots=True)
class Question:
    """Conditions, order and page, all checked."""

    conditions: tuple[Condition, ...] = ()
    ordering: str = DEFAULT_ORDERING
    page_size: int = PAGE_SIZE
    place: Place | None = None
    typed: Mapping[str, str] = field(default_factory=dict)  # as asked, without the cursor

    @property
    def keys(self) -> list[tuple[str, str]]:
        """The sort expressions and their SQL types; the batch makes the order total."""
        column, descending = split_ordering(self.ordering)
        return [*column.sort_keys(descending=descending), ("h.batch_id", "bigint")]

    def keys_of(self, row: Mapping[str, Any], batch_id: int) -> list[Any]:
        """Return the sort keys of a row, as the database computes them."""
        column, descending = split_ordering(self.ordering)
        value = row[column.name]
        if column.kind is Kind.NUMBER and not column.whole and value is None:
            value = -math.inf if descending else math.inf
        if column.may_be_blank:
            return [(value != "") is descending, value, batch_id]
        return [value, batch_id]

    def words_of(self, column: str) -> tuple[str, ...]:
        """Return the words that a column is narrowed to, none when it is not."""
        return next((c.value for c in self.conditions if c.parameter == column), ())


def read_question(pairs: Iterable[tuple[str, str]]) -> Question:
    """Return what the parameters ask; refuse every one that is not understood."""
    given: dict[str, list[str]] = {}
    for name, text in pairs:
        given.setdefault(name, []).append(text)
    refusals: list[Refusal] = []
    conditions: list[Condition] = []
    typed = {name: ",".join(texts) for name, texts in given.items() if name != "cursor"}
    for name, texts in given.items():
        if name in PAGING:
            continue
        try:
            condition = _read_filter(name, texts)
        except Refusal as refusal:
            refusals.append(refusal)
        else:
            conditions += [condition] if condition else []
    ordering, page_size, place = DEFAULT_ORDERING, PAGE_SIZE, None
    try:
        ordering = _read_ordering(_one(given, "ordering", DEFAULT_ORDERING))
        page_size = _read_page_size(_one(given, "page_size", str(PAGE_SIZE)))
        if "cursor" in given:
            place = read_cursor(_one(given, "cursor", ""), ordering)
    except Refusal as refusal:
        refusals.append(refusal)
    if refusals:
        raise UnclearQuestion(refusals)
    return Question(tuple(conditions), ordering, page_size, place, typed)


def _one(given: Mapping[str, list[str]], name: str, otherwise: str) -> str:
    texts = given.get(name, [otherwise])
    if len(texts) > 1:
        raise Refusal(f"{name} is asked {len(texts)} times; ask it once.", field=name)
    return texts[0]


def _read_filter(name: str, texts: list[str]) -> Condition | None:
    if name not in FILTERS:
        raise Refusal(_unknown(name), field=name[:LONGEST_TEXT].replace("\x00", "?"))
    if any("\x00" in text or len(text) > LONGEST_TEXT * 10 for text in texts):
        raise Refusal(
            f"{name} holds a character that no text has (NUL), or is longer than any value here.",
            field=name,
        )
    column = COLUMNS.get(name.partition("__")[0])
    if column is not None and column.kind is Kind.WORD:
        return _read_words(column, texts)
    text = _one({name: texts}, name, "").strip()
    if column is None:
        return _read_search(text)
    if column.kind is Kind.TIME:
        return _read_time(name, text)
    return _read_number(name, column, text)


def _unknown(name: str) -> str:
    ranged = ", ".join(NUMBERS)
    shown = name[:60].replace("\x00", "?")
    return (
        f"There is no filter called {shown!r}. Known here: q, {', '.join(WORDS)} (comma lists);"
        f" planned_at__gte, planned_at__lte; {ranged} (each also with __gte and __lte);"
        f" {', '.join(PAGING)}."
    )


def _read_search(text: str) -> Condition | None:
    if len(text) > LONGEST_TEXT:
        raise Refusal(f"Search for at most {LONGEST_TEXT} characters.", field="q")
    words = text.split()
    if not words:
        return None
    patterns = tuple("%" + re.sub(r"([\\%_])", r"\\\1", word) + "%" for word in words[:10])
    sql = " AND ".join(f"{SEARCHED} ILIKE %s" for _ in patterns)
    return Condition("q", text, f"({sql})", patterns)


def _read_words(column: Column, texts: list[str]) -> Condition:
    words = [word.strip() for text in texts for word in text.split(",")]
    if not all(words):
        raise Refusal(
            f"{column.name} is empty; leave the parameter away to see every"
            f" {str(column.label).lower()}.",
            field=column.name,
        )
    known = [*column.choices, *([UNKNOWN] if column.may_be_blank else [])]
    strange = [word for word in words if column.choices and word not in known]
    if strange:
        raise Refusal(
            f"{column.name} cannot be {strange[0][:60]!r}; it is {', '.join(known[:-1])} or {known[-1]}.",
            field=column.name,
        )
    if len(words) > LONGEST_LIST:
        raise Refusal(f"{column.name} takes at most {LONGEST_LIST} words.", field=column.name)
    chosen = tuple(dict.fromkeys(words))
    stored = ["" if column.may_be_blank and word == UNKNOWN else word for word in chosen]
    return Condition(column.name, chosen, f"{column.sql} = ANY(%s::text[])", (stored,))


def _read_number(name: str, column: Column, text: str) -> Condition:
    value = float(text) if NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value):
        raise Refusal(
            f"{column.label}: {text[:60]!r} is not a number. Write it with a decimal point, such as 0.5.",
            field=name,
        )
    sign = {"": "=", "gte": ">=", "lte": "<="}[name.partition("__")[2]]
    return Condition(name, value, f"{column.sql} {sign} %s::float8", (value,))


def _read_time(name: str, text: str) -> Condition:
    whole_day = len(text) <= len("2026-11-22")
    try:
        moment = (
            datetime.combine(date.fromisoformat(text), time())
            if whole_day
            else datetime.fromisoformat(text)
        )
        moment = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
        understood = YEARS[0] <= moment.year <= YEARS[1]
    except (ValueError, OverflowError):
        understood = False
    if not understood:
        raise Refusal(
            f"{text[:60]!r} is not a day between {YEARS[0]} and {YEARS[1]}. Write it as 2026-11-22"
            " or 2026-11-22T14:30:00Z.",
            field=name,
        )
    if name.endswith("__gte"):
        return Condition(name, moment, "h.planned_at >= %s::timestamptz", (moment,))
    if whole_day:  # until the end of that day
        return Condition(
            name, moment, "h.planned_at < %s::timestamptz", (moment + timedelta(days=1),)
        )
    return Condition(name, moment, "h.planned_at <= %s::timestamptz", (moment,))


def _read_ordering(text: str) -> str:
    if text not in ORDERINGS:
        raise Refusal(
            f"Rows cannot be sorted by {text[:60]!r}. Sort by one of {', '.join(COLUMNS)}; a minus"
            " before the name sorts the other way round.",
            field="ordering",
        )
    return text


def _read_page_size(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= LARGEST_PAGE):
        raise Refusal(f"page_size is a whole number from 1 to {LARGEST_PAGE}.", field="page_size")
    return int(text)


def write_cursor(question: Question, keys: Sequence[Any], *, backwards: bool) -> str:
    """Return the opaque place after (or before) the row with these sort keys."""
    plain = [key.isoformat() if isinstance(key, datetime) else key for key in keys]
    text = COMPACT.encode([question.ordering, int(backwards), plain])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str, ordering: str) -> Place:
    """Return the place that a cursor means; refuse one of another order, or no cursor at all."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        sorted_by, backwards, keys = json.loads(
            base64.b64decode(padded, altchars=b"-_", validate=True)
        )
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise _not_a_cursor() from None
    if sorted_by != ordering:
        raise Refusal(
            "This cursor belongs to another ordering. Start again without the cursor.",
            field="cursor",
        )
    column, descending = split_ordering(ordering)
    types = [*(kind for _, kind in column.sort_keys(descending=descending)), "bigint"]
    if not isinstance(keys, list) or len(keys) != len(types) or backwards not in (0, 1):
        raise _not_a_cursor()
    return Place(tuple(map(_read_key, keys, types)), bool(backwards))


def _read_key(key: Any, kind: str) -> Any:
    number = isinstance(key, int | float) and not isinstance(key, bool)
    if kind == "float8" and number:
        try:
            return float(key)
        except OverflowError:
            raise _not_a_cursor() from None
    if kind == "bigint" and number and isinstance(key, int) and abs(key) < 2**63:
        return key
    if kind == "boolean" and isinstance(key, bool):
        return key
    if kind == "text" and isinstance(key, str) and "\x00" not in key and _is_unicode(key):
        return key
    if kind == "timestamptz" and isinstance(key, str):
        try:
            moment = datetime.fromisoformat(key)
        except ValueError:
            raise _not_a_cursor() from None
        if timezone.is_aware(moment) and 1 < moment.year < 9999:
            return moment
    raise _not_a_cursor()


def _is_unicode(text: str) -> bool:
    """Whether text can be sent at all; JSON can spell half characters."""
    return not any("\ud800" <= c <= "\udfff" for c in text)


def _not_a_cursor() -> Refusal:
    return Refusal(
        "This is not a cursor of ours; take it from next or previous as it is.", field="cursor"
    )

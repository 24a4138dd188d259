"""The question language of the history: query parameters in, a checked question out.

The page, the API and the CSV read the same parameters. What is not understood is refused in words:
a misspelt filter must never answer with every row.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from analysis.history.catalogue import Catalogue
from analysis.history.columns import (
    COLUMNS,
    DEFAULT_ORDERING,
    UNKNOWN,
    Column,
    Kind,
)
from analysis.history.cursor import Place, read_cursor
from labnotebook.records.asked import whole_number
from labnotebook.records.refusals import Refusal

PAGE_SIZE = 50
LARGEST_PAGE = 1000
LONGEST_TEXT = 200
LONGEST_LIST = 100
YEARS = (1900, 2200)
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
SEARCHED = "h.searched"  # code, recipe, person and precursor in lower case, indexed

SEARCH = "q"
PAGING = ("ordering", "columns", "page_size", "cursor")
RELATIONS = {"": "=", "gte": ">=", "lte": "<="}
DEFAULT_COLUMNS = tuple(COLUMNS.values())


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
    column: Column | None  # that it is about; ``q`` is about several

    @property
    def relation(self) -> str:
        """``gte``, ``lte`` or empty."""
        return self.parameter.partition("__")[2]


@dataclass(frozen=True, slots=True)
class Question:
    """Conditions, order and page, all checked."""

    conditions: tuple[Condition, ...] = ()
    ordering: str = DEFAULT_ORDERING
    column: Column = COLUMNS[DEFAULT_ORDERING.removeprefix("-")]  # that the rows are sorted by
    columns: tuple[Column, ...] = DEFAULT_COLUMNS  # that the rows show
    page_size: int = PAGE_SIZE
    place: Place | None = None
    typed: Mapping[str, str] = field(default_factory=dict)  # as asked, without the cursor

    @property
    def descending(self) -> bool:
        """Whether the highest, the newest or the last word comes first."""
        return self.ordering.startswith("-")

    @property
    def read(self) -> tuple[Column, ...]:
        """The columns that a page must read: those it shows, and the one that it is sorted by."""
        shown = any(column.name == self.column.name for column in self.columns)
        return self.columns if shown else (*self.columns, self.column)

    @property
    def keys(self) -> list[tuple[str, str]]:
        """The sort expressions and their SQL types; the batch makes the order total."""
        return [*self.column.sort_keys(descending=self.descending), ("h.batch_id", "bigint")]

    def keys_of(self, row: Mapping[str, Any], batch_id: int) -> list[Any]:
        """Return the sort keys of a row, as the database computes them."""
        column, descending = self.column, self.descending
        value = row[column.name]
        if column.kind is Kind.NUMBER and not column.whole and value is None:
            value = -math.inf if descending else math.inf
        if column.may_be_blank:
            return [(value != "") is descending, value, batch_id]
        return [value, batch_id]

    def words_of(self, column: str) -> tuple[str, ...]:
        """Return the words that a column is narrowed to, none when it is not."""
        return next((c.value for c in self.conditions if c.parameter == column), ())


def read_question(pairs: Iterable[tuple[str, str]], user: Any = None) -> Question:
    """Return what the parameters ask; refuse every one that is not understood.

    ``user`` decides which recipes' ratios there are beside the rows' own columns.
    """
    return read_with(Catalogue(user), pairs)


def read_with(catalogue: Catalogue, pairs: Iterable[tuple[str, str]]) -> Question:
    """Return what the parameters ask of these columns; refuse every one that is not understood."""
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
            condition = _read_filter(catalogue, name, texts)
        except Refusal as refusal:
            refusals.append(refusal)
        else:
            conditions += [condition] if condition else []
    said: dict[str, Any] = {}
    try:
        said["ordering"] = _one(given, "ordering", DEFAULT_ORDERING)
        said["column"] = _read_ordering(catalogue, said["ordering"])
        said["page_size"] = _read_page_size(_one(given, "page_size", str(PAGE_SIZE)))
        asked_for = [c.column for c in conditions if c.column] + [said["column"]]
        said["columns"] = _read_columns(catalogue, given.get("columns", []), asked_for)
        if "cursor" in given:
            column, descending = said["column"], said["ordering"].startswith("-")
            types = [*(kind for _, kind in column.sort_keys(descending=descending)), "bigint"]
            said["place"] = read_cursor(_one(given, "cursor", ""), said["ordering"], types)
    except Refusal as refusal:
        refusals.append(refusal)
    if refusals:
        raise UnclearQuestion(refusals)
    return Question(conditions=tuple(conditions), typed=typed, **said)


def _read_columns(
    catalogue: Catalogue, texts: list[str], asked_for: Iterable[Column]
) -> tuple[Column, ...]:
    """Return what a row shows: what was chosen, or every own column and what the question is about."""
    names = [name.strip() for text in texts for name in text.split(",")]
    if not names:
        more = {column.name: column for column in asked_for if column.name not in COLUMNS}
        return (*DEFAULT_COLUMNS, *more.values()) if more else DEFAULT_COLUMNS
    if len(names) > LONGEST_LIST:
        raise Refusal(f"Choose at most {LONGEST_LIST} columns.", field="columns")
    found = {name: catalogue.find(name) for name in dict.fromkeys(names)}
    for name, column in found.items():
        if column is None:
            raise Refusal(
                f"There is no column called {_shown(name)!r}. Choose some of"
                f" {', '.join(catalogue.every)}, separated by commas.",
                field="columns",
            )
    return tuple(column for column in found.values() if column)


def _shown(name: str) -> str:
    return name[:60].replace("\x00", "?")


def _one(given: Mapping[str, list[str]], name: str, otherwise: str) -> str:
    texts = given.get(name, [otherwise])
    if len(texts) > 1:
        raise Refusal(f"{name} is asked {len(texts)} times; ask it once.", field=name)
    return texts[0]


def _read_filter(catalogue: Catalogue, name: str, texts: list[str]) -> Condition | None:
    about, _, relation = name.partition("__")
    column = None if name == SEARCH else catalogue.find(about)
    if name != SEARCH and not _can_be_asked(column, name, relation):
        raise Refusal(_unknown(catalogue, name), field=name[:LONGEST_TEXT].replace("\x00", "?"))
    if any("\x00" in text or len(text) > LONGEST_TEXT * 10 for text in texts):
        raise Refusal(
            f"{name} holds a character that no text has (NUL), or is longer than any value here.",
            field=name,
        )
    if column is not None and column.kind is Kind.WORD:
        return _read_words(column, texts)
    text = _one({name: texts}, name, "").strip()
    if column is None:
        return _read_search(text)
    if column.kind is Kind.TIME:
        return _read_time(name, column, text)
    return _read_number(name, column, text)


def _can_be_asked(column: Column | None, name: str, relation: str) -> bool:
    if column is None or (name.endswith("__") or relation not in RELATIONS):
        return False
    if column.kind is Kind.TIME:
        return relation != ""
    return column.kind is Kind.NUMBER or relation == ""


def _unknown(catalogue: Catalogue, name: str) -> str:
    words = [one.name for one in COLUMNS.values() if one.kind is Kind.WORD]
    return (
        f"There is no filter called {_shown(name)!r}. Known here: q, {', '.join(words)} (comma"
        f" lists); planned_at__gte, planned_at__lte; {', '.join(catalogue.numbers)} (each also with"
        f" __gte and __lte); {', '.join(PAGING)}."
    )


def _read_search(text: str) -> Condition | None:
    if len(text) > LONGEST_TEXT:
        raise Refusal(f"Search for at most {LONGEST_TEXT} characters.", field="q")
    words = text.split()
    if not words:
        return None
    patterns = tuple("%" + re.sub(r"([\\%_])", r"\\\1", word) + "%" for word in words[:10])
    sql = " AND ".join(f"{SEARCHED} LIKE lower(%s::text)" for _ in patterns)
    return Condition(SEARCH, text, f"({sql})", patterns, None)


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
    return Condition(column.name, chosen, f"{column.sql} = ANY(%s::text[])", (stored,), column)


def _read_number(name: str, column: Column, text: str) -> Condition:
    value = float(text) if NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value):
        raise Refusal(
            f"{column.label}: {text[:60]!r} is not a number. Write it with a decimal point, such as 0.5.",
            field=name,
        )
    sign = RELATIONS[name.partition("__")[2]]
    return Condition(name, value, column.compared(sign), (value,), column)


def _read_time(name: str, column: Column, text: str) -> Condition:
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
    sign, limit = ">=", moment
    if name.endswith("__lte"):  # a day: until its end
        sign, limit = ("<", moment + timedelta(days=1)) if whole_day else ("<=", moment)
    return Condition(name, moment, f"{column.sql} {sign} %s::timestamptz", (limit,), column)


def _read_ordering(catalogue: Catalogue, text: str) -> Column:
    column = catalogue.find(text.removeprefix("-"))
    if column is None:
        raise Refusal(
            f"Rows cannot be sorted by {_shown(text)!r}. Sort by one of"
            f" {', '.join(catalogue.every)}; a minus before the name sorts the other way round.",
            field="ordering",
        )
    return column


def _read_page_size(text: str) -> int:
    size = whole_number(text, digits=8) or 0
    if not 1 <= size <= LARGEST_PAGE:
        raise Refusal(f"page_size is a whole number from 1 to {LARGEST_PAGE}.", field="page_size")
    return size

"""The batches of a question summed up: by one thing (groups), or by one thing against another (a pivot).

Every batch counts, also those that failed or have no number. Up to MOST_READ batches all are read; beyond, the
sample of the explorer is. Simulated batches count only where there is nothing else.
"""
# ruff: noqa: S608  (names come from the column table; what people type goes in as parameters)

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.timezone import get_current_timezone_name
from django.utils.translation import gettext_lazy as _

from analysis.history.columns import COLUMNS, Column, Kind
from analysis.history.explored import GROUPINGS, LARGEST, UNSAID, in_sample, label_of
from analysis.history.language import Question
from analysis.history.rows import ROWS, read_rows, where_clause
from analysis.models.outcome import Phase
from analysis.quantities import QUANTITIES
from analysis.spread import Spread, best_of, spread_of
from labnotebook.records.refusals import Refusal

MOST_READ = 200_000  # batches
MOST_COLUMNS = 12  # numbers that are summed up at once
USUAL = tuple(COLUMNS[q.name] for q in QUANTITIES.values() if q.in_table)

# The stacks that a batch is built into; of none and of one without a name it is not known.
ARCHITECTURE = """coalesce((SELECT string_agg(DISTINCT a.name, ', ' ORDER BY a.name) FROM devices_layer l
  JOIN devices_device d ON d.id = l.device_id JOIN synthesis_recipeversion v ON v.id = d.recipe_version_id
  JOIN synthesis_recipe a ON a.id = v.recipe_id
  WHERE l.source_batch_id = h.batch_id), '')"""
_WORDS = (
    "project",
    "state",
    "precursor_appearance",
    "phase_evidence",
    "structure",
    "structure_level",
    "warned",
)

# What batches can be summed up by: name -> (label, SQL as in GROUPINGS).
SUMMED_BY: dict[str, tuple[Any, str]] = {
    **GROUPINGS,
    **{name: (COLUMNS[name].label, COLUMNS[name].sql) for name in _WORDS},
    "architecture": (_("Architecture"), ARCHITECTURE),
}


class Key(NamedTuple):
    """One group: its word, empty where it is not known, and what people call it."""

    word: str
    label: str


class Summary(NamedTuple):
    """One number of a group."""

    spread: Spread
    best: float | None  # None where no way is better


@dataclass(frozen=True, slots=True)
class Group:
    """The batches of one group; ``numbers`` one for each column, None where no batch has it."""

    key: Key
    batches: int
    failed: int
    numbers: tuple[Summary | None, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a pivot: how many batches, and their number where any has it."""

    batches: int
    failed: int
    number: Summary | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many batches count, how many simulated ones do not, whether they are a sample."""

    batches: int
    left_out: int
    sampled: bool


@dataclass(frozen=True, slots=True)
class Grouped:
    """The groups of a question."""

    by: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    counts: Counts


@dataclass(frozen=True, slots=True)
class Pivot:
    """Groups against groups: ``cells`` has a row for each of ``rows``, None where there is no batch."""

    rows: tuple[Key, ...]
    across: tuple[Key, ...]
    cells: tuple[tuple[Cell | None, ...], ...]
    value: Column
    counts: Counts


class _Read(NamedTuple):
    words: tuple[str, ...]
    batches: int
    failed: int
    values: tuple[list[float] | None, ...]


def group(user: Any, question: Question, by: str, columns: Sequence[Column]) -> Grouped:
    """Return the groups of a question and the spread of each column in them."""
    read, counts = _read(user, question, (by,), columns)
    keys = _in_order(((one.words[0], one.batches) for one in read), by)
    known = {one.words[0]: one for one in read}
    groups = tuple(_group(key, known[key.word], columns) for key in keys)
    return Grouped(by, tuple(columns), groups, counts)


def pivot(user: Any, question: Question, rows: str, across: str, value: Column) -> Pivot:
    """Return one number of the batches by two things at once."""
    read, counts = _read(user, question, (rows, across), (value,))
    down = _in_order(((one.words[0], one.batches) for one in read), rows)
    along = _in_order(((one.words[1], one.batches) for one in read), across)
    known = {one.words: one for one in read}
    cells = tuple(tuple(_cell(known.get((a.word, b.word)), value) for b in along) for a in down)
    return Pivot(down, along, cells, value, counts)


def _group(key: Key, read: _Read, columns: Sequence[Column]) -> Group:
    numbers = (_summary(v, c) for v, c in zip(read.values, columns, strict=True))
    return Group(key, read.batches, read.failed, tuple(numbers))


def _cell(read: _Read | None, value: Column) -> Cell | None:
    return read and Cell(read.batches, read.failed, _summary(read.values[0], value))


def _summary(values: list[float] | None, column: Column) -> Summary | None:
    if not values:
        return None
    return Summary(spread_of(values), best_of(values, column.better))


def _in_order(counted: Iterable[tuple[str, int]], by: str) -> tuple[Key, ...]:
    """Return the groups: months in their order, others by their size; what is unknown comes last."""
    sizes: dict[str, int] = {}
    for word, batches in counted:
        sizes[word] = sizes.get(word, 0) + batches
    if by == "month":
        words = sorted(sizes)
    else:
        words = sorted(sizes, key=lambda word: (word == UNSAID, -sizes[word], word))
    return tuple(Key(word, _label(word, by)) for word in words)


def _label(word: str, by: str) -> str:
    column = COLUMNS.get(by)
    if word and column is not None and column.choices:
        return str(column.choices.get(word, word))
    return label_of(word, by)


def _read(
    user: Any, question: Question, by: tuple[str, ...], columns: Sequence[Column]
) -> tuple[list[_Read], Counts]:
    """Return what was read of each group that counts."""
    where, params = where_clause(user.pk, question.conditions)
    sampled = _are_too_many(where, params, question)
    if sampled:
        where += f" AND {in_sample()}"
    words = [SUMMED_BY[name][1] for name in by]
    zone = [get_current_timezone_name() for sql in words if "%s" in sql]
    # An array of the numbers of a group, not of its rows: the statistics are those of the explorer.
    lists = ", ".join(
        f"array_agg({c.sql}::float8) FILTER (WHERE {c.sql} BETWEEN -{LARGEST} AND {LARGEST})"
        for c in columns
    )
    keys = ", ".join(str(2 + turn) for turn in range(len(by)))
    sql = f"""
      SELECT p.is_simulated, {", ".join(words)}, count(*),
        count(*) FILTER (WHERE h.phase = '{Phase.FAILED}'){", " + lists if lists else ""}
      FROM {ROWS} WHERE {where} GROUP BY 1, {keys}"""
    found = [
        (
            simulated,
            _Read(tuple(row[: len(by)]), row[len(by)], row[len(by) + 1], tuple(row[len(by) + 2 :])),
        )
        for simulated, *row in read_rows(sql, [*zone, *params], question.conditions)
    ]
    measured = [one for simulated, one in found if not simulated]
    every = [one for _simulated, one in found]
    counts = measured or every
    batches = sum(one.batches for one in counts)
    return counts, Counts(batches, sum(one.batches for one in every) - batches, sampled)


def _are_too_many(where: str, params: Sequence[Any], question: Question) -> bool:
    sql = f"SELECT count(*) FROM (SELECT FROM {ROWS} WHERE {where} LIMIT {MOST_READ + 1}) every"
    return bool(read_rows(sql, params, question.conditions)[0][0] > MOST_READ)


def summed_by(said: Mapping[str, str], name: str, usual: str) -> str:
    """Return what a parameter says batches are summed up by; refuse what they cannot be."""
    by = said.get(name) or usual
    if by not in SUMMED_BY:
        raise Refusal(f"Batches are summed up by {', '.join(SUMMED_BY)}.", field=name)
    return by


def numbers_of(question: Question) -> tuple[Column, ...]:
    """Return the numbers that are summed up: those of the chosen columns, else the usual ones."""
    if "columns" not in question.typed:
        return USUAL
    chosen = [column for column in question.columns if column.kind is Kind.NUMBER]
    if len(chosen) > MOST_COLUMNS:
        raise Refusal(f"Choose at most {MOST_COLUMNS} numbers to sum up.", field="columns")
    return tuple(chosen) or USUAL

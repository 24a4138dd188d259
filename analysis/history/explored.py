"""Any number of the batches of a question against any other: what the explorer draws, counts and compares.

While a question finds at most CAP batches, all with both numbers are read. Beyond, a sample is: one batch
of each of CANDIDATES equal stretches from the first to the last of the lab, picked by a hash of the stretch,
so that the same question has the same sample and no rhythm of a series is followed.
"""
# ruff: noqa: S608  (names come from the column table; what people type goes in as parameters)

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.timezone import get_current_timezone_name
from django.utils.translation import gettext_lazy as _

from analysis.history.columns import COLUMNS, Column, Kind, uncertainty_of
from analysis.history.count import CAP, Counted
from analysis.history.language import Question
from analysis.history.rows import ROWS, read_rows, where_clause
from analysis.spread import Spread, spread_of

CANDIDATES = 4_000
MOST_DRAWN = 1_000  # marks of one figure
LARGEST = 1e300  # what no axis can hold is not drawn
UNSAID = ""

# The bottle that the recipe's first ratio was weighed from, of the CaI2 for Ca/Pb.
BOTTLE = """SELECT m.code FROM synthesis_batch b
  JOIN synthesis_batchquantity q ON q.batch_id = b.id AND q.position = 0 AND q.basis = 'planned'
  JOIN synthesis_ingredient i ON i.recipe_version_id = b.recipe_version_id AND i.solves = q.key
  JOIN synthesis_addition a ON a.batch_id = b.id AND a.key = i.key
  JOIN synthesis_material m ON m.id = a.material_id WHERE b.id = h.batch_id LIMIT 1"""

# What batches can be grouped by: name -> (label, SQL; one parameter, the time zone, where it says %s).
GROUPINGS = {
    "phase": (_("Phase"), "h.phase"),
    "recipe": (_("Recipe"), "h.recipe"),
    "made_by": (_("Person"), "h.made_by"),
    "lot": (_("Bottle of the ratio"), f"coalesce(({BOTTLE}), '')"),
    "month": (_("Month"), "to_char(h.planned_at AT TIME ZONE %s::text, 'YYYY-MM')"),
}

# The temperature of the last injection (else of the last heating) that was recorded, else planned.
# Drawn, and not asked for: a million batches have no index on it.
TEMPERATURE = Column(
    "injection_temperature_c",
    Kind.NUMBER,
    str(_("Injection temperature")),
    "°C",
    source="""(SELECT coalesce(t.actual_value, t.planned_value)::float8 FROM synthesis_steprunparameter t
      JOIN synthesis_steprun s ON s.id = t.step_run_id
      WHERE s.batch_id = h.batch_id AND t.name = 'temperature_c' AND s.skipped_reason = ''
        AND s.operation IN ('inject', 'react', 'heat') AND coalesce(t.actual_value, t.planned_value) IS NOT NULL
      ORDER BY s.operation = 'inject' DESC, t.actual_value IS NOT NULL DESC, s.position DESC LIMIT 1)""",
)
DRAWN_ONLY = {TEMPERATURE.name: TEMPERATURE}


class Looked(NamedTuple):
    """Which two numbers are read, and of GROUPINGS what batches are grouped by and split by (empty: not split)."""

    x: Column
    y: Column
    by: str
    split: str = ""


class Batch(NamedTuple):
    """One batch with both numbers; ``u_x`` and ``u_y`` are standard uncertainties, None where unknown.

    ``group`` is what it is marked by, ``part`` the small figure that it stands in.
    """

    code: str
    phase: str
    group: str
    part: str
    x: float
    y: float
    u_x: float | None
    u_y: float | None
    simulated: bool
    planned_at: datetime


@dataclass(frozen=True, slots=True)
class Explored:
    """The batches of a question that have both numbers, or a sample of them."""

    counted: Counted
    batches: tuple[Batch, ...]
    sampled: bool
    read_at: datetime

    @property
    def drawn(self) -> tuple[Batch, ...]:
        """Those of the figure: the first MOST_DRAWN in an order that follows nothing, along x."""
        return tuple(sorted(self.batches[:MOST_DRAWN], key=lambda one: (one.x, one.y)))

    @property
    def evidence(self) -> tuple[Batch, ...]:
        """Those that count: simulated ones only where there is nothing else."""
        return tuple(one for one in self.batches if not one.simulated) or self.batches

    @property
    def simulated(self) -> int:
        """How many of them are simulated."""
        return sum(one.simulated for one in self.batches)


def uncertainty_sql(column: Column) -> str:
    """Return the standard uncertainty of a number in a statement; NULL where nobody knows one.

    A weighed ratio and a quantity have a column of it.
    """
    beside = uncertainty_of(column)
    return beside.sql if beside else "NULL::float8"


def explore(
    user: Any, question: Question, counted: Counted, looked: Looked, now: datetime
) -> Explored:
    """Return the batches with both numbers, grouped and split as is said."""
    sampled = not counted.exact
    conditions = counted.narrow(question).conditions
    where, params = where_clause(user.pk, conditions)
    if sampled:
        where += f" AND {in_sample()}"
    x, y = looked.x, looked.y
    said = [GROUPINGS[name][1] if name else "''" for name in (looked.by, looked.split)]
    zones = [get_current_timezone_name() for sql in said if "%s" in sql]
    # What costs a look for each batch is read of those that are left.
    sql = f"""
      SELECT h.code, h.phase, {", ".join(said)}, h.along, h.up, {uncertainty_sql(x)}, {uncertainty_sql(y)},
        h.simulated, h.planned_at
      FROM (SELECT h.*, {x.sql}::float8 AS along, {y.sql}::float8 AS up, p.is_simulated AS simulated
        FROM {ROWS} WHERE {where} OFFSET 0) h
      WHERE h.along BETWEEN -{LARGEST} AND {LARGEST} AND h.up BETWEEN -{LARGEST} AND {LARGEST}
      ORDER BY hashint8(h.batch_id), h.batch_id LIMIT {CAP}"""
    rows = read_rows(sql, [*zones, *params], conditions)
    return Explored(counted, tuple(Batch(*row) for row in rows), sampled, now)


def in_sample() -> str:
    """Return the condition that a batch is one of those that are looked at of a large question."""
    return f"""h.batch_id IN (
      SELECT e.low + i * e.step + mod(abs(hashint8(i)::bigint), e.step) FROM
        (SELECT min(batch_id) AS low, (max(batch_id) - min(batch_id)) / {CANDIDATES} + 1 AS step
         FROM analysis_historyrow) e, generate_series(0, {CANDIDATES}) i)"""


class Group(NamedTuple):
    """The batches of one group that count."""

    key: str
    label: str
    batches: tuple[Batch, ...]

    @property
    def values(self) -> list[float]:
        """What they have along y."""
        return [one.y for one in self.batches]

    @property
    def median(self) -> float:
        """The median along y."""
        return self._spread.median

    @property
    def middle(self) -> tuple[float, float] | None:
        """The quartiles along y, None of fewer than LEAST."""
        low, high = self._spread.low, self._spread.high
        return None if low is None or high is None else (low, high)

    @property
    def _spread(self) -> Spread:
        return spread_of(self.values)


def groups_of(batches: Sequence[Batch], by: str) -> list[Group]:
    """Return the groups: months in their order, others by their size; what is unknown comes last."""
    return _grouped(((one.group, one) for one in batches), by)


def parts_of(batches: Sequence[Batch], split: str) -> list[Group]:
    """Return the parts that the batches are split into, in the order of groups."""
    return _grouped(((one.part, one) for one in batches), split)


def _grouped(batches: Iterable[tuple[str, Batch]], by: str) -> list[Group]:
    found: dict[str, list[Batch]] = {}
    for key, one in batches:
        found.setdefault(key, []).append(one)
    groups = [Group(key, label_of(key, by), tuple(rows)) for key, rows in found.items()]
    if by == "month":
        return sorted(groups, key=lambda group: group.key)
    return sorted(groups, key=lambda g: (g.key == UNSAID, -len(g.batches), g.key))


def label_of(key: str, by: str) -> str:
    """Return what a group is called."""
    if key == UNSAID:
        return str(_("unknown"))
    return str(COLUMNS["phase"].choices[key]) if by == "phase" else key

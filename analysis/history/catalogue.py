"""Every column that a person can ask the history for: the rows' own, and what the lab added to them.

A lab adds the ratios that its recipes ask for and quantities of its own. Names that the rows have are
found without a look into the database.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from analysis.history.columns import (
    COLUMNS,
    FURTHER,
    LEADING,
    UNCERTAINTY,
    Column,
    Kind,
    quantity_column,
    ratio_columns,
    uncertainty_of,
)
from analysis.models import LabQuantity
from labnotebook.records.models.role import READS
from labnotebook.records.prepared import fetch_rows
from synthesis.chemistry.gaps import OpenGap
from synthesis.chemistry.ratios import ratio_name
from synthesis.services.gaps import still_open
from synthesis.services.quantities import name_in_batches

RATIO_COLUMN = re.compile(r"(ratio_[a-z0-9]+(?:_[a-z0-9]+)*?)(_effective|_weighed(_uncertainty)?)?")


# The ratios of the recipes that a person may use (the newest version names them last), the key of the
# first ratio of the newest batch that has one, and the lab's own quantities: one look for all.
WHAT_A_LAB_ADDS = f"""
WITH mine AS (SELECT project_id FROM records_membership WHERE user_id = %(user)s::bigint AND {READS}),
newest AS (SELECT id FROM synthesis_batch WHERE project_id IN (SELECT project_id FROM mine)
  ORDER BY id DESC LIMIT 20)
SELECT * FROM (
  SELECT 'ratio', i ->> 'key', i ->> 'numerator', i ->> 'denominator', i ->> 'gaps'
    FROM synthesis_recipeversion v JOIN synthesis_recipe r ON r.id = v.recipe_id,
      jsonb_array_elements(CASE WHEN jsonb_typeof(v.definition -> 'inputs') = 'array'
        THEN v.definition -> 'inputs' ELSE '[]' END) i
    WHERE i ->> 'kind' = 'ratio'
      AND (r.shared_with_lab OR r.project_id IN (SELECT project_id FROM mine))
    ORDER BY v.id) asked
UNION ALL SELECT * FROM (
  SELECT 'leading', q.key, NULL, NULL, NULL FROM synthesis_batchquantity q
    WHERE q.position = 0 AND q.batch_id IN (SELECT id FROM newest)
    ORDER BY q.batch_id DESC LIMIT 1) first_ratio
UNION ALL
  SELECT 'own', o.name, json_build_object('name', o.name, 'unit', o.unit, 'label', o.label,
    'low', o.low, 'high', o.high, 'subjects', o.subjects, 'better', o.better)::text, NULL, NULL
    FROM analysis_labquantity o
UNION ALL
  SELECT 'chosen', c.columns, NULL, NULL, NULL FROM analysis_owncolumns c
    WHERE c.person_id = %(user)s::bigint
"""  # noqa: S608  (our own words)


def _gap(said: dict[str, Any]) -> OpenGap:
    return OpenGap(Decimal(str(said["low"])), Decimal(str(said["high"])), said["message"])


class Lab(NamedTuple):
    """What a lab adds to the columns of the rows."""

    ratios: dict[str, str]  # key -> name
    gaps: dict[str, list[OpenGap]]  # of what their sources measured
    leading: str
    own: dict[str, Column]
    chosen: tuple[str, ...]


class Catalogue:
    """The columns of one person; without a person, those of the recipes that the whole lab has."""

    def __init__(self, user: Any = None) -> None:
        self.user = user
        self._batch_names: dict[str, str] = {}

    def find(self, name: str) -> Column | None:
        """Return the column of this name, None when there is none."""
        return COLUMNS.get(name) or FURTHER.get(name) or self._added(name)

    def _added(self, name: str) -> Column | None:
        ratio = RATIO_COLUMN.fullmatch(name)
        if ratio is None:
            return self.own.get(name) or self._uncertainty_of_own(name)
        key = ratio[1]
        words = self.ratios.get(key) or self._name_in_batches(key)
        return ratio_columns(key, words).get(name) if words else None

    def _uncertainty_of_own(self, name: str) -> Column | None:
        of = self.own.get(name.removesuffix(UNCERTAINTY))
        return of and uncertainty_of(of)

    def _name_in_batches(self, key: str) -> str:
        """Return what the batches call a ratio that no recipe asks for, looked for once."""
        if key not in self._batch_names:
            self._batch_names[key] = name_in_batches(self.user, key)
        return self._batch_names[key]

    @property
    def ratios(self) -> dict[str, str]:
        """The ratios that a person's recipes ask for: key -> name."""
        return self._lab.ratios

    @property
    def own(self) -> dict[str, Column]:
        """The columns of the lab's own quantities."""
        return self._lab.own

    @property
    def chosen(self) -> tuple[str, ...]:
        """The names of the columns that the person chose to see, none where nothing was chosen."""
        return self._lab.chosen

    @cached_property
    def _lab(self) -> Lab:
        user_id = None if self.user is None else self.user.pk
        chosen: tuple[str, ...]
        ratios, gaps, leading, own, chosen = {}, {}, "", {}, ()
        for kind, name, above, below, said in fetch_rows(WHAT_A_LAB_ADDS, {"user": user_id}):
            if kind == "ratio":
                ratios[name] = ratio_name(above, below)
                gaps[name] = [_gap(one) for one in json.loads(said or "[]")]
            elif kind == "leading":
                leading = name
            elif kind == "chosen":
                chosen = tuple(name.split(",")) if name else ()
            else:
                own[name] = quantity_column(LabQuantity(**json.loads(above)).quantity)
        return Lab(ratios, gaps, leading, own, chosen)

    def gaps_along(self, column: Column) -> list[OpenGap]:
        """Return what nobody has measured along a column: of a ratio whose recipe names gaps."""
        ratio = RATIO_COLUMN.fullmatch(column.name)
        gaps = self._lab.gaps.get(ratio[1], []) if ratio else []
        if not gaps or ratio[3] or self.user is None:
            return []
        return still_open(self.user, ratio[1], gaps, str(column.label))

    @cached_property
    def every(self) -> dict[str, Column]:
        """Every column, the rows' own first."""
        ratios = [ratio_columns(key, name) for key, name in self.ratios.items()]
        added = {name: column for one in ratios for name, column in one.items()}
        own = {c.name: c for one in self.own.values() for c in (one, uncertainty_of(one)) if c}
        more = {**added, **FURTHER, **own}
        return COLUMNS | {name: one for name, one in more.items() if name not in COLUMNS}

    @cached_property
    def numbers(self) -> dict[str, Column]:
        """Every column that holds a number."""
        return {name: c for name, c in self.every.items() if c.kind is Kind.NUMBER}

    @cached_property
    def ratio(self) -> str:
        """The weighed ratio that a page starts with: that of the person's newest batch."""
        return f"{self._lab.leading or LEADING}_weighed"

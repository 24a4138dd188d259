"""Every column that a person can ask the history for: the rows' own, and what the lab added to them.

A lab adds the ratios that its recipes ask for and quantities of its own. Names that the rows have are
found without a look into the database.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from analysis.models import LabQuantity
from analysis.services.history_columns import (
    COLUMNS,
    FURTHER,
    Column,
    Kind,
    quantity_column,
    ratio_columns,
)
from synthesis.services.quantities import leading_key, name_in_batches, ratios_asked

RATIO_COLUMN = re.compile(r"(ratio_[a-z0-9]+(?:_[a-z0-9]+)*?)(_effective|_weighed(_uncertainty)?)?")


class Catalogue:
    """The columns of one person; without a person, those of the recipes that the whole lab has."""

    def __init__(self, user: Any = None) -> None:
        self.user = user

    def find(self, name: str) -> Column | None:
        """Return the column of this name, None when there is none."""
        return COLUMNS.get(name) or FURTHER.get(name) or self._added(name)

    def _added(self, name: str) -> Column | None:
        ratio = RATIO_COLUMN.fullmatch(name)
        if ratio is None:
            return self.own.get(name)
        key = ratio[1]
        words = self.ratios.get(key) or name_in_batches(self.user, key)
        return ratio_columns(key, words).get(name) if words else None

    @cached_property
    def ratios(self) -> dict[str, str]:
        """The ratios that a person's recipes ask for: key -> name."""
        return ratios_asked(self.user)

    @cached_property
    def own(self) -> dict[str, Column]:
        """The columns of the lab's own quantities."""
        rows = LabQuantity.objects.all()
        return {row.name: quantity_column(row.quantity) for row in rows}

    @cached_property
    def every(self) -> dict[str, Column]:
        """Every column, the rows' own first."""
        ratios = [ratio_columns(key, name) for key, name in self.ratios.items()]
        added = {name: column for one in ratios for name, column in one.items()}
        more = {**added, **FURTHER, **self.own}
        return COLUMNS | {name: one for name, one in more.items() if name not in COLUMNS}

    @cached_property
    def numbers(self) -> dict[str, Column]:
        """Every column that holds a number."""
        return {name: c for name, c in self.every.items() if c.kind is Kind.NUMBER}

    @cached_property
    def ratio(self) -> str:
        """The weighed ratio that a page starts with: that of the person's newest batch."""
        key = leading_key(self.user) or next(iter(self.ratios), "")
        return f"{key}_weighed" if key else ""

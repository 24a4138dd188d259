"""The history as a table to take away."""

from __future__ import annotations

from typing import Any

from analysis.exports.table import Table
from analysis.history.language import Question
from analysis.history.rows import ROWS, order_clause, where_clause


def history_table(user: Any, question: Question) -> Table:
    """Return every row that the question finds, whatever its page; in its order, with its columns."""
    where, params = where_clause(user.pk, question.conditions)
    source = f"{ROWS} WHERE {where}"
    return Table("history", question.columns, source, order_clause(question), params)

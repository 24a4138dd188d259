"""What a question is summed up as: the parameters that say it beside those of the history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from analysis.history.catalogue import Catalogue
from analysis.history.columns import COLUMNS, Column, Kind
from analysis.history.grouped import Grouped, Pivot, group, numbers_of, pivot, summed_by
from analysis.history.language import Question, UnclearQuestion, read_with
from labnotebook.records.refusals import Refusal

BESIDE = ("by", "rows", "across", "value")  # parameters that say how a question is summed up
BY, ROWS, ACROSS, VALUE = "phase", "recipe", "phase", "plqy_percent"


class Groups(NamedTuple):
    """A question, by what it is grouped, and the numbers of each group."""

    question: Question
    by: str
    columns: tuple[Column, ...]

    def find(self, user: Any) -> Grouped:
        """Return the groups."""
        return group(user, self.question, self.by, self.columns)


class Crossed(NamedTuple):
    """A question, what stands down and across, and the number of each cell."""

    question: Question
    rows: str
    across: str
    value: Column

    def find(self, user: Any) -> Pivot:
        """Return the pivot."""
        return pivot(user, self.question, self.rows, self.across, self.value)


def read_groups(
    catalogue: Catalogue, pairs: Iterable[tuple[str, str]], said: Mapping[str, str]
) -> Groups:
    """Return the groups that are asked for; refuse all that is not understood at once."""
    question, refusals = _question(catalogue, pairs)
    by, columns = BY, ()
    try:
        by = summed_by(said, "by", BY)
    except Refusal as refusal:
        refusals.append(refusal)
    try:
        columns = numbers_of(question)
    except Refusal as refusal:
        refusals.append(refusal)
    if refusals:
        raise UnclearQuestion(refusals)
    return Groups(question, by, columns)


def read_pivot(
    catalogue: Catalogue, pairs: Iterable[tuple[str, str]], said: Mapping[str, str]
) -> Crossed:
    """Return the pivot that is asked for; refuse all that is not understood at once."""
    question, refusals = _question(catalogue, pairs)
    sides = {}
    for name, usual in (("rows", ROWS), ("across", ACROSS)):
        try:
            sides[name] = summed_by(said, name, usual)
        except Refusal as refusal:
            refusals.append(refusal)
    if len(sides) == 2 and sides["rows"] == sides["across"]:
        refusals.append(
            Refusal(
                "Rows and columns are by the same thing. Choose another for one of them, or look at groups.",
                field="across",
            )
        )
    name = said.get("value") or VALUE
    value = catalogue.find(name)
    if value is None or value.kind is not Kind.NUMBER:
        refusals.append(
            Refusal(
                f"There is no number called {name[:60]!r}. Choose one of"
                f" {', '.join(catalogue.numbers)}.",
                field="value",
            )
        )
        value = COLUMNS[VALUE]
    if refusals:
        raise UnclearQuestion(refusals)
    return Crossed(question, sides["rows"], sides["across"], value)


def _question(
    catalogue: Catalogue, pairs: Iterable[tuple[str, str]]
) -> tuple[Question, list[Refusal]]:
    try:
        return read_with(catalogue, pairs), []
    except UnclearQuestion as unclear:
        return Question(), list(unclear.refusals)

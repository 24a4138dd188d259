"""Batches side by side: which of their answers differ, by how much, and which are the same.

A number differs when it lies further from the first batch's than both uncertainties together; where
none is known, when it is another number. Plain Python, no Django.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from labnotebook.records.presentation.numbers import (
    MINUS,
    NARROW_SPACE,
    Quantity,
    format_quantity,
)

LETTERS = string.ascii_uppercase


class Judgement(Enum):
    """How an answer stands to that of the first batch."""

    FIRST = ""
    EQUAL = "eq"  # the same words or the same digits
    NEAR = "near"  # another number, within both uncertainties
    FAR = "far"
    UNKNOWN = "unknown"  # one of the two is not known


@dataclass(frozen=True, slots=True)
class Piece:
    """A few words of an answer, and where they lead. ``kind``: caption, flag, muted."""

    text: str
    kind: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one batch says to one row: a number, a phase, or words; nothing when it is not known.

    uncertainty: one standard uncertainty. within: how far two such numbers may lie apart and still
    count as the same, where there is no uncertainty (the tolerance of a set point). kind: words of one
    kind are another answer, but no other kind of answer (two bottles of one salt). plan: what was
    planned, shown beside, and compared where neither batch recorded anything. note: shown beside.
    """

    value: Decimal | float | None = None
    uncertainty: float | None = None
    low: float | None = None
    high: float | None = None
    within: float = 0.0
    phase: str = ""
    pieces: tuple[Piece, ...] = ()
    kind: str = ""
    plan: str = ""
    note: str = ""

    @property
    def is_known(self) -> bool:
        """Whether the batch says anything."""
        return self.value is not None or bool(self.phase) or bool(self.pieces)

    @property
    def quantity(self) -> Quantity:
        """The number as it is written; the unit stands with the row."""
        return format_quantity(self.value, self.uncertainty, low=self.low, high=self.high)

    @property
    def text(self) -> str:
        """The answer as plain text, empty when it is not known."""
        if self.value is not None:
            return self.quantity.text
        return " ".join(part for part in self.written if part)

    @property
    def written(self) -> tuple[str, ...]:
        """What is compared where it is no number: the words, without captions."""
        return (self.phase, *(piece.text for piece in self.pieces))

    @property
    def spread(self) -> float:
        """How far another number may lie from this one and still be the same."""
        if self.uncertainty is not None:
            return self.uncertainty
        if self.low is not None and self.high is not None:
            return (self.high - self.low) / 2
        return self.within


@dataclass(frozen=True, slots=True)
class Cell:
    """One answer beside that of the first batch."""

    letter: str
    answer: Answer
    judgement: Judgement
    difference: str = ""  # printed only beyond both uncertainties

    @property
    def look(self) -> str:
        """The class that tints it."""
        return self.judgement.value if self.judgement in TINTED else ""


TINTED = (Judgement.EQUAL, Judgement.FAR)


@dataclass(frozen=True, slots=True)
class Row:
    """One question, answered by every batch in turn.

    relative: a difference is told in percent. long: answers are sentences, so a narrow screen gives
    each a line of its own.
    """

    name: str
    answers: tuple[Answer, ...]
    unit: str = ""
    relative: bool = False
    long: bool = False

    @property
    def title(self) -> str:
        """Name and unit."""
        return f"{self.name} / {self.unit}" if self.unit else self.name

    @property
    def is_known(self) -> bool:
        """Whether any batch says anything."""
        return any(answer.is_known or answer.plan for answer in self.answers)

    @property
    def differs(self) -> bool:
        """Whether any batch says another thing than the first one."""
        first, *others = self.answers
        return any(judge(answer, first) is not Judgement.EQUAL for answer in others)

    @property
    def cells(self) -> list[Cell]:
        """The answers, each held against the first."""
        first, *others = self.answers
        cells = [Cell(LETTERS[0], first, Judgement.FIRST)]
        for letter, answer in zip(LETTERS[1:], others, strict=False):
            judged = judge(answer, first)
            told = self._difference(answer, first) if judged is Judgement.FAR else ""
            cells.append(Cell(letter, answer, judged, told))
        return cells

    def _difference(self, answer: Answer, first: Answer) -> str:
        if answer.value is None or first.value is None:
            return ""
        if self.relative and first.value:
            percent = 100 * (float(answer.value) / float(first.value) - 1)
            return f"{_signed(f'{percent:+.0f}' if abs(percent) >= 10 else f'{percent:+.1f}')}{NARROW_SPACE}%"
        return difference(answer, first)


@dataclass(frozen=True, slots=True)
class Group:
    """Rows about one thing."""

    name: str
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs, by subject, and what is the same."""

    differing: tuple[Group, ...]
    equal: tuple[Row, ...]

    @property
    def number_differing(self) -> int:
        """How many rows differ."""
        return sum(len(group.rows) for group in self.differing)


def judge(answer: Answer, first: Answer) -> Judgement:
    """Say how an answer stands to the first batch's."""
    if not answer.is_known and not first.is_known:
        return Judgement.EQUAL if answer.plan == first.plan else Judgement.FAR
    if not answer.is_known or not first.is_known:
        return Judgement.UNKNOWN
    if answer.value is None or first.value is None:
        if answer.written == first.written:
            return Judgement.EQUAL
        return Judgement.NEAR if answer.kind and answer.kind == first.kind else Judgement.FAR
    if answer.quantity == first.quantity:
        return Judgement.EQUAL
    apart = abs(float(answer.value) - float(first.value))
    # A hair more than the sum, so that 173.4 and 173.2 with 0.1 each do not differ by a rounding.
    within = (answer.spread + first.spread) * (1 + 1e-9) + 1e-12 * abs(float(first.value))
    return Judgement.FAR if apart > within else Judgement.NEAR


def difference(answer: Answer, first: Answer) -> str:
    """Return how much more a number is, with its sign, to the digits that are known."""
    assert answer.value is not None
    assert first.value is not None
    if isinstance(answer.value, Decimal) and isinstance(first.value, Decimal):
        return _signed(f"{answer.value - first.value:+f}")
    apart = float(answer.value) - float(first.value)
    spread = max(answer.spread, first.spread) or None
    written = format_quantity(abs(apart), spread, digits=3)
    value = NARROW_SPACE.join(part for part in (written.value, written.power) if part)
    return f"{'+' if apart > 0 else MINUS}{value}"


def _signed(text: str) -> str:
    return text.replace("-", MINUS)


def compare(groups: Sequence[Group]) -> Comparison:
    """Put what differs first, by subject, and fold what is the same; rows nobody answers go."""
    equal: list[Row] = []
    differing = []
    for group in groups:
        known = [row for row in group.rows if row.is_known]
        equal += [row for row in known if not row.differs]
        rows = tuple(row for row in known if row.differs)
        if rows:
            differing.append(Group(group.name, rows, group.note))
    return Comparison(tuple(differing), tuple(equal))

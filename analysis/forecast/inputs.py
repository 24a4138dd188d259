"""Inputs of any recipe, numbers and words, as columns that a distance makes sense in."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Inputs = Mapping[str, float | str | None]

WIDE = 20.0  # a positive number that spans more than this factor is looked at by its logarithm
MOST_WORDS = 12  # of one input; rarer ones count as none of these


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the number under ``name`` (or its logarithm), or whether ``word`` stands there.

    A number that is not known takes ``mean``; so the column says nothing on that row.
    """

    name: str
    word: str | None
    logarithm: bool
    mean: float
    sd: float

    def value(self, inputs: Inputs) -> float:
        """Return the standardised value for one experiment."""
        given = inputs.get(self.name)
        if self.word is not None:
            return (float(given == self.word) - self.mean) / self.sd
        if not _is_number(given) or (self.logarithm and float(given) <= 0):  # type: ignore[arg-type]
            return 0.0
        number = float(given)  # type: ignore[arg-type]
        return ((math.log(number) if self.logarithm else number) - self.mean) / self.sd


def columns_of(experiments: Sequence[Inputs]) -> tuple[Column, ...]:
    """Return the columns that vary over these experiments."""
    names = sorted({name for inputs in experiments for name in inputs})
    found: list[Column] = []
    for name in names:
        given = [inputs.get(name) for inputs in experiments]
        numbers = [float(value) for value in given if _is_number(value)]  # type: ignore[arg-type]
        words = Counter(value for value in given if isinstance(value, str))
        if words:
            found += [
                _column(name, [float(value == word) for value in given], word)
                for word, _ in sorted(words.most_common(MOST_WORDS))
            ]
        elif numbers:
            logarithm = min(numbers) > 0 and max(numbers) / min(numbers) > WIDE
            found.append(
                _column(
                    name, [math.log(n) for n in numbers] if logarithm else numbers, None, logarithm
                )
            )
    return tuple(column for column in found if column.sd > 1e-9 * max(1.0, abs(column.mean)))


def as_numbers(columns: Sequence[Column], experiments: Sequence[Inputs]) -> Floats:
    """Return the experiments as an array, shape (n, columns)."""
    return np.array(
        [[column.value(inputs) for column in columns] for inputs in experiments], dtype=np.float64
    ).reshape(len(experiments), len(columns))


def _column(
    name: str, values: Sequence[float], word: str | None, logarithm: bool = False
) -> Column:
    return Column(name, word, logarithm, float(np.mean(values)), float(np.std(values)))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)

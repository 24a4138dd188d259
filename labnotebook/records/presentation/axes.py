"""Axes of the server's drawings: where a value stands and which numbers are written."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .numbers import MINUS, NARROW_SPACE, SUPERSCRIPTS

Values = Sequence[float] | npt.NDArray[np.float64]
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
EDGE = 1e-9


class Tick(NamedTuple):
    """A number on an axis: its place from 0 to 1, its text, whether a narrow figure drops it."""

    at: float
    text: str
    optional: bool


@dataclass(frozen=True)
class Axis:
    """One axis. low < high, in the unit named; on a log axis both are positive.

    falls: low stands at the right, as for binding energies.
    """

    low: float
    high: float
    label: str
    unit: str = ""
    log: bool = False
    wanted: int = 5
    falls: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"The axis {self.label} runs from {self.low} to {self.high}.")
        if self.log and self.low <= 0:
            raise ValueError(f"The log axis {self.label} cannot start at {self.low}.")

    @classmethod
    def over(
        cls,
        values: Iterable[Values],
        label: str,
        unit: str = "",
        *,
        log: bool = False,
        zero: bool = False,
        tight: bool = False,
        wanted: int = 5,
        falls: bool = False,
    ) -> Axis:
        """Return the axis that holds all values.

        log: from half the smallest positive value up; zeros are drawn at the foot, never dropped.
        zero: the axis starts at 0 unless values are negative. tight: no room at the ends.
        Without any finite value the axis runs from 0 to 1 (log: 1 to 10).
        """
        joined = [np.asarray(part, dtype=float).ravel() for part in values]
        every = np.concatenate(joined) if joined else np.empty(0)
        every = every[np.isfinite(every)]
        if log:
            every = every[every > 0]
            low, high = (every.min() / 2, every.max() * 1.4) if every.size else (1.0, 10.0)
            return cls(float(low), float(max(high, low * 10)), label, unit, True, wanted, falls)
        if not every.size:
            return cls(0.0, 1.0, label, unit, False, wanted, falls)
        low, high = float(every.min()), float(every.max())
        if zero:
            low, high = min(low, 0.0), max(high, 0.0)
        if high - low <= EDGE * max(abs(low), abs(high), EDGE):
            half = max(abs(low), abs(high)) / 2
            half = half if half > sys.float_info.min else 0.5  # halves below it are 0
            low, high = low - half, high + half
        if not tight:
            room = (high - low) * 0.06
            low, high = (low if zero and low == 0 else low - room), high + room
        return cls(low, high, label, unit, False, wanted, falls)

    def at(self, value: float) -> float:
        """Return where value stands, 0 at low and 1 at high (an axis that falls: 1 at low and 0 at high).

        A log axis holds it at its foot.
        """
        if self.log:
            held = max(value, self.low)
            place = math.log10(held / self.low) / math.log10(self.high / self.low)
        else:
            place = (value - self.low) / (self.high - self.low)
        return 1 - place if self.falls else place

    def along(self, values: Values) -> npt.NDArray[np.float64]:
        """Return `at` of every value; what is not finite stays nan."""
        data = np.asarray(values, dtype=float)
        if self.log:
            held = np.where(data > self.low, data, np.where(np.isnan(data), np.nan, self.low))
            places = np.log10(held / self.low) / math.log10(self.high / self.low)
        else:
            places = (data - self.low) / (self.high - self.low)
        return np.asarray(1 - places if self.falls else places)

    def holds(self, value: float) -> bool:
        """Whether value lies on the axis."""
        return self.low <= value <= self.high

    @property
    def power(self) -> int:
        """The power of ten that the numbers leave to the title, 0 when they are short enough."""
        size = max(abs(self.low), abs(self.high))
        if self.log or 1e-2 <= size < 1e5:
            return 0
        return 3 * math.floor(math.log10(size) / 3)

    @property
    def title(self) -> str:
        """Quantity / unit, with the power of ten where there is one."""
        factor = f"10{str(self.power).translate(SUPERSCRIPTS)}" if self.power else ""
        unit = NARROW_SPACE.join(part for part in (factor, self.unit) if part)
        return f"{self.label} / {unit}" if unit else self.label

    def ticks(self) -> list[Tick]:
        """Return the numbers to write: decades on a log axis, else round steps."""
        return self._decades() if self.log else self._steps()

    def _steps(self) -> list[Tick]:
        raw = (self.high - self.low) / self.wanted
        unit = 10.0 ** math.floor(math.log10(raw))
        step = next(s for s in STEPS if s * unit >= raw * (1 - EDGE)) * unit
        first = math.ceil(self.low / step - EDGE)
        last = math.floor(self.high / step + EDGE)
        scaled = step / 10.0**self.power
        places = next(p for p in range(20) if abs(round(scaled, p) - scaled) < EDGE * scaled)
        # Every second number goes on a narrow figure; those on even steps stay, so 0 does.
        return [
            Tick(
                self.at(k * step),
                _written(k * step / 10.0**self.power, places),
                k % 2 != 0 and last - first > 3,
            )
            for k in range(first, last + 1)
        ]

    def _decades(self) -> list[Tick]:
        first = math.ceil(math.log10(self.low) - EDGE)
        last = math.floor(math.log10(self.high) + EDGE)
        stride = max(1, math.ceil((last - first) / 6))
        found = [
            Tick(self.at(10.0**k), _decade(k), (k - first) % (2 * stride) != 0 and last - first > 3)
            for k in range(first, last + 1, stride)
        ]
        if len(found) >= 2:
            return found
        # Less than two decades in sight: 2 and 5 carry numbers too.
        small = [
            m * 10.0**k
            for k in range(first - 1, last + 1)
            for m in (1, 2, 5)
            if self.holds(m * 10.0**k)
        ]
        return [Tick(self.at(v), f"{v:g}", False) for v in small]


def _written(value: float, places: int) -> str:
    text = f"{abs(value):.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    whole, point, rest = text.partition(".")
    if len(whole) > 4:
        whole = f"{int(whole):,}".replace(",", NARROW_SPACE)
    return (MINUS if value < 0 and text != "0" else "") + whole + point + rest


def _decade(power: int) -> str:
    if -1 <= power <= 3:
        return f"{10.0**power:g}"
    return "10" + str(power).translate(SUPERSCRIPTS)

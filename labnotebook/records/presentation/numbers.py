"""Quantities as a chemist writes them: value, uncertainty, unit, with the digits that are known.

One digit of uncertainty, two when the first is 1, and the value follows (the rounding of the
Particle Data Group's tables, simplified). What was typed keeps its digits. What is unknown is "—".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from .markup import Markup, escape

UNKNOWN = "—"
MINUS = "−"
NARROW_SPACE = "\u202f"
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
LARGE = Decimal(100_000)
SMALL = Decimal("0.001")

Number = Decimal | float | int | None


@dataclass(frozen=True)
class Quantity:
    """The written parts of one quantity; every part may be empty but the value."""

    value: str
    uncertainty: str = ""
    interval: str = ""
    power: str = ""
    unit: str = ""
    relation: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a number at all."""
        return self.value != UNKNOWN

    @property
    def text(self) -> str:
        """The quantity as plain text, with narrow no-break spaces."""
        return self._head + self._spread + self._tail

    @property
    def _head(self) -> str:
        return f"{self.relation}{NARROW_SPACE}{self.value}" if self.relation else self.value

    @property
    def _spread(self) -> str:
        if self.interval:
            return f" ({self.interval})"
        if self.uncertainty:
            return f"{NARROW_SPACE}±{NARROW_SPACE}{self.uncertainty}"
        return ""

    @property
    def _tail(self) -> str:
        parts = [part for part in (self.power, self.unit) if part]
        return NARROW_SPACE + NARROW_SPACE.join(parts) if parts else ""

    def html(self) -> Markup:
        """The quantity as a ``q`` span: value bold, spread and unit muted."""
        if not self.known:
            return Markup(UNKNOWN)
        muted = "".join(f"<i>{escape(part)}</i>" for part in (self._spread, self._tail) if part)
        return Markup(f'<span class="q"><b>{escape(self._head)}</b>{muted}</span>')

    def __str__(self) -> str:
        return self.text


def format_quantity(
    value: Number,
    uncertainty: Number = None,
    unit: str = "",
    *,
    low: Number = None,
    high: Number = None,
    digits: int = 4,
    places: int | None = None,
    below: bool = False,
) -> Quantity:
    """Return the written parts of a quantity.

    value: a Decimal as typed (its digits are kept), a float as computed, or None.
    uncertainty: one standard uncertainty in the same unit; it decides the digits of a float.
    low, high: an interval, written "0.77 (0.49–0.85)" in place of ±.
    digits: significant digits of a float that has neither; trailing zeros go.
    places: decimal places, when the instrument fixes them.
    below: the value is a detection limit, written "< 2".
    """
    number = _decimal(value)
    if number is None:
        return Quantity(UNKNOWN)
    bounds = _bounds(_decimal(low), _decimal(high))
    spread = _decimal(uncertainty)
    if spread is not None and spread <= 0:
        spread = None
    typed = isinstance(value, Decimal | int)
    half = spread if spread is not None else _half_width(bounds)
    exponent = 0 if typed and spread is None else _power(number, half, bounded=bounds is not None)
    scale = Decimal(1).scaleb(-exponent)
    place = _place(number * scale, None if half is None else half * scale, digits, places, typed)
    if bounds and bounds[0] == 0 and half is not None and places is None and not typed:
        place = (half * scale).adjusted() - 1  # one-sided: the value is no middle, so a digit more
    drop = place is not None and half is None and not typed and places is None

    def write(part: Decimal) -> str:
        return _plain(
            part * scale if exponent else part,
            place,
            drop_zeros=drop or (bounds is not None and not part),
        )

    return Quantity(
        value=write(number),
        uncertainty="" if spread is None or bounds else _spread(uncertainty, spread * scale, place),
        interval="" if bounds is None else _interval(write(bounds[0]), write(bounds[1])),
        power=f"×{NARROW_SPACE}10{str(exponent).translate(SUPERSCRIPTS)}" if exponent else "",
        unit=unit,
        relation="<" if below else "",
    )


def short_quantity(
    value: Number,
    uncertainty: Number = None,
    unit: str = "",
    *,
    low: Number = None,
    high: Number = None,
    digits: int = 4,
) -> Quantity:
    """Return a quantity for a figure that is read at a glance: at most so many significant digits.

    An uncertainty that lies below the last of them is left out; it stands where the number comes from.
    """
    number, spread = _decimal(value), _decimal(uncertainty)
    if number and spread is not None and low is None:
        last = Decimal(1).scaleb(number.adjusted() - digits + 1)
        if 0 < spread < last / 2:
            return format_quantity(float(number), unit=unit, digits=digits)
    return format_quantity(value, uncertainty, unit, low=low, high=high, digits=digits)


def plain_number(value: Number, digits: int = 4) -> str:
    """Return a number alone as text: true minus, thousands set apart, "—" for None."""
    return format_quantity(value, digits=digits).text


def _decimal(value: Number) -> Decimal | None:
    if value is None:
        return None
    number = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    if isinstance(value, int):
        number = Decimal(value)
    return number if number.is_finite() else None


def _bounds(low: Decimal | None, high: Decimal | None) -> tuple[Decimal, Decimal] | None:
    return None if low is None or high is None else (min(low, high), max(low, high))


def _half_width(bounds: tuple[Decimal, Decimal] | None) -> Decimal | None:
    if bounds is None or bounds[0] == bounds[1]:
        return None
    return (bounds[1] - bounds[0]) / 2


def _power(number: Decimal, half: Decimal | None, *, bounded: bool = False) -> int:
    """Return the power of ten to take out, 0 for numbers that read well as they are.

    With an interval a leading 0 is fine: 0.25 (0–0.76) × 10⁶ stands beside 12.4 × 10⁶.

    Powers are multiples of three up to 10¹¹, so that rates of one lab compare at a glance.
    """
    size = max(abs(number), half or Decimal(0))
    if size == 0 or SMALL <= size < LARGE:
        return 0
    exponent = size.adjusted()
    return exponent if abs(exponent) >= 12 else 3 * math.floor((exponent + bounded) / 3)


def _place(
    number: Decimal, half: Decimal | None, digits: int, places: int | None, typed: bool
) -> int | None:
    """Return the power of ten of the last digit to write; None keeps the digits as typed."""
    if places is not None:
        return -places
    if typed:
        return None
    if half is not None:
        rounded = half.quantize(Decimal(1).scaleb(half.adjusted() - 1))
        return rounded.adjusted() - (1 if rounded.as_tuple().digits[0] == 1 else 0)
    # Whole digits are never rounded away: 13 626 stays 13 626.
    return min(number.adjusted() - digits + 1, 0) if number else 0


def _spread(given: Number, spread: Decimal, place: int | None) -> str:
    """Return the uncertainty at the value's last digit, beside a typed value at its own."""
    if place is None and isinstance(given, Decimal):
        return _plain(given, None)
    return _plain(spread, _place(spread, spread, 1, None, False) if place is None else place)


def _plain(number: Decimal, place: int | None, *, drop_zeros: bool = False) -> str:
    if place is not None:
        step = Decimal(1).scaleb(place)
        number = (number / step).quantize(Decimal(1), ROUND_HALF_EVEN) * step
    text = f"{abs(number):f}"
    if place is not None and place >= 0:
        text = text.partition(".")[0]
    if drop_zeros and "." in text:
        text = text.rstrip("0").rstrip(".")
    whole, point, rest = text.partition(".")
    if len(whole) > 4:
        whole = f"{int(whole):,}".replace(",", NARROW_SPACE)
    negative = number < 0
    return f"{MINUS if negative else ''}{whole}{point}{rest}"


def _interval(low: str, high: str) -> str:
    # A dash beside a minus sign misleads, so a negative bound gets a word.
    return f"{low} to {high}" if low.startswith(MINUS) else f"{low}–{high}"

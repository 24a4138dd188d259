"""Read quantities as chemists type them, and keep every digit.

Comma and point, units, powers of ten, thin spaces, both micro signs and, in a field of time, a clock
(``1:30``, ``0:10:00``) are understood; a number that could be read in two ways is refused in words.
Conversion is exact decimal arithmetic. The units stand in ``units``.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, localcontext
from fractions import Fraction

from .units import ZERO_CELSIUS_K, Unit, find_unit, names_of

LONGEST_TEXT = 60
MOST_DIGITS = 30
LARGEST_EXPONENT = 18  # 10^±18 of any unit here is beyond every bench

_ABSOLUTE_ZERO_C = -ZERO_CELSIUS_K

_SPACES = "\u00a0\u2007\u2009\u202f\u200a\u2006\u2002\u2003\t"
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?:10\^(?P<power>[+-]?\d+)"
    r"|(?P<digits>(?:\d{1,3}(?: \d{3})+|\d+)?(?:[.,]\d*)?)"
    r"(?:\s?(?:[eE]|[x×·⋅*]\s?10\^?)(?P<exponent>[+-]?\d+))?)"
)
# What a timer shows: minutes and seconds, or hours, minutes and seconds.
_CLOCK = re.compile(
    r"(?:(?P<hours>\d{1,4}):(?=\d\d:))?(?P<minutes>\d{1,4}):(?P<seconds>\d\d(?:[.,]\d+)?)"
)
_RAISED_POWER = re.compile(r"(?<![\d.,])10([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_ONE_COMMA = re.compile(r"[1-9]\d{0,2},\d{3}")  # a decimal comma, or thousands
# Below zero these are nothing strange: cooling, reverse bias, a zeta potential.
_MAY_BE_NEGATIVE = frozenset({"temperature ramp", "voltage", "current", "current density", "angle"})


class UnreadableQuantity(ValueError):
    """A typed quantity that cannot be understood; the message says why and how to write it."""


@dataclass(frozen=True, slots=True)
class TypedQuantity:
    """What was typed, and what was understood: ``value`` in ``unit``, all digits kept."""

    text: str
    value: Decimal
    unit: str
    typed_unit: str

    def __str__(self) -> str:
        return f"{self.value:f}" if self.unit == "1" else f"{self.value:f} {self.unit}"


def parse_quantity(text: str, unit: str, *, negative: bool = False) -> TypedQuantity:
    """Read ``text`` as a quantity and return it in ``unit`` (the field's own when none is typed).

    ``negative`` allows values below zero (temperatures in °C always may be).
    Raises UnreadableQuantity with a sentence.

    >>> parse_quantity("0,0553 g", unit="mg").value
    Decimal('55.3')
    >>> parse_quantity("1:30", unit="s").value
    Decimal('90')
    """
    wanted = _field_unit(unit)
    clean = _clean(text)
    clock = _CLOCK.fullmatch(clean) if wanted.dimension == "time" else None
    if clock:
        number, typed_unit = _seconds(clock, text), "s"
    else:
        number, rest = _number(clean, text)
        typed_unit = rest.strip()
    value = _converted(number, typed_unit, unit, text)
    if wanted.dimension == "temperature":
        if value < (0 if wanted.name == "K" else _ABSOLUTE_ZERO_C):
            raise UnreadableQuantity(
                f"“{text.strip()}” lies below absolute zero. Check the sign and the unit."
            )
    elif value < 0 and not negative and wanted.dimension not in _MAY_BE_NEGATIVE:
        raise UnreadableQuantity(
            f"“{text.strip()}” is negative. Write the amount without a minus sign."
        )
    return TypedQuantity(text=text, value=value, unit=unit, typed_unit=typed_unit or unit)


def names_a_unit(text: str) -> bool:
    """Whether a unit stands behind the number: ``1e3`` has none. False for what cannot be read.

    >>> names_a_unit("55.3 mg"), names_a_unit("1e3"), names_a_unit("1 x 10^3")
    (True, False, False)
    """
    try:
        _, rest = _number(_clean(text), text)
    except UnreadableQuantity:
        return False
    return bool(rest.strip())


def convert(value: Decimal, from_unit: str, to_unit: str) -> Decimal:
    """Convert a decimal exactly between two units of one dimension."""
    return _converted(value, from_unit, to_unit, f"{value} {from_unit}")


def dimension_of(unit: str) -> str:
    """Return mass, volume, amount, time ... of a unit; raises UnreadableQuantity for an unknown one."""
    found = find_unit(unit)
    if found is None:
        raise UnreadableQuantity(
            f"The unit “{unit}” is not known. Write for example mg, mL or mmol."
        )
    return found.dimension


def _clean(text: str) -> str:
    if not isinstance(text, str):
        raise UnreadableQuantity(f"A quantity is typed as text such as 55.3 mg, not {text!r}.")
    if len(text) > LONGEST_TEXT:
        raise UnreadableQuantity(
            f"This is {len(text)} characters long. Write a number and a unit, such as 55.3 mg."
        )
    clean = text.strip()
    for space in _SPACES:
        clean = clean.replace(space, " ")
    # U+03BC and a typed u both stand for micro; U+2212 is the printed minus
    clean = clean.replace("μ", "µ").replace("−", "-").replace("–", "-").strip()
    clean = _RAISED_POWER.sub(lambda m: f"10^{m[1].translate(_RAISED)}", clean)
    if not clean:
        raise UnreadableQuantity("Nothing was typed. Write a number and a unit, such as 55.3 mg.")
    return clean


def _seconds(clock: re.Match[str], text: str) -> Decimal:
    """Return what a timer shows in seconds: ``h:mm:ss`` or ``mm:ss``."""
    hours, minutes = int(clock["hours"] or 0), int(clock["minutes"])
    seconds = Decimal(clock["seconds"].replace(",", "."))
    if seconds >= 60 or (clock["hours"] and minutes >= 60):
        raise UnreadableQuantity(
            f"“{text.strip()}” is no time that a clock shows. Write h:mm:ss or mm:ss, such as 0:10:00."
        )
    return (hours * 60 + minutes) * 60 + seconds


def _number(clean: str, text: str) -> tuple[Decimal, str]:
    shown = text.strip()
    if re.match(r"[+-]?(nan|inf|infinity|∞)\b", clean, re.IGNORECASE) or clean.startswith("∞"):
        raise UnreadableQuantity(
            f"“{shown}” is not a number one can weigh. Leave the field empty when not measured."
        )
    found = _NUMBER.match(clean)
    typed_digits = "" if found is None else found["digits"] or ("1" if found["power"] else "")
    if found is None or not re.search(r"\d", typed_digits):
        raise UnreadableQuantity(f"“{shown}” does not start with a number. Write it like 55.3 mg.")
    rest = clean[found.end() :]
    if rest[:1] in {",", "."} or re.match(r"\s?\d", rest):
        raise UnreadableQuantity(
            f"“{shown}” can be read in more than one way. Write one decimal sign and no thousands "
            "sign, such as 1234.5."
        )
    if rest.lstrip()[:1] in {"±", "+", "-", "~", "<", ">"} or rest.lstrip().startswith("(+"):
        raise UnreadableQuantity(
            f"“{shown}” holds more than one number. Write one value; the uncertainty has its own field."
        )
    if _ONE_COMMA.fullmatch(typed_digits):
        point, plain = typed_digits.replace(",", "."), typed_digits.replace(",", "")
        raise UnreadableQuantity(
            f"“{shown}” can be read in more than one way: {point} or {plain}? Write {point} with a point, "
            f"or {plain} without a sign between the thousands."
        )
    digits = typed_digits.replace(" ", "").replace(",", ".")
    exponent = found["exponent"] or found["power"] or "0"
    if len(digits) > MOST_DIGITS:
        raise UnreadableQuantity(
            f"“{shown}” has more than {MOST_DIGITS} digits. Write the digits the instrument showed."
        )
    if len(exponent) > 4 or abs(int(exponent)) > LARGEST_EXPONENT:
        raise UnreadableQuantity(
            f"“{shown}” is too large or too small for any bench. Check the exponent."
        )
    try:
        number = Decimal(f"{found['sign']}{digits.rstrip('.') or '0'}e{exponent}")
    except InvalidOperation as error:
        raise UnreadableQuantity(f"“{shown}” is not a number. Write it like 55.3 mg.") from error
    if number and abs(number.adjusted()) > LARGEST_EXPONENT:
        raise UnreadableQuantity(
            f"“{shown}” is too large or too small for any bench. Check the number of zeros."
        )
    return number, rest


def _field_unit(unit: str) -> Unit:
    found = find_unit(unit)
    if found is None:
        raise ValueError(f"{unit!r} is no unit this notebook knows")
    return found


def _converted(number: Decimal, typed_unit: str, unit: str, text: str) -> Decimal:
    wanted = _field_unit(unit)
    if not typed_unit or typed_unit == unit:
        return number
    given = find_unit(typed_unit, wanted.dimension)
    if given is None:
        raise UnreadableQuantity(
            f"The unit “{typed_unit}” in “{text.strip()}” is not known. Write {_alternatives(wanted)}."
        )
    if given.dimension != wanted.dimension:
        raise UnreadableQuantity(
            f"“{text.strip()}” is {_a(given.dimension)}, but this field takes {_a(wanted.dimension)} "
            f"{f'in {unit}' if unit != '1' else 'without a unit'}. Write {_alternatives(wanted)}."
        )
    if given == wanted:
        return number
    with localcontext() as context:
        context.prec = 60
        if given.is_celsius:
            return number + ZERO_CELSIUS_K
        if wanted.is_celsius:
            return number - ZERO_CELSIUS_K
        return _times(number, given.size / wanted.size)


def _times(number: Decimal, factor: Fraction) -> Decimal:
    """Multiply exactly; a power of ten only shifts the point, so that the typed digits stay."""
    over, under = Decimal(factor.numerator), Decimal(factor.denominator)
    if {over.normalize().as_tuple().digits, under.normalize().as_tuple().digits} == {(1,)}:
        return number.scaleb(over.adjusted() - under.adjusted())
    product = Fraction(number) * factor
    with localcontext() as context:
        context.prec = MOST_DIGITS  # 1/60 has no end: thirty digits are beyond any clock
        return Decimal(product.numerator) / Decimal(product.denominator)


def _alternatives(unit: Unit) -> str:
    raised = str.maketrans("23", "²³")
    names = [name.translate(raised) for name in names_of(unit.dimension)]
    if unit.dimension == "ratio":
        return "a plain number, or a percentage with its sign"
    return "one of " + ", ".join(names[:6]) if names else unit.name


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"

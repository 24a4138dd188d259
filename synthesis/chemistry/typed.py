"""Read quantities as chemists type them, and keep every digit.

Comma and point, units, thin spaces and both micro signs are understood; a number that could be
read in two ways is refused in words. Conversion is exact decimal arithmetic.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation, localcontext

LONGEST_TEXT = 60
MOST_DIGITS = 30
LARGEST_EXPONENT = 18  # 10^±18 of any unit here is beyond every bench

# unit -> (dimension, power of ten, further factor) to the first unit of that dimension.
# Powers of ten are kept apart so that shifting the point keeps the typed digits.
_UNITS: dict[str, tuple[str, int, str]] = {
    **{u: ("mass", p, "1") for u, p in {"mg": 0, "g": 3, "kg": 6, "µg": -3, "ng": -6}.items()},
    **{
        u: ("volume", p, "1")
        for u, p in {"mL": 0, "L": 3, "µL": -3, "nL": -6, "dL": 2, "cL": 1}.items()
    },
    **{
        u: ("volume", p, "1")
        for u, p in {"ml": 0, "l": 3, "µl": -3, "cm3": 0, "cm³": 0, "cc": 0}.items()
    },
    **{u: ("amount", p, "1") for u, p in {"mmol": 0, "mol": 3, "µmol": -3, "nmol": -6}.items()},
    **dict.fromkeys(("s", "sec", "seconds", "second"), ("time", 0, "1")),
    **dict.fromkeys(("min", "minutes", "minute", "mins"), ("time", 0, "60")),
    **dict.fromkeys(("h", "hr", "hours", "hour"), ("time", 0, "3600")),
    **dict.fromkeys(("d", "day", "days"), ("time", 0, "86400")),
    "ms": ("time", -3, "1"),
    "µs": ("time", -6, "1"),
    "ns": ("time", -9, "1"),
    **dict.fromkeys(("°C", "C", "degC", "℃", "celsius"), ("temperature", 0, "1")),
    "K": ("temperature", 0, "kelvin"),
    **dict.fromkeys(("1", "eq", "equiv", "eq.", "mol/mol"), ("ratio", 0, "1")),
    **dict.fromkeys(("%", "percent", "wt%", "mol%"), ("ratio", -2, "1")),
    **{u: ("concentration", p, "1") for u, p in {"mol/L": 0, "M": 0, "mM": -3, "µM": -6}.items()},
    **{
        u: ("concentration", p, "1")
        for u, p in {"mol/l": 0, "mmol/L": -3, "mmol/mL": 0, "mmol/ml": 0}.items()
    },
    **{
        u: ("mass concentration", p, "1")
        for u, p in {"mg/mL": 0, "mg/ml": 0, "g/L": 0, "g/mL": 3}.items()
    },
    **{u: ("density", p, "1") for u, p in {"g/cm3": 0, "g/cm³": 0, "kg/L": 0, "kg/m3": -3}.items()},
    **{
        u: ("length", p, "1")
        for u, p in {"nm": 0, "µm": 3, "mm": 6, "cm": 7, "m": 9, "pm": -3}.items()
    },
    **dict.fromkeys(("Å", "A", "Å"), ("length", -1, "1")),
    **dict.fromkeys(("rpm", "r/min", "1/min", "min-1"), ("speed", 0, "1")),
    **{
        u: ("pressure", p, "1")
        for u, p in {"Pa": 0, "hPa": 2, "kPa": 3, "mbar": 2, "bar": 5, "MPa": 6}.items()
    },
    **{
        u: ("pressure", 0, f)
        for u, f in {"Torr": "133.322368", "mmHg": "133.322387", "atm": "101325"}.items()
    },
}
_EXTRA_DIMENSIONS = {"g/mL": ("density", 0), "g/ml": ("density", 0)}
_ABSOLUTE_ZERO_C = Decimal("-273.15")

_SPACES = "\u00a0\u2007\u2009\u202f\u200a\u2006\u2002\u2003\t"
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<digits>(?:\d{1,3}(?: \d{3})+|\d+)?(?:[.,]\d*)?)"
    r"(?:\s?(?:[eE]|[x×·*]\s?10\^?)(?P<exponent>[+-]?\d+))?"
)


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
    """
    wanted = _unit(unit)
    if wanted is None:
        raise ValueError(f"{unit!r} is no unit this notebook knows")
    clean = _clean(text)
    number, rest = _number(clean, text)
    typed_unit = rest.strip()
    value = _converted(number, typed_unit, unit, text)
    if wanted[0] == "temperature":
        if value < (_ABSOLUTE_ZERO_C if unit != "K" else 0):
            raise UnreadableQuantity(
                f"“{text.strip()}” lies below absolute zero. Check the sign and the unit."
            )
    elif value < 0 and not negative:
        raise UnreadableQuantity(
            f"“{text.strip()}” is negative. Write the amount without a minus sign."
        )
    return TypedQuantity(text=text, value=value, unit=unit, typed_unit=typed_unit or unit)


def convert(value: Decimal, from_unit: str, to_unit: str) -> Decimal:
    """Convert a decimal exactly between two units of one dimension."""
    return _converted(value, from_unit, to_unit, f"{value} {from_unit}")


def dimension_of(unit: str) -> str:
    """Return mass, volume, amount, time ... of a unit; raises UnreadableQuantity for an unknown one."""
    found = _unit(unit)
    if found is None:
        raise UnreadableQuantity(
            f"The unit “{unit}” is not known. Write for example mg, mL or mmol."
        )
    return found[0]


def round_to_uncertainty(value: Decimal, uncertainty: Decimal) -> tuple[Decimal, Decimal]:
    """Round a pair for display: two digits of uncertainty when the first is 1, else one.

    >>> round_to_uncertainty(Decimal("0.49641"), Decimal("0.0027"))
    (Decimal('0.496'), Decimal('0.003'))
    """
    if not (value.is_finite() and uncertainty.is_finite() and uncertainty >= 0):
        raise UnreadableQuantity(
            "Only finite numbers with an uncertainty of zero or more can be rounded."
        )
    if uncertainty == 0:
        return value, uncertainty
    place = uncertainty.adjusted()
    rounded = _quantised(uncertainty, place)
    if rounded.adjusted() > place:  # 0.00096 rounds to 0.0010: its first digit is now a 1
        rounded = _quantised(rounded, place)
    elif uncertainty.scaleb(-place) < 2:
        place -= 1
        rounded = _quantised(uncertainty, place)
    return _quantised(value, place), rounded


def _quantised(value: Decimal, place: int) -> Decimal:
    with localcontext() as context:
        context.prec = 60
        return value.quantize(Decimal(1).scaleb(place), rounding=ROUND_HALF_EVEN)


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
    if not clean:
        raise UnreadableQuantity("Nothing was typed. Write a number and a unit, such as 55.3 mg.")
    return clean


def _number(clean: str, text: str) -> tuple[Decimal, str]:
    shown = text.strip()
    if re.match(r"[+-]?(nan|inf|infinity|∞)\b", clean, re.IGNORECASE) or clean.startswith("∞"):
        raise UnreadableQuantity(
            f"“{shown}” is not a number one can weigh. Leave the field empty when not measured."
        )
    found = _NUMBER.match(clean)
    if found is None or not re.search(r"\d", found["digits"]):
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
    digits = found["digits"].replace(" ", "").replace(",", ".")
    exponent = found["exponent"] or "0"
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


def _unit(name: str, dimension: str | None = None) -> tuple[str, int, str] | None:
    tidy = re.sub(r"\s+", " ", name.strip()).replace("⁻¹", "-1").replace(" / ", "/")
    tidy = re.sub(r"^(\w+) (\w+)-1$", r"\1/\2", tidy)  # mg mL-1
    if tidy not in _UNITS and tidy.startswith("u"):
        tidy = "µ" + tidy[1:]
    extra = _EXTRA_DIMENSIONS.get(tidy)
    if extra and dimension == extra[0]:
        return extra[0], extra[1], "1"
    return _UNITS.get(tidy)


def _converted(number: Decimal, typed_unit: str, unit: str, text: str) -> Decimal:
    wanted = _unit(unit)
    if wanted is None:
        raise ValueError(f"{unit!r} is no unit this notebook knows")
    if not typed_unit or typed_unit == unit:
        return number
    given = _unit(typed_unit, wanted[0])
    if given is None:
        raise UnreadableQuantity(
            f"The unit “{typed_unit}” in “{text.strip()}” is not known. Write {_alternatives(wanted[0])}."
        )
    if given[0] != wanted[0]:
        raise UnreadableQuantity(
            f"“{text.strip()}” is {_a(given[0])}, but this field takes {_a(wanted[0])} in {unit}. "
            f"Write {_alternatives(wanted[0])}."
        )
    with localcontext() as context:
        context.prec = 60
        value = number
        if given[2] == "kelvin":
            value += _ABSOLUTE_ZERO_C
        else:
            value = value.scaleb(given[1])
            if given[2] != "1":
                value *= Decimal(given[2])
        if wanted[2] == "kelvin":
            return value - _ABSOLUTE_ZERO_C
        value = value.scaleb(-wanted[1])
    if wanted[2] == "1":
        return value
    with localcontext() as context:
        context.prec = MOST_DIGITS  # 1/60 has no end: thirty digits are beyond any clock
        return value / Decimal(wanted[2])


def _alternatives(dimension: str) -> str:
    names = [name for name, (kind, _, _) in _UNITS.items() if kind == dimension and name != "1"]
    return "a plain number" if not names else "one of " + ", ".join(names[:6])


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"

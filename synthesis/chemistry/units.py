"""The units of the notebook: one registry (pint, decimal numbers), and how people spell them.

Only what a laboratory types is defined, so that a misread prefix is refused and not a megagram. Units
are listed under their dimension, which answers without pint; products such as mA/cm² are worked out
once each. pint itself is loaded when a first unit has to be converted.
Sources: BIPM, The International System of Units, 9th edition 2019; Torr = 101325/760 Pa.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Any

# dimension -> definitions in pint's own language; the first is what the others are said in.
_DEFINED: Mapping[str, str] = MappingProxyType(
    {
        "mass": "g = [mass]; kg = 1e3 g; mg = 1e-3 g; µg = 1e-6 g; ng = 1e-9 g",
        "length": "m = [length]; cm = 1e-2 m; mm = 1e-3 m; µm = 1e-6 m; nm = 1e-9 m; pm = 1e-12 m;"
        " Å = 1e-10 m",
        "time": "s = [time]; min = 60 s; h = 3600 s; d = 86400 s; ms = 1e-3 s; µs = 1e-6 s; ns = 1e-9 s;"
        " ps = 1e-12 s",
        "amount": "mol = [amount]; mmol = 1e-3 mol; µmol = 1e-6 mol; nmol = 1e-9 mol",
        "temperature": "K = [temperature]",
        "volume": "L = 1e-3 m**3; mL = 1e-3 L; µL = 1e-6 L; nL = 1e-9 L; dL = 1e-1 L; cL = 1e-2 L;"
        " cc = 1e-3 L",
        "concentration": "M = mol / L; mM = 1e-3 M; µM = 1e-6 M; nM = 1e-9 M",
        "ratio": "percent = 1e-2; ppm = 1e-6; ppb = 1e-9",
        "speed": "rpm = [turn]",
        "pressure": "Pa = kg / m / s**2; hPa = 1e2 Pa; kPa = 1e3 Pa; MPa = 1e6 Pa; mPa = 1e-3 Pa;"
        " bar = 1e5 Pa; mbar = 1e2 Pa; atm = 101325 Pa; Torr = 133.322368 Pa; mTorr = 0.133322368 Pa;"
        " mmHg = 133.322387 Pa; psi = 6894.757 Pa",
        "current": "A = [current]; mA = 1e-3 A; µA = 1e-6 A; nA = 1e-9 A; pA = 1e-12 A",
        "voltage": "V = J / A / s; mV = 1e-3 V; kV = 1e3 V; µV = 1e-6 V",
        "energy": "J = kg * m**2 / s**2; mJ = 1e-3 J; µJ = 1e-6 J; kJ = 1e3 J;"
        " eV = 1.602176634e-19 J; meV = 1e-3 eV; keV = 1e3 eV",
        "power": "W = J / s; mW = 1e-3 W; µW = 1e-6 W; kW = 1e3 W",
        "luminous intensity": "cd = [light]; mcd = 1e-3 cd; kcd = 1e3 cd; nit = cd / m**2; lm = cd",
        "frequency": "Hz = 1 / s; kHz = 1e3 Hz; MHz = 1e6 Hz",
        "angle": "deg = [angle]; mrad = 0.05729577951308232 deg; rad = 57.29577951308232 deg",
    }
)
# Products: the word for their dimension, and how they are written; the first names the dimension.
_PRODUCTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "concentration": ("mol/L", "mmol/L", "mmol/mL"),
        "density": ("g/mL", "mg/mL", "g/L", "g/cm3", "kg/L", "kg/m3"),
        "volume": ("cm3", "m3", "mm3"),
        "area": ("mm2", "cm2", "m2", "µm2", "nm2"),
        "temperature ramp": ("K/min", "K/s", "K/h"),
        "rate": ("nm/s", "Å/s", "nm/min", "mm/s"),
        "acceleration": ("rpm/s",),
        "flow": ("mL/min", "mL/h", "µL/min", "µL/s", "mL/s"),
        "current density": ("mA/cm2", "A/cm2", "µA/cm2", "A/m2"),
        "luminance": ("cd/m2", "nit", "kcd/m2"),
        "current efficiency": ("cd/A",),
        "power efficiency": ("lm/W",),
        "irradiance": ("mW/cm2", "W/cm2", "W/m2"),
        "fluence": ("mJ/cm2", "µJ/cm2", "J/m2"),
        "number per volume": ("1/cm3", "1/m3", "1/nm3"),
        "wavenumber": ("1/cm", "1/nm", "1/m"),
        "frequency": ("1/s", "1/ns", "1/min"),
        "mobility": ("cm2/V/s",),
        "amount per mass": ("mmol/g", "µmol/g"),
    }
)
# What people write, in lower case -> what is defined above.
_SPELLED: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("1", "eq", "eq.", "equiv", "equiv.", "mol/mol"), ""),
        **dict.fromkeys(
            ("%", "wt%", "wt %", "mol%", "vol%", "w/w%", "% rh", "%rh", "% r.h."), "percent"
        ),
        **{"ml": "mL", "l": "L", "µl": "µL", "cm³": "cm3", "lit": "L", "litre": "L", "liter": "L"},
        **dict.fromkeys(("sec", "sec.", "second", "seconds"), "s"),
        **dict.fromkeys(("mins", "min.", "minute", "minutes"), "min"),
        **dict.fromkeys(("hr", "hrs", "hour", "hours"), "h"),
        **dict.fromkeys(("day", "days"), "d"),
        **dict.fromkeys(
            ("°c", "c", "degc", "℃", "celsius", "deg c", "degrees c", "°celsius"), "°C"
        ),
        **dict.fromkeys(("kelvin", "°k"), "K"),
        **dict.fromkeys(("gram", "grams", "gramme"), "g"),
        **dict.fromkeys(("milligram", "milligrams"), "mg"),
        **dict.fromkeys(("millilitre", "milliliter", "millilitres", "milliliters"), "mL"),
        **dict.fromkeys(("angstrom", "ångström", "ångstrom", "å"), "Å"),
        **dict.fromkeys(("r/min", "u/min", "r.p.m."), "rpm"),
        **{
            "torr": "Torr",
            "mtorr": "mTorr",
            "mmhg": "mmHg",
            "pascal": "Pa",
            "volt": "V",
            "volts": "V",
        },
        **dict.fromkeys(
            ("°", "° 2θ", "°2θ", "deg 2θ", "deg 2theta", "° 2theta", "degree", "degrees"), "deg"
        ),
    }
)
# In a field of this dimension these mean what the field is about.
_IN_A_FIELD: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "length": {"A": "Å"},
        "rate": {"A/s": "Å/s"},
        "speed": {"1/min": "rpm", "min-1": "rpm", "/min": "rpm"},
        "temperature": {"°": "°C", "deg": "°C", "degrees": "°C"},
        "ratio": {"x": "", "×": ""},
    }
)
_NAMED_OTHERWISE = {"nit": "luminance", "lm": "luminous flux"}
LONGEST_UNIT = 30
ZERO_CELSIUS_K = Decimal("273.15")


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit, as the registry writes it, and the word for its dimension."""

    name: str
    dimension: str

    @property
    def is_celsius(self) -> bool:
        """Whether its zero lies elsewhere than that of its dimension."""
        return self.name == "°C"

    @property
    def size(self) -> Fraction:
        """Its exact size in base units; °C has the size of a kelvin."""
        return Fraction(1) if self.name in ("1", "°C") else _worked_out(self.name)[0]


def find_unit(typed: str, dimension: str = "") -> Unit | None:
    """Return the unit that ``typed`` means in a field of ``dimension``, None when it is not known."""
    return _find(typed.strip()[: LONGEST_UNIT + 1], dimension)


def names_of(dimension: str) -> list[str]:
    """Return the units of a dimension, as they may be typed."""
    names = ["°C"] if dimension == "temperature" else []
    names += [name for name, word in _named().items() if word == dimension]
    return ["%" if name == "percent" else name for name in names]


@lru_cache(maxsize=1024)
def _find(typed: str, dimension: str) -> Unit | None:
    if len(typed) > LONGEST_UNIT:
        return None
    name = _spelled(re.sub(r"\s+", " ", typed).replace("μ", "µ").replace("\u212b", "Å"), dimension)
    if name in ("", "°C"):
        return Unit(name or "1", "temperature" if name else "ratio")
    if name in _named():
        return Unit(name, _named()[name])
    plain = _powers(name)
    if not _PRODUCT.fullmatch(plain) or not set(_SYMBOL.findall(plain)) <= _atoms().keys():
        return None
    dimensions = _worked_out(plain)[1]
    return Unit(plain, _words().get(dimensions, dimensions))


_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺−", "0123456789-+-")
_SYMBOL = re.compile(r"[^\W\d_]+")
_PRODUCT = re.compile(r"(?:1/)?[^\W\d_]+(?:\*\*-?[1-9])?(?:[*/][^\W\d_]+(?:\*\*-?[1-9])?)*")


def _spelled(tidy: str, dimension: str) -> str:
    """Return how the registry writes what was typed, its parts one by one."""
    meant = _IN_A_FIELD.get(dimension, {})
    for known in (tidy, tidy.lower()):
        if known in meant:
            return meant[known]
    if tidy in _named():
        return tidy
    if tidy.lower() in _SPELLED:
        return _SPELLED[tidy.lower()]
    plain = re.sub(r"(?:\^|\*\*)(?=-?\d)", "", tidy.translate(_SUPERSCRIPTS).replace(" / ", "/"))
    parts = re.split(r"([/*·⋅ ])", plain)
    return "".join(_factor(part) for part in parts)


def _factor(part: str) -> str:
    if part in ("·", "⋅", " "):
        return "*"
    name = part.rstrip("-123456789")
    power = part[len(name) :]
    if name.startswith("u") and name not in _atoms():
        name = f"µ{name[1:]}"
    if name not in _atoms():
        name = _SPELLED.get(name.lower(), name)
    return f"{'K' if name == '°C' else name}{power}"


def _powers(name: str) -> str:
    """Return cm-2 as the registry reads it, cm**-2."""
    return re.sub(r"(?<=[^\W\d_])(-?[1-9])", r"**\1", name)


@lru_cache(maxsize=1)
def _atoms() -> Mapping[str, str]:
    """Return each defined name with its dimension."""
    return {
        one.partition("=")[0].strip(): dimension
        for dimension, lines in _DEFINED.items()
        for one in lines.split(";")
    }


@lru_cache(maxsize=1)
def _named() -> Mapping[str, str]:
    """Return each unit that needs no working out, with its dimension."""
    products = {name: word for word, names in _PRODUCTS.items() for name in names}
    return {**_atoms(), **products, **_NAMED_OTHERWISE}


@lru_cache(maxsize=512)
def _worked_out(name: str) -> tuple[Fraction, str]:
    """Return the exact size of a unit or product in base units, and its dimensionality."""
    registry = _registry()
    text = re.sub(r"^1(?=/)", "dimensionless", _powers(name))
    parts = registry.parse_units_as_container(text)
    size = Fraction(1)
    for atom, power in parts.items():
        size *= Fraction(Decimal(registry.get_root_units(atom)[0])) ** int(power)
    return size, str(registry.get_dimensionality(parts))


@lru_cache(maxsize=1)
def _registry() -> Any:
    # imported here: a process in which nobody types another unit does without its 12 MiB
    import pint

    registry: Any = pint.UnitRegistry(None, non_int_type=Decimal)
    for lines in _DEFINED.values():
        for line in lines.split(";"):
            registry.define(line.strip())
    return registry


@lru_cache(maxsize=1)
def _words() -> Mapping[str, str]:
    """Return the word for each dimensionality that has one."""
    return {_worked_out(name)[1]: word for name, word in reversed(list(_named().items()))}

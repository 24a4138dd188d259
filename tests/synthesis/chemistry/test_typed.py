"""Quantities as chemists type them."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesis.chemistry.typed import (
    UnreadableQuantity,
    convert,
    dimension_of,
    names_a_unit,
    parse_quantity,
)
from synthesis.chemistry.units import find_unit, names_of

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("55.3", "mg", "55.3"),
        ("55,3 mg", "mg", "55.3"),
        ("0.0553 g", "mg", "55.3"),
        ("0,0553g", "mg", "55.3"),
        ("55.30 mg", "mg", "55.30"),
        ("1 234.5 mg", "mg", "1234.5"),
        ("1\u202f234,5\u202fmg", "mg", "1234.5"),
        ("10 µL", "mL", "0.010"),
        ("10 μL", "mL", "0.010"),
        ("10 uL", "mL", "0.010"),
        ("0.376 mmol", "mmol", "0.376"),
        ("5 min", "s", "300"),
        ("1 h", "s", "3600"),
        ("443.15 K", "°C", "170.00"),
        ("−5 °C", "°C", "-5"),
        ("99 %", "1", "0.99"),
        ("154 mM", "mol/L", "0.154"),
        ("8 mg mL⁻¹", "mg/mL", "8"),
        ("8 mg / mL", "mg/mL", "8"),
        ("8 mg ml-1", "mg/mL", "8"),
        ("20 mA⋅cm-2", "mA/cm2", "20"),
        ("3 nm/Sec", "nm/s", "3"),
        ("2 X", "1", "2"),
        ("25 Degrees", "°C", "25"),
        ("5 mA" + " " * 24 + "cm-2", "mA/cm2", "5"),
        ("0.887 g/mL", "g/cm3", "0.887"),
        ("31 Å", "nm", "3.1"),
        ("1e-4 Pa", "Pa", "0.0001"),
        ("1 × 10^-4 Pa", "Pa", "0.0001"),
        ("5000 rpm", "rpm", "5000"),
        ("1 mbar", "Pa", "100"),
        ("0,0553 g", "mg", "55.3"),
        ("1234,567 mg", "mg", "1234.567"),
        ("0,055 g", "mg", "55"),
        ("1×10⁻⁴ Pa", "Pa", "0.0001"),
        ("10^-4 Pa", "Pa", "0.0001"),
        ("10⁻⁴ Pa", "Pa", "0.0001"),
        ("2 × 10−5 mbar", "Pa", "0.002"),
        ("5*10^17 cm⁻³", "1/cm3", "5e17"),
        ("25 Celsius", "°C", "25"),
        ("25 degrees C", "°C", "25"),
        ("25°", "°C", "25"),
        ("298,15 Kelvin", "°C", "25.00"),
        ("5 K/min", "°C/min", "5"),
        ("-5 °C/min", "°C/min", "-5"),
        ("-30 mV", "mV", "-30"),
        ("20 mA cm⁻²", "mA/cm2", "20"),
        ("20 mA·cm^-2", "mA/cm2", "20"),
        ("45 % RH", "%", "45"),
        ("30 wt%", "%", "30"),
        ("3000 min-1", "rpm", "3000"),
        ("12 A", "nm", "1.2"),
        ("12 A", "A", "12"),
        ("5 ul", "µL", "5"),
    ],
)
def test_what_a_chemist_types_is_understood(text, unit, value):
    understood = parse_quantity(text, unit)
    assert (understood.value, understood.unit) == (Decimal(value), unit)
    assert understood.text == text


def test_the_digits_that_were_typed_are_kept():
    assert str(parse_quantity("55.30", "mg").value) == "55.30"
    assert str(parse_quantity("0.05530 g", "mg").value) == "55.30"
    assert parse_quantity("0.05530 g", "mg").typed_unit == "g"


@pytest.mark.parametrize(
    ("text", "unit", "word"),
    [
        ("1,234.5", "mg", "more than one way"),
        ("1.234,5", "mg", "more than one way"),
        ("1,2,3", "mg", "more than one way"),
        ("1,234 mg", "mg", "1.234 or 1234"),
        ("173,300", "mg", "173.300 or 173300"),
        ("12,345 g", "mg", "12.345 or 12345"),
        ("10 s", "mL/min", "is a time, but this field takes a flow in mL/min"),
        ("7 eV", "nm", "is an energy, but this field takes a length"),
        ("5 %", "mg", "is a ratio"),
        ("5 mg", "1", "without a unit"),
        ("3 m**", "nm", "not known"),
        ("3 m^99", "nm", "not known"),
        ("3 import", "nm", "not known"),
        ("1 2", "mg", "more than one way"),
        ("nan", "mg", "not a number"),
        ("Infinity", "mg", "not a number"),
        ("-inf", "mg", "not a number"),
        ("1e300", "mg", "too large or too small"),
        ("1e-300", "mg", "too large or too small"),
        ("1e99999999999", "mg", "too large or too small"),
        ("5 mL", "mg", "volume"),
        ("5 mmol", "mg", "amount"),
        ("5 furlong", "mg", "not known"),
        ("5 Mg", "mg", "not known"),
        ("", "mg", "Nothing"),
        ("   ", "mg", "Nothing"),
        ("about five", "mg", "does not start"),
        ("-3 mg", "mg", "negative"),
        ("-300 °C", "°C", "absolute zero"),
        ("5 ± 1 mg", "mg", "more than one number"),
        ("9" * 40, "mg", "digits"),
        ("5 " + "m" * 100, "mg", "characters"),
    ],
)
def test_what_cannot_be_understood_is_refused_in_words(text, unit, word):
    with pytest.raises(UnreadableQuantity, match=word):
        parse_quantity(text, unit)


@given(st.text(max_size=30))
@settings(max_examples=300)
def test_any_text_is_a_finite_number_or_refused(text):
    try:
        value = parse_quantity(text, "mg").value
    except UnreadableQuantity:
        return
    assert value.is_finite()
    assert value >= 0


@given(st.decimals(min_value="0.0001", max_value="1e6", places=4))
@settings(max_examples=100)
def test_converting_there_and_back_changes_nothing(value):
    for there, back in (("mg", "kg"), ("mL", "µL"), ("s", "ms"), ("°C", "K"), ("nm", "Å")):
        assert convert(convert(value, there, back), back, there) == value


# typed -> its size in another unit: SI prefixes and definitions (BIPM 2019), counted by hand
SIZES = {
    **{"kg": ("mg", "1e6"), "g": ("mg", "1e3"), "µg": ("mg", "1e-3"), "ng": ("mg", "1e-6")},
    **{"m": ("nm", "1e9"), "cm": ("nm", "1e7"), "mm": ("nm", "1e6"), "µm": ("nm", "1e3")},
    **{"pm": ("nm", "1e-3"), "Å": ("nm", "0.1"), "angstrom": ("nm", "0.1")},
    **{"min": ("s", "60"), "h": ("s", "3600"), "d": ("s", "86400"), "days": ("s", "86400")},
    **{"ms": ("s", "1e-3"), "µs": ("s", "1e-6"), "ns": ("s", "1e-9"), "ps": ("ns", "1e-3")},
    **{"mol": ("mmol", "1e3"), "µmol": ("mmol", "1e-3"), "nmol": ("mmol", "1e-6")},
    **{"L": ("mL", "1e3"), "µL": ("mL", "1e-3"), "nL": ("mL", "1e-6"), "dL": ("mL", "100")},
    **{"cL": ("mL", "10"), "cc": ("mL", "1"), "cm3": ("mL", "1"), "m3": ("L", "1e3")},
    **{"mm3": ("µL", "1"), "M": ("mol/L", "1"), "mM": ("mol/L", "1e-3"), "µM": ("mol/L", "1e-6")},
    **{"nM": ("mol/L", "1e-9"), "mmol/L": ("mol/L", "1e-3"), "mmol/mL": ("mol/L", "1")},
    **{"%": ("1", "0.01"), "ppm": ("1", "1e-6"), "ppb": ("1", "1e-9"), "eq": ("1", "1")},
    **{"hPa": ("Pa", "100"), "kPa": ("Pa", "1e3"), "MPa": ("Pa", "1e6"), "mPa": ("Pa", "1e-3")},
    **{"bar": ("Pa", "1e5"), "mbar": ("Pa", "100"), "atm": ("Pa", "101325")},
    **{"Torr": ("Pa", "133.322368"), "mTorr": ("Pa", "0.133322368"), "mmHg": ("Pa", "133.322387")},
    **{"psi": ("Pa", "6894.757"), "mA": ("A", "1e-3"), "µA": ("A", "1e-6"), "nA": ("A", "1e-9")},
    **{"pA": ("A", "1e-12"), "mV": ("V", "1e-3"), "kV": ("V", "1e3"), "µV": ("V", "1e-6")},
    **{"meV": ("eV", "1e-3"), "keV": ("eV", "1e3"), "eV": ("J", "1.602176634e-19")},
    **{"kJ": ("J", "1e3"), "mJ": ("J", "1e-3"), "µJ": ("J", "1e-6"), "kW": ("W", "1e3")},
    **{"mW": ("W", "1e-3"), "µW": ("W", "1e-6"), "mcd": ("cd", "1e-3"), "kcd": ("cd", "1e3")},
    **{
        "nit": ("cd/m2", "1"),
        "kcd/m2": ("cd/m2", "1e3"),
        "kHz": ("Hz", "1e3"),
        "MHz": ("Hz", "1e6"),
    },
    **{
        "1/ns": ("1/s", "1e9"),
        "rad": ("deg", "57.29577951308232"),
        "mrad": ("deg", "0.05729577951308232"),
    },
    **{
        "mg/mL": ("g/L", "1"),
        "kg/m3": ("g/mL", "1e-3"),
        "kg/L": ("g/mL", "1"),
        "g/cm3": ("g/L", "1e3"),
    },
    **{"cm2": ("mm2", "100"), "m2": ("mm2", "1e6"), "µm2": ("mm2", "1e-6"), "nm2": ("µm2", "1e-6")},
    **{"K/s": ("K/min", "60"), "K/h": ("K/s", "0.000277777777777777777777777777778")},
    **{
        "Å/s": ("nm/s", "0.1"),
        "mm/s": ("nm/s", "1e6"),
        "nm/min": ("nm/s", "0.0166666666666666666666666666667"),
    },
    **{"mL/h": ("µL/s", "0.277777777777777777777777777778"), "mL/min": ("mL/h", "60")},
    **{"µL/min": ("mL/min", "1e-3"), "mL/s": ("mL/min", "60"), "µL/s": ("mL/min", "0.06")},
    **{"A/cm2": ("mA/cm2", "1e3"), "µA/cm2": ("mA/cm2", "1e-3"), "A/m2": ("mA/cm2", "0.1")},
    **{"W/cm2": ("mW/cm2", "1e3"), "W/m2": ("mW/cm2", "0.1"), "J/m2": ("mJ/cm2", "0.1")},
    **{"µJ/cm2": ("mJ/cm2", "1e-3"), "1/m3": ("1/cm3", "1e-6"), "1/nm3": ("1/cm3", "1e21")},
    **{"1/nm": ("1/cm", "1e7"), "1/m": ("1/cm", "0.01"), "mmol/g": ("µmol/g", "1e3")},
}


@pytest.mark.parametrize(("unit", "size"), SIZES.items())
def test_every_unit_has_its_size(unit, size):
    other, factor = size
    assert convert(Decimal(1), unit, other) == Decimal(factor)


def test_every_unit_that_is_offered_is_in_that_table():
    reached = SIZES.keys() | {other for other, _ in SIZES.values()}
    alone = {"°C", "K", "rpm", "rpm/s", "lm", "cd/A", "lm/W", "cm2/V/s", "1/min"}
    dimensions = map(dimension_of, reached | alone)
    offered = {name for word in dimensions for name in names_of(word)}
    assert offered - reached == alone


@pytest.mark.parametrize(
    ("unit", "dimension"),
    [
        *(
            ("mg", "mass"),
            ("nm", "length"),
            ("ns", "time"),
            ("mmol", "amount"),
            ("K", "temperature"),
        ),
        *(("°C", "temperature"), ("mL", "volume"), ("cm³", "volume"), ("mM", "concentration")),
        *(("mol L⁻¹", "concentration"), ("%", "ratio"), ("1", "ratio"), ("rpm", "speed")),
        *(("mbar", "pressure"), ("mA", "current"), ("mV", "voltage"), ("meV", "energy")),
        *(
            ("mW", "power"),
            ("cd", "luminous intensity"),
            ("lm", "luminous flux"),
            ("Hz", "frequency"),
        ),
        *(("deg", "angle"), ("g cm⁻³", "density"), ("mg/mL", "density"), ("mm²", "area")),
        *(("°C/min", "temperature ramp"), ("Å/s", "rate"), ("rpm/s", "acceleration")),
        *(("mL/min", "flow"), ("mA cm⁻²", "current density"), ("cd m⁻²", "luminance")),
        *(("cd/A", "current efficiency"), ("lm/W", "power efficiency"), ("mW/cm²", "irradiance")),
        *(("µJ cm⁻²", "fluence"), ("cm⁻³", "number per volume"), ("cm⁻¹", "wavenumber")),
        *(("s⁻¹", "frequency"), ("cm² V⁻¹ s⁻¹", "mobility"), ("mmol/g", "amount per mass")),
    ],
)
def test_every_unit_says_what_it_measures(unit, dimension):
    assert dimension_of(unit) == dimension


@pytest.mark.parametrize("unit", ["furlong", "Mg", "mg/furlong", "m***2", "1/", "m" * 31, "mg/"])
def test_what_is_no_unit_is_refused_in_words(unit):
    with pytest.raises(UnreadableQuantity, match="is not known"):
        dimension_of(unit)


@given(st.text(max_size=32))
@settings(max_examples=300)
def test_any_text_is_a_unit_or_is_not(text):
    assert find_unit(text) is None or find_unit(text).dimension


def test_pint_is_loaded_only_when_a_unit_is_converted():
    code = (
        "import sys; from synthesis.chemistry.typed import parse_quantity as p, dimension_of as d;"
        "p('55.3 mg', 'mg'); p('0,2', 'mol/L'); d('mA/cm2'); assert 'pint' not in sys.modules;"
        "p('1 g', 'mg'); assert 'pint' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=60)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        *((text, True) for text in ("55.3 mg", "1e3g", "2 %", "170°C", "1E-3 L", "10^2 µL")),
        *((text, False) for text in ("55.3", "1e3", "1 x 10^3", "2·10³", " 0,5 ", "", "much")),
    ],
)
def test_a_power_of_ten_is_no_unit(text, named):
    assert names_a_unit(text) is named

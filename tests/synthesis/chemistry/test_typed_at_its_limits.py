"""Typed quantities: each refusal with what would be read, and what is still read at the limits."""

from decimal import Decimal

import pytest

from synthesis.chemistry.typed import UnreadableQuantity, parse_quantity
from tests.synthesis.chemistry.written import reads_well


@pytest.mark.parametrize(
    ("text", "unit", "words"),
    [
        ("", "mg", ["Nothing was typed"]),
        ("∞", "mg", ["“∞” is not a number one can weigh"]),
        ("-Infinity mg", "mg", ["is not a number one can weigh"]),
        ("mg", "mg", ["“mg” does not start with a number"]),
        ("1.2.3", "mg", ["“1.2.3” can be read in more than one way", "such as 1234.5"]),
        ("1,234", "mg", ["1.234 or 1234? Write 1.234 with a point"]),
        *((f"1 {sign}2", "mg", ["holds more than one number"]) for sign in "±+-~<>"),
        ("1 (+2)", "mg", ["holds more than one number"]),
        ("1e19", "mg", ["too large or too small", "Check the exponent"]),
        ("1e-19", "mg", ["Check the exponent"]),
        ("1" * 31, "mg", ["more than 30 digits"]),
        ("1" * 20, "mg", ["Check the number of zeros"]),
        ("-1 K", "K", ["“-1 K” lies below absolute zero"]),
        ("-273.16", "°C", ["below absolute zero"]),
        ("-1 mg", "mg", ["“-1 mg” is negative"]),
        ("1 spoon", "mg", ["The unit “spoon” in “1 spoon” is not known. Write one of g, kg, mg, µg, ng."]),
        ("1 mL", "mg", ["“1 mL” is a volume, but this field takes a mass in mg. Write one of g, kg"]),
        ("1 mmol", "mg", ["is an amount, but"]),
        ("1 mg", "1", ["takes a ratio without a unit. Write a plain number, or a percentage with its sign"]),
        ("1 mg", "cm2/V/s", ["Write one of cm²/V/s"]),
        ("x" * 61, "mg", ["This is 61 characters long"]),
    ],
)  # fmt: skip
def test_a_typed_quantity_is_refused_with_what_would_be_read(text, unit, words):
    with pytest.raises(UnreadableQuantity) as refusal:
        parse_quantity(text, unit)
    sentence = str(refusal.value)
    assert [one for one in words if one not in sentence] == [], sentence
    if "Infinity" not in sentence:
        reads_well(sentence)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("0 K", "K", "0"),
        ("-273.15", "°C", "-273.15"),
        ("-5", "V", "-5"),
        ("-5 mA/cm²", "mA/cm2", "-5"),
        ("0", "mg", "0"),
        ("0.5", "mg", "0.5"),
        ("1e18", "mg", "1e18"),
        ("1e-18", "mg", "1e-18"),
        ("1" * 19, "mg", "1" * 19),
        ("10⁻³", "mg", "0.001"),
        ("10² mg", "mg", "100"),
        ("−5 °C", "°C", "-5"),
        ("–5 °C", "°C", "-5"),
        ("5 μL", "µL", "5"),
        ("1\u00a0234.5", "mg", "1234.5"),
        ("12 345", "mg", "12345"),
        ("5.", "mg", "5"),
        (".5", "mg", "0.5"),
        ("0,125", "mg", "0.125"),
        ("+3e2", "mg", "300"),
        ("1 A", "Å", "1"),
        ("2 ×", "1", "2"),
        ("0." + "0" * 17 + "1", "mg", "1e-18"),
        (" " * 20 + "1 mg" + " " * 36, "mg", "1"),
    ],
)
def test_a_typed_quantity_at_its_limits_is_read(text, unit, value):
    assert parse_quantity(text, unit).value == Decimal(value)


def test_a_typed_quantity_reads_as_it_was_understood():
    assert str(parse_quantity("0.0553 g", "mg")) == "55.3 mg"
    assert str(parse_quantity("50 %", "1")) == "0.50"

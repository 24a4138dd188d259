"""Quantities as chemists type them."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesis.chemistry.typed import (
    UnreadableQuantity,
    convert,
    parse_quantity,
    round_to_uncertainty,
)


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
        ("0.887 g/mL", "g/cm3", "0.887"),
        ("31 Å", "nm", "3.1"),
        ("1e-4 Pa", "Pa", "0.0001"),
        ("1 × 10^-4 Pa", "Pa", "0.0001"),
        ("5000 rpm", "rpm", "5000"),
        ("1 mbar", "Pa", "100"),
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
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_finite_number_or_refused(text):
    try:
        value = parse_quantity(text, "mg").value
    except UnreadableQuantity:
        return
    assert value.is_finite()
    assert value >= 0


@given(st.decimals(min_value="0.0001", max_value="1e6", places=4))
@settings(max_examples=100, deadline=None)
def test_converting_there_and_back_changes_nothing(value):
    for there, back in (("mg", "kg"), ("mL", "µL"), ("s", "ms"), ("°C", "K"), ("nm", "Å")):
        assert convert(convert(value, there, back), back, there) == value


@pytest.mark.parametrize(
    ("value", "uncertainty", "shown"),
    [
        ("0.49641", "0.0027", ("0.496", "0.003")),
        ("0.5", "0.00095", ("0.5000", "0.0010")),
        ("0.5", "0.0014", ("0.5000", "0.0014")),
        ("668.43", "0.31", ("668.4", "0.3")),
        ("5", "0", ("5", "0")),
    ],
)
def test_two_digits_are_shown_when_the_first_is_one_else_one(value, uncertainty, shown):
    rounded = round_to_uncertainty(Decimal(value), Decimal(uncertainty))
    assert tuple(map(str, rounded)) == shown

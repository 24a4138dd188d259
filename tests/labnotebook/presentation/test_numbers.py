"""Quantities keep the digits that are known and never invent one."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labnotebook.records.presentation.numbers import (
    format_quantity,
    plain_number,
    short_quantity,
)

THIN = "\u202f"


def text(*args, **kwargs):
    return format_quantity(*args, **kwargs).text.replace(THIN, " ")


@pytest.mark.parametrize(
    ("value", "uncertainty", "unit", "written"),
    [
        (686.2134, 0.31, "nm", "686.2 ± 0.3 nm"),
        (0.5, 0.001, "", "0.5000 ± 0.0010"),
        (12.0, 0.96, "", "12.0 ± 1.0"),
        (-5.5, 0.05, "eV", "−5.50 ± 0.05 eV"),
        (98.2, 3.04, "%", "98 ± 3 %"),
        (1234.5, 120, "cd m⁻²", "1230 ± 120 cd m⁻²"),
        (0.0, 0.2, "", "0.0 ± 0.2"),
    ],
)
def test_the_uncertainty_decides_the_digits_of_the_value(value, uncertainty, unit, written):
    assert text(value, uncertainty, unit) == written


@pytest.mark.parametrize("typed", ["0.0550", "55.30", "173.34", "10.0", "0", "-0.20"])
def test_typed_decimals_keep_their_digits(typed):
    assert text(Decimal(typed)) == typed.replace("-", "−")


def test_a_typed_uncertainty_keeps_its_digits_beside_a_typed_value():
    assert text(Decimal("55.3"), Decimal("0.1"), "mg") == "55.3 ± 0.1 mg"


def test_an_interval_is_written_in_brackets_at_the_same_place():
    assert text(0.7712, low=0.4913, high=0.8502) == "0.77 (0.49–0.85)"
    assert text(252_206.0, low=0.0, high=757_000.0) == "0.25 (0–0.76) × 10⁶"
    assert text(0.041, low=0.021, high=0.089) == "0.04 (0.02–0.09)"


def test_a_negative_bound_gets_a_word_instead_of_a_dash():
    assert text(-0.3, low=-1.2, high=0.6) == "−0.3 (−1.2 to 0.6)"


def test_large_and_small_numbers_carry_a_power_of_ten():
    assert text(12.43e6, 0.4e6, "s⁻¹") == "12.4 ± 0.4 × 10⁶ s⁻¹"
    assert text(3.4e16, None, "cm⁻³") == "3.4 × 10¹⁶ cm⁻³"
    assert text(1e-9, None, "A") == "1 × 10⁻⁹ A"


def test_thousands_are_set_apart_from_five_digits_on():
    assert text(13626.0, None, "cd m⁻²") == "13 626 cd m⁻²"
    assert text(3100.0) == "3100"


@pytest.mark.parametrize("nothing", [None, float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_unknown_is_a_dash_and_never_zero(nothing):
    assert text(nothing, 0.1, "nm") == "—"
    assert format_quantity(nothing).html() == "—"


def test_zero_is_written_only_when_it_was_measured():
    assert text(0.0, None, "%") == "0 %"


def test_a_detection_limit_says_below():
    assert text(2, unit="%", below=True) == "< 2 %"


@pytest.mark.parametrize("unknown", [0, -1.0, float("nan"), None])
def test_an_uncertainty_that_says_nothing_is_left_out(unknown):
    assert text(5.0, unknown) == "5"


def test_value_stands_out_and_spread_and_unit_are_muted():
    html = format_quantity(686.2134, 0.31, "nm").html()
    assert html == f'<span class="q"><b>686.2</b><i>{THIN}±{THIN}0.3</i><i>{THIN}nm</i></span>'


def test_a_unit_cannot_carry_markup():
    html = format_quantity(1.0, unit="<script>alert(1)</script>").html()
    assert "<script" not in html
    assert "&lt;script&gt;" in html


@given(st.floats(min_value=-1e12, max_value=1e12), st.floats(min_value=1e-9, max_value=1e9))
def test_a_written_value_lies_within_its_uncertainty_of_the_true_one(value, uncertainty):
    parts = format_quantity(value, uncertainty)
    power = parts.power.partition("10")[2].translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-"))
    written = Decimal(parts.value.replace("−", "-").replace(THIN, "")).scaleb(int(power or 0))
    assert abs(written - Decimal(repr(value))) <= Decimal(repr(uncertainty))


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_number_can_be_written(value):
    assert plain_number(value)


@pytest.mark.parametrize(
    ("value", "uncertainty", "said"),
    [
        (686.418, 0.008, "686.4"),  # below half of the last of four digits
        (686.418, 0.06, "686.42 ± 0.06"),
        (57.37, 0.18, "57.37 ± 0.18"),
        (98.0, 3.0, "98 ± 3"),
        (24.6, None, "24.6"),
        (None, None, "—"),
    ],
)
def test_a_figure_read_at_a_glance_leaves_out_what_lies_below_its_digits(value, uncertainty, said):
    assert short_quantity(value, uncertainty).text.replace("\u202f", " ") == said

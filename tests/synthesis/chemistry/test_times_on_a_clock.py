"""A time may be typed as a timer shows it: h:mm:ss or mm:ss."""

from decimal import Decimal

import pytest

from synthesis.chemistry.typed import UnreadableQuantity, names_a_unit, parse_quantity


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("0:10:00", "600"),
        ("1:30", "90"),
        ("90:00", "5400"),
        ("1:00:00", "3600"),
        ("0:05.4", "5.4"),
        ("0:05,4", "5.4"),
        ("12:00:07.5", "43207.5"),
        (" 2:05 ", "125"),
        ("0:00", "0"),
    ],
)
def test_what_a_timer_shows_is_understood(typed, seconds):
    assert parse_quantity(typed, "s").value == Decimal(seconds)


def test_it_is_given_in_the_unit_of_the_field():
    assert parse_quantity("1:30:00", "min").value == 90
    assert parse_quantity("1:30:00", "h").value == Decimal("1.5")


@pytest.mark.parametrize("typed", ["1:60", "1:75:00", "0:99"])
def test_a_minute_has_sixty_seconds(typed):
    with pytest.raises(UnreadableQuantity, match="is no time that a clock shows"):
        parse_quantity(typed, "s")


@pytest.mark.parametrize("typed", ["1:3", "1:2:3", "1:30 min", ":30", "1:30:", "-1:30", "1::30"])
def test_half_a_clock_is_refused(typed):
    with pytest.raises(UnreadableQuantity):
        parse_quantity(typed, "s")


def test_a_clock_is_no_mass():
    with pytest.raises(UnreadableQuantity):
        parse_quantity("1:30", "mg")


def test_a_clock_says_its_unit_itself():
    assert names_a_unit("1:30")

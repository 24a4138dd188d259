"""A label holds everything that is said on it, as large as that goes."""

import pytest

from labnotebook.records.presentation.labels import (
    LARGE,
    LEADING,
    MM_PER_PT,
    SIZES,
    SMALL,
    count_lines,
    fit,
    width_mm,
)

LONGEST_CODE = "D-123456 " + "W" * 20  # of a pixel, as long as its columns are
LONGEST = ["W" * 120, "Hexaaquacalcium " * 5, "mm" * 150, "Q" * 150, "9" * 60]


def height_mm(fitted, size):
    lines = count_lines(fitted.lines, fitted.words_pt, size.room_mm[0])
    codes = count_lines([fitted.code], fitted.code_pt, size.room_mm[0])
    return (codes * fitted.code_pt + lines * fitted.words_pt) * LEADING * MM_PER_PT


def test_a_common_label_is_written_in_8_points_below_a_large_code():
    fitted = fit("NC-0042", ["Calcium iodide, CaI2", "99 %", "use before 31 Jan 2030"], LARGE)
    assert (fitted.code_pt, fitted.words_pt) == (13, 8)


@pytest.mark.parametrize("size", SIZES.values())
@pytest.mark.parametrize("code", ["NC-0042", "NC-123456", "D-0001 P1"])
def test_a_common_code_stands_on_one_line(size, code):
    fitted = fit(code, [], size)
    assert fitted.code_pt >= 5
    assert width_mm(code, fitted.code_pt) <= size.room_mm[0]


@pytest.mark.parametrize("size", SIZES.values())
def test_the_longest_code_fits_on_several(size):
    fitted = fit(LONGEST_CODE, [], size)
    assert fitted.code_pt >= 3
    assert height_mm(fitted, size) <= size.room_mm[1]


def test_the_longest_texts_get_smaller_until_they_fit():
    fitted = fit(LONGEST_CODE, LONGEST, LARGE)
    assert fitted.lines == tuple(LONGEST)
    assert fitted.words_pt < 8
    assert height_mm(fitted, LARGE) <= LARGE.room_mm[1]


def test_no_larger_letters_would_do():
    fitted = fit("NC-0042", ["two words " * 20], LARGE)
    larger = fitted.words_pt + 1
    lines = count_lines(fitted.lines, larger, LARGE.room_mm[0])
    assert (fitted.code_pt + lines * larger) * LEADING * MM_PER_PT > LARGE.room_mm[1]


def test_the_small_label_has_the_code_alone():
    assert fit("NC-0042", ["Calcium iodide"], SMALL).lines == ()


def test_what_is_empty_takes_no_line():
    assert fit("NC-0042", ["", "99 %", ""], LARGE).lines == ("99 %",)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("nnnn", 1),  # 4 x 0.67 x 10 pt = 9.5 mm of 10
        ("nnnn nnnn", 2),  # a word goes down as a whole
        ("nnnnn", 2),  # a word that is too long breaks
        ("n nnnnnnnn", 3),  # it begins on a line of its own
        ("", 1),
    ],
)
def test_words_break_as_a_browser_breaks_them(text, lines):
    assert count_lines([text], 10, 10.0) == lines


def test_letters_of_the_east_are_as_wide_as_they_are_high():
    assert width_mm("鈣", 10) >= 10 * MM_PER_PT

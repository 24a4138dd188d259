"""Words are marked where they stand, and a long text is cut around the first of them."""

import pytest

from labnotebook.search.words import SHOWN, Words


@pytest.mark.parametrize(
    ("typed", "text", "marked"),
    [
        ("ice", "Ice bath, no ice", "<mark>Ice</mark> bath, no <mark>ice</mark>"),
        ("pb pbi2", "PbI2", "<mark>PbI<sub>2</sub></mark>"),
        ("<b>", "a <b> c", "a <mark>&lt;b&gt;</mark> c"),
        ("a.c", "abc a.c", "abc <mark>a.c</mark>"),
        ("", "a & b", "a &amp; b"),
    ],
)
def test_words_are_marked(typed, text, marked):
    assert Words(typed).marked(text) == marked


def test_a_long_text_is_cut_around_the_first_word():
    text = "before " * 60 + "septum leaked " + "after " * 60
    cut = Words("septum").excerpt(text)
    assert "septum leaked" in cut
    assert cut.startswith("… before")
    assert cut.endswith("after …")
    assert len(cut) <= SHOWN + 4


def test_a_word_longer_than_a_line_is_shown_whole():
    assert "x" * 300 in Words("x" * 300).excerpt("a " * 50 + "x" * 300 + " b" * 50)


def test_a_short_text_is_left_as_it_is():
    assert Words("ice").excerpt("no  ice\n today") == "no ice today"


@pytest.mark.parametrize(
    ("typed", "number", "unit"),
    [("55.1", "55.1", ""), ("0,0551 g", "0.0551", "g"), ("5", None, ""), ("55.1 mg of", None, "")],
)
def test_numbers_are_read(typed, number, unit):
    words = Words(typed)
    assert (words.number and str(words.number)) == number
    assert words.unit == unit


def test_a_number_may_be_a_code():
    assert "NC-0042" in Words("42").codes
    assert Words("42.0").codes == ()

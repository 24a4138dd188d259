"""Formulas get their subscripts and everything else keeps its shape."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labnotebook.records.presentation.formulas import formula_html, formula_text, tokens


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("CsPbI3", "CsPbI<sub>3</sub>"),
        ("γ-CsPbI3", "γ-CsPbI<sub>3</sub>"),
        ("CaI2·4H2O", "CaI<sub>2</sub>·4H<sub>2</sub>O"),
        (
            "CaIx/γ-CsPbI3/CaI2 nanocrystals",
            "CaI<sub>x</sub>/γ-CsPbI<sub>3</sub>/CaI<sub>2</sub> nanocrystals",
        ),
        ("Zn(CH3COO)2", "Zn(CH<sub>3</sub>COO)<sub>2</sub>"),
        ("Zn(CH3COO)2·2H2O", "Zn(CH<sub>3</sub>COO)<sub>2</sub>·2H<sub>2</sub>O"),
        ("CsPb1-xCaxI3", "CsPb<sub>1−x</sub>Ca<sub>x</sub>I<sub>3</sub>"),
        ("CsPb(y)Ca(1−y)I3", "CsPb<sub>y</sub>Ca<sub>1−y</sub>I<sub>3</sub>"),
        ("CsPb(x)Ca(1-x)I3", "CsPb<sub>x</sub>Ca<sub>1−x</sub>I<sub>3</sub>"),
        ("FA0.83Cs0.17PbI3", "FA<sub>0.83</sub>Cs<sub>0.17</sub>PbI<sub>3</sub>"),
        ("K3[Fe(CN)6]", "K<sub>3</sub>[Fe(CN)<sub>6</sub>]"),
        ("C18H34O2", "C<sub>18</sub>H<sub>34</sub>O<sub>2</sub>"),
        ("CsPbI3-yellow", "CsPbI<sub>3</sub>-yellow"),
        ("under N2, PbI2.", "under N<sub>2</sub>, PbI<sub>2</sub>."),
        ("Pb2+ and Cs+", "Pb<sup>2+</sup> and Cs<sup>+</sup>"),
    ],
)
def test_counts_stand_below_the_line(typed, html):
    assert formula_html(typed) == html


@pytest.mark.parametrize(
    "words",
    [
        "NC-0042", "NC-0042.1", "L-0207", "D-0017", "ITO", "PEDOT:PSS (4083)", "poly-TPD", "TPBi",
        "0.376 mmol Pb", "balance B2", "pixel P1", "HI-165", "NC42", "SHA-256", "Six boxes",
        "F4-TCNQ", "PO-T2T", "PC61BM", "Ca 2p", "T50", "Cs-oleate, 0.154 M", "", "C18 column",
    ],
)  # fmt: skip
def test_codes_and_words_are_left_alone(words):
    assert formula_html(words) == words
    assert formula_text(words) == words


def test_plain_text_uses_unicode_subscripts_where_they_exist():
    assert formula_text("CaI2·4H2O") == "CaI₂·4H₂O"
    assert formula_text("CsPb1-xCaxI3") == "CsPb₁₋ₓCaₓI₃"
    assert formula_text("CsPb0.9Ca0.1I3") == "CsPb0.9Ca0.1I₃"


@pytest.mark.parametrize(
    "attack", ["<script>alert(1)</script>", '" onload="x', "<b>PbI2</b>", "&lt;", "'><img src=x>"]
)
def test_markup_in_a_name_is_escaped(attack):
    html = formula_html(attack)
    assert re.sub(r"</?su[bp]>", "", html).count("<") == 0
    assert '"' not in html


@given(st.text())
def test_no_character_is_ever_lost(text):
    assert "".join(token.text for token in tokens(text)) == text


@given(st.text(alphabet="CsPbIa()[]xy0123456789.-·+ ", max_size=60))
def test_formula_like_text_is_read_in_reasonable_time(text):
    assert formula_html(text) is not None

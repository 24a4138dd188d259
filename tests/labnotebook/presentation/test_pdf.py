"""A document as PDF: everything that it says can be read in it, on as many pages as it takes."""

import pypdfium2
import pytest

from labnotebook.records.presentation.document import (
    Column,
    Document,
    Facts,
    Picture,
    Pictures,
    Section,
    Table,
    Words,
)
from labnotebook.records.presentation.pdf import printable, write_pdf

A4_PT = (595.3, 841.9)  # 210 x 297 mm


def document(*blocks, title="Batch NC-0042"):
    section = Section("A section", blocks)
    return Document(title, "γ-CsPbI3, version 1", "NC-0042 · version 1", "mira", [section])


def pages_of(pdf):
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]


def plain(text):
    return " ".join(text.split())


def test_facts_rows_and_sentences_can_be_read():
    table = Table([Column("Reagent"), Column("Weighed", numeric=True)], [("PbI2", "173.9 mg")])
    pdf = write_pdf(document(Facts([("State", "made")]), table, Words("As it was.")))
    (page,) = pages_of(pdf)
    for words in ("Batch NC-0042", "A section", "State made", "173.9 mg", "As it was."):
        assert words in plain(page)


@pytest.mark.parametrize(
    "signs", ["αβγδε Δ Ω µ", "x⁻¹ ₂ ₓ ⁰", "a — b – c − d", "± × ≈ ≤ ≥ √ ∞ °", "Łódź Řehoř Ünal Жук"]
)
def test_greek_lifted_figures_and_dashes_are_printed(signs):
    (page,) = pages_of(write_pdf(document(Words(signs))))
    assert signs in plain(page)
    assert "[U+" not in page


def test_what_the_font_cannot_draw_is_printed_as_its_code_point():
    (page,) = pages_of(write_pdf(document(Words("碘化鈣 in the flask"))))
    assert "[U+7898][U+5316][U+9223] in the flask" in plain(page)


def test_a_letter_and_its_accent_are_one_sign():
    assert printable("Rehor\u030c") == "Rehoř"


def test_what_is_typed_is_never_markup():
    (page,) = pages_of(write_pdf(document(Words("1 < 2 & <b>bold</b> &amp; <img src='x'/>"))))
    assert "1 < 2 & <b>bold</b> &amp; <img src='x'/>" in plain(page)


def test_no_amount_is_parted_from_its_unit():
    words = Words("x " * 150 + "173.9\u202fmg")
    (page,) = pages_of(write_pdf(document(words)))
    lines = [plain(line) for line in page.splitlines()]
    assert any("173.9 mg" in line for line in lines)


def test_every_page_says_what_it_belongs_to_and_which_it_is():
    rows = [(str(number), "PbI2") for number in range(120)]
    pages = pages_of(write_pdf(document(Table([Column("Number"), Column("Name")], rows))))
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert "NC-0042 · version 1" in page
        assert f"{number} of {len(pages)}" in page
        assert "Number Name" in plain(page)  # the head of the table again


def test_a_note_longer_than_a_page_goes_on():
    note = " ".join(f"word{number}" for number in range(4000))
    pages = pages_of(write_pdf(document(Table([Column("Said")], [(note,)]))))
    assert "word0 " in plain(pages[0])
    assert "word3999" in plain(" ".join(pages))
    assert len(pages) > 3


def test_a_digest_without_a_space_stays_on_the_page():
    digest = "0123456789abcdef" * 4
    columns = [Column("Name", 5), Column("SHA-256", 1)]
    pdf = write_pdf(document(Table(columns, [("pl.csv", digest)])))
    page = pypdfium2.PdfDocument(pdf)[0]
    text = page.get_textpage()
    assert digest in "".join(text.get_text_bounded().split())
    right = max(text.get_charbox(i)[2] for i in range(text.count_chars()))
    assert right < A4_PT[0]


def test_the_pages_are_a4():
    page = pypdfium2.PdfDocument(write_pdf(document()))[0]
    assert page.get_mediabox() == pytest.approx((0, 0, *A4_PT), abs=0.1)


def test_a_table_without_rows_says_so():
    (page,) = pages_of(write_pdf(document(Table([Column("Said")], [], "Nothing was said."))))
    assert "Nothing was said." in page


@pytest.mark.parametrize("note", ["漢" * 300, "漢字 " * 100], ids=["one word", "many"])
def test_a_note_of_any_length_and_script_stands_under_its_photo(note):
    def damaged():
        raise OSError("it is missing")

    pictures = Pictures([Picture("/files/1/", "a.jpg", note, damaged)])
    pdf = write_pdf(document(pictures, Words("and the rest")))
    words = plain(" ".join(pages_of(pdf)))
    letters = words.replace(" ", "").count("[U+6F22]")
    assert letters in (
        note.count("漢"),
        note.count("漢") - 1,
    )  # the foot of a page may stand within one
    assert "Not drawn: it is missing" in words
    assert "and the rest" in words

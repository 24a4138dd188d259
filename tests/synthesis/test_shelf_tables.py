"""A table of bottles is read as people write it, and asked about where it can mean two things."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from labnotebook.records.refusals import Refusal
from labnotebook.records.services.files import hashed_upload
from synthesis.services.shelf import read_shelf
from tests.synthesis.tables import bomb, checked, csv_of, faults, only, workbook_of


def test_a_plain_list_is_read(lab):
    row = only(
        lab,
        csv_of(
            "Chemical,CAS,Supplier,Lot,Purity (%),Amount (g),Received,Location",
            "Lead(II) iodide,10101-63-0,Alfa,K12,99.5,25,2025-03-01,Box 2",
        ),
    )
    bottle = row.bottle
    assert row.state == "good"
    assert (bottle.chemical.slug, bottle.supplier, bottle.lot_number) == (
        "lead-iodide",
        "Alfa",
        "K12",
    )
    assert (bottle.assay_percent, bottle.amount_received, bottle.amount_unit) == (
        Decimal("99.5"),
        Decimal(25000),  # 25 g in mg
        "mg",
    )
    assert (bottle.received_date, bottle.place) == (date(2025, 3, 1), "Box 2")


@pytest.mark.parametrize(
    ("heading", "cell", "kept"),
    [
        ("Amount (g)", "0.5", ("500", "mg")),
        ("Menge [mL]", "100", ("100", "ml")),
        ("Amount/kg", "1", ("1000000", "mg")),
        ("Pack size", "5 g", ("5000", "mg")),
        ("Amount (g)", "250 mL", ("250", "ml")),
        ("amount_received", "2.5 L", ("2500", "ml")),
        ("Gebindegröße in g", "10", ("10000", "mg")),
    ],
)
def test_an_amount_has_its_unit_in_the_heading_or_in_the_cell(lab, heading, cell, kept):
    bottle = only(lab, csv_of(f"Chemical,{heading}", f"Toluene,{cell}")).bottle
    assert (f"{bottle.amount_received:f}", bottle.amount_unit) == kept


def test_an_amount_without_a_unit_is_asked_about(lab):
    row = only(lab, csv_of("Chemical,Amount", "Toluene,5"))
    assert "“5” has no unit" in faults(row)["amount_received"]
    assert "Amount (g)" in faults(row)["amount_received"]


def test_an_amount_has_its_unit_in_a_column_of_its_own(lab):
    bottle = only(lab, csv_of("Chemical,Amount,Unit", "Toluene,5,L")).bottle
    assert (bottle.amount_received, bottle.amount_unit) == (5000, "ml")


def test_a_german_list_from_excel_is_read(lab):
    content = (
        "Chemikalie;CAS-Nr.;Hersteller;Reinheit (%);Menge (g);Eingang;Lagerort;Bemerkung\r\n"
        "Caesium carbonate;534-17-8;Müller & Söhne;99,9;2,5;03.04.2025;Kühlschrank;für Jörg\r\n"
    ).encode("cp1252")
    bottle = only(lab, content).bottle
    assert (bottle.supplier, bottle.place, bottle.note) == (
        "Müller & Söhne",
        "Kühlschrank",
        "für Jörg",
    )
    assert (bottle.assay_percent, bottle.amount_received) == (Decimal("99.9"), 2500)
    assert bottle.received_date == date(2025, 4, 3)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators_are_found_out(lab, encoding, separator):
    content = csv_of(
        "Chemical,Place,Amount (g)", "Toluene,Küche,5", separator=separator, encoding=encoding
    )
    bottle = only(lab, content).bottle
    assert (bottle.place, bottle.amount_received) == ("Küche", 5000)


def test_excels_own_first_line_names_the_separator(lab):
    row = only(lab, b"sep=;\r\nChemical;Place\r\nToluene;Hood, left\r\n")
    assert (row.bottle.place, row.row.number) == ("Hood, left", 3)


@pytest.mark.parametrize(
    ("cells", "said", "kept"),
    [
        (("1,234", "5"), {"decimal": "comma"}, "1234"),  # 1.234 g in mg
        (("1,234", "5"), {"decimal": "point"}, "1234000"),
        (("1.234", "2,5"), {"decimal": "comma"}, "1234000"),
        (("1.234", "5"), {}, "1234"),
        (("0,125", "5"), {}, "125"),
        (("1234,5", "5"), {}, "1234500"),
    ],
)
def test_a_decimal_comma_is_said_or_plain(lab, cells, said, kept):
    lines = [f"Toluene;{cells[0]}", f"Acetone;{cells[1]}"]
    rows = checked(lab, "\n".join(["Chemical;Amount (g)", *lines]).encode(), **said)
    assert f"{rows[0].bottle.amount_received:f}" == kept


@pytest.mark.parametrize("cells", [("1,234", "5"), ("1.234", "2,5"), ("1.234", "99,25")])
def test_a_decimal_comma_is_asked_about_and_not_guessed(lab, cells):
    lines = [f"Toluene;{cells[0]}", f"Acetone;{cells[1]}"]
    rows = checked(lab, "\n".join(["Chemical;Amount (g)", *lines]).encode())
    assert "can be 1.234 or 1234" in faults(rows[0])["amount_received"]


def test_a_number_that_breaks_what_was_said_of_the_table_is_told(lab):
    row = only(lab, b"Chemical;Amount (g)\nToluene;2,5\n", decimal="point")
    assert "not written with a decimal point" in faults(row)["amount_received"]


@pytest.mark.parametrize(
    ("cell", "wrong"),
    [
        ("31.02.2025", "There is no day"),
        ("03/04/2025", "can be 2025-04-03 or 2025-03-04"),
        ("03.04.25", "year of two digits"),
        ("06/2025", "names no day"),
        ("soon", "is no day"),
        ("2099-01-01", "still to come"),
    ],
)
def test_a_day_that_cannot_be_is_told(lab, cell, wrong):
    row = only(lab, csv_of("Chemical,Received", f"Toluene,{cell}"))
    assert wrong in faults(row)["received_date"]


@pytest.mark.parametrize(
    ("cell", "said", "day"),
    [
        ("03/04/2025", {"dates": "day"}, date(2025, 4, 3)),
        ("03/04/2025", {"dates": "month"}, date(2025, 3, 4)),
        ("25/03/2025", {}, date(2025, 3, 25)),
        ("3 Apr 2025", {}, date(2025, 4, 3)),
        ("3. März 2025", {}, date(2025, 3, 3)),
    ],
)
def test_a_day_is_read_as_people_write_it(lab, cell, said, day):
    assert (
        only(lab, csv_of("Chemical,Received", f"Toluene,{cell}"), **said).bottle.received_date
        == day
    )


def test_a_bottle_that_expired_before_it_came_is_told(lab):
    row = only(lab, csv_of("Chemical,Received,Expiry date", "Toluene,2025-03-01,2024-03-01"))
    assert "before it was received" in faults(row)["expires_date"]


def test_a_workbook_keeps_its_days_numbers_and_percentages(lab):
    content = workbook_of(
        [
            ["Shelf of room 2"],
            [],
            ["Chemical", "Purity", "Amount (g)", "Received", "Place"],
            ["Toluene", 0.995, 1.234, datetime(2025, 4, 3, 12, 30), True],
            [None, None, None, None, None],
            ["Acetone", 99, 0.1 + 0.2, date(2025, 4, 4), 7],
        ],
        formats={"B4": "0.0%"},
        Notes=[["nothing"]],
    )
    toluene, acetone = checked(lab, content, "shelf.xlsx")
    assert (toluene.row.number, acetone.row.number) == (4, 6)
    assert toluene.bottle.assay_percent == Decimal("99.5")  # shown as 99.5 %, kept as 0.995
    assert toluene.bottle.amount_received == 1234  # a number of a spreadsheet has no comma
    assert toluene.bottle.received_date == date(2025, 4, 3)
    assert acetone.bottle.amount_received == 300  # not 300.00000000000004
    assert acetone.bottle.place == "7"


def test_a_number_that_was_a_day_is_asked_about(lab):
    content = workbook_of([["Chemical", "Received"], ["Toluene", 45000]])
    # Excel counts days from 1899-12-30: day 45000 is 2023-03-15
    assert "2023-03-15 is meant" in faults(only(lab, content, "s.xlsx"))["received_date"]


def test_formulas_are_never_worked_out(lab):
    content = workbook_of([["Chemical", "Amount (g)"], ["Toluene", "=2+3"]])
    row = only(lab, content, "s.xlsx")
    assert "“=2+3” is a formula" in faults(row)["amount_received"]
    row = only(lab, csv_of("Chemical,Amount (g)", "Toluene,=2+3"))
    assert "“=2+3” is a formula" in faults(row)["amount_received"]


def test_an_error_of_the_spreadsheet_is_told(lab):
    content = workbook_of([["Chemical", "Amount (g)"], ["Toluene", "#REF!"]])
    assert "the error #REF!" in faults(only(lab, content, "s.xlsx"))["amount_received"]


@pytest.mark.parametrize("cell", ["7789-06-02", "02.06.7789", "6/2/7789"])
def test_a_cas_number_that_became_a_date_is_told_with_what_it_was(lab, cell):
    # 7789-06-2 is strontium chromate: 6·1 + 0·2 + 9·3 + 8·4 + 7·5 + 7·6 = 142, check digit 2
    assert "7789-06-2" in faults(only(lab, csv_of("CAS", cell)))["cas"]


def test_a_cas_number_in_a_date_cell_is_told_with_what_it_was(lab):
    content = workbook_of([["CAS", "Place"], [datetime(7789, 6, 2), "Box"]])
    assert "7789-06-2" in faults(only(lab, content, "s.xlsx"))["cas"]


@pytest.mark.parametrize(
    ("lines", "slug"),
    [
        (("Chemical", "lead (ii)  iodide"), "lead-iodide"),
        (("Chemical", "lead-iodide"), "lead-iodide"),
        (("Name", "PbI2"), "lead-iodide"),
        (("CAS", "10101-63-0"), "lead-iodide"),
        (("Substance,CAS", "Plumbous iodide,10101-63-0"), "lead-iodide"),
        (("Formula", "PbI2"), "lead-iodide"),
        (("Chemical", "Oleic acid"), "oleic-acid"),
        (("Chemical", "OLA"), "oleylamine"),
    ],
)
def test_a_chemical_is_found_by_name_number_or_formula(lab, lines, slug):
    assert only(lab, csv_of(*lines)).row.chemical.slug == slug


def test_an_unknown_chemical_is_named_with_what_would_do(lab):
    (fault,) = only(lab, csv_of("Chemical,Formula", "Lead iodid,")).row.faults
    assert "Lead(II) iodide" in fault.sentence
    assert fault.told.endswith("(/chemicals/new/?name=Lead+iodid)")


def test_a_salt_of_several_hydrates_is_asked_about(lab):
    sentence = faults(only(lab, csv_of("Chemical", "Calcium iodide")))["chemical"]
    for name in ("Calcium iodide, anhydrous", "Calcium iodide tetrahydrate"):
        assert name in sentence


def test_a_number_of_another_chemical_is_told(lab):
    row = only(lab, csv_of("Chemical,CAS", "Lead(II) iodide,534-17-8"))
    assert "that of Caesium carbonate" in faults(row)["cas"]


def test_the_water_in_the_formula_is_kept(lab):
    bottle = only(lab, csv_of("Chemical,Formula", '"Calcium iodide, anhydrous",CaI2·4H2O')).bottle
    assert (bottle.name, bottle.formula) == ("Calcium iodide tetrahydrate", "CaI2·4H2O")
    row = only(lab, csv_of("Chemical,Formula", '"Calcium iodide, anhydrous",CaCl2'))
    assert "is not Calcium iodide" in faults(row)["formula"]


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("99.99 % trace metals basis", (Decimal("99.99"), "trace_metals")),
        ("99.5", (Decimal("99.5"), "unknown")),
    ],
)
def test_a_purity_says_what_it_is(lab, cell, kept):
    bottle = only(lab, csv_of("Chemical,Purity", f"Toluene,{cell}")).bottle
    assert (bottle.assay_percent, bottle.assay_kind) == kept


@pytest.mark.parametrize("cell", ["80-90 %", "80 – 90", "80 % to 90 %", "80,0 bis 90,0"])
def test_a_purity_may_be_a_range(lab, cell):
    bottle = only(lab, csv_of("Chemical|Purity", f"Oleylamine|{cell}")).bottle
    assert (bottle.assay_percent, bottle.assay_high_percent) == (80, 90)
    row = only(lab, csv_of("Chemical,Purity", "Oleylamine,90-80"))
    assert "lower value first" in faults(row)["assay_percent"]


@pytest.mark.parametrize(
    ("cell", "wrong"),
    [
        ("≥ 98", "is a limit"),
        ("0.99", "Is 0.99 % or 99 % meant"),
        ("120", "cannot be"),
        ("pure", "number"),
    ],
)
def test_a_purity_that_is_none_is_told(lab, cell, wrong):
    assert wrong in faults(only(lab, csv_of("Chemical,Purity", f"Toluene,{cell}")))["assay_percent"]


def test_every_fault_of_a_row_is_told_at_its_column(lab):
    row = only(lab, csv_of("Chemical,Amount (g),Received,Density", "Xx,lots,soon,-3"))
    assert set(faults(row)) == {"chemical", "amount_received", "received_date", "density_g_ml"}


def test_the_same_bottle_twice_in_a_table_is_asked_about(lab):
    rows = checked(lab, csv_of("Chemical,Lot", "Toluene,A1", "Toluene,a1", "Toluene,A2"))
    assert [row.state for row in rows] == ["good", "asked", "good"]
    assert rows[1].question.startswith("Row 2 is Toluene of lot a1")


@pytest.mark.parametrize(
    ("content", "name", "wrong"),
    [
        (b"", "s.csv", "is empty"),
        (b"hello world", "s.csv", "no bottle below the heading"),
        (b"Chemical,Place\n", "s.csv", "no bottle below the heading"),
        (b"Place,Lot\nBox,A1\n", "s.csv", "No column says what is in the bottles"),
        (b"Chemical,Amount (g),Menge (g)\nToluene,1,2\n", "s.csv", "both say the same"),
        (b"Chemical,Density (lb/ft3)\nToluene,1\n", "s.csv", "no unit of a density"),
        (b'Chemical,Note\nToluene,"open\n', "s.csv", "quotation mark"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "s.png", "is no table"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            "s.xls",
            "old .xls workbook, or one with a password",
        ),
        (b"PK\x03\x04 no zip at all", "s.xlsx", "no Excel workbook"),
        (csv_of("Chemical", *["Toluene"] * 1001), "s.csv", "more than 1000 rows"),
        (csv_of("Chemical,Note", "Toluene," + "x" * 4001), "s.csv", "cell of 4001 characters"),
        (csv_of("Chemical" + ",x" * 120, "Toluene" + ",y" * 120), "s.csv", "101 columns"),
        (b"x" * (10 * 2**20 + 1), "s.csv", "largest table that is read"),
    ],
)
def test_what_is_no_table_of_bottles_is_refused_in_words(lab, content, name, wrong):
    with pytest.raises(Refusal, match=wrong.replace("(", r"\(")) as refusal:
        read_shelf(hashed_upload(content, name))
    assert refusal.value.field == "file"


def test_a_workbook_that_unpacks_to_too_much_is_refused(lab):
    small = bomb(200 * 2**20)
    assert len(small) < 2**20
    with pytest.raises(Refusal, match="unpacks to 200 MiB"):
        read_shelf(hashed_upload(small, "s.xlsx"))


def test_a_workbook_that_lies_about_its_size_is_stopped(lab):
    content = bomb(200 * 2**20)
    size = (200 * 2**20).to_bytes(4, "little")
    assert content.count(size) >= 1
    lying = content.replace(size, (1000).to_bytes(4, "little"))
    with pytest.raises(Refusal, match=r"cannot be read|was stopped"):
        read_shelf(hashed_upload(lying, "s.xlsx"))


def test_a_workbook_without_end_is_refused(lab):
    rows = [["Chemical"], *[["Toluene"]] * 5000]
    with pytest.raises(Refusal, match="more than 1000 rows"):
        read_shelf(hashed_upload(workbook_of(rows), "s.xlsx"))


def test_a_sheet_that_is_not_the_first_is_found(lab):
    content = workbook_of([["Read me"]], Shelf=[["Chemical", "Place"], ["Toluene", "Hood"]])
    assert only(lab, content, "s.xlsx").bottle.place == "Hood"

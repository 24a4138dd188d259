"""A shelf is brought in from a table by page and API, and written out so that it goes in again."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from labnotebook.records.models import Revision
from synthesis.models import Chemical, Material, Movement
from synthesis.shelf.columns import COLUMNS
from tests.factories import Api, make_project
from tests.synthesis.factories import browser, make_bottle, make_stock
from tests.synthesis.tables import bomb, csv_of, upload, workbook_of
from tests.synthesis.test_plan_a_batch import text_of

GOOD = "Lead(II) iodide,25,K12"
BAD = "Lead iodid,lots,K13"
HEADING = "Chemical,Amount (g),Lot"


def look_at(client: Any, content: bytes, name: str = "shelf.csv") -> Any:
    return client.post("/lots/import/", {"file": upload(content, name)})


def fields_of(page: Any) -> dict[str, Any]:
    """Return what a browser would send of the check page, without a button."""
    text = page.content.decode()
    found = {
        name: html.unescape(value)
        for name, value in re.findall(r'name="([\w-]+)"\s+value="([^"]*)"', text)
        if name not in ("do", "another", "csrfmiddlewaretoken", "q")
    }
    return {"table": found.pop("table"), **found}


def press(client: Any, page: Any, do: str, **more: Any) -> Any:
    return client.post("/lots/import/", {**fields_of(page), "do": do, **more})


def test_nothing_is_saved_before_it_is_confirmed(lab):
    client = browser(lab.mira)
    page = look_at(client, csv_of(HEADING, GOOD, BAD))
    assert page.status_code == 200
    assert not Material.objects.exists()
    text = text_of(page)
    for words in ("Lead(II) iodide", "25 g", "Row 3", "Enter one bottle", "lots"):
        assert words in text


def test_good_rows_are_entered_and_the_others_stay_to_be_mended(lab):
    client = browser(lab.mira)
    page = press(client, look_at(client, csv_of(HEADING, GOOD, BAD)), "save")
    bottle = Material.objects.get()
    assert (bottle.code, bottle.lot_number, bottle.amount_received) == ("L-0001", "K12", 25000)
    assert Movement.objects.get(material=bottle).amount == 25000
    assert Revision.objects.of(bottle).get().reason == "imported from shelf.csv"
    assert "One bottle entered: L-0001" in text_of(page)
    typed = {"cell-3-chemical": "Lead(II) iodide", "cell-3-amount_received": "5"}
    mended = press(client, page, "check", **typed)
    assert "Enter one bottle" in text_of(mended)
    done = press(client, mended, "save")
    assert done.headers["Location"] == "/lots/"
    assert Material.objects.get(lot_number="K13").amount_received == 5000  # the heading says g


@pytest.mark.parametrize("number", ["9" * 5000, "²", "x"])
def test_a_row_that_no_table_has_is_nobodys_twin(lab, number):
    client = browser(lab.mira)
    page = press(client, look_at(client, csv_of(HEADING, GOOD)), "save", another=number)
    assert page.headers["Location"] == "/lots/"
    assert Material.objects.get().lot_number == "K12"


def test_a_double_click_enters_the_bottles_once(lab):
    client = browser(lab.mira)
    page = look_at(client, csv_of(HEADING, GOOD))
    sent = {**fields_of(page), "do": "save"}
    client.post("/lots/import/", sent)
    client.post("/lots/import/", sent)
    assert Material.objects.count() == 1


def test_a_bottle_that_is_there_is_asked_about(lab):
    make_bottle(lab, "lead-iodide", lot_number="k12")
    client = browser(lab.mira)
    page = look_at(client, csv_of(HEADING, GOOD))
    assert "L-0001 is Lead(II) iodide of lot K12 as well. Is this another bottle?" in text_of(page)
    assert press(client, page, "save").status_code == 422
    assert Material.objects.count() == 1
    assert press(client, page, "save", another="2").status_code == 302
    assert Material.objects.count() == 2


def test_the_others_are_given_back_as_a_file_that_goes_in_again(lab):
    client = browser(lab.mira)
    page = look_at(client, csv_of(HEADING + ",GHS", GOOD + ",7", BAD + ",8"))
    assert "Columns that were left out: GHS" in text_of(page)
    file = press(client, page, "rest")
    assert file.headers["Content-Disposition"].startswith("attachment")
    heading, row = csv.reader(io.StringIO(file.content.decode("utf-8-sig")))
    assert heading == ["Chemical", "Amount (g)", "Lot", "What is wrong"]
    assert row[:3] == ["Lead iodid", "lots", "K13"]
    assert "Chemical: There is no chemical “Lead iodid”" in row[3]
    again = look_at(client, file.content.replace(b"Lead iodid,", b"PbI2,").replace(b"lots", b"5"))
    assert "Enter one bottle" in text_of(again)
    assert "left out" not in text_of(again)


def test_a_decimal_comma_is_answered_on_the_page(lab):
    client = browser(lab.mira)
    page = look_at(client, b"Chemical;Amount (g)\nToluene;1,234\n")
    assert "can be 1.234 or 1234" in text_of(page)
    assert press(client, press(client, page, "check", decimal="comma"), "save", decimal="comma")
    assert Material.objects.get().amount_received == 1234


def test_an_unknown_chemical_leads_to_the_form_filled_in(lab):
    client = browser(lab.mira)
    page = look_at(client, csv_of("Chemical,CAS,Formula", "Strontium chromate,7789-06-2,SrCrO4"))
    there = html.unescape(re.search(r'href="(/chemicals/new/\?[^"]*)"', page.content.decode())[1])
    form = client.get(there).content.decode()
    for value in ("Strontium chromate", "7789-06-2", "SrCrO4"):
        assert f'value="{value}"' in form


def test_a_table_that_was_tampered_with_is_checked_again(lab):
    client = browser(lab.mira)
    page = look_at(client, csv_of(HEADING, GOOD))
    fields = fields_of(page)
    table = json.loads(fields["table"])
    table["rows"][0]["cells"]["amount_received"] = "-5"
    answer = client.post("/lots/import/", {**fields, "table": json.dumps(table), "do": "save"})
    assert answer.status_code == 422
    for nonsense in (
        "{}",
        "[]",
        "x",
        '{"heading": ["Chemical"], "rows": [{"number": -1, "cells": {}}]}',
    ):
        answer = client.post("/lots/import/", {**fields, "table": nonsense, "do": "save"})
        assert answer.status_code == 422
        assert "got lost on the way" in text_of(answer)
    assert not Material.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [(bomb(100 * 2**20), "unpacks to 100 MiB"), (b"nothing", "no bottle"), (b"", "empty")],
)
def test_a_file_that_is_no_table_is_refused_in_words(lab, content, said):
    answer = look_at(browser(lab.mira), content)
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_who_may_not_write_imports_nothing(lab):
    viewer = browser(lab.vera)
    assert "Your role does not allow this" in text_of(viewer.get("/lots/import/"))
    assert "/lots/import/" not in viewer.get("/lots/").content.decode()
    assert look_at(viewer, csv_of(HEADING, GOOD)).status_code == 403
    assert Api(lab.vera).client.post(
        "/api/v1/lots/import/", {"file": upload(csv_of(HEADING, GOOD)), "save": "all"}
    ).status_code in (403, 400)
    assert not Material.objects.exists()


def send(api: Api, content: bytes, name: str = "shelf.csv", key: str = "", **said: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return api.client.post(
        "/api/v1/lots/import/", {"file": upload(content, name), **said}, headers=headers
    )


def test_the_api_checks_and_saves_what_is_good(lab):
    api = Api(lab.mira)
    content = csv_of(HEADING + ",Shelf life", GOOD + ",x", BAD + ",y")
    answer = send(api, content)
    assert answer.status_code == 200
    body = answer.json()
    assert [(row["row"], row["state"]) for row in body["rows"]] == [(2, "good"), (3, "faulty")]
    assert body["unread_columns"] == ["Shelf life"]
    assert body["rows"][0]["bottle"]["amount_received"] == 25000
    assert {error["field"] for error in body["rows"][1]["errors"]} == {
        "chemical",
        "amount_received",
    }
    assert not Material.objects.exists()
    refused = send(api, content, save="all")
    assert refused.status_code == 400
    assert {e["field"] for e in refused.json()["errors"]} == {
        "rows[3].chemical",
        "rows[3].amount_received",
    }
    saved = send(api, content, save="good")
    assert saved.status_code == 201
    assert saved.json()["rows"][0]["code"] == Material.objects.get().code
    assert saved.json()["saved"] == 1


def test_the_api_asks_about_a_bottle_that_is_there(lab):
    api, content = Api(lab.mira), csv_of(HEADING, GOOD)
    send(api, content, save="all")
    assert "another" in send(api, content, save="all").json()["errors"][0]["message"]
    assert send(api, content, save="good").json()["saved"] == 0
    assert send(api, content, save="all", another=[2]).json()["saved"] == 1
    assert Material.objects.count() == 2


def test_a_repeated_import_under_a_key_saves_once(lab):
    api, content = Api(lab.mira), csv_of(HEADING, GOOD)
    first, second = (send(api, content, save="all", key="k") for _ in range(2))
    assert first.json() == second.json()
    assert Material.objects.count() == 1


def rows_of(content: bytes, form: str) -> list[list[str]]:
    if form == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(content)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


FULL = {
    "supplier": "Müller; & Söhne, „A“",
    "catalogue_number": "007",
    "lot_number": "1E5",
    "assay_percent": Decimal("99.125"),
    "assay_high_percent": Decimal("99.5"),
    "assay_uncertainty_percent": Decimal("0.5"),
    "assay_kind": "mass_fraction",
    "density_g_ml": Decimal("1.234"),
    "amount_received": Decimal("1234.5678"),
    "amount_unit": "mg",
    "received_date": date(2024, 3, 4),
    "opened_date": date(2024, 3, 5),
    "expires_date": date(2031, 12, 31),
    "place": "=cmd|' /C calc'!A1",
    "note": "two\nlines, +1",
}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_comes_out_goes_in(lab, form):
    bottle = make_bottle(lab, formula="CaI2·4H2O", **FULL)
    make_bottle(lab, "toluene")
    make_stock(lab)
    out = browser(lab.mira).get(f"/lots/export/{form}/")
    assert out.headers["Content-Disposition"].endswith(f'.{form}"')
    other = make_project(lab.mira, "Blue LEDs")
    answer = send(Api(lab.mira), out.content, f"s.{form}", project=other.slug, save="all")
    assert answer.status_code == 201, answer.json()
    copy = Material.objects.get(project=other, chemical__slug="calcium-iodide")
    bottle.refresh_from_db()
    for name in ("name", "formula", *FULL):
        if name != "note":
            assert getattr(copy, name) == getattr(bottle, name), name
    # the code of another list is not ours to give, and is kept
    assert copy.note == f"{bottle.note}\n{bottle.code} in the table that it was imported from."
    assert Material.objects.filter(project=other).count() == 2  # a stock is not bought
    again = send(Api(lab.mira), out.content, f"s.{form}", project=lab.project.slug)
    assert [row["state"] for row in again.json()["rows"]] == ["asked", "asked"]
    assert bottle.code in again.json()["rows"][0]["question"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_that_comes_out_is_a_formula(lab, form, start):
    make_bottle(lab, place=f"{start}1+1", note=f"{start}HYPERLINK(1)", supplier="plain")
    heading, row = rows_of(browser(lab.mira).get(f"/lots/export/{form}/").content, form)
    said = dict(zip(heading, row, strict=True))
    assert said["supplier"] == "plain"
    assert said["note"].startswith(f"'{start}".rstrip("\r\t"))
    assert all(not str(cell or "").startswith(("=", "+", "-", "@")) for cell in row)


def test_the_columns_that_come_out_are_those_that_go_in(lab):
    content = Api(lab.mira).get("lots/export/").content
    assert rows_of(content, "csv") == [[column.name for column in COLUMNS]]
    assert Api(lab.mira).get("lots/export/?as=ods").status_code == 400
    assert Api(lab.mira).get("lots/export/?project=no-such").status_code == 400
    assert Api(lab.mira).get("lots/?as=csv").status_code == 400


def test_who_may_read_takes_the_table_along(lab):
    make_bottle(lab, place="Box 2")
    assert b"Box 2" in Api(lab.vera).get("lots/export/").content
    assert b"Box 2" in browser(lab.vera).get("/lots/export/csv/").content


def test_a_stranger_gets_no_bottle_of_ours(lab):
    make_bottle(lab, place="Box 2")
    assert b"Box 2" not in browser(lab.stranger).get("/lots/export/csv/").content
    assert Api(lab.stranger).get(f"lots/export/?project={lab.project.slug}").status_code == 400


def test_every_spelling_means_one_column():
    from synthesis.shelf.columns import spelled

    seen: dict[str, str] = {}
    for column in COLUMNS:
        for text in {spelled(t) for t in (column.name, column.title, *column.spellings)}:
            assert seen.setdefault(text, column.name) == column.name, text


def test_a_large_shelf_is_entered_in_reasonable_time(lab):
    names = list(Chemical.objects.values_list("name", flat=True)[:40])
    lines = [f'"{names[n % 40]}",{n + 1},K{n}' for n in range(1000)]
    client = browser(lab.mira)
    page = look_at(client, csv_of(HEADING, *lines))
    assert "Enter 1000 bottles" in text_of(page)
    assert press(client, page, "save").status_code == 302
    assert Material.objects.count() == 1000


def test_a_workbook_is_looked_at_on_the_page(lab):
    content = workbook_of([["Chemical", "Amount (g)"], ["Toluene", 5]], Other=[["x"]])
    page = look_at(browser(lab.mira), content, "Regal 3.xlsx")
    for words in ("Regal 3.xlsx, sheet Sheet", "Sheets that were left out: Other", "5 g"):
        assert words in text_of(page)

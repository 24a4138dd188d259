"""Tables that a spreadsheet opens hold words and numbers, and nothing that it would run."""

import csv
import io

import pytest

from labnotebook.records.spreadsheets import csv_lines, guarded, unguarded
from tests.hostile_cells import BREAKS, CELLS, STARTS


def read_back(rows):
    return list(csv.reader(io.StringIO("".join(csv_lines(rows)), newline="")))


def test_there_are_thirty_of_them():
    assert len(set(CELLS)) == 30


@pytest.mark.parametrize("text", CELLS)
def test_no_text_is_run_and_each_comes_back(text):
    (row,) = read_back([[text, text, "x"]])
    assert row == [f"'{text}", f"'{text}", "x"]
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("breaks", BREAKS)
def test_no_text_leaves_its_cell(breaks):
    rows = read_back([[f"a{breaks}{text}", "x"] for text in CELLS])
    assert rows == [[f"a{breaks}{text}", "x"] for text in CELLS]


@pytest.mark.parametrize("number", ["-1.5", "+2", "-1e-5", "-inf", -3, -0.5])
def test_a_number_stays_a_number(number):
    assert read_back([[number]]) == [[str(number)]]


def test_a_long_table_is_whole():
    rows = read_back([n, "-"] for n in range(2500))
    assert rows == [[str(n), "'-"] for n in range(2500)]
    assert not any(cell.startswith(STARTS) for row in rows for cell in row)

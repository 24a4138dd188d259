"""docs/asvs.csv says of every requirement of OWASP ASVS 5.0.0 that is held to how it stands, and names tests that are there."""

import ast
import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
with (ROOT / "docs" / "asvs.csv").open(newline="") as file:
    LINES = list(csv.DictReader(file))
STATUSES = ("met", "partly", "not met", "not applicable")
SHOWN = ("met", "partly")

# From the standard (5.0/docs_en, csv): how many requirements of levels 1 and 2 each chapter has, and of level 3 those
# of files (V5), authorization (V8) and logging (V16).
REQUIRED = {
    1: {1: 8, 2: 4, 3: 8, 4: 2, 5: 4, 6: 13, 7: 6, 8: 4, 9: 4, 10: 5, 11: 3, 12: 3, 13: 1, 14: 2, 15: 3},
    2: {1: 19, 2: 7, 3: 11, 4: 8, 5: 5, 6: 22, 7: 12, 8: 3, 9: 3, 10: 24, 11: 11, 12: 6, 13: 12, 14: 7, 15: 10, 16: 16, 17: 7},
    3: {5: 4, 8: 6, 16: 1},
}  # fmt: skip


@cache
def names_in(path: str) -> set[str]:
    """Return the names of the test functions of a file; empty when there is none."""
    where = ROOT / path
    if not where.is_file():
        return set()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    body = ast.parse(where.read_text()).body
    return {one.name for one in body if isinstance(one, functions) and one.name.startswith("test_")}


def test_every_requirement_is_there_once():
    ids = [line["id"] for line in LINES]
    assert [one for one, times in Counter(ids).items() if times > 1] == []
    keys = [tuple(int(number) for number in one.split(".")) for one in ids]
    assert keys == sorted(keys)
    for level, chapters in REQUIRED.items():
        of_level = Counter(
            key[0] for key, line in zip(keys, LINES, strict=True) if line["level"] == str(level)
        )
        assert of_level == chapters, f"level {level}"
    # counted in the standard itself
    assert Counter(line["level"] for line in LINES) == {"1": 70, "2": 183, "3": 11}


def faults_of(line: dict[str, str]) -> list[str]:
    """Return what is wrong with a line, in words."""
    nodes, faults = line["where"].split(), []
    if line["status"] not in STATUSES:
        faults.append(f"{line['status']!r} is no status")
    if bool(nodes) != (line["status"] in SHOWN):
        faults.append("a test is named exactly of what is met, whole or in part")
    if not line["reason"].endswith("."):
        faults.append("a sentence is missing")
    for node in nodes:
        path, _, name = node.partition("::")
        if name not in names_in(path):
            faults.append(f"there is no test {node}")
    return faults


def test_each_line_has_a_status_a_sentence_and_tests_that_exist():
    faults = [f"{line['id']}: {fault}" for line in LINES for fault in faults_of(line)]
    assert not faults, "\n".join(faults)


def test_the_page_says_the_same_numbers():
    page = (ROOT / "docs" / "reference" / "asvs.md").read_text()
    for level in ("1", "2", "3"):
        told = Counter(line["status"] for line in LINES if line["level"] == level)
        numbers = [told[status] for status in STATUSES]
        row = re.search(rf"^\| {level}\b[^|]*\|(.*)\|$", page, re.MULTILINE)
        assert row, f"no row for level {level}"
        assert [int(cell) for cell in row[1].split("|")] == [*numbers, sum(numbers)], level


@pytest.mark.parametrize(
    "change",
    [
        {"where": ""},
        {"where": "tests/labnotebook/test_asvs.py::test_nobody_wrote_this"},
        {"where": "tests/labnotebook/no_such_file.py::test_x"},
        {"status": "not met"},
        {"status": "well"},
        {"reason": ""},
    ],
)
def test_a_line_that_is_wrong_is_noticed(change):
    line = next(one for one in LINES if one["status"] == "met")
    assert not faults_of(line)
    assert faults_of({**line, **change})

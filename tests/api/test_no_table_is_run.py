"""Every table that is taken away of a lab whose every text is a formula holds none that a spreadsheet would run."""

import csv
import io

import pytest

from tests.browser.pages import filled_lab
from tests.factories import Api, make_person
from tests.hostile_cells import CELLS, STARTS
from tests.hostile_text import write_hostile_text

pytestmark = pytest.mark.django_db

TABLES = """
/m/{measurement}/processed.csv /m/overlay/curves.csv?m={measurement} /b/compare/table.csv?codes={batch},{wordy}
/explore.csv /history.csv /history/groups.csv?by=made_by /history/pivot.csv?rows=made_by&across=recipe
/api/v1/measurements.csv /api/v1/history.csv /api/v1/history/groups.csv?by=made_by
/api/v1/history/pivot.csv?rows=made_by&across=recipe /lots/export/csv/
"""


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_no_cell_of_any_table_is_a_formula(client):
    person = make_person()
    lab = filled_lab(person)
    write_hostile_text(CELLS)
    client.force_login(person)
    guarded = 0
    for path in TABLES.format(**lab).split():
        answer = Api(person).get(path) if path.startswith("/api/") else client.get(path)
        assert answer.status_code == 200, path
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        assert rows, path
        cells = [cell for row in rows for cell in row]
        bad = [cell for cell in cells if cell.startswith(STARTS) and not is_number(cell)]
        assert bad == [], path
        guarded += sum(cell.startswith(tuple(f"'{start}" for start in STARTS)) for cell in cells)
    assert guarded > 30  # or the formulas had not been there

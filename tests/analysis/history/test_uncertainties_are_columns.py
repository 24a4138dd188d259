"""The uncertainty of an accepted number stands beside it: asked, sorted, taken away by name."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from analysis.models import HistoryNumber, HistoryRow
from analysis.services.lab_quantities import add_quantity
from labnotebook.records.refusals import Refusal
from tests.analysis.history.factories import accept, make_batch, make_device, make_led

pytestmark = pytest.mark.django_db

# A number of the row, one beside it, one of the lab; and how uncertain each of three batches knows it.
OF_BATCH = ("pl_peak_nm", "gap_ev", "zeta_potential_mv")
KNOWN = {"NC-1": 0.3, "NC-2": 0.1, "NC-3": None}


@pytest.fixture
def known(lab):
    add_quantity(
        by=lab.mira, project=lab.project, name="zeta_potential_mv", unit="mV",
        label="Zeta potential", low=-200, high=200, subjects=["batch"],
    )  # fmt: skip
    for code, uncertainty in KNOWN.items():
        batch = make_batch(lab.project, lab.mira, code=code)
        for name in OF_BATCH:
            outcome = accept(batch, name, 12.5)
            type(outcome).objects.filter(pk=outcome.pk).update(uncertainty=uncertainty)
    return lab


@pytest.fixture
def ask(known):
    visitor = Client()
    visitor.force_login(known.mira)

    def ask(address: str = "/api/v1/history/", **query):
        answer = visitor.get(address, query)
        assert answer.status_code == 200, answer.content
        return answer

    return ask


def codes(answer) -> list[str]:
    return [row["code"] for row in answer.json()["results"]]


@pytest.mark.parametrize("name", OF_BATCH)
def test_it_is_a_filter_an_order_and_a_column(ask, name):
    u = f"{name}_uncertainty"
    assert codes(ask(**{f"{u}__lte": "0.2"})) == ["NC-2"]
    assert set(codes(ask(**{f"{u}__gte": "0.1"}))) == {"NC-1", "NC-2"}
    assert codes(ask(ordering=u)) == ["NC-2", "NC-1", "NC-3"]
    assert codes(ask(ordering=f"-{u}")) == ["NC-1", "NC-2", "NC-3"]
    rows = ask(columns=f"code,{name},{u}", ordering="code").json()["results"]
    assert [row[u] for row in rows] == list(KNOWN.values())


@pytest.mark.parametrize("name", OF_BATCH)
def test_its_order_goes_on_page_by_page(ask, name):
    page = ask(ordering=f"{name}_uncertainty", page_size=1).json()
    there = page["results"]
    while page["next"]:
        page = ask(page["next"]).json()
        there += page["results"]
    assert [row["code"] for row in there] == ["NC-2", "NC-1", "NC-3"]


def test_a_file_has_it_beside_its_number(ask):
    rows = csv.reader(io.StringIO(b"".join(ask("/history.csv").streaming_content).decode()))
    heads, *lines = rows
    place = heads.index("pl_peak_nm")
    assert heads[place + 1] == "pl_peak_nm_uncertainty"
    assert {line[heads.index("code")]: line[place + 1] for line in lines} == {
        "NC-1": "0.3", "NC-2": "0.1", "NC-3": "",
    }  # fmt: skip


def test_of_the_best_pixel_it_is_that_pixels(lab):
    batch = make_batch(lab.project, lab.mira)
    device = make_device(batch, "P1", "P2", "P3")
    for label, eqe, leakage, u in (("P1", 20, 3, 1.0), ("P2", 24, 2, 0.4), ("P3", 22, 1, 0.2)):
        for name, value in (("eqe_percent", eqe), ("leakage_ma_cm2", leakage)):
            outcome = accept(device.pixels.get(label=label), name, value)
            type(outcome).objects.filter(pk=outcome.pk).update(uncertainty=u)
    row = HistoryRow.objects.get(pk=batch.pk)
    assert (row.eqe_percent, row.eqe_percent_uncertainty) == (24, 0.4)
    beside = HistoryNumber.objects.get(batch=batch, name="leakage_ma_cm2")  # lower is better
    assert (beside.value, beside.uncertainty) == (1, 0.2)
    device.pixels.filter(label="P2").update(state="shorted")
    row.refresh_from_db()
    assert (row.eqe_percent, row.eqe_percent_uncertainty) == (22, 0.2)


def test_a_later_outcome_without_one_leaves_none(lab):
    batch = make_batch(lab.project, lab.mira)
    first = accept(batch, "plqy_percent", 80)
    type(first).objects.filter(pk=first.pk).update(uncertainty=2.0)
    assert HistoryRow.objects.get(pk=batch.pk).plqy_percent_uncertainty == 2.0
    type(first).objects.filter(pk=first.pk).update(superseded_at=first.accepted_at)
    accept(batch, "plqy_percent", 81)
    row = HistoryRow.objects.get(pk=batch.pk)
    assert (row.plqy_percent, row.plqy_percent_uncertainty) == (81, None)


@pytest.mark.parametrize("name", ["eqe_percent", "gap_ev"])
def test_rebuilding_compares_it_and_puts_it_right(lab, name):
    batch = make_batch(lab.project, lab.mira)
    made = make_led(batch, 24.0).outcomes.get() if name == "eqe_percent" else accept(batch, name, 1)
    type(made).objects.filter(pk=made.pk).update(uncertainty=0.5)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE analysis_historyrow SET eqe_percent_uncertainty = 9")
        cursor.execute("UPDATE analysis_historynumber SET uncertainty = 9")
    with pytest.raises(CommandError, match="differ"):
        call_command("rebuild_history", "--check", stdout=io.StringIO())
    said = io.StringIO()
    call_command("rebuild_history", stdout=said)
    assert f"{name}_uncertainty is 9.0, should be 0.5" in said.getvalue()
    call_command("rebuild_history", "--check", stdout=io.StringIO())


def test_a_lab_cannot_add_a_quantity_called_so(lab):
    with pytest.raises(Refusal, match="has the column of its uncertainty already"):
        add_quantity(
            by=lab.mira, project=lab.project, name="zeta_mv_uncertainty", unit="mV", label="u",
            low=0, high=1, subjects=["batch"],
        )  # fmt: skip


def test_the_page_writes_it_behind_its_number(ask):
    page = ask("/history/", columns="zeta_potential_mv").content.decode()
    assert "12.50" in page or "12.5" in page
    assert page.count("±") >= 2

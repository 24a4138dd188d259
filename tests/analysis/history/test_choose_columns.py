"""The table of the history: its columns are chosen, ordered, kept; batches are pinned on top of it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from analysis.models import OwnColumns, SavedQuestion
from analysis.services.boards import make_board
from analysis.services.lab_quantities import add_quantity
from tests.analysis.history.factories import (
    accept,
    assign,
    at,
    make_batch,
    make_person,
    make_project,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def some(lab):
    add_quantity(
        by=lab.mira, project=lab.project, name="zeta_potential_mv", unit="mV",
        label="Zeta potential", low=-200, high=200, subjects=["batch"],
    )  # fmt: skip
    for turn in range(6):
        batch = make_batch(
            lab.project, lab.mira, code=f"NC-{turn:04d}", planned_at=at(f"2026-01-0{turn + 1}")
        )
        assign(batch, "gamma" if turn < 4 else "delta")
        accept(batch, "zeta_potential_mv", 30 + turn)
    return lab


def heads(visitor, address: str = "/history/", **query) -> list[str]:
    page = visitor.get(address, query, follow=True)
    assert page.status_code == 200, page.content
    return [heading.name for heading in page.context["headings"]]


def checked(page) -> list[str]:
    form = page.content.decode()
    return re.findall(r'name="columns" value="(\w+)"(?: checked)?', form[: form.index("o-h")])


def test_every_column_is_offered_once_the_labs_own_and_uncertainties_included(some, visitor):
    page = visitor.get("/history/columns/")
    names = re.findall(r'name="columns" value="(\w+)"', page.content.decode())
    assert len(names) == len(set(names))
    assert {
        "zeta_potential_mv",
        "zeta_potential_mv_uncertainty",
        "plqy_percent_uncertainty",
    } <= set(names)
    assert checked(page) == heads(visitor)


def test_what_is_ticked_is_shown_in_its_order_at_an_address_to_share(some, visitor):
    query = {"phase": "gamma", "columns": ["code", "zeta_potential_mv", "phase"], "to": "rows"}
    answer = visitor.get("/history/columns/", query)
    assert answer["Location"] == "/history/?phase=gamma&columns=code,zeta_potential_mv,phase"
    page = visitor.get(answer["Location"])
    assert [h.name for h in page.context["headings"]] == ["code", "zeta_potential_mv", "phase"]
    assert len(page.context["rows"]) == 4


@pytest.mark.parametrize(
    ("move", "order"),
    [
        ("phase:up", ["code", "phase", "state"]),
        ("state:down", ["code", "phase", "state"]),
        ("phase:down", ["code", "state", "phase"]),
        ("code:up", ["code", "state", "phase"]),
        ("nothing:up", ["code", "state", "phase"]),
    ],
)
def test_a_column_moves_by_a_button_which_keeps_the_focus(some, visitor, move, order):
    query = {"columns": ["code", "state", "phase"], "move": move, "phase": "gamma"}
    page = visitor.get("/history/columns/", query)
    assert checked(page) == order
    form = page.content.decode()
    assert '<input type="hidden" name="phase" value="gamma">' in form
    if move != "nothing:up":
        button = form[form.index(f'value="{move}"') :]
        assert "autofocus" in button[: button.index(">")]


def test_columns_that_are_kept_are_shown_to_that_person_alone(some, lab, visitor):
    usual = heads(visitor)
    columns = ["code", "state", "zeta_potential_mv"]
    visitor.post("/history/columns/keep/", {"columns": columns})
    assert heads(visitor) == heads(visitor, phase="gamma") == columns
    assert heads(visitor, columns="code,phase") == ["code", "phase"]  # the address goes before
    other = Client()
    other.force_login(make_person())
    assert other.get("/history/").status_code == 200
    assert OwnColumns.objects.get().person == lab.mira
    visitor.post("/history/columns/keep/")
    assert heads(visitor) == usual


def test_columns_that_there_are_not_are_refused_in_words(some, visitor):
    for answer in (
        visitor.post("/history/columns/keep/", {"columns": "beauty"}),
        visitor.get("/history/columns/", {"columns": "beauty"}),
    ):
        assert answer.status_code == 422
        assert "There is no column called" in answer.content.decode()
    assert not OwnColumns.objects.exists()


def test_a_question_that_is_kept_keeps_columns_order_and_pins(some, visitor):
    query = "phase=delta&columns=code,zeta_potential_mv&ordering=-zeta_potential_mv&pinned=NC-0001"
    answer = visitor.post(f"/history/save/?{query}", {"name": "δ by zeta"})
    assert answer["Location"] == f"/history/?{query}"
    assert SavedQuestion.objects.get().get_absolute_url() == f"/history/?{query}"
    page = visitor.get(answer["Location"])
    assert [h.name for h in page.context["headings"]] == ["code", "zeta_potential_mv"]
    assert f'href="/history/?{query}"'.replace("&", "&amp;") in page.content.decode()
    again = visitor.post(f"/history/save/?{query}", {"name": "δ by zeta"})
    assert again.status_code == 422
    assert "Take another name" in again.content.decode()


def codes(rows) -> list[str]:
    return [str(cell.text) for row in rows for cell in row if cell.is_code]


def test_pinned_batches_stay_on_top_whatever_is_asked_and_are_not_repeated(some, visitor):
    page = visitor.get("/history/", {"pinned": "NC-0005,NC-0001", "phase": "gamma"})
    assert codes(page.context["pinned"]) == ["NC-0005", "NC-0001"]  # one is δ
    assert codes(page.context["rows"]) == ["NC-0003", "NC-0002", "NC-0000"]
    words = page.content.decode()
    assert 'href="/history/?phase=gamma&amp;pinned=NC-0001"' in words  # takes the first one down
    assert 'name="pinned" value="NC-0005,NC-0001"' in words  # another filter keeps them
    sorts = {heading.name: heading.href for heading in page.context["headings"]}
    assert "pinned=NC-0005,NC-0001" in sorts["code"]


def test_ticked_batches_are_pinned_beside_those_that_are(some, visitor):
    back = "phase=gamma&pinned=NC-0005"
    answer = visitor.get("/history/", {"pin": "yes", "codes": ["NC-0001", "NC-0005"], "back": back})
    assert answer["Location"] == "/history/?phase=gamma&pinned=NC-0005,NC-0001"


def test_a_pinned_batch_of_somebody_else_is_not_told(some, lab, visitor):
    stranger = make_person()
    make_batch(make_project(stranger), stranger, code="NC-9999")
    page = visitor.get("/history/", {"pinned": "NC-9999,NC-0000"})
    assert codes(page.context["pinned"]) == ["NC-0000"]


@pytest.mark.parametrize(("query", "most"), [({}, 9), ({"pinned": "NC-0001"}, 10)])
def test_a_page_takes_one_statement_more_where_something_is_pinned(
    some, visitor, django_assert_max_num_queries, query, most
):
    visitor.post("/history/columns/keep/", {"columns": ["code", "zeta_potential_mv"]})
    visitor.get("/history/")
    with django_assert_max_num_queries(most):
        visitor.get("/history/", query)


def test_a_table_on_a_board_is_a_link_to_it(some, visitor):
    visitor.post("/history/save/?columns=code,phase", {"name": "Two columns"})
    question = SavedQuestion.objects.get()
    board = make_board(
        by=some.mira, project=some.project, name="Group meeting", questions=[question.pk]
    )
    page = visitor.get(f"/boards/{board.pk}/")
    assert page.status_code == 200
    assert 'href="/history/?columns=code,phase"' in page.content.decode()
    assert "A table of the history" in page.content.decode()

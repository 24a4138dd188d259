"""The history page: a question in the address, its answer in words, figure and table."""

import re

import pytest

from analysis.models import HistoryRow
from tests.analysis.history.factories import (
    accept,
    assign,
    at,
    forecast_and_score,
    make_batch,
    make_led,
)


@pytest.fixture
def look(visitor):
    """Open the page; return its text with white space made plain."""

    def look(status: int = 200, **query) -> str:
        answer = visitor.get("/history/", query)
        assert answer.status_code == status
        return re.sub(r"\s+", " ", answer.content.decode())

    return look


@pytest.fixture
def some(lab):
    for number in range(6):
        batch = make_batch(
            lab.project,
            lab.mira,
            code=f"NC-{number:04d}",
            ratio_ca_pb_weighed=0.5 if number < 4 else 0.1,
            precursor_appearance="colloidal" if number < 4 else "clear",
            planned_at=at(f"2026-11-1{number}"),
        )
        assign(batch, "gamma" if number < 4 else "alpha")
        make_led(batch, 20.0 + number if number < 4 else 8.0)
        accept(batch, "pl_peak_nm", 686.0)
    make_batch(lab.other, lab.stranger, code="NC-0666")


def codes(page: str) -> list[str]:
    return re.findall(r'<th scope="row">(?:(?!</th>).)*<a href="/b/[^"]+">(NC-\d+)</a>', page, re.S)


def test_an_empty_lab_is_told_what_will_stand_here(lab, look):
    page = look()
    assert "One row per batch will appear here" in page
    assert 'href="/plan/"' in page
    assert "<strong>0 batches</strong>" in page
    assert "<table" not in page


def test_the_page_says_what_it_shows(some, look):
    page = look(ordering="-eqe_percent")
    assert (
        "<strong>6 batches</strong>, every phase, failed ones included · sorted by best EQE" in page
    )
    assert codes(page) == ["NC-0003", "NC-0002", "NC-0001", "NC-0000", "NC-0005", "NC-0004"]
    assert "NC-0666" not in page


def test_filters_are_said_in_words_and_stay_in_their_fields(some, look):
    page = look(phase="gamma", eqe_percent__gte="21,5", planned_at__gte="2026-11-11", q="coll")
    assert "γ only" in page
    assert "Best EQE at least 21.5 %" in page
    assert "made since 11 Nov 2026" in page
    assert "with “coll”" in page
    assert codes(page) == ["NC-0003", "NC-0002"]
    assert 'value="21,5"' in page
    assert '<input type="hidden" name="phase" value="gamma">' in page


def test_chips_count_and_toggle_a_phase(some, look):
    page = look(phase="gamma")
    gamma, alpha = re.findall(
        r'<a class="chip" href="([^"]*)"[^>]*> ?<span class="ph (?:gamma|alpha)', page
    )[::-1]
    assert gamma == "/history/"
    assert alpha == "/history/?phase=gamma,alpha"
    assert re.search(r'aria-current="true"[^>]*> ?<span class="ph gamma.*?<b>4</b>', page)
    assert re.search(r'<span class="ph alpha.*?<b>2</b>', page)


def test_headings_sort_by_links_and_say_how_it_is_sorted(some, look):
    page = look(ordering="-eqe_percent", phase="gamma")
    assert re.search(
        r'aria-sort="descending" ?> ?<a href="/history/\?ordering=eqe_percent&amp;phase=gamma"> ?EQE',
        page,
    )
    assert 'href="/history/?ordering=-pl_peak_nm&amp;phase=gamma"' in page
    assert page.count("aria-sort") == 1


def test_pages_lead_on_and_back(some, look, visitor):
    page = look(ordering="code", page_size="2")
    seen = codes(page)
    while following := re.search(r'href="([^"]+)" rel="next"', page):
        page = visitor.get(following[1].replace("&amp;", "&")).content.decode()
        seen += codes(page)
    assert seen == [f"NC-{number:04d}" for number in range(6)]
    before = re.search(r'href="([^"]+)" rel="prev"', page)[1].replace("&amp;", "&")
    assert codes(visitor.get(before).content.decode()) == ["NC-0002", "NC-0003"]


def test_the_figure_has_one_mark_a_batch_the_gap_and_no_line(some, look):
    page = look()
    figure = page[page.index('<figure class="fig"') : page.index("</figure>")]
    assert figure.count('class="pt gamma"') == 4
    assert figure.count('class="pt alpha"') == 2
    assert 'class="gapfill"' in figure
    assert 'class="ln' not in figure.replace('class="ln s', "")
    assert "NC-0003, γ, Ca/Pb weighed 0.5, Best EQE 23 %" in figure


def test_the_figure_draws_what_is_chosen_and_shades_no_gap_where_x_is_not_r(some, look):
    page = look(x="pl_peak_nm", y="devices", phase="gamma")
    figure = page[page.index('<figure class="fig"') : page.index("</figure>")]
    assert "PL / nm" in figure
    assert "gapfill" not in figure
    assert '<option value="pl_peak_nm" selected>' in page
    assert look(x="nonsense", y="code")


def test_what_cannot_be_drawn_is_left_out_and_said(some, look):
    HistoryRow.objects.filter(code="NC-0000").update(eqe_percent=None)
    HistoryRow.objects.filter(code="NC-0001").update(eqe_percent=float("nan"))
    HistoryRow.objects.filter(code="NC-0002").update(ratio_ca_pb_weighed=float("inf"))
    assert "3 of 6 batches have both numbers." in look()


def test_each_phase_is_summed_up(some, look):
    page = look()
    rows = dict(re.findall(r'<th scope="row"><span class="ph (\w+)".*?</th>(.*?)</tr>', page))
    assert re.findall(r"> ?([^<> ]+) ?<", rows["gamma"]) == ["4", "21.5", "20–23"]
    assert re.findall(r"> ?([^<> ]+) ?<", rows["alpha"]) == ["2", "8", "8–8"]


def test_forecasts_are_held_against_what_was_found(lab, look):
    right = make_batch(lab.project, lab.mira)
    forecast_and_score(right, "gamma", hit=True, log_score=0.2)
    missed = make_batch(lab.project, lab.mira, code="NC-0021")
    forecast_and_score(missed, "delta", hit=False, log_score=1.0)
    by_eye = make_batch(lab.project, lab.mira)
    forecast_and_score(by_eye, "gamma", hit=True, log_score=0.1, evidence="none")
    page = look()
    assert "1 of 2 right. Log score 0.6" in page
    assert 'Missed: <a href="/b/NC-0021/">NC-0021</a>' in page


def test_a_question_that_nothing_fits_says_what_to_leave_away(some, look):
    page = look(phase="gamma", eqe_percent__gte="99")
    assert "No batch fits this question" in page
    assert "There are 6 batches, but none fits all of what is asked." in page
    assert re.search(
        r'href="/history/\?phase=gamma"[^>]*> ?<span> ?without “Best EQE at least 99 %”: 4 batches',
        page,
    )
    assert "without “γ only”" not in page


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("eqe_percent__gte", "lots", "is not a number"),
        ("ratio_ca_pb_weighed__lte", "1.0.0", "is not a number"),
        ("planned_at__gte", "31.12.2026", "is not a day"),
    ],
)
def test_a_wrong_filter_is_told_at_its_field_and_nothing_typed_is_lost(
    some, look, name, typed, words
):
    page = look(422, **{name: typed, "q": "NC-00", "plqy_percent__gte": "95"})
    assert re.search(rf'<p class="err" id="id_{name}_error">[^<]*{words}', page)
    assert f'value="{typed}"' in page
    assert 'value="NC-00"' in page
    assert 'value="95"' in page
    assert "<table" not in page


def test_unknown_and_several_wrong_filters_are_all_told(some, look):
    page = look(422, phse="gamma", eqe_percent__gte="lots", cursor="nonsense")
    assert "There is no filter called &#x27;phse&#x27;" in page
    assert "This is not a cursor of ours" in page
    assert "is not a number" in page


def test_markup_in_a_question_is_text(some, look):
    page = look(q="<script>alert(1)</script>")
    assert "<script>alert" not in page
    look(422, phase="<b>")


def test_the_question_can_be_taken_along(some, look, visitor):
    page = look(phase="gamma", ordering="-eqe_percent")
    assert 'href="/history.csv?phase=gamma&amp;ordering=-eqe_percent"' in page
    address = re.search(
        r"curl -H &quot;Authorization|curl -H \"Authorization: Bearer \$LABNOTEBOOK_TOKEN\" '([^']+)'",
        page,
    )
    rows = visitor.get(address[1].replace("&amp;", "&")).json()["results"]
    assert [row["code"] for row in rows] == codes(page)


@pytest.mark.parametrize("query", [{}, {"phase": "gamma", "page_size": "200"}, {"q": "nothing"}])
def test_a_page_with_many_rows_takes_at_most_nine_statements(
    some, lab, visitor, django_assert_max_num_queries, query
):
    for _ in range(60):
        assign(make_batch(lab.project, lab.mira), "gamma")
    visitor.get("/history/")
    with django_assert_max_num_queries(9):
        assert visitor.get("/history/", query).status_code == 200

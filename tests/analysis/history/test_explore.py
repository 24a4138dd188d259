"""The explorer: any number against any other, each point a link to its batch, n said, nothing left out."""

import csv
import io
import re

import pytest
from django.test import Client

from analysis.history import explored
from analysis.models import HistoryRow, SavedQuestion
from analysis.services.saved_questions import save_question
from labnotebook.records.models import Revision
from labnotebook.records.refusals import Refusal
from synthesis.models import StepRun, StepRunParameter
from tests.analysis.history.factories import accept, assign, make_batch


def links(page: str) -> list[str]:
    figure = page[page.index('<svg class="chart tall"') : page.index("</figure>")]
    return re.findall(r'<a href="/b/([^/]+)/" aria-label="', figure)


def test_each_batch_with_both_numbers_is_a_link_failed_ones_included(some, look):
    page = look(x="ratio_ca_pb_weighed", y="plqy_percent")
    assert links(page) == ["NC-0000", "NC-0003", "NC-0004", "NC-0005"]
    assert "4 of 6 batches have both numbers." in page
    assert "NC-0004, δ, Ca/Pb weighed 0.4 ± 0.004, PLQY 50 %" in page
    assert "failed and δ ones included" in page
    assert "PLQY 90 ± 2 %" in page
    # One bar across for each, one upright where the outcome says how uncertain it is.
    assert page.count('class="eb"') == 5


def test_the_question_is_the_historys_and_each_part_can_be_taken_out(some, look):
    page = look(x="ratio_ca_pb_weighed", phase="gamma,delta", ratio_ca_pb_weighed__gte="0,35")
    assert links(page) == ["NC-0004"]
    without = r'href="/explore/\?phase=gamma,delta&amp;x=ratio_ca_pb_weighed" ?> ?Ca/Pb weighed at least 0.35'
    assert re.search(without, page)
    assert 'href="/history/?phase=gamma,delta&amp;ratio_ca_pb_weighed__gte=0.35&amp;x=' in page


def test_a_stretch_of_either_axis_becomes_ordinary_conditions(some, look):
    page = look(x="ratio_ca_pb_weighed", phase="gamma,failed")
    form = page[page.index('id="brush"') : page.index("</form>", page.index('id="brush"'))]
    fields = dict(re.findall(r'<input name="([^"]+)" value="([^"]*)"', form))
    ends = ("ratio_ca_pb_weighed", "plqy_percent")
    assert fields == {f"{name}__{end}": "" for name in ends for end in ("gte", "lte")}
    kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    assert kept == {"phase": "gamma,failed", "x": "ratio_ca_pb_weighed"}
    # As a form sends it: what is left empty asks nothing, a decimal comma is a point.
    typed = kept | fields | {"ratio_ca_pb_weighed__lte": "0,35", "plqy_percent__gte": "55"}
    page = look(**typed)
    assert links(page) == ["NC-0000", "NC-0003"]
    assert 'name="ratio_ca_pb_weighed__lte" value="0.35"' in page
    assert "Ca/Pb weighed at most 0.35" in page
    # What is only drawn cannot be asked for; one number along both axes is asked for once.
    page = look(x="plqy_percent", y="plqy_percent")
    assert page.count('name="plqy_percent__gte" value=""') == 1


def test_colour_and_shape_follow_the_month_or_the_person(some, look):
    page = look(x="ratio_ca_pb_weighed", by="month")
    assert 'class="pt g1"' in page
    assert re.search(r'class="ph g4">.*?2026-06 1</span>', page)
    assert re.search(r'class="ph g1">.*?mira 4</span>', look(by="made_by"))


def test_what_cannot_be_drawn_is_refused_by_name(some, look):
    assert "There is no number called &#x27;colour&#x27; to draw" in look(422, x="colour")
    assert "Batches are grouped by phase, recipe" in look(422, by="mood")
    assert "is not a number" in look(422, plqy_percent__gte="lots")
    assert "No batch of this question has both" in look(y="lifetime_ns")
    assert "One row per batch will appear here" not in look(q="nothing")


def test_the_temperature_that_was_recorded_is_drawn(some, lab, look):
    for code, recorded in (("NC-0000", 168), ("NC-0003", None)):
        batch = HistoryRow.objects.get(code=code).batch
        step = StepRun.objects.create(
            batch=batch, position=1, key="inject", operation="inject", text=""
        )
        StepRunParameter.objects.create(
            step_run=step,
            name="temperature_c",
            planned_value=165,
            actual_value=recorded,
            actual_text=str(recorded or ""),
            origin="typed" if recorded else "",
        )
    page = look(x="injection_temperature_c")
    assert links(page) == ["NC-0003", "NC-0000"]
    assert "Injection temperature 168 °C" in page


def test_the_figure_and_its_points_carry_the_question_and_the_date(some, visitor):
    query = {"x": "ratio_ca_pb_weighed", "phase": "gamma,delta,failed", "by": "recipe"}
    drawing = visitor.get("/explore.svg", query).content.decode()
    words = re.sub(r"<[^>]+>", " ", drawing)
    for part in ("PLQY against Ca/Pb weighed by recipe", "Asked on", "4 of 6 batches have both"):
        assert part in re.sub(r"\s+", " ", words)
    assert visitor.get("/explore.pdf", query).content.startswith(b"%PDF")
    rows = list(csv.reader(io.StringIO(visitor.get("/explore.csv", query).getvalue().decode())))
    said = {row[0]: row[1] for row in rows if row[0].startswith("#")}
    assert said["# question"].startswith(
        "PLQY against Ca/Pb weighed by recipe: γ or δ or failed only"
    )
    assert said["# date"].startswith("20")
    points = {row[0]: row[3:5] for row in rows[len(said) + 1 :]}
    assert points["NC-0003"] == ["0.30000000000000004", "0.004"]
    assert len(points) == 4


def test_the_points_by_api_are_those_of_the_page(some, visitor, look):
    query = {"x": "ratio_ca_pb_weighed", "by": "month", "phase": "gamma"}
    told = visitor.get("/api/v1/explore/", query).json()
    assert (told["found"], told["exact"], told["sampled"]) == (4, True, False)
    assert sorted(point["batch"] for point in told["points"]) == links(look(**query))
    first = next(point for point in told["points"] if point["batch"] == "NC-0000")
    assert first["y_uncertainty"] == 2.0
    assert first["group"] == "2026-01"
    for wrong in ("x", "phse"):
        refused = visitor.get("/api/v1/explore/", {wrong: "colour"})
        assert refused.status_code == 400
        assert [error["field"] for error in refused.json()["errors"]] == [wrong]


def test_very_many_are_sampled_aloud_and_always_the_same(lab, visitor, look, monkeypatch):
    from analysis.history import count

    monkeypatch.setattr(count, "CAP", 20)
    monkeypatch.setattr(explored, "CANDIDATES", 10)
    for _ in range(40):
        batch = make_batch(lab.project, lab.mira, ratio_ca_pb_weighed=0.3)
        accept(batch, "plqy_percent", 50.0)
    page = look(x="ratio_ca_pb_weighed")
    assert "finds at least 20 batches, too many to read: this is a sample" in page
    assert 5 <= len(links(page)) <= 11
    assert links(look(x="ratio_ca_pb_weighed")) == links(page)


def test_a_page_takes_at_most_ten_statements(some, visitor, django_assert_max_num_queries):
    visitor.get("/explore/")
    with django_assert_max_num_queries(10):
        assert visitor.get("/explore/", {"phase": "gamma"}).status_code == 200


def test_groups_are_summed_up_and_compared_in_words(lab, look):
    for number in range(14):
        phase = "gamma" if number < 6 else "delta" if number < 12 else "alpha"
        batch = make_batch(lab.project, lab.mira)
        assign(batch, phase)
        accept(batch, "plqy_percent", 80.0 + number if phase == "gamma" else 10.0 + number)
    page = look(show="groups")
    rows = re.findall(r'<th scope="row"><span class="ph (\w+)".*?<td class="n">(\d+)</td>', page)
    assert rows == [("delta", "6"), ("gamma", "6"), ("alpha", "2")]
    assert "PLQY of δ is lower than of γ by 64 %" in page
    # All 36 pairs the same way round: 2 of 924 ways to deal the twelve.
    assert "Mann–Whitney p 0.0022, Cliff’s delta -1.00, n 6 and 6." in page
    assert "There are 3 pairs here" in page
    page = look(show="groups", a="alpha", b="gamma")
    assert "Too few to say: 2 of α and 6 of γ. From 5 of each on they are compared." in page
    assert "Mann–Whitney" not in page
    assert "There is only one group here." in look(show="groups", phase="gamma")


def test_the_map_counts_each_cell_and_leads_to_its_batches(lab, look):
    for ratio, phase, number in ((0.5, "gamma", 3), (0.5, "alpha", 1), (0.25, "delta", 2)):
        for _ in range(number):
            batch = make_batch(lab.project, lab.mira, ratio_ca_pb_weighed=ratio)
            assign(batch, phase)
            accept(batch, "size_nm", 9.0)
    page = look(show="map", x="ratio_ca_pb_weighed", y="size_nm")
    cells = re.findall(r'<td class="([a-z ]+)"> ?<a href="([^"]+)".*?<span>(\d/\d)</span>', page)
    assert [(kind, share) for kind, _, share in cells] == [("delta few", "2/2"), ("gamma", "3/4")]
    asked = dict(part.split("=") for part in cells[1][1].partition("?")[2].split("&amp;"))
    assert asked["ratio_ca_pb_weighed__gte"] == "0.5"
    assert "<strong>4 batches</strong>" in look(**asked)
    assert "No batch of this question has both" in look(show="map", x="ratio_ca_pb_weighed")


def test_a_question_is_kept_by_name_for_the_project(some, lab, visitor, look):
    query = "phase=gamma&x=ratio_ca_pb_weighed&by=month&cursor=zz"
    answer = visitor.post(f"/explore/save/?{query}", {"name": "  Best R by  month "})
    assert answer.status_code == 302
    asks = "/explore/?phase=gamma&x=ratio_ca_pb_weighed&by=month"
    assert answer.headers["Location"] == asks
    assert links(visitor.get(asks).content.decode()) == links(
        look(phase="gamma", x="ratio_ca_pb_weighed", by="month")
    )
    kept = SavedQuestion.objects.get()
    assert Revision.objects.filter(table_name="analysis_savedquestion").count() == 1
    listed = f'href="{asks.replace("&", "&amp;")}">Best R by month</a>'
    for page in ("/explore/", "/history/"):
        assert listed in visitor.get(page).content.decode()
    again = visitor.post(f"/explore/save/?{query}", {"name": "Best R by month"})
    assert again.status_code == 422
    assert "Take another name." in again.content.decode()
    stranger = Client()
    stranger.force_login(lab.stranger)
    assert listed not in stranger.get("/explore/").content.decode()
    assert stranger.post(f"/explore/saved/{kept.pk}/end/").status_code == 404
    visitor.post(f"/explore/saved/{kept.pk}/end/")
    assert listed not in visitor.get("/explore/").content.decode()


def test_what_cannot_be_asked_is_not_kept(some, lab):
    for query in ("x=colour", "phse=gamma", "plqy_percent__gte=lots", "by=mood"):
        with pytest.raises(Refusal):
            save_question(by=lab.mira, project=lab.project, name="wrong", query=query)
    assert not SavedQuestion.objects.exists()

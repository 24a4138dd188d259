"""Boards: saved questions of a project on one page, in order, by page, in a frame and by API."""

import re

import pytest
from django.test import Client

from analysis.models import Board
from analysis.services.boards import change_board, make_board, questions_of
from analysis.services.saved_questions import end_question, save_question
from labnotebook.records.refusals import Refusal, StaleWrite
from tests.analysis.history.test_explore import links


@pytest.fixture
def questions(some, lab):
    """Keep a question shown in each of the four ways."""
    asks = {
        "PLQY along R": "x=ratio_ca_pb_weighed&phase=gamma",
        "By phase": "show=groups",
        "Map": "show=map&y=plqy_percent&x=ratio_ca_pb_weighed",
        "Control": "show=control",
    }
    return [
        save_question(by=lab.mira, project=lab.project, name=name, query=query)
        for name, query in asks.items()
    ]


@pytest.fixture
def board(questions, lab):
    keys = [one.pk for one in questions]
    return make_board(by=lab.mira, project=lab.project, name="Meeting", questions=keys)


def heads(page: str) -> list[str]:
    return re.findall(r'<h2><a href="[^"]+">([^<]+)</a></h2>', page)


def test_a_board_asks_every_question_anew_and_says_when(board, visitor):
    answer = visitor.get(board.get_absolute_url())
    page = re.sub(r"\s+", " ", answer.content.decode())
    assert answer.status_code == 200
    assert heads(page) == ["PLQY along R", "By phase", "Map", "Control"]
    assert links(page) == ["NC-0000", "NC-0003"]
    assert "2 of 4 batches have both numbers." in page
    assert "PLQY by phase: every phase, failed ones included. Asked on" in page
    assert 'class="phasemap"' in page
    assert "Too few to say: 4 batches have PLQY." in page
    assert 'id="brush"' not in page
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_questions_are_added_moved_and_taken_out_by_the_page(board, questions, visitor):
    def act(do, question, version):
        body = {"do": do, "question": question.pk, "version": version}
        return visitor.post(f"/boards/{board.pk}/change/", body)

    assert act("down", questions[0], board.version).status_code == 302
    page = visitor.get(board.get_absolute_url()).content.decode()
    assert heads(page)[:2] == ["By phase", "PLQY along R"]
    stale = act("remove", questions[0], board.version)
    assert stale.status_code == 412
    assert "Somebody changed this since you opened it" in stale.content.decode()
    board.refresh_from_db()
    act("remove", questions[0], board.version)
    board.refresh_from_db()
    assert board.questions == [one.pk for one in questions[1:]]
    assert act("remove", questions[0], board.version).status_code == 422
    act("add", questions[0], board.version)
    board.refresh_from_db()
    assert [one.name for one in questions_of(board)][-1] == "PLQY along R"


def test_what_is_off_the_list_or_of_another_project_stands_on_no_board(board, questions, lab):
    end_question(by=lab.mira, question=questions[0])
    assert [one.name for one in questions_of(board)] == ["By phase", "Map", "Control"]
    foreign = save_question(by=lab.stranger, project=lab.other, name="Theirs", query="")
    for wrong in (questions[0].pk, foreign.pk, 10**12):
        with pytest.raises(Refusal, match="lists no saved question"):
            change_board(by=lab.mira, board=board, version=board.version, questions=[wrong])
    with pytest.raises(Refusal, match="has a board called 'Meeting'"):
        make_board(by=lab.mira, project=lab.project, name=" Meeting ")
    with pytest.raises(StaleWrite):
        change_board(by=lab.mira, board=board, version=board.version - 1, name="Other")


def test_in_a_frame_there_is_no_navigation_and_only_pages_of_ours_may_frame_it(board, visitor):
    for address in (f"{board.get_absolute_url()}?embed=1", "/explore/?phase=gamma&embed=1"):
        answer = visitor.get(address)
        page = answer.content.decode()
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        policy = answer.headers["Content-Security-Policy"]
        assert re.search(r"frame-ancestors 'self'(;|$)", policy)
        assert "<nav" not in page
        assert "<form" not in page
        assert "embed=1" not in page
        assert Client().get(address).status_code == 302
    assert "frame-ancestors 'none'" in visitor.get("/explore/").headers["Content-Security-Policy"]
    refused = visitor.get("/explore/?x=colour&embed=1")
    assert refused.status_code == 422
    assert "There is no number called" in refused.content.decode()


def test_boards_and_questions_by_api(questions, lab, visitor):
    def send(method, path, body=None, **headers):
        return getattr(visitor, method)(
            f"/api/v1/{path}", body, content_type="application/json", headers=headers
        )

    first, second = questions[0].pk, questions[1].pk
    made = send("post", "questions/", {"name": "By month", "query": "by=month&page_size=3"})
    assert (made.status_code, made.json()["query"]) == (201, "by=month")
    refused = send("post", "questions/", {"name": "Wrong", "query": "by=mood"})
    assert refused.status_code == 400
    listed = visitor.get("/api/v1/questions/", {"project": "red-leds", "current": "true"}).json()
    assert listed["results"][0]["name"] == "By month"
    body = {"name": "Week", "questions": [second, made.json()["id"]]}
    board = send("post", "boards/", body)
    assert board.status_code == 201
    told, address = board.json(), f"boards/{board.json()['id']}/"
    assert (told["questions"], told["page"]) == (body["questions"], f"/{address}")
    changed = send("patch", address, {"questions": [first]}, if_match=board.headers["ETag"])
    assert changed.json()["questions"] == [first]
    assert send("patch", address, {"name": "W"}, if_match=told["etag"]).status_code == 412
    assert send("patch", address, {"name": "W"}).status_code == 428
    assert send("post", f"{address}end/").json()["ended_at"]
    assert visitor.get("/api/v1/boards/", {"current": "true"}).json()["results"] == []
    assert Board.objects.get().name == "Week"

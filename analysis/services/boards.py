"""Boards of saved questions: made and arranged by a project's editors, read by its members."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from analysis.models import Board, SavedQuestion
from analysis.services.saved_questions import named
from labnotebook.records.history import recorded
from labnotebook.records.models import Project
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal, WrongState

MOST_ON_BOARD = 12  # each is asked anew whenever the board is opened
MOST_LISTED = 100


def make_board(*, by: Any, project: Project, name: str, questions: Sequence[int] = ()) -> Board:
    """Begin a board with some of the project's questions."""
    require_editor(by, project)
    name, chosen = named(name, "the board"), _checked(project, questions)
    with recorded(by, "make a board"):
        project.lock()
        _refuse_taken(project, name)
        return Board.objects.create(project=project, name=name, questions=chosen, made_by=by)


def change_board(
    *,
    by: Any,
    board: Board,
    version: int | None,
    name: str | None = None,
    questions: Sequence[int] | None = None,
) -> Board:
    """Give a board another name, other questions or another order of them."""
    require_editor(by, board.project)
    values: dict[str, Any] = {}
    if name is not None:
        values["name"] = named(name, "the board")
    if questions is not None:
        values["questions"] = _checked(board.project, questions)
    with recorded(by, "change a board"):
        board.project.lock()
        board = board.lock(version=version)
        if board.ended_at is not None:
            raise WrongState("This board was taken off the list. Make a new one.")
        if name is not None and values["name"] != board.name:
            _refuse_taken(board.project, values["name"])
        if values:
            board.set_fields(**values)
    return board


def end_board(*, by: Any, board: Board) -> Board:
    """List a board no longer; its history stays."""
    require_editor(by, board.project)
    with recorded(by, "take a board off the list"):
        board = board.lock()
        if board.ended_at is None:
            board.set_fields(ended_at=timezone.now())
    return board


def questions_of(board: Board) -> list[SavedQuestion]:
    """Return the questions of a board in their order; one that was taken off the list is left out."""
    rows = SavedQuestion.objects.filter(pk__in=board.questions, ended_at=None)
    found = rows.select_related("project", "saved_by").in_bulk()
    return [found[key] for key in board.questions if key in found]


def boards(user: Any) -> list[Board]:
    """Return the boards of the person's projects, by name."""
    rows = Board.objects.visible_to(user).filter(ended_at=None)
    return list(rows.select_related("project", "made_by").order_by("name", "pk")[:MOST_LISTED])


def _checked(project: Project, questions: Sequence[int]) -> list[int]:
    chosen = list(dict.fromkeys(questions))
    if len(chosen) > MOST_ON_BOARD:
        raise Refusal(
            f"A board holds at most {MOST_ON_BOARD} questions. Make another for the rest.",
            field="questions",
        )
    rows = SavedQuestion.objects.filter(project=project, ended_at=None, pk__in=chosen)
    known = set(rows.values_list("pk", flat=True))
    strange = [key for key in chosen if key not in known]
    if strange:
        raise Refusal(f"{project} lists no saved question {strange[0]}.", field="questions")
    return chosen


def _refuse_taken(project: Project, name: str) -> None:
    if Board.objects.filter(project=project, name=name, ended_at=None).exists():
        raise WrongState(f"{project} has a board called {name!r}. Take another name.", field="name")

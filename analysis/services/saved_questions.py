"""Questions that a project keeps by name: saved by its editors, listed for its members."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.utils import timezone

from analysis.history.axes import BESIDE, IDLE, read_looked_at
from analysis.history.catalogue import Catalogue
from analysis.history.language import read_with
from analysis.models import SavedQuestion
from analysis.models.saved_question import TABLE
from labnotebook.records.history import recorded
from labnotebook.records.models import Project
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal, WrongState

LONGEST_NAME, LONGEST_QUERY = 80, 2000
MOST_LISTED = 100


def save_question(*, by: Any, project: Project, name: str, query: str) -> SavedQuestion:
    """Keep a question of the explorer or the history under a name that the project has not given yet."""
    require_editor(by, project)
    name = named(name, "the question")
    kept = checked_query(by, query)
    with recorded(by, "save a question"):
        project.lock()
        if SavedQuestion.objects.filter(project=project, name=name, ended_at=None).exists():
            raise WrongState(
                f"{project} has a question called {name!r}. Take another name.", field="name"
            )
        return SavedQuestion.objects.create(project=project, name=name, query=kept, saved_by=by)


def named(name: str, what: str) -> str:
    """Return a name with single spaces; one that is empty or too long is refused."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Refusal(f"Name {what}, in at most {LONGEST_NAME} characters.", field="name")
    return name


def checked_query(by: Any, query: str) -> str:
    """Return a query as it is kept; one that cannot be asked is refused."""
    said = [(name, text) for name, text in parse_qsl(query) if text.strip()]
    if ("show", TABLE) in said:
        pairs = [pair for pair in said if pair[0] not in ("page_size", "cursor")]
        aside = ("show", "x", "y", "pinned")
        read_with(Catalogue(by), [pair for pair in pairs if pair[0] not in aside])
    else:
        pairs = [pair for pair in said if pair[0] not in IDLE]
        filters = [pair for pair in pairs if pair[0] not in BESIDE]
        read_looked_at(Catalogue(by), filters, dict(pairs))
    kept = urlencode(pairs, safe=",")
    if len(kept) > LONGEST_QUERY:
        raise Refusal(f"The question is longer than {LONGEST_QUERY} characters.", field="name")
    return kept


def end_question(*, by: Any, question: SavedQuestion) -> SavedQuestion:
    """List a question no longer; its history stays."""
    require_editor(by, question.project)
    with recorded(by, "take a saved question off the list"):
        question = question.lock()
        if question.ended_at is None:
            question.set_fields(ended_at=timezone.now())
    return question


def saved_questions(user: Any) -> list[SavedQuestion]:
    """Return the questions of the person's projects, by name."""
    rows = SavedQuestion.objects.visible_to(user).filter(ended_at=None)
    return list(rows.select_related("project", "saved_by").order_by("name", "pk")[:MOST_LISTED])

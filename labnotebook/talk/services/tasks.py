"""Give a task about a record; say that it is done, or drop it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils import timezone

from labnotebook.records.history import recorded
from labnotebook.records.models import Project, Role
from labnotebook.records.permissions import require_role
from labnotebook.records.reasons import check_reason
from labnotebook.records.refusals import Refusal, WrongState
from labnotebook.talk.models import Notice, Talked, Task
from labnotebook.talk.models.task import LONGEST
from labnotebook.talk.services.comments import TALKS
from labnotebook.talk.services.notices import tell
from labnotebook.talk.services.subjects import HEAVY, NAMED_BY, about


def give_task(
    *, by: Any, subject: Talked, text: str, given_to: str, due_date: date | None = None
) -> Task:
    """Ask a member to do something about a record; ``given_to`` is a sign-in name, also one's own."""
    require_role(by, subject.project, TALKS)
    text = " ".join(text.split())
    if not text:
        raise Refusal("Say what is to be done.", field="text")
    if len(text) > LONGEST:
        raise Refusal(
            f"This has {len(text)} characters; a task has at most {LONGEST}. Write the rest as a comment.",
            field="text",
        )
    person = who_can(subject.project).filter(username=given_to).first()
    if person is None:
        raise Refusal(
            f"{given_to[:60]!r} is no witness, editor or owner of {subject.project}. Choose one of them.",
            field="given_to",
        )
    if due_date is not None and not 2000 <= due_date.year <= 2200:
        raise Refusal(
            f"{due_date} is no day to do it until. Write it as 2026-12-04.", field="due_date"
        )
    with recorded(by, "task given"):
        task = Task.objects.create(
            **about(subject), text=text, given_to=person, given_by=by, due_date=due_date
        )
        tell(by=by, people=[person], kind=Notice.Kind.TASK, subject=subject, text=text)
        return task


def end_task(*, by: Any, task: Task, reason: str | None = None) -> Task:
    """Say that a task is done; with a reason that it is dropped. Whoever writes here may."""
    require_role(by, task.project, TALKS)
    dropped = reason is not None
    if dropped:
        reason = check_reason(reason or "", "Say why it is dropped.", field="reason")[:300]
    with recorded(by, reason or "task done"):
        task = task.lock()
        if task.state != Task.State.OPEN:
            raise WrongState(f"This task is {task.state} already.")
        task.set_fields(
            state=Task.State.DROPPED if dropped else Task.State.DONE,
            ended_at=timezone.now(),
            ended_by=by,
            reason=reason or "",
        )
        _tell_of_end(by, task)
    return task


def _tell_of_end(by: Any, task: Task) -> None:
    """Tell whoever gave the task and whoever was to do it, but for who ended it."""
    concerned = {one.pk: one for one in (task.given_by, task.given_to)}
    text = f"{task.text} ({task.reason})" if task.reason else task.text
    kind = Notice.Kind.DROPPED if task.reason else Notice.Kind.DONE
    tell(by=by, people=concerned.values(), kind=kind, subject=task.subject, text=text)


def who_can(project: Project) -> QuerySet[Any]:
    """Return those who may be given a task of this project: witnesses, editors and owners."""
    people = get_user_model().objects.filter(
        is_active=True,
        memberships__project=project,
        memberships__role__in=Role.at_least(TALKS),
    )
    return people.order_by("username")


def tasks_of(person: Any) -> QuerySet[Task]:
    """Return the open tasks of a person, the overdue ones first."""
    mine = Task.objects.visible_to(person).filter(given_to=person).still_open()
    return mine.select_related("project", "given_by", *NAMED_BY).defer(*HEAVY)

"""Write a comment beside a record; withdraw one's own."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from labnotebook.records.history import recorded
from labnotebook.records.models import Membership, Project, Role
from labnotebook.records.models.role import READERS
from labnotebook.records.permissions import require_role
from labnotebook.records.reasons import check_reason
from labnotebook.records.refusals import NotPermitted, Refusal, WrongState
from labnotebook.talk.models import Comment, Notice, Talked
from labnotebook.talk.models.comment import LONGEST
from labnotebook.talk.services.notices import tell
from labnotebook.talk.services.subjects import about

TALKS = Role.WITNESS  # whoever may do as much: witnesses, editors, owners (decision 0073)
MOST_MENTIONED = 20
# A sign-in name after @, not inside a word or an address of mail.
MENTION = re.compile(r"(?<![\w.+\-@])@([\w.+\-]{1,150})")


def write_comment(*, by: Any, subject: Talked, text: str) -> Comment:
    """Write a comment; those whom it mentions by ``@name`` and who read the project are told.

    It stands beside the record, so also beside a signed one.
    """
    require_role(by, subject.project, TALKS)
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Refusal("Write what you want to say.", field="text")
    if len(text) > LONGEST:
        raise Refusal(
            f"This has {len(text)} characters; a comment has at most {LONGEST}. Write two, or add a file.",
            field="text",
        )
    mentioned, not_told = _read_mentions(text, subject.project)
    with recorded(by, "comment written"):
        comment = Comment.objects.create(
            **about(subject), text=text, written_by=by, mentioned=mentioned, not_told=not_told
        )
        people = get_user_model().objects.filter(username__in=mentioned) if mentioned else ()
        tell(by=by, people=people, kind=Notice.Kind.MENTION, subject=subject, text=text)
        return comment


def withdraw_comment(*, by: Any, comment: Comment, reason: str) -> Comment:
    """Withdraw a comment of one's own; it stays readable, as withdrawn."""
    if comment.written_by_id != by.pk:
        raise NotPermitted("A comment is withdrawn by who wrote it. Answer it with another one.")
    require_role(by, comment.project, TALKS)
    reason = check_reason(reason, "Say why it is withdrawn.", field="reason")[:300]
    with recorded(by, reason):
        comment = comment.lock()
        if comment.withdrawn_at is not None:
            raise WrongState("This comment is withdrawn already.")
        comment.set_fields(withdrawn_at=timezone.now(), withdrawn_reason=reason)
    return comment


def _read_mentions(text: str, project: Project) -> tuple[list[str], list[str]]:
    """Return the sign-in names after an @ of those who read the project, and of whoever else was named."""
    named = list(dict.fromkeys(MENTION.findall(text)))
    if len(named) > MOST_MENTIONED:
        raise Refusal(
            f"This mentions {len(named)} people; a comment tells at most {MOST_MENTIONED}.",
            field="text",
        )
    if not named:
        return [], []
    members = Membership.objects.filter(
        project=project, role__in=READERS, user__is_active=True
    ).values_list("user__username", flat=True)
    readers = {name.lower(): name for name in members} | {name: name for name in members}
    told, not_told = [], []
    for name in named:
        # The point that ends a sentence is no part of a name, unless somebody is called so.
        tries = (name, name.rstrip(".-+"))
        found = next((readers[t] for one in tries for t in (one, one.lower()) if t in readers), "")
        if found:
            told.append(found)
        elif tries[1]:
            not_told.append(tries[1])
    return list(dict.fromkeys(told)), list(dict.fromkeys(not_told))

"""Tell people what concerns them: in the notebook, and by mail where that is set up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from labnotebook.people.mail import can_send
from labnotebook.records.history import recorded
from labnotebook.records.models import Job
from labnotebook.records.services import jobs
from labnotebook.talk.models import Notice, Talked
from labnotebook.talk.models.notice import LONGEST
from labnotebook.talk.services.subjects import HEAVY, NAMED_BY, about

MAIL = "notice_mail"


def tell(*, by: Any, people: Iterable[Any], kind: str, subject: Talked, text: str) -> list[Notice]:
    """Make a notice for each of the people but whoever did it, in the caller's transaction, and ask for its mail."""
    short = " ".join(text.split())
    short = short if len(short) <= LONGEST else f"{short[: LONGEST - 1]}…"
    told = [
        Notice.objects.create(**about(subject), person=person, kind=kind, by=by, text=short)
        for person in people
        if person.pk != by.pk
    ]
    if can_send():
        mailed = [one for one in told if one.person.email]
        if mailed:
            jobs.ask_many(MAIL, [({"notice": one.pk}, one.project) for one in mailed])
    return told


def notices_of(person: Any) -> QuerySet[Notice]:
    """Return what a person was told, the newest first."""
    rows = Notice.objects.visible_to(person).select_related("project", "by", *NAMED_BY)
    return rows.defer(*HEAVY).order_by("-pk")


def unread_in_project(person: Any) -> Coalesce:
    """Return how many notices wait for a person, of each project: read with her projects, so at no cost of its own."""
    rows = Notice.objects.filter(person=person, read_at=None, project=OuterRef("pk")).order_by()
    counted = rows.values("project").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def read_notices(*, by: Any, notices: QuerySet[Notice]) -> int:
    """Mark those of the notices that are for this person as read; return how many were not."""
    with recorded(by, "notice read"):
        return notices.filter(person=by, read_at=None).update(read_at=timezone.now())


def say_nothing(job: Job) -> None:
    """A mail that could not be sent is noted on its job; the notice itself stands in the notebook."""


@jobs.handles(MAIL, on_end=say_nothing, outside=True)
def mail_notice(job: Job) -> Callable[[], None]:
    """Send a notice by mail, unless it was read meanwhile or its person left."""
    notice = Notice.objects.select_related("person", "by", "project", *NAMED_BY).get(
        pk=job.input["notice"]
    )
    person = notice.person
    still = Notice.objects.visible_to(person).unread().filter(pk=notice.pk).exists()
    if still and person.is_active and person.email and can_send():
        who = " ".join((notice.by.get_full_name() or notice.by.get_username()).split())
        subject = f"{who} {notice.get_kind_display()}: {notice.subject}"
        where = f"{settings.NOTEBOOK_ADDRESS}{notice.address}#talk"
        last = _("You get this because it concerns you in the project %(project)s.") % {
            "project": notice.project.name
        }
        send_mail(subject, f"{notice.text}\n\n{where}\n\n{last}\n", None, [person.email])
    return lambda: None

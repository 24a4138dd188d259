"""Deliver events to webhooks: written with what happened, sent by jobs, tried again ever later, given up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import orjson
from django.conf import settings
from django.utils import timezone

from labnotebook.records.models import Job
from labnotebook.records.services import jobs
from labnotebook.records.services.happenings import Happening, listens
from labnotebook.webhooks import sending, signing
from labnotebook.webhooks.models import Delivery, Webhook

KIND = "webhook"
# Seconds until the next try, after each that failed: some 12 hours in all.
PAUSES = (30, 5 * 60, 30 * 60, 2 * 3600, 9 * 3600)


@listens
def write_deliveries(told: Happening) -> None:
    """Write what is to be sent, and the job that sends it, in the transaction of what happened."""
    rows = Webhook.objects.filter(
        project=told.project, ended_at=None, events__contains=[told.event]
    )
    at = timezone.now()
    for webhook in rows:
        body = {
            "event": told.event,
            "project": told.project.slug,
            "id": told.id,
            "code": told.code,
            "at": at,
            "link": f"{settings.NOTEBOOK_ADDRESS}{told.path}",
        }
        delivery = Delivery.objects.create(
            webhook=webhook, event=told.event, body=orjson.dumps(body).decode(), next_at=at
        )
        jobs.ask(KIND, {"delivery": delivery.pk, "try": 1}, project=told.project)


def say_given_up(job: Job) -> None:
    """Write on the delivery that the program itself could not send it."""
    delivery = Delivery.objects.get(pk=job.input["delivery"])
    if delivery.state == Delivery.State.WAITING:
        delivery.set_fields(state=Delivery.State.DEAD, said=job.error[:300], next_at=None)


@jobs.handles(KIND, on_end=say_given_up, outside=True)
def deliver(job: Job) -> Callable[[], None]:
    """Send one delivery, once; ask for the next try where it was not taken."""
    delivery = Delivery.objects.select_related("webhook__project").get(pk=job.input["delivery"])
    webhook = delivery.webhook
    if delivery.state != Delivery.State.WAITING or delivery.tries >= job.input["try"]:
        return lambda: None
    if webhook.ended_at is not None:
        return lambda: delivery.set_fields(
            state=Delivery.State.DEAD, said="The webhook was ended.", next_at=None
        )
    body, now = delivery.body.encode(), timezone.now()
    headers = signing.headers(
        key=webhook.key, name=f"delivery-{delivery.pk}", at=int(now.timestamp()), body=body
    )
    answer = sending.post(webhook.address, body, headers, settings.WEBHOOK_HOSTS)
    return lambda: _write(delivery, answer, job.input["try"])


def _write(delivery: Delivery, answer: sending.Answer, tries: int) -> None:
    now = timezone.now()
    pause = None if answer.is_good or tries > len(PAUSES) else PAUSES[tries - 1]
    failed = Delivery.State.WAITING if pause is not None else Delivery.State.DEAD
    delivery.set_fields(
        state=Delivery.State.DONE if answer.is_good else failed,
        tries=tries,
        status=answer.status,
        said=answer.said.replace("\x00", "")[:300],
        tried_at=now,
        next_at=None if pause is None else now + timedelta(seconds=pause),
    )
    if pause is not None:
        again = {"delivery": delivery.pk, "try": tries + 1}
        jobs.ask(KIND, again, project=delivery.webhook.project, after_seconds=pause)

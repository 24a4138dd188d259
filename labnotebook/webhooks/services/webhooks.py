"""Set a webhook, give it another secret, end it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone

from labnotebook.records.history import recorded
from labnotebook.records.models import Project, Role
from labnotebook.records.permissions import require_role
from labnotebook.records.refusals import Refusal, WrongState
from labnotebook.records.services.happenings import EVENTS
from labnotebook.webhooks.hosts import NotAllowed, checked
from labnotebook.webhooks.models import Webhook
from labnotebook.webhooks.models.webhook import LONGEST

MOST = 10  # of a project


def set_webhook(*, by: Any, project: Project, address: str, events: Sequence[str]) -> Webhook:
    """Have an address told of events of a project; ``webhook.secret`` is to be shown now, and never again."""
    require_role(by, project, Role.OWNER)
    address = address.strip()
    try:
        checked(address[: LONGEST + 1], settings.WEBHOOK_HOSTS)
    except NotAllowed as why:
        raise Refusal(str(why), field="address") from why
    if len(address) > LONGEST:
        raise Refusal(f"An address has at most {LONGEST} characters.", field="address")
    strange = [one for one in events if one not in EVENTS]
    if strange or not events:
        raise Refusal(f"Choose from {', '.join(EVENTS)}; at least one.", field="events")
    with recorded(by, "webhook set"):
        project.lock()
        standing = Webhook.objects.filter(project=project, ended_at=None)
        if standing.filter(address=address).exists():
            raise WrongState(f"{project} has a webhook to this address already.", field="address")
        if standing.count() >= MOST:
            raise WrongState(f"A project has at most {MOST} webhooks. End one first.")
        chosen = [one for one in EVENTS if one in events]
        return Webhook.objects.create(
            project=project, address=address, events=chosen, salt=_salt(), made_by=by
        )


def renew_secret(*, by: Any, webhook: Webhook) -> Webhook:
    """Give a webhook another secret; what is sent from now on is signed with it."""
    require_role(by, webhook.project, Role.OWNER)
    with recorded(by, "webhook given another secret"):
        webhook = webhook.lock()
        if webhook.ended_at is not None:
            raise WrongState("This webhook has ended. Set a new one.")
        webhook.set_fields(salt=_salt())
    return webhook


def end_webhook(*, by: Any, webhook: Webhook) -> Webhook:
    """Send nothing more to it, what waits included; its history stays."""
    require_role(by, webhook.project, Role.OWNER)
    with recorded(by, "webhook ended"):
        webhook = webhook.lock()
        if webhook.ended_at is None:
            webhook.set_fields(ended_at=timezone.now())
    return webhook


def _salt() -> str:
    return secrets.token_urlsafe(32)

"""An address that is told of some events of a project, and each telling with its answers."""

from __future__ import annotations

import base64
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint
from django.utils.crypto import salted_hmac

from labnotebook.records.models import ProjectRecord, ProjectRecordQuerySet, Record, Role

LONGEST = 500  # characters of an address


class WebhookQuerySet(ProjectRecordQuerySet):
    """Webhooks as the owners of their projects see them; an address may hold a secret, so nobody else does."""

    def visible_to(self, user: Any) -> Self:
        """Return those of the projects that ``user`` owns."""
        return self.filter(
            project__memberships__user=user, project__memberships__role__in=[Role.OWNER]
        )


class Webhook(ProjectRecord):
    """Where to tell what. Its secret follows from SECRET_KEY and ``salt``, so it is kept nowhere."""

    address = models.CharField(max_length=LONGEST)
    events = ArrayField(models.CharField(max_length=30))
    salt = models.CharField(max_length=43)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)  # from then on nothing is sent

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints = [
            UniqueConstraint(
                fields=["project", "address"],
                condition=Q(ended_at=None),
                name="one_webhook_per_project_and_address",
            ),
            CheckConstraint(name="webhook_is_told_something", condition=~Q(events=[])),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def key(self) -> bytes:
        """What deliveries are signed with."""
        return salted_hmac("labnotebook webhook", self.salt, algorithm="sha256").digest()

    @property
    def secret(self) -> str:
        """The key as its owner is shown it, once."""
        return f"whsec_{base64.b64encode(self.key).decode()}"


class Delivery(Record):
    """One event for one webhook: what is sent, and what the last try was answered."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", "Waiting"
        DONE = "done", "Delivered"
        DEAD = "dead", "Given up"

    webhook = models.ForeignKey(Webhook, models.PROTECT, related_name="deliveries")
    event = models.CharField(max_length=30)
    body = models.TextField()  # the JSON, as it is signed and sent
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True)  # of the last answer
    said = models.CharField(max_length=300, blank=True)  # how the answer began, or why none came
    at = models.DateTimeField(auto_now_add=True)
    tried_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        indexes = [Index(fields=["webhook", "-id"], name="deliveries_of")]
        constraints = [
            CheckConstraint(
                name="delivery_state_is_known", condition=Q(state__in=["waiting", "done", "dead"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.webhook}"

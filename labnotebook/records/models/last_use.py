"""When a person was last seen and a token last used: to the minute, the newest only."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from labnotebook.records.models.token import ApiToken


class PersonSeen(models.Model):
    """The last request of a person, by browser or by token."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="seen"
    )
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} at {self.at}"


class TokenUse(models.Model):
    """The last request that brought a token."""

    token = models.OneToOneField(
        ApiToken, models.CASCADE, primary_key=True, related_name="last_use"
    )
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.token_id} at {self.at}"


class TokenAddress(models.Model):
    """An address from which a token was used: the first use from each is a security event."""

    token = models.ForeignKey(ApiToken, models.CASCADE, related_name="addresses")
    ip = models.GenericIPAddressField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "ip"], name="one_row_per_token_and_address")
        ]

    def __str__(self) -> str:
        return f"{self.token_id} from {self.ip}"

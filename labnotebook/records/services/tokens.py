"""API tokens: made once, shown once, kept as a digest."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.utils import timezone

from labnotebook.records.history import recorded
from labnotebook.records.models import ApiToken
from labnotebook.records.refusals import Refusal

PREFIX = "lab_"
DEFAULT_DAYS = 90
MAX_DAYS = 730


def token_digest(token: str) -> str:
    """Return the SHA-256 by which a token is found; 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_token(
    *, user: Any, name: str, scope: str = "write", days: int = DEFAULT_DAYS
) -> tuple[ApiToken, str]:
    """Make a token and return it with its text, which nobody can read again."""
    name = name.strip()
    if not name:
        raise Refusal("Give the token a name, so that you know later what uses it.", field="name")
    if scope not in ApiToken.Scope.values:
        raise Refusal("A token may read, or read and write: choose read or write.", field="scope")
    if not 1 <= days <= MAX_DAYS:
        raise Refusal(f"A token lives 1 to {MAX_DAYS} days.", field="days")
    text = PREFIX + secrets.token_urlsafe(32)
    with recorded(user, f"token {name} created"):
        token = ApiToken.objects.create(
            user=user,
            name=name,
            scope=scope,
            digest=token_digest(text),
            expires_at=timezone.now() + timedelta(days=days),
        )
    return token, text


def revoke_token(*, by: Any, token: ApiToken) -> None:
    """Make a token useless from now on."""
    if token.revoked_at is None:
        with recorded(by, f"token {token.name} revoked"):
            token.set_fields(revoked_at=timezone.now())


def find_token(text: str) -> ApiToken | None:
    """Return the living token with this text, with its user, in one query."""
    return (
        ApiToken.objects.select_related("user")
        .filter(
            digest=token_digest(text),
            revoked_at=None,
            expires_at__gt=timezone.now(),
            user__is_active=True,
        )
        .first()
    )

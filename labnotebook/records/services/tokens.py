"""API tokens: made once, shown once, kept as a digest."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from functools import cache
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils import timezone

from labnotebook.records.history import recorded
from labnotebook.records.models import ApiToken
from labnotebook.records.prepared import fetch_rows
from labnotebook.records.refusals import Refusal
from labnotebook.records.services.security import Kind, note

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
        raise Refusal(
            "A token may read, or read and write, or only post readings: choose read, write or sensor.",
            field="scope",
        )
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
        note(Kind.TOKEN_MADE, person=user, about=f"{name}: {token.get_scope_display()}")
    return token, text


def revoke_token(*, by: Any, token: ApiToken) -> None:
    """Make a token useless from now on."""
    if token.revoked_at is None:
        with recorded(by, f"token {token.name} revoked"):
            token.set_fields(revoked_at=timezone.now())
            note(Kind.TOKEN_REVOKED, person=token.user, by=by, about=token.name)


def living_tokens(user: Any) -> QuerySet[ApiToken]:
    """Return the tokens of a person that can be used."""
    return ApiToken.objects.filter(user=user, revoked_at=None, expires_at__gt=timezone.now())


def find_token(text: str) -> ApiToken | None:
    """Return the living token with this text, with its user, in one prepared query.

    Every request of a script asks this: built and planned anew by the ORM it would cost as much as a
    page of the history.
    """
    sql, of_token, of_person = _find_statement()
    rows = fetch_rows(sql, [token_digest(text)])
    if not rows:
        return None
    token = ApiToken.from_db("default", of_token, rows[0][: len(of_token)])
    token.user = get_user_model().from_db("default", of_person, rows[0][len(of_token) :])
    return token


@cache
def _find_statement() -> tuple[str, list[str], list[str]]:
    """Return the statement, and the fields of token and person in the order of its columns."""
    token, person = ApiToken._meta.concrete_fields, get_user_model()._meta.concrete_fields
    columns = [f"t.{f.column}" for f in token] + [f"u.{f.column}" for f in person]
    sql = (
        f"SELECT {', '.join(columns)} FROM records_apitoken t JOIN auth_user u ON u.id = t.user_id"  # noqa: S608  (our own column names)
        " WHERE t.digest = %s AND t.revoked_at IS NULL AND t.expires_at > now() AND u.is_active"
    )
    return sql, [f.attname for f in token], [f.attname for f in person]

"""Sign in a script by its token: one query, nothing slow."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied

from labnotebook.records.models import ApiToken
from labnotebook.records.services.last_use import note_token
from labnotebook.records.services.tokens import find_token


def bearer_of(request) -> str | None:
    """Return the token that a request brings, '' for one that is none, None when it brings no token."""
    words = get_authorization_header(request).split()
    if not words or words[0].lower() != b"bearer":
        return None
    try:
        return words[1].decode("ascii") if len(words) == 2 else ""
    except UnicodeDecodeError:
        return ""


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer lab_...``."""

    def authenticate(self, request) -> tuple[Any, ApiToken] | None:
        """Return (user, token), None when no bearer token was sent."""
        text = bearer_of(request)
        if text is None:
            return None
        token = find_token(text) if text else None
        if token is None:
            raise AuthenticationFailed(
                "This API token is not valid: mistyped, revoked or expired. Make a new one under"
                " Tokens, or with `manage.py create_token USERNAME`."
            )
        if token.scope == ApiToken.Scope.READ and request.method not in ("GET", "HEAD", "OPTIONS"):
            raise PermissionDenied("This API token may only read. Make one that may write.")
        if token.scope == ApiToken.Scope.SENSOR and not _takes_sensors(request):
            raise PermissionDenied(
                "This API token belongs to a sensor: it may only post readings to conditions/."
            )
        note_token(user=token.user, token_id=token.pk, name=token.name)
        return token.user, token

    def authenticate_header(self, request) -> str:
        """Say how to sign in, so that the answer is 401."""
        return "Bearer"


def _takes_sensors(request) -> bool:
    """Whether this is a door that a sensor may use."""
    view = request.parser_context["view"]
    return request.method == "POST" and getattr(view, "takes_sensors", False)


class TokenScheme(OpenApiAuthenticationExtension):
    """Describe the token in the OpenAPI document."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema) -> dict[str, str]:
        """Return the security scheme."""
        return {"type": "http", "scheme": "bearer", "description": "A token made under Tokens."}

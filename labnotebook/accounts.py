"""How people get an account, and come in by it."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from labnotebook.records.history import recorded
from labnotebook.records.services.last_use import note_stranger
from labnotebook.records.services.security import Kind, note


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the lab's owner, nobody signs up from the street; who comes and goes is noted."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse every sign-up."""
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        """Let somebody in."""
        super().login(request, user)
        ways = [one.get("method", "") for one in get_authentication_records(request, user)]
        note(Kind.SIGNED_IN, person=user, about="by " + " and ".join(dict.fromkeys(ways)))

    def logout(self, request: HttpRequest) -> None:
        """Let somebody out."""
        person = request.user if request.user.is_authenticated else None
        super().logout(request)
        if person is not None:
            note(Kind.SIGNED_OUT, person=person)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse to look at a password after too many wrong ones."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            note_stranger(account=_typed(credentials), about="too many tries")
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Turn somebody away."""
        note(Kind.TURNED_AWAY, account=_typed(credentials), about="wrong name or password")

    def set_password(self, user: Any, password: str) -> None:
        """Keep a new password, chosen on a page or by a link sent by mail."""
        here = self.request is not None and self.request.user.is_authenticated
        with recorded(user, "new password"):
            super().set_password(user, password)
            note(
                Kind.PASSWORD, person=user, about="on a page" if here else "by a link sent by mail"
            )


def _typed(credentials: dict[str, Any]) -> str:
    return str(credentials.get("username") or credentials.get("email") or "")

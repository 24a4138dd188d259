"""Sign in by another server (OpenID Connect): who may come, and what is kept of whom."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from labnotebook.records.history import recorded
from labnotebook.records.services.last_use import note_stranger
from labnotebook.records.services.security import Kind, note


class LabSocialAccountAdapter(DefaultSocialAccountAdapter):
    """Whoever has an account joins it to the other server; new people come only where the settings say so."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Whether somebody whom the other server knows, and this one does not, gets an account."""
        return settings.OIDC_MAKES_PEOPLE

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        """Note that nobody came in, and why."""
        why = getattr(exception, "sentence", "") or str(error or "")
        note_stranger(about=f"{settings.OIDC_NAME}: {why}")

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Compare nobody by e-mail: an address that somebody typed here proves nothing."""
        if not sociallogin.is_existing:
            sociallogin.email_addresses = []

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Any:
        """Make the person whom the other server vouches for; owners invite her into projects."""
        with recorded(settings.OIDC_NAME, "came by OpenID Connect"):
            person = super().save_user(request, sociallogin, form)
            note(Kind.ACCOUNT, person=person, by=settings.OIDC_NAME, about="made at first sign-in")
        return person

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        """Return where one is after joining both accounts."""
        return reverse("people:me")

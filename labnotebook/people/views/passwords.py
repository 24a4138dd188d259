"""A first password, for who came by another server and signs here by it."""

from __future__ import annotations

import time
from urllib.parse import urlencode

from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.views import password_set
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from labnotebook.records.services.second_factors import factors_of


@never_cache
@sensitive_post_parameters("password1", "password2")
def set_password(request: HttpRequest) -> HttpResponse:
    """Let somebody without a password choose one, right after she proved anew who she is.

    By a second factor of hers, or at the other server, which has to say that she gave her password there just now:
    a session that somebody else found open is not enough.
    """
    here = reverse("account_set_password")
    if request.user.has_usable_password():
        return redirect("account_change_password")
    if _proved_here(request) or _proved_there(request):
        return password_set(request)
    if factors_of(request.user).exists():
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': here})}")
    joined = SocialAccount.objects.filter(user=request.user).exists()
    if not joined or "came" in request.GET:
        messages.error(
            request,
            _(
                "Nothing says that it is you at this moment: the other server did not ask for your password anew. Ask"
                " who looks after people here for a link to choose a password."
            ),
        )
        return redirect("people:me")
    asked = {"next": f"{here}?came=1", "auth_params": urlencode({"prompt": "login", "max_age": 0})}
    return redirect(f"{reverse('openid_connect_login', args=['lab'])}?{urlencode(asked)}")


def _proved_here(request: HttpRequest) -> bool:
    return any(
        one.get("reauthenticated") and _lately(one["at"])
        for one in get_authentication_records(request, request.user)
    )


def _proved_there(request: HttpRequest) -> bool:
    """Whether this session came from the other server just now, and that one asked for the password just then."""
    came = any(
        one.get("method") == "socialaccount" and _lately(one["at"])
        for one in get_authentication_records(request, request.user)
    )
    told = (
        account.extra_data.get("id_token", {}).get("auth_time")
        for account in SocialAccount.objects.filter(user=request.user)
    )
    return came and any(isinstance(at, int | float) and _lately(at) for at in told)


def _lately(at: float) -> bool:
    return abs(time.time() - at) < REAUTHENTICATION_TIMEOUT

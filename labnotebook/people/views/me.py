"""A person's own account: what it says of her, where she is signed in, what acts in her name."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from labnotebook.people.forms import MeForm
from labnotebook.people.shown import shown_sessions, with_browsers
from labnotebook.records.asked import whole_number
from labnotebook.records.models import ApiToken
from labnotebook.records.services import people, tokens
from labnotebook.records.services.second_factors import is_demanded
from labnotebook.records.services.sessions import end_session, end_sessions


def _second_factors(person: Any) -> dict[str, Any]:
    found = list(Authenticator.objects.filter(user=person).order_by("pk"))
    codes = next((one for one in found if one.type == Authenticator.Type.RECOVERY_CODES), None)
    return {
        "app": next((one for one in found if one.type == Authenticator.Type.TOTP), None),
        "keys": [one for one in found if one.type == Authenticator.Type.WEBAUTHN],
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "is_demanded": is_demanded(person),
        "joined": SocialAccount.objects.filter(user=person).first(),
    }


def _changes_address(request: HttpRequest) -> bool:
    """Whether mail with links for a new password would go somewhere else: then one says again who one is."""
    return request.POST.get("email", request.user.email) != request.user.email


@never_cache
@reauthentication_required(enabled=_changes_address)
@require_http_methods(["GET", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """Show the account; keep a name; end a session; revoke a token."""
    person = request.user
    here = request.session.session_key
    if "end" in request.POST:
        mine = UserSession.objects.filter(user=person).exclude(session_key=here)
        end_session(get_object_or_404(mine, pk=whole_number(request.POST["end"])))
        messages.success(request, _("That session is ended."))
        return redirect("people:me")
    if "end-others" in request.POST:
        ended = end_sessions(person, but=here)
        messages.success(request, _("%(n)d other sessions were ended.") % {"n": ended})
        return redirect("people:me")
    if "revoke" in request.POST:
        mine = ApiToken.objects.filter(user=person)
        token = get_object_or_404(mine, pk=whole_number(request.POST["revoke"]))
        tokens.revoke_token(by=person, token=token)
        messages.success(request, _("The token %(name)s works no more.") % {"name": token.name})
        return redirect("people:me")
    said = {name: getattr(person, name) for name in ("first_name", "last_name", "email")}
    form = MeForm(request.POST if request.method == "POST" else None, initial=said)
    if request.method == "POST" and form.is_valid():
        people.describe(by=person, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("people:me")
    context = {
        "form": form,
        "sessions": shown_sessions(person),
        "here": here,
        "tokens": ApiToken.objects.filter(user=person, revoked_at=None).select_related("last_use"),
        "events": with_browsers(list(person.security_events.select_related("by")[:8])),
        "now": timezone.now(),
        **_second_factors(person),
    }
    return render(request, "people/me_page.html", context, status=422 if form.errors else 200)

"""Note who is here, and ask for the second factor that somebody owes."""

from collections.abc import Callable
from datetime import timedelta

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from labnotebook.exceptions import api_problem
from labnotebook.records.asked_from import asked_from
from labnotebook.records.refusals import NotPermitted
from labnotebook.records.services.last_use import SessionIs, note_session
from labnotebook.records.services.second_factors import server_demands
from labnotebook.records.services.sessions import end_over

# What somebody reaches who has yet to set up a second factor.
WITHOUT_IT = ("/me/", "/accounts/", "/help/", "/healthz")


def note_who_is_here(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Note the session of a request; runs after it is known whose it is.

    Who owes a second factor is led to where it is set up. Whoever was let in by another server (OpenID
    Connect) was asked for it there.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated or not request.session.session_key:
            return get_response(request)
        state = _note(request)
        if state is SessionIs.OVER:
            _end(request)
            return get_response(request)
        owes = state is SessionIs.OWING
        if owes and not request.path.startswith(WITHOUT_IT) and not _came_from_elsewhere(request):
            words = _("Set up a second factor first, on the page of your account.")
            # A form that was led on would count as taken, and what was typed as sent.
            if request.path.startswith("/api/") or _is_script(request):
                return api_problem(403, words, "second-factor-needed")
            if request.method not in ("GET", "HEAD"):
                raise NotPermitted(words)
            messages.warning(request, _("Set up a second factor first: it is needed here."))
            return redirect("people:me")
        return get_response(request)

    return answer


def _is_script(request: HttpRequest) -> bool:
    """Whether a page of ours sends something on its own, as the bench does."""
    return request.content_type == "application/json" or "X-Bench" in request.headers


def _came_from_elsewhere(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    return any(one.get("method") == "socialaccount" for one in records)


def _end(request: HttpRequest) -> None:
    """Go on with whoever asks as with nobody: a page leads to the door, the API says 401."""
    end_over(request.user, request.session.session_key)
    logout(request)
    if not request.path.startswith("/api/"):
        words = _(
            "You were signed out: nothing was done here for %(hours)d h, or you signed in %(days)d days ago."
            " What you typed is kept."
        )
        idle, longest = settings.SESSION_IDLE, settings.SESSION_LONGEST
        messages.info(request, words % {"hours": idle // timedelta(hours=1), "days": longest.days})


def _note(request: HttpRequest) -> SessionIs:
    where = asked_from()
    return note_session(
        user_id=request.user.pk,
        session_key=request.session.session_key,
        # The server in front may not say who asks.
        ip=where.ip or "0.0.0.0",  # noqa: S104  (no address to listen on)
        user_agent=where.browser,
        demanded=server_demands(request.user),
    )

"""The people whom one looks after: invite them, and let them in and out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from labnotebook.people import mail
from labnotebook.people.forms import InviteForm
from labnotebook.people.shown import shown_sessions
from labnotebook.records.asked import whole_number
from labnotebook.records.models import ApiToken, OneTimeLink
from labnotebook.records.permissions import (
    is_administrator,
    may_manage,
    memberships_seen_by,
    people_seen_by,
    require_looking_after_people,
)
from labnotebook.records.refusals import Refusal
from labnotebook.records.services import one_time_links, people, second_factors
from labnotebook.records.services.projects import owned_alone


@never_cache
@require_http_methods(["GET", "POST"])
def person_list(request: HttpRequest) -> HttpResponse:
    """Show whom one looks after; invite somebody; withdraw a link."""
    if request.method == "POST":
        require_looking_after_people(request.user)
    if "withdraw" in request.POST:
        links = one_time_links.open_links(request.user)
        link = get_object_or_404(links, pk=whole_number(request.POST["withdraw"]))
        one_time_links.withdraw(by=request.user, link=link)
        messages.success(request, _("The link works no more."))
        return redirect("people:person-list")
    form = InviteForm(request.POST or None, user=request.user)
    made: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            made = _shown(request, *one_time_links.invite(by=request.user, **form.cleaned_data))
            form = InviteForm(user=request.user)
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {
        "form": form,
        "people": people_seen_by(request.user)
        .select_related("seen")
        .prefetch_related(Prefetch("memberships", memberships_seen_by(request.user)))
        .order_by("-is_active", "username"),
        "links": one_time_links.open_links(request.user),
        "can_send": mail.can_send(),
        **made,
    }
    status = 422 if form.errors else 200
    return render(request, "people/person_list_page.html", context, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def person_detail(request: HttpRequest, username: str) -> HttpResponse:
    """Show what one may know of a person's account, and do what one may with it."""
    person = get_object_or_404(
        people_seen_by(request.user).select_related("seen"), username=username
    )
    context: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        try:
            act = _ACTS.get(request.POST.get("do", ""))
            if act is None:
                raise Refusal("There is no such thing to do.")
            context = act(request, person)
            if not context:
                return redirect("people:person-detail", username)
        except Refusal as refusal:
            context = {"refusal": refusal.sentence, "new_owner": request.POST.get("new_owner", "")}
            status = 422
    context |= {
        "person": person,
        "memberships": memberships_seen_by(request.user).filter(user=person),
        "may_manage": may_manage(request.user, person),
        "is_administrator": is_administrator(request.user),
        "is_me": person.pk == request.user.pk,
        "now": timezone.now(),
        "crumbs": [(reverse("people:person-list"), _("People")), ("", person.get_username())],
    }
    if context["may_manage"]:
        context |= {
            "sessions": shown_sessions(person),
            "owns_alone": owned_alone(person) if person.is_active else [],
            "factors": second_factors.factors_of(person),
            "tokens": ApiToken.objects.filter(user=person, revoked_at=None).select_related(
                "last_use"
            ),
        }
    return render(request, "people/person_detail_page.html", context, status=status)


def _shown(request: HttpRequest, link: OneTimeLink, text: str) -> dict[str, Any]:
    """Send a fresh link where it can be sent, and return it as the page shows it, this once."""
    address = request.build_absolute_uri(reverse("people:link", args=[text]))
    return {"fresh": link, "address": address, "sent": mail.send_link(link, address)}


def _switch_off(request: HttpRequest, person: Any) -> dict[str, Any]:
    ended = people.switch_off(
        by=request.user, person=person, new_owner=request.POST.get("new_owner", "")
    )
    words = {"who": person, "n": ended}
    messages.success(request, _("%(who)s is switched off; %(n)d sessions were ended.") % words)
    return {}


def _switch_on(request: HttpRequest, person: Any) -> dict[str, Any]:
    people.switch_on(by=request.user, person=person)
    messages.success(request, _("%(who)s can sign in again.") % {"who": person})
    return {}


def _offer_password(request: HttpRequest, person: Any) -> dict[str, Any]:
    return _shown(request, *one_time_links.offer_password(by=request.user, person=person))


def _remove_second_factors(request: HttpRequest, person: Any) -> dict[str, Any]:
    second_factors.remove_all(by=request.user, person=person)
    messages.success(request, _("%(who)s signs in by the password alone now.") % {"who": person})
    return {}


def _make_administrator(request: HttpRequest, person: Any) -> dict[str, Any]:
    people.set_administrator(by=request.user, person=person, to=True)
    messages.success(request, _("%(who)s is an administrator now.") % {"who": person})
    return {}


def _unmake_administrator(request: HttpRequest, person: Any) -> dict[str, Any]:
    people.set_administrator(by=request.user, person=person, to=False)
    messages.success(request, _("%(who)s is no administrator any more.") % {"who": person})
    return {}


_ACTS: dict[str, Callable[[HttpRequest, Any], dict[str, Any]]] = {
    "switch-off": _switch_off,
    "switch-on": _switch_on,
    "password": _offer_password,
    "no-second-factor": _remove_second_factors,
    "administrator": _make_administrator,
    "no-administrator": _unmake_administrator,
}

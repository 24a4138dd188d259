"""Follow a link that works once: join, or choose a password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from labnotebook.people.forms import JoinForm, PasswordFields
from labnotebook.records.models import OneTimeLink
from labnotebook.records.refusals import Refusal
from labnotebook.records.services import one_time_links


@login_not_required
@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, text: str) -> HttpResponse:
    """Show what a link is for; do it."""
    found = one_time_links.find_link(text)
    if found is None:
        return render(request, "people/link_dead_page.html", status=404)
    if request.user.is_authenticated:
        return _signed_in(request, found, text)
    is_join = found.purpose == OneTimeLink.Purpose.JOIN
    form = (JoinForm if is_join else PasswordFields)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        said.pop("again")
        try:
            use = one_time_links.join if is_join else one_time_links.choose_password
            person = use(text=text, **said)
            messages.success(request, _("Sign in as %(who)s with it.") % {"who": person})
            return redirect("account_login")
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {"form": form, "link": found, "is_join": is_join}
    return render(request, "people/link_page.html", context, status=422 if form.errors else 200)


def _signed_in(request: HttpRequest, found: OneTimeLink, text: str) -> HttpResponse:
    """Let somebody who has an account join the project of an invitation; no password is set here."""
    refused = ""
    if request.method == "POST":
        try:
            project = one_time_links.join_as(by=request.user, text=text)
            return redirect("records:project-detail", project.slug)
        except Refusal as refusal:
            refused = refusal.sentence
    context = {"link": found, "refusal": refused, "text": text}
    return render(
        request, "people/link_signed_in_page.html", context, status=409 if refused else 200
    )

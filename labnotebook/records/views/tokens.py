"""API tokens of the signed-in person."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from labnotebook.records.asked import whole_number
from labnotebook.records.models import ApiToken
from labnotebook.records.refusals import Refusal
from labnotebook.records.services import tokens


class TokenForm(forms.Form):
    """A new token."""

    name = forms.CharField(
        label=gettext_lazy("What will use it"),
        max_length=80,
        help_text=gettext_lazy("For example: upload script of the XRD."),
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("It may"), choices=ApiToken.Scope.choices, initial=ApiToken.Scope.READ
    )
    days = forms.IntegerField(
        label=gettext_lazy("Valid for, days"),
        min_value=1,
        max_value=tokens.MAX_DAYS,
        initial=tokens.DEFAULT_DAYS,
    )


@never_cache
@require_http_methods(["GET", "POST"])
def token_list(request: HttpRequest) -> HttpResponse:
    """Show the person's tokens; make one (shown this once); revoke one."""
    mine = ApiToken.objects.filter(user=request.user).select_related("last_use")
    if "revoke" in request.POST:
        token = get_object_or_404(mine, pk=whole_number(request.POST["revoke"]))
        tokens.revoke_token(by=request.user, token=token)
        messages.success(request, _("The token %(name)s works no more.") % {"name": token.name})
        return redirect("records:token-list")
    form, text = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            _token, text = tokens.create_token(user=request.user, **form.cleaned_data)
            form = TokenForm()
        except Refusal as refusal:
            form.add_error(refusal.field or None, refusal.sentence)
    context = {"form": form, "tokens": mine, "fresh": text, "now": timezone.now()}
    return render(
        request, "records/token_list_page.html", context, status=422 if form.errors else 200
    )

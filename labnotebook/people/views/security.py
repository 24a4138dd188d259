"""What happened to accounts, rights and exports."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from labnotebook.people.filters import SecurityEventFilter
from labnotebook.people.shown import with_browsers
from labnotebook.records.asked import whole_number
from labnotebook.records.permissions import security_events_seen_by

PAGE = 100


@never_cache
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Show the events that the person may know of, the newest first."""
    asked = SecurityEventFilter(request.GET, security_events_seen_by(request.user))
    rows = asked.qs if asked.form.is_valid() else asked.queryset.none()
    before = whole_number(request.GET.get("before", ""))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    events = list(rows.order_by("-pk")[: PAGE + 1])
    older = request.GET.copy()
    older["before"] = str(events[PAGE - 1].pk) if len(events) > PAGE else ""
    context = {
        "form": asked.form,
        "events": with_browsers(events[:PAGE]),
        "older": older.urlencode() if older["before"] else "",
        "crumbs": [(reverse("people:me"), _("Your account")), ("", _("Security events"))],
    }
    status = 200 if asked.form.is_valid() else 422
    return render(request, "people/security_page.html", context, status=status)

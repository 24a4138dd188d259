"""What a person was told."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from labnotebook.talk.models import Notice
from labnotebook.talk.services.notices import notices_of, read_notices

SHOWN = 100  # the newest


@require_http_methods(["GET", "POST"])
def notice_list(request: HttpRequest) -> HttpResponse:
    """List what the person was told; a POST marks all of it as read."""
    if request.method == "POST":
        read_notices(by=request.user, notices=Notice.objects.visible_to(request.user))
        return redirect("talk:notice-list")
    context = {"notices": notices_of(request.user)[:SHOWN], "crumbs": [("", _("Notices"))]}
    return render(request, "talk/notices_page.html", context)


@require_POST
def notice_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice as read and go to what it is about."""
    notice = get_object_or_404(notices_of(request.user), pk=pk)
    read_notices(by=request.user, notices=Notice.objects.filter(pk=notice.pk))
    return redirect(f"{notice.address}#talk")

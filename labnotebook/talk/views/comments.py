"""Withdraw a comment."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from labnotebook.records.refusals import Refusal
from labnotebook.talk.models import Comment
from labnotebook.talk.services.comments import withdraw_comment
from labnotebook.talk.services.subjects import NAMED_BY
from labnotebook.talk.views.panel import show


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a comment of one's own, with a reason."""
    rows = Comment.objects.visible_to(request.user).select_related("project", *NAMED_BY)
    comment = get_object_or_404(rows, pk=pk)
    reason = request.POST.get("reason", "")[:300]
    try:
        withdraw_comment(by=request.user, comment=comment, reason=reason)
    except Refusal as refusal:
        said = {"row": comment.anchor, "why": refusal.sentence, "reason": reason}
        return show(request, comment.subject, status=422, refused=said)
    messages.success(request, _("Withdrawn. It stays readable, as withdrawn."))
    return redirect(f"{comment.address}#talk")

"""Webhooks of a project: listed, set, ended, each with what was delivered."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from labnotebook.records.models import Project, Role
from labnotebook.records.refusals import Refusal
from labnotebook.webhooks.forms import WebhookForm
from labnotebook.webhooks.models import Webhook
from labnotebook.webhooks.services.webhooks import end_webhook, renew_secret, set_webhook

SHOWN = 100  # deliveries, the newest


@never_cache
@require_http_methods(["GET", "POST"])
def webhook_list(request: HttpRequest, slug: str) -> HttpResponse:
    """List the webhooks of a project of one's own; set another, whose secret is shown this once."""
    owned = Project.objects.with_role(request.user, Role.OWNER)
    project = get_object_or_404(owned, slug=slug)
    form = WebhookForm(request.POST or None)
    made = None
    if request.method == "POST" and form.is_valid():
        try:
            made = set_webhook(by=request.user, project=project, **form.cleaned_data)
            form = WebhookForm()
        except Refusal as refusal:
            form.add_error(
                refusal.field if refusal.field in form.fields else None, refusal.sentence
            )
    context = {
        "project": project,
        "webhooks": Webhook.objects.filter(project=project).select_related("made_by"),
        "form": form,
        "made": made,
        "crumbs": [
            (reverse("records:project-list"), _("Projects")),
            (reverse("records:project-detail", args=[slug]), project.name),
            ("", _("Webhooks")),
        ],
    }
    page = "webhooks/webhook_list_page.html"
    return render(request, page, context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def webhook_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was delivered to a webhook and how it was answered; end it, or give it another secret."""
    rows = Webhook.objects.visible_to(request.user).select_related("project", "made_by")
    webhook = get_object_or_404(rows, pk=pk)
    home = reverse("webhooks:webhook-list", args=[webhook.project.slug])
    made, refused = None, ""
    if request.method == "POST":
        if request.POST.get("do") == "end":
            end_webhook(by=request.user, webhook=webhook)
            return redirect(home)
        try:
            made = renew_secret(by=request.user, webhook=webhook)
        except Refusal as refusal:
            refused = refusal.sentence
    context = {
        "webhook": webhook,
        "deliveries": webhook.deliveries.all()[:SHOWN],
        "made": made,
        "refused": refused,
        "crumbs": [(home, _("Webhooks")), ("", webhook.address)],
    }
    page = "webhooks/webhook_detail_page.html"
    return render(request, page, context, status=409 if refused else 200)

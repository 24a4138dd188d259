"""Analyse a project again with new versions of the methods: start, follow, take back, look."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from analysis.services import reanalysing
from analysis.services.proposals import proposals
from labnotebook.records.models import Project
from labnotebook.records.views.current import may_write

CANCEL = "cancel"
SHOWN = 40


@require_http_methods(["GET", "POST"])
def project_reanalysis(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how far it is and what would change; htmx asks again for the progress alone."""
    project = get_object_or_404(Project.objects.visible_to(request.user), slug=slug)
    if request.method == "POST":
        if request.POST.get("do") == CANCEL:
            taken = reanalysing.cancel(by=request.user, project=project)
            messages.success(request, _("Taken back: %(n)s. What had begun ends.") % {"n": taken})
        else:
            asked = reanalysing.start(by=request.user, project=project)
            messages.success(request, _("Runs asked for: %(n)s.") % {"n": asked})
        return redirect("analysis:project-reanalysis", slug)
    context = {
        "project": project,
        "progress": reanalysing.progress(project),
        "may_write": may_write(request, project.pk),
        "cancel": CANCEL,
    }
    if request.htmx:
        if not context["progress"].open:  # the whole page says what came of it
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "analysis/_reanalysis_progress.html", context)
    found = proposals(project)
    context |= {"proposals": found[:SHOWN], "more": len(found) - SHOWN}
    return render(request, "analysis/reanalysis_page.html", context)

"""Analyse a project again with new versions of the methods: start, follow, take back, look."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from analysis.services import reanalysing
from analysis.services.proposals import proposals
from labnotebook.records.models import Project
from labnotebook.records.views.current import may_write

CANCEL = "cancel"
PER_PAGE = 50


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
        "may_write": may_write(request, project.pk),
        "cancel": CANCEL,
    }
    if request.htmx:  # every two seconds, of every open page: the states of the jobs, no more
        now = reanalysing.under_way(project)
        if not now.open:  # the whole page says what came of it
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "analysis/_reanalysis_progress.html", {**context, "progress": now})
    page = Paginator(proposals(project), PER_PAGE).get_page(request.GET.get("page"))
    context |= {"progress": reanalysing.progress(project), "page": page}
    return render(request, "analysis/reanalysis_page.html", context)

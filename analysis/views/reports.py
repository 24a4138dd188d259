"""The report of a batch: a page that prints well, and the same as PDF."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analysis.views.reporting import found, kept, made, seen
from analysis.views.reporting.words import joined, person, when
from analysis.views.subjects import crumbs_of
from labnotebook.records.asked_from import leaving
from labnotebook.records.presentation.document import Document
from synthesis.models import Batch
from synthesis.services.quantities import with_leading_ratio


@require_safe
def batch_report(request: HttpRequest, code: str) -> HttpResponse:
    """Show everything of a batch on one page."""
    batch = find_batch(request.user, code)
    context = {
        "batch": batch,
        "document": report_of(request.user, batch),
        "crumbs": crumbs_of(batch, _("Report")),
    }
    return render(request, "analysis/report_page.html", context)


@require_safe
def batch_report_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """Hand out the report as a file."""
    from labnotebook.records.presentation.pdf import write_pdf  # only a report needs it

    batch = find_batch(request.user, code)
    answer = HttpResponse(
        write_pdf(report_of(request.user, batch)),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{batch.code}-report.pdf"'},
    )
    return leaving(answer, batch.project)


def report_of(user: Any, batch: Batch) -> Document:
    """Return everything that is known of a batch, among what the person may see."""
    signed = kept.signatures_of(batch)
    name = batch.recipe_version.title
    printed = _("Written on %(when)s (%(zone)s) for %(who)s.") % {
        "when": when(timezone.now()),
        "zone": timezone.get_current_timezone_name(),
        "who": person(user),
    }
    made_up = _("Simulated, not measured.") if batch.project.is_simulated else ""
    return Document(
        title=_("Batch %(code)s") % {"code": batch.code},
        subtitle=joined(made_up, f"{name}.", _signed(signed), printed, between=" "),
        foot=joined(batch.code, name, made_up.lower().rstrip("."), between=" · "),
        author=person(batch.planned_by),
        sections=[
            made.about(batch),
            found.outcomes(batch),
            found.phase(batch),
            made.weighed(batch),
            made.bottles(batch),
            made.flask(batch),
            made.steps(batch),
            made.deviations(batch),
            seen.looks_and_air(batch),
            found.measurements(batch),
            found.forecast(batch),
            found.devices(user, batch),
            kept.history(batch),
            kept.entries(batch),
            kept.signatures(signed),
        ],
    )


def _signed(signed: list[Any]) -> str:
    if not signed:
        return _("Not signed.")
    return _("Signed by %(who)s.") % {"who": ", ".join(person(one.user) for one in signed)}


def find_batch(user: Any, code: str) -> Batch:
    """Return a batch as a report needs it; 404 for who may not see it."""
    rows = Batch.objects.visible_to(user).select_related(
        "project", "recipe_version__recipe", "planned_by"
    )
    return get_object_or_404(with_leading_ratio(rows), code=code)

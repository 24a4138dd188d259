"""The batches near the R of one batch, for its page."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analysis.services.near_batches import NEAR, near_batches, ratio_that_counts
from analysis.views.pages import render_panel
from analysis.views.subjects import crumbs_of, find_batch
from labnotebook.records.views.current import may_write
from synthesis.models import Batch


@require_safe
def batch_near(request: HttpRequest, code: str) -> HttpResponse:
    """Show the batches of the same recipe whose R lies near, nearest first."""
    batch = find_batch(request, code)
    found = near_batches(request.user, batch)
    codes = ",".join([batch.code, *(one.row.code for one in found)])
    context = {
        "batch": batch,
        "found": found,
        "near": NEAR,
        "compare": f"{reverse('analysis:compare')}?{urlencode({'codes': codes})}",
        "history": _history(batch),
        "may_write": may_write(request),
    }
    title = _("Other batches near this R")
    return render_panel(request, "batch_near", context, title=title, crumbs=crumbs_of(batch, title))


def _history(batch: Batch) -> str:
    """Return the address of the history asked for the weighed ones, empty without a ratio."""
    ratio = ratio_that_counts(batch.leading)
    if batch.leading is None or ratio is None:
        return ""
    column = f"{batch.leading.key}_weighed"
    ends = {"gte": max(ratio.value - NEAR, 0.0), "lte": ratio.value + NEAR}
    asked = {f"{column}__{way}": f"{value:.6g}" for way, value in ends.items()}
    asked["recipe"] = batch.recipe_version.recipe.slug
    return f"{reverse('analysis:history')}?{urlencode(asked)}"

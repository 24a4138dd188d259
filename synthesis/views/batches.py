"""Batches: the list, one batch from plan to signature, and its history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery, TextField
from django.db.models.functions import Cast, JSONObject
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from labnotebook.records.asked import search_words, whole_number
from labnotebook.records.models import Role, Signature
from labnotebook.records.pages import code_qr, form_version
from labnotebook.records.proofs.digests import digest_of
from labnotebook.records.refusals import Refusal
from labnotebook.records.services.signatures import content_of
from labnotebook.records.services.telling import tell
from labnotebook.records.views.current import may_as, may_write
from synthesis.models import (
    Addition,
    Batch,
    Condition,
    Deviation,
    Material,
    Recipe,
    RecipeVersion,
)
from synthesis.services import batches
from synthesis.services.again import carried_lots
from synthesis.services.finishing import finish_batch
from synthesis.services.quantities import ratios_of, with_leading_ratio
from synthesis.services.witnessing import why_no_witness, witness_batch
from synthesis.views.batch_chapters import chapters_of, is_made
from synthesis.views.batch_history import parts_of, tellers_of
from synthesis.views.batch_lines import lines_of, unweighed_of
from synthesis.views.batch_log import log_of, steps_of, still_open, visits_to
from synthesis.views.batch_ratios import leading_words
from synthesis.views.batch_times import air_of, timeline_of

PAGE = 50
ARCHIVED = "archived"


@require_safe
def batch_list(request: HttpRequest) -> HttpResponse:
    """Show the person's batches, newest first; ``?state=`` and ``?q=`` narrow them.

    What was put away is shown under ``?state=archived`` alone.
    """
    rows = Batch.objects.visible_to(request.user).select_related(
        "recipe_version__recipe", "planned_by", "project", "archive"
    )
    state = request.GET.get("state", "")
    words = search_words(request)
    rows = rows.archived() if state == ARCHIVED else rows.in_use()
    if state in Batch.State.values:
        rows = rows.filter(state=state)
    if words:
        rows = rows.filter(
            Q(code__icontains=words) | Q(recipe_version__recipe__name__icontains=words)
        )
    before = whole_number(request.GET.get("before", ""))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    heavy = ("plan", "composition", "recipe_version__definition")
    rows = with_leading_ratio(rows.defer(*heavy))
    found = list(rows.order_by("-pk")[: PAGE + 1])
    context = {
        "batches": found[:PAGE],
        "next_before": found[PAGE - 1].pk if len(found) > PAGE else None,
        "states": [*Batch.State.choices, (ARCHIVED, _("Archived"))],
        "state": state,
        "words": words,
        "may_write": may_write(request),
    }
    return render(request, "synthesis/batch_list_page.html", context)


def find_batch(request: HttpRequest, code: str) -> Batch:
    """Return a batch that the person may see, or 404."""
    rows = Batch.objects.visible_to(request.user).select_related(
        "project", "recipe_version__recipe", "planned_by"
    )
    return get_object_or_404(rows.defer("recipe_version__definition"), code=code)


def find_story(request: HttpRequest, code: str) -> Batch:
    """Return a batch with what else its page tells, in one query.

    Adds ``open_deviations``, ``signatures``, ``stocks`` and ``air``, lists of plain dicts, and the number of
    the ``newest_version`` of its recipe.
    """
    deviations = Deviation.objects.filter(batch=OuterRef("pk"), withdrawn_at=None).order_by(
        "at", "pk"
    )
    signatures = Signature.objects.filter(
        table_name=Batch._meta.db_table, record_id=Cast(OuterRef("pk"), TextField())
    ).order_by("pk")
    stocks = Material.objects.filter(produced_by=OuterRef("pk")).order_by("pk")
    air = Condition.objects.that_count().filter(batch=OuterRef("pk"))
    newest = RecipeVersion.objects.filter(recipe=OuterRef("recipe_version__recipe")).order_by(
        "-number"
    )
    rows = Batch.objects.visible_to(request.user).annotate(
        open_deviations=ArraySubquery(
            deviations.values(
                data=JSONObject(
                    id="pk",
                    target="target",
                    kind="kind",
                    severity="severity",
                    sentence="sentence",
                    reason="reason",
                    automatic="automatic",
                )
            )
        ),
        signatures=ArraySubquery(
            signatures.values(
                data=JSONObject(
                    by="user__username", user="user_id", meaning="meaning", at="signed_at"
                )
            )
        ),
        stocks=ArraySubquery(stocks.values("code")),
        air=ArraySubquery(air.values(data=JSONObject(name="name", text="text", at="at"))),
        newest_version=Subquery(newest.values("number")[:1]),
    )
    rows = rows.select_related("project", "recipe_version__recipe", "planned_by", "archive")
    rows = with_leading_ratio(rows.defer("recipe_version__definition"))
    return get_object_or_404(rows, code=code)


@require_safe
def batch_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Tell the whole story of one batch; the rooms above bring their chapters themselves."""
    return _page(request, find_story(request, code))


def _page(
    request: HttpRequest, batch: Batch, *, refused: str = "", asked: str = "", said: str = ""
) -> HttpResponse:
    lines, steps = lines_of(batch), steps_of(batch)
    recipe = batch.recipe_version.recipe
    makes_stock = recipe.kind != Recipe.Kind.NANOCRYSTALS
    log = log_of(batch)
    is_forecast = not makes_stock or batch.ratio_ca_pb is not None  # the paper's is along this
    witness = _may_witness(request, batch)
    deviations = sorted(batch.open_deviations, key=lambda one: one["severity"] != "major")
    context = {
        "batch": batch,
        "recipe": recipe,
        "since": urlencode({"from": batch.recipe_version.number, "batch": batch.code}),
        "lines": lines,
        "unweighed": unweighed_of(lines),
        "steps": steps,
        "missing": still_open(lines, steps),
        "unexplained": [
            one
            for one in batch.open_deviations
            if one["severity"] == Deviation.Severity.MAJOR and not one["reason"]
        ],
        **leading_words(batch, lines),
        "ratios": ratios_of(batch),
        "chapters": chapters_of(batch, deviations=deviations, log=log, is_forecast=is_forecast),
        "is_made": is_made(batch),
        "deviations": deviations,
        "log": log,
        "visits": visits_to(log),
        "timeline": timeline_of(batch, steps),
        "air": air_of(batch.air),
        "kept": batch.attachments.that_count().select_related("file", "step_run"),
        "qr": code_qr(request, batch.code),
        "again": plan_address(batch, [line.addition for line in lines]),
        "may_write": may_write(request, batch.project_id),
        "may_stock": makes_stock and batch.state in (Batch.State.MADE, Batch.State.SIGNED),
        "may_abandon": batch.is_open,
        "content": digest_of(content_of(batch))
        if batch.state == Batch.State.MADE or witness
        else "",
        "may_witness": witness,
        "refused": refused,
        "asked": asked,
        "said": said,
    }
    return render(
        request, "synthesis/batch_detail_page.html", context, status=422 if refused else 200
    )


def _may_witness(request: HttpRequest, batch: Batch) -> bool:
    is_signed = batch.state == Batch.State.SIGNED and not why_no_witness(
        request.user, batch.signatures
    )
    return is_signed and may_as(request, Role.WITNESS, batch.project_id)


def plan_address(batch: Batch, additions: Sequence[Addition]) -> str:
    """Return the planner's address for the same targets, with the bottles that are still there."""
    said = {"recipe": batch.recipe_version.recipe.slug, **batch.targets}
    if batch.correct_for_assay:
        said["correct_for_assay"] = "1"
    lots = carried_lots(additions, batch.project_id)
    said |= {f"lot_{key}": code for key, code in lots.items()} | {"again": batch.code}
    return f"{reverse('synthesis:plan')}?{urlencode(said)}"


@require_POST
def batch_state(request: HttpRequest, code: str) -> HttpResponse:
    """Start, finish, abandon or sign; the button says which."""
    batch = find_story(request, code)
    asked, said = request.POST.get("do", ""), request.POST.get("reason", "")[:1000]
    try:
        changed = _change(request, batch, asked, said.replace("\x00", ""))
    except Refusal as refusal:
        return _page(request, batch, refused=refusal.sentence, asked=asked, said=said)
    if asked == "start":
        return redirect("synthesis:bench", code)
    words = {"archive": _("archived"), "bring_back": _("taken out of the archive")}
    done = words.get(asked, changed.get_state_display().lower())
    messages.success(request, f"{changed.code}: {done}")
    return redirect("synthesis:batch-detail", code)


def _change(request: HttpRequest, batch: Batch, asked: str, said: str) -> Batch:
    common: dict[str, Any] = {"by": request.user, "batch": batch, "version": form_version(request)}
    if asked == "start":
        return batches.start_batch(**common)
    if asked == "finish":
        return finish_batch(
            **common,
            unrecorded_reason=said,
            unrecorded=_by_key(request, "unrecorded"),
            deviations=_by_key(request, "deviations"),
        )
    if asked == "abandon":
        return batches.abandon_batch(**common, reason=said)
    if asked in ("archive", "bring_back"):
        return batches.archive_batch(**common, reason=said, back=asked == "bring_back")
    if asked in ("sign", "witness"):
        seen = request.POST.get("content", "")
        if common["version"] is None or not seen:
            raise Refusal(_("Open the batch again, and sign what its page shows."))
        sign = witness_batch if asked == "witness" else batches.sign_batch
        return sign(**common, password=request.POST.get("password", ""), content_sha256=seen)
    raise Refusal(_("A batch can be started, finished, abandoned, signed or archived."))


def _by_key(request: HttpRequest, group: str) -> dict[str, str]:
    """Return the reasons of one group of a form, by what each speaks of."""
    return {
        name.removeprefix(f"{group}."): text.replace("\x00", "")[:1000]
        for name, text in request.POST.items()
        if name.startswith(f"{group}.")
    }


@require_safe
def batch_history(request: HttpRequest, code: str) -> HttpResponse:
    """Say in sentences what was done to a batch, by visit."""
    parts = parts_of(OuterRef("pk"))
    keys = {
        f"{model._meta.model_name}_keys": ArraySubquery(rows.values("pk"))
        for model, rows in parts.items()
    }
    rows = with_leading_ratio(Batch.objects.visible_to(request.user))
    rows = rows.defer("plan", "composition").annotate(**keys)
    batch = get_object_or_404(rows, code=code)
    # Rows by their keys alone: their revisions are what is shown.
    records = [batch] + [
        model(pk=key) for model in parts for key in getattr(batch, f"{model._meta.model_name}_keys")
    ]
    visits = tell(records, lambda revisions: tellers_of(batch, revisions))
    context = {"batch": batch, "visits": visits}
    return render(request, "synthesis/batch_history_page.html", context)

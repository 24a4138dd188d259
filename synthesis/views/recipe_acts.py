"""Begin, copy, retire and compare recipes; hand them out as a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from labnotebook.records.asked import whole_number
from labnotebook.records.pages import create_once, fresh_key
from labnotebook.records.permissions import pick_project
from labnotebook.records.refusals import Refusal
from labnotebook.records.views.current import current_project
from synthesis.chemistry.recipe_diff import recipe_changes
from synthesis.chemistry.recipe_files import FORMATS
from synthesis.downloads import recipe_file_response
from synthesis.models import Recipe, RecipeVersion
from synthesis.services import recipe_writing as writing


def _recipe(request: HttpRequest, slug: str) -> Recipe:
    return get_object_or_404(Recipe.objects.visible_to(request.user), slug=slug)


@require_http_methods(["GET", "POST"])
def recipe_new(request: HttpRequest) -> HttpResponse:
    """Begin a recipe with a name; everything else is typed in the editor."""
    refused = ""
    name, kind = request.POST.get("name", "").strip(), request.POST.get("kind", "nanocrystals")

    def save() -> str:
        definition: dict[str, Any] = {"name": name, "kind": kind}
        recipe = writing.create_recipe(
            by=request.user, project=_project(request), definition=definition
        )
        return reverse("synthesis:recipe-edit", args=[recipe.slug])

    if request.method == "POST":
        try:
            return create_once(request, save)
        except Refusal as refusal:
            refused = str(refusal)
    copies = Recipe.objects.visible_to(request.user).usable().order_by("name")[:100]
    context = {
        "name": name,
        "kind": kind,
        "kinds": Recipe.Kind.choices,
        "refused": refused,
        "copies": copies,
        "idempotency_key": fresh_key(),
    }
    return render(
        request, "synthesis/recipe_new_page.html", context, status=422 if refused else 200
    )


def _project(request: HttpRequest) -> Any:
    current = current_project(request)
    return pick_project(request.user, current.slug if current else None)


@require_http_methods(["GET", "POST"])
def recipe_fork(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a recipe of one's own from this one."""
    recipe = _recipe(request, slug)
    version = _version(recipe, request.GET.get("version", "")) or writing.usable_version(recipe)
    name, refused = request.POST.get("name", f"{recipe.name}, {_('ours')}"), ""

    def save() -> str:
        forked = writing.fork_recipe(
            by=request.user, version=version, project=_project(request), name=name
        )
        return reverse("synthesis:recipe-edit", args=[forked.slug])

    if request.method == "POST":
        try:
            return create_once(request, save)
        except Refusal as refusal:
            refused = str(refusal)
    context = {
        "recipe": recipe,
        "version": version,
        "name": name,
        "refused": refused,
        "idempotency_key": fresh_key(),
    }
    return render(
        request, "synthesis/recipe_fork_page.html", context, status=422 if refused else 200
    )


def _version(recipe: Recipe, text: str) -> RecipeVersion | None:
    return recipe.versions.filter(number=whole_number(text, digits=7)).first()


@require_POST
def recipe_state(request: HttpRequest, slug: str) -> HttpResponse:
    """Retire a recipe, bring it back, or change who sees it."""
    recipe, do = _recipe(request, slug), request.POST.get("do", "")
    reason = request.POST.get("reason", "")
    writing.require_writer(request.user, recipe)
    try:
        if do == "retire":
            writing.retire_recipe(by=request.user, recipe=recipe, reason=reason)
            messages.success(request, _("Retired: no new batch can be planned from it."))
        elif do == "bring-back":
            writing.bring_back_recipe(by=request.user, recipe=recipe, reason=reason)
            messages.success(request, _("In use again."))
        elif do in ("share", "unshare"):
            writing.share_recipe(by=request.user, recipe=recipe, shared=do == "share")
            messages.success(request, _("Kept."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("synthesis:recipe-detail", slug=slug)


@require_safe
def recipe_compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what two versions say differently; ``?from=`` and ``?to=``, the newest by default."""
    recipe = _recipe(request, slug)
    versions = list(recipe.versions.defer("definition"))  # the newest first; two of them are read
    numbered = {str(one.number): one for one in versions}
    later = numbered.get(request.GET.get("to", "")) or next(iter(versions), None)
    earlier = numbered.get(request.GET.get("from", ""))
    if later is not None and earlier is None:
        earlier = next((one for one in versions if one.number < later.number), later)
    changes = recipe_changes(earlier.definition, later.definition) if later and earlier else []
    context = {
        "recipe": recipe,
        "versions": versions,
        "earlier": earlier,
        "later": later,
        "changes": changes,
        "batch": request.GET.get("batch", "")[:20],
    }
    return render(request, "synthesis/recipe_compare_page.html", context)


@require_safe
def recipe_file(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Hand out a version, or the draft while there is none, as one YAML, TOML or JSON file."""
    recipe = _recipe(request, slug)
    if form not in FORMATS:
        return redirect("synthesis:recipe-detail", slug=slug)
    draft = writing.draft_of(recipe) if request.GET.get("draft") else None
    version = _version(recipe, request.GET.get("version", "")) or recipe.current
    draft = draft or (writing.draft_of(recipe) if version is None else None)
    definition, name = (
        (draft.definition, "draft") if draft else (version.definition, f"v{version.number}")
    )
    return recipe_file_response(definition, f"{slug}-{name}", form)

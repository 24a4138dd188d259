"""The recipe editor: a form that keeps a draft while one writes, and says what is wrong where it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from labnotebook.records.files import HashedUpload
from labnotebook.records.pages import form_version
from labnotebook.records.refusals import Refusal, StaleWrite
from synthesis.chemistry.documents import InvalidDocument
from synthesis.chemistry.layers import LayerRole, LightOut, ThicknessSource
from synthesis.chemistry.recipe_diff import RecipeChange, recipe_changes
from synthesis.chemistry.recipe_files import read_recipe_file
from synthesis.chemistry.recipe_parts import ROLES
from synthesis.models import Material, Recipe, RecipeDraft, RecipeVersion
from synthesis.recipe_form.acts import act
from synthesis.recipe_form.names import SECTIONS
from synthesis.recipe_form.parts import list_of
from synthesis.recipe_form.posted import Shelf, definition_of, numbers_of
from synthesis.recipe_form.shown import TOP, field_of, parts_of
from synthesis.services import recipe_writing as writing
from synthesis.services.operations import lab_operations
from synthesis.views.recipe_solved import solved_at_defaults

RULES = (
    ("solves", gettext_lazy("carries a ratio or an amount")),
    ("mass_mg", gettext_lazy("mass")),
    ("volume_ml", gettext_lazy("volume")),
    ("amount_mmol", gettext_lazy("amount of substance")),
    ("equivalents", gettext_lazy("equivalents of …")),
    ("concentration_mol_l", gettext_lazy("mol/L in …")),
    ("concentration_mg_ml", gettext_lazy("mg/mL in …")),
    ("weight_percent", gettext_lazy("wt % in …")),
    ("fills_to_ml", gettext_lazy("fills up to")),
)
INPUT_KINDS = (
    ("ratio", gettext_lazy("ratio")),
    ("amount", gettext_lazy("amount of a species")),
    ("scale", gettext_lazy("scale")),
    ("condition", gettext_lazy("condition")),
    ("size", gettext_lazy("size of a vessel")),
    ("choice", gettext_lazy("choice")),
)
PURITY_NUMBERS = (
    ("low_percent", gettext_lazy("Printed purity")),
    ("high_percent", gettext_lazy("up to")),
    ("uncertainty_percent", gettext_lazy("±")),
)
PART_TEXTS = {
    "ingredients": (
        ("stage", gettext_lazy("Stage")),
        ("note", gettext_lazy("Note")),
        ("key", gettext_lazy("Short name, for others to refer to")),
    ),
    "layers": (
        ("source", gettext_lazy("Where it is printed")),
        ("thickness_note", gettext_lazy("About the thickness")),
        ("note", gettext_lazy("Note")),
        ("key", gettext_lazy("Short name, for steps and runs to refer to")),
    ),
    "steps": (
        ("atmosphere", gettext_lazy("Atmosphere")),
        ("until", gettext_lazy("Until")),
        ("stage", gettext_lazy("Stage")),
        ("note", gettext_lazy("Note")),
        ("key", gettext_lazy("Short name")),
    ),
}
LARGEST_FILE = 400_000


@dataclass(frozen=True, slots=True)
class Kept:
    """What the editor shows: a definition, the draft that holds it, and the version before it."""

    recipe: Recipe
    definition: Mapping[str, Any]
    draft: RecipeDraft | None
    newest: RecipeVersion | None


def shelf_for(user: Any) -> Shelf:
    """Return what a recipe of this person can name."""
    stocks = Recipe.objects.visible_to(user).filter(kind=Recipe.Kind.STOCK_SOLUTION)
    return Shelf(
        writing.listed_chemicals(), dict(stocks.values_list("slug", "name")), lab_operations()
    )


@require_http_methods(["GET", "POST"])
def recipe_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Write the next version of a recipe; whatever is typed is kept as a draft."""
    recipe = get_object_or_404(Recipe.objects.visible_to(request.user), slug=slug)
    if recipe.project is None:
        return redirect("synthesis:recipe-fork", slug=slug)
    writing.require_writer(request.user, recipe)
    shelf = shelf_for(request.user)
    if request.method == "POST":
        return _posted(request, recipe, shelf)
    return _page(request, _kept(recipe), shelf, opened=request.GET.get("open", ""))


def _kept(recipe: Recipe) -> Kept:
    draft, newest = writing.draft_of(recipe), recipe.current
    definition = draft.definition if draft else newest.definition if newest else writing.BLANK
    return Kept(recipe, definition, draft, newest)


def _posted(request: HttpRequest, recipe: Recipe, shelf: Shelf) -> HttpResponse:
    said = request.POST.get("do", "")
    if said == "discard":
        writing.discard_draft(by=request.user, recipe=recipe)
        messages.success(request, _("The draft is thrown away; its history is kept."))
        return redirect("synthesis:recipe-detail", slug=recipe.slug)
    numbers = {section: numbers_of(request.POST, section) for section in SECTIONS}
    definition = definition_of(request.POST, shelf)
    opened = act(definition, _by_place(said, numbers)) or request.POST.get("open", "")
    try:
        if said == "file":
            definition = _from_file(request, recipe)
        draft = _save(request, recipe, definition, anyway=said == "overwrite")
    except StaleWrite as stale:
        return _stale(request, _as_typed(recipe, definition), shelf, stale)
    except Refusal as refusal:
        kept = _as_typed(recipe, definition)
        return _page(request, kept, shelf, refused=str(refusal), status=422)
    if said == "publish":
        return _publish(request, recipe, shelf)
    kept = Kept(recipe, draft.definition, draft, recipe.current)
    if request.htmx and not said:
        return _pieces(request, kept, shelf, numbers)
    if request.htmx:
        return _page(request, kept, shelf, opened=opened)
    where = reverse("synthesis:recipe-edit", args=[recipe.slug])
    return redirect(f"{where}?open={opened}#{opened}" if opened else where)


def _by_place(said: str, numbers: Mapping[str, list[str]]) -> str:
    """Return an act with the place of its part instead of the number that the page gave it."""
    what, _colon, rest = said.partition(":")
    section, _colon, number = rest.partition(":")
    if what == "add" or number not in numbers.get(section, []):
        return said if what == "add" else ""
    return f"{what}:{section}:{numbers[section].index(number)}"


def _save(
    request: HttpRequest, recipe: Recipe, definition: Mapping[str, Any], *, anyway: bool
) -> RecipeDraft:
    version, draft = form_version(request), writing.draft_of(recipe)
    if anyway:
        version = None
    elif version is None and draft is not None:
        raise StaleWrite(_("Somebody began a draft of this recipe since you opened it."))
    elif version is not None and draft is None:
        raise StaleWrite(_("This draft was published or thrown away since you opened it."))
    return writing.save_draft(
        by=request.user, recipe=recipe, definition=definition, version=version
    )


def _from_file(request: HttpRequest, recipe: Recipe) -> dict[str, Any]:
    upload = request.FILES.get("file")
    if not isinstance(upload, HashedUpload):
        raise Refusal(_("Choose a recipe file, in YAML or TOML."), field="file")
    if upload.size > LARGEST_FILE:
        raise Refusal(_("A recipe file has at most 400 kB."), field="file")
    try:
        upload.writer.file.flush()
        text = upload.writer.path.read_bytes().decode("utf-8-sig")
        return {"name": recipe.name, **read_recipe_file(text, "")}
    except UnicodeDecodeError:
        raise Refusal(_("This is no text: a recipe file is YAML or TOML."), field="file") from None
    except InvalidDocument as refusal:
        raise Refusal(str(refusal), field="file") from None


def _publish(request: HttpRequest, recipe: Recipe, shelf: Shelf) -> HttpResponse:
    try:
        version = writing.publish_draft(
            by=request.user, recipe=recipe, note=request.POST.get("change_note", "")
        )
    except Refusal as refusal:
        faulty = isinstance(refusal, writing.FaultyRecipe)
        sentence = _("Not published: see the check.") if faulty else str(refusal)
        return _page(request, _kept(recipe), shelf, refused=sentence, status=422)
    messages.success(request, _("Published as version %(n)s") % {"n": version.number})
    return redirect("synthesis:recipe-detail", slug=recipe.slug)


def _as_typed(recipe: Recipe, definition: Mapping[str, Any]) -> Kept:
    kept = _kept(recipe)
    return Kept(recipe, definition, kept.draft, kept.newest)


def _stale(request: HttpRequest, kept: Kept, shelf: Shelf, stale: StaleWrite) -> HttpResponse:
    """Show both: what was typed stays in the form, the other draft is a link; nothing is overwritten."""
    context = {"recipe": kept.recipe, "stale": str(stale), "draft": kept.draft, "oob": True}
    if request.htmx and not request.POST.get("do"):
        return render(request, "synthesis/_recipe_bar.html", context, status=422)
    return _page(request, kept, shelf, stale=str(stale), status=422)


def _context(
    request: HttpRequest,
    kept: Kept,
    shelf: Shelf,
    numbers: Mapping[str, list[str]] | None = None,
) -> dict[str, Any]:
    checked = writing.check_definition(
        by=request.user,
        definition=kept.definition,
        chemicals=shelf.chemicals,
        operations=shelf.operations,
    )
    before = kept.newest.definition if kept.newest else None
    changes: list[RecipeChange] = recipe_changes(before, kept.definition) if before else []
    touched = {change.path.split("]")[0] + "]" for change in changes if "[" in change.path}
    parts = parts_of(kept.definition, shelf, checked.faults, numbers, touched)
    solved = solved_at_defaults(checked)
    for part in parts["ingredients"]:
        part.solved = solved.amounts.get(part.was, "") if solved else ""
    faults = [
        {"path": f.path, "sentence": f.sentence, "field": field_of(f.path, parts)}
        for f in checked.faults
    ]
    return {
        "recipe": kept.recipe,
        "draft": kept.draft,
        "newest": kept.newest,
        "definition": kept.definition,
        "number": (kept.newest.number if kept.newest else 0) + 1,
        "parts": parts,
        "faults": faults,
        "changes": changes,
        "solved": solved,
        "is_blank": not any(kept.definition.get(section) for section in SECTIONS),
    }


def _pieces(
    request: HttpRequest, kept: Kept, shelf: Shelf, numbers: Mapping[str, list[str]]
) -> HttpResponse:
    """Answer what is typed with everything that follows from it, and never the fields themselves."""
    context = _context(request, kept, shelf, numbers) | {"oob": True}
    return render(request, "synthesis/_recipe_pieces.html", context)


def _page(
    request: HttpRequest,
    kept: Kept,
    shelf: Shelf,
    *,
    opened: str = "",
    refused: str = "",
    stale: str = "",
    status: int = 200,
) -> HttpResponse:
    context = _context(request, kept, shelf)
    rest = {name: value for name, value in kept.definition.items() if name not in TOP}
    source = kept.definition.get("source") or {}
    context |= {
        "opened": opened,
        "refused": refused,
        "stale": stale,
        "note": request.POST.get("change_note", ""),
        "rest": rest,
        "source_rest": {k: v for k, v in source.items() if k not in ("citation", "doi")},
        "shelf": shelf,
        "operations": list(shelf.operations),
        "roles": ROLES,
        "layer_roles": [(role, role.replace("_", " ")) for role in get_args(LayerRole)],
        "light_outs": get_args(LightOut),
        "thickness_sources": get_args(ThicknessSource),
        "nicknames": ", ".join(kept.definition.get("nicknames") or ()),
        "pixels": ", ".join(
            " ".join(filter(None, (str(one.get(name) or "") for name in ("label", "area_mm2"))))
            for one in list_of(kept.definition.get("pixels"))
            if isinstance(one, Mapping)
        ),
        "has_layers": kept.definition.get("kind") == "device" or context["parts"]["layers"],
        "rules": RULES,
        "kinds": Recipe.Kind.choices,
        "input_kinds": INPUT_KINDS,
        "part_texts": PART_TEXTS,
        "purity_numbers": PURITY_NUMBERS,
        "purity_kinds": Material.AssayKind.choices,
        "has_choices": any(one.data.get("kind") == "choice" for one in context["parts"]["inputs"]),
    }
    return render(request, "synthesis/recipe_edit_page.html", context, status=status)

"""Write recipes: drafts that may be wrong, checks, versions, forks, retirement."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from labnotebook.records.free_names import free_name
from labnotebook.records.history import recorded
from labnotebook.records.models import Project
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import NotPermitted, Refusal, WrongState
from synthesis.chemistry.documents import Fault
from synthesis.chemistry.operations import Operations
from synthesis.chemistry.plan import Plan
from synthesis.chemistry.planning import PlanRefused, solve_plan
from synthesis.chemistry.recipe import Chemical as ChemicalEntry
from synthesis.chemistry.recipe import InvalidRecipe, RecipeDefinition
from synthesis.chemistry.recipe_files import LONGEST_FILE
from synthesis.models import Chemical, Recipe, RecipeDraft, RecipeVersion
from synthesis.services.operations import lab_operations
from synthesis.services.plans import stock_definitions, usable
from synthesis.services.recipes import publish_version

LONGEST_SLUG = 80
BLANK: dict[str, Any] = {"kind": Recipe.Kind.NANOCRYSTALS.value, "ingredients": [], "steps": []}


@dataclass(frozen=True, slots=True)
class AtDefaults:
    """A recipe solved at its own defaults: what was asked, with which stocks, and the plan."""

    asked: Mapping[str, Any]
    stocks: Mapping[str, RecipeDefinition]
    plan: Plan


@dataclass(frozen=True, slots=True)
class CheckedDefinition:
    """What a definition says, as far as it can be read, and everything that is wrong with it."""

    recipe: RecipeDefinition | None
    faults: tuple[Fault, ...]
    solved: AtDefaults | None = None  # not while it has faults, or asks for a number first

    @property
    def errors(self) -> list[dict[str, str]]:
        """The faults as the API tells them."""
        return [fault.as_dict() for fault in self.faults]


def listed_chemicals() -> dict[str, ChemicalEntry]:
    """Return the lab's chemicals as a recipe refers to them, by slug."""
    names = ("slug", "name", "formula", "density_g_ml", "species")
    return {
        row["slug"]: ChemicalEntry.model_validate({k: v for k, v in row.items() if v is not None})
        for row in Chemical.objects.values(*names)
    }


def check_definition(
    *,
    by: Any,
    definition: Mapping[str, Any],
    chemicals: Mapping[str, ChemicalEntry] | None = None,
    operations: Operations | None = None,
) -> CheckedDefinition:
    """Read a definition and solve it at its defaults, once; nothing is stored.

    chemicals, operations: what the lab has, where somebody read it already.
    """
    name = str(definition.get("name") or "")
    slug = definition.get("slug") or _free_slug(name)  # as it would get when it is begun
    try:
        recipe = RecipeDefinition.from_dict(
            {**definition, "slug": slug},
            listed_chemicals() if chemicals is None else chemicals,
            lab_operations() if operations is None else operations,
        )
    except InvalidRecipe as refusal:
        return CheckedDefinition(None, refusal.faults)
    stocks = stock_definitions(recipe, by)
    faults = tuple(
        Fault(
            f"ingredients[{index}].stock",
            f"Ingredient “{one.key}”: there is no recipe “{one.stock}” for you that makes this stock."
            " Publish it first.",
        )
        for index, one in enumerate(recipe.ingredients)
        if one.stock and one.stock not in stocks
    )
    if faults or not recipe.ingredients:
        return CheckedDefinition(recipe, faults)
    if any(one.kind != "choice" and one.default is None for one in recipe.inputs):
        return CheckedDefinition(recipe, ())  # it has to be asked for a number first
    return _solved(recipe, stocks)


def _solved(recipe: RecipeDefinition, stocks: Mapping[str, RecipeDefinition]) -> CheckedDefinition:
    """Solve a recipe at its own defaults, or say why it cannot be made there."""
    asked = {
        one.key: next(iter(one.options))
        for one in recipe.inputs
        if one.kind == "choice" and one.default is None
    }
    try:
        plan = solve_plan(recipe, asked, stocks=stocks)
    except PlanRefused as refusal:
        return CheckedDefinition(recipe, (Fault(_path_of(refusal.field, recipe), str(refusal)),))
    return CheckedDefinition(recipe, (), AtDefaults(asked, stocks, plan))


def _path_of(field: str, recipe: RecipeDefinition) -> str:
    """Return the path in the definition of what a refusal of the calculator speaks of."""
    kind, _dot, key = field.partition(".")
    if kind in ("ingredients", "lots"):
        keys = [one.key for one in recipe.ingredients]
        return f"ingredients[{keys.index(key)}].amount" if key in keys else "ingredients"
    keys = [one.key for one in recipe.inputs]
    return f"inputs[{keys.index(field)}].default" if field in keys else "ingredients"


def create_recipe(*, by: Any, project: Project, definition: Mapping[str, Any]) -> Recipe:
    """Begin a recipe as a draft; it may still be incomplete."""
    require_editor(by, project)
    plain = _plain(definition)
    name = str(plain.get("name") or "").strip()[:160]
    if not name:
        raise Refusal("Give the recipe a name.", field="definition.name")
    asked = str(plain.get("slug") or "").strip()
    slug = asked or _free_slug(name)
    if slug != slugify(slug)[:LONGEST_SLUG]:
        raise Refusal(
            f"The short name “{slug[:LONGEST_SLUG]}” should be small letters, digits and hyphens, such as"
            f" {slugify(slug)[:LONGEST_SLUG] or 'cspbbr3-hot-injection'}.",
            field="definition.slug",
        )
    if Recipe.objects.filter(slug=slug).exists():
        raise Refusal(
            f"There is a recipe “{slug}” already. Choose another short name, such as {_free_slug(slug)}.",
            field="definition.slug",
        )
    return _begin(by, project, slug, name, plain, reason="recipe begun")


def _begin(
    by: Any,
    project: Project,
    slug: str,
    name: str,
    plain: dict[str, Any],
    *,
    reason: str,
    source: RecipeVersion | None = None,
) -> Recipe:
    kind = str(plain.get("kind"))
    with recorded(by, reason):
        recipe = Recipe.objects.create(
            project=project,
            slug=slug,
            name=name,
            kind=kind if kind in Recipe.Kind.values else Recipe.Kind.NANOCRYSTALS,
            forked_from=source,
        )
        RecipeDraft.objects.create(
            recipe=recipe, definition={**BLANK, **plain, "slug": slug, "name": name}, updated_by=by
        )
    return recipe


def _free_slug(name: str) -> str:
    base = slugify(name)[: LONGEST_SLUG - 4] or "recipe"
    taken = Recipe.objects.filter(slug__startswith=base).values_list("slug", flat=True)
    return free_name(base, taken, join="-")


def _plain(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return a definition as it can be kept; a draft may be wrong, but not endless."""
    if not isinstance(definition, Mapping):
        raise Refusal("A definition is an object of names and values.", field="definition")
    try:
        text = json.dumps(definition, ensure_ascii=False, allow_nan=False)
    except (ValueError, TypeError, RecursionError):
        raise Refusal("This definition holds what no recipe can.", field="definition") from None
    if len(text) > LONGEST_FILE or "\\u0000" in text or not _is_unicode(text):
        raise Refusal(
            f"A recipe has at most {LONGEST_FILE} characters, each of which a text can hold.",
            field="definition",
        )
    return dict(json.loads(text))


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


def require_writer(user: Any, recipe: Recipe) -> None:
    """Refuse unless ``user`` may change the recipe; what ships with the product is forked instead."""
    if recipe.project is None:
        raise NotPermitted(
            f"“{recipe.name}” ships with the product and is kept as its source says. Fork it, and change"
            " the fork."
        )
    require_editor(user, recipe.project)


def draft_of(recipe: Recipe) -> RecipeDraft | None:
    """Return the recipe's draft, None when there is none."""
    return RecipeDraft.objects.filter(recipe=recipe).first()


def save_draft(
    *, by: Any, recipe: Recipe, definition: Mapping[str, Any], version: int | None
) -> RecipeDraft:
    """Keep what is written so far. ``version`` is the draft's that was read, None when there was none."""
    require_writer(by, recipe)
    plain = {**_plain(definition), "slug": recipe.slug}
    with recorded(by, "draft"):
        recipe = recipe.lock()
        draft = draft_of(recipe)
        if draft is None:
            return RecipeDraft.objects.create(recipe=recipe, definition=plain, updated_by=by)
        draft = draft.lock(version=version)
        if draft.definition != plain:
            draft.definition, draft.updated_by = plain, by
            draft.save()
            draft.refresh_from_db()
        return draft


def discard_draft(*, by: Any, recipe: Recipe) -> None:
    """Throw a draft away; it stays in the record's history."""
    require_writer(by, recipe)
    if recipe.current is None:
        raise WrongState("This recipe is only a draft. Retire it instead.")
    with recorded(by, "draft discarded"):
        RecipeDraft.objects.filter(recipe=recipe).delete()


def publish_draft(*, by: Any, recipe: Recipe, note: str) -> RecipeVersion:
    """Make the draft the next version, which never changes; refuses with every fault and its path."""
    require_writer(by, recipe)
    if not note.strip():
        raise Refusal("Say in a few words what changed and why.", field="change_note")
    with recorded(by, note):
        recipe = recipe.lock()
        draft = draft_of(recipe)
        if draft is None:
            raise WrongState(
                "There is no draft to publish: nothing was changed since the last version."
            )
        checked = check_definition(by=by, definition=draft.definition)
        if checked.faults or checked.recipe is None:
            raise FaultyRecipe(checked.faults)
        definition = checked.recipe
        version = publish_version(
            by=by, recipe=recipe, definition=definition, note=note.strip()[:300]
        )
        recipe.set_fields(name=definition.name, kind=definition.kind)
        draft.delete()
    return version


class FaultyRecipe(Refusal):
    """A recipe that cannot be published; ``faults`` says why, each with its path in the definition."""

    code = "faulty-recipe"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            " ".join(fault.sentence for fault in self.faults), field=self.faults[0].path
        )

    @property
    def errors(self) -> list[dict[str, str]]:
        """Every fault with its path."""
        return [fault.as_dict() for fault in self.faults]


def fork_recipe(*, by: Any, version: RecipeVersion, project: Project, name: str) -> Recipe:
    """Begin a recipe of one's own from a version of another."""
    require_editor(by, project)
    name = name.strip()[:160]
    if not name:
        raise Refusal("Give the fork a name of its own.", field="name")
    slug = _free_slug(name)
    plain = {**version.definition, "name": name, "slug": slug}
    return _begin(by, project, slug, name, plain, reason=f"forked from {version}", source=version)


def retire_recipe(*, by: Any, recipe: Recipe, reason: str) -> Recipe:
    """Take a recipe out of use; its batches and versions stay."""
    require_writer(by, recipe)
    if not reason.strip():
        raise Refusal("Say why it is retired: the next person will want to know.", field="reason")
    with recorded(by, reason):
        recipe = recipe.lock()
        recipe.set_fields(retired_at=timezone.now(), retired_reason=reason.strip()[:300])
    return recipe


def bring_back_recipe(*, by: Any, recipe: Recipe, reason: str) -> Recipe:
    """Take a retired recipe into use again."""
    require_writer(by, recipe)
    with recorded(by, reason or "in use again"):
        recipe = recipe.lock()
        recipe.set_fields(retired_at=None, retired_reason="")
    return recipe


def share_recipe(*, by: Any, recipe: Recipe, shared: bool) -> Recipe:
    """Show a recipe to the whole lab, or to its project alone."""
    require_writer(by, recipe)
    with recorded(by, "shared with the lab" if shared else "kept to its project"):
        recipe = recipe.lock()
        recipe.set_fields(shared_with_lab=shared)
    return recipe


def usable_number(recipe: Recipe) -> int:
    """Return the number of the newest version; refuses what is only a draft."""
    if recipe.current is None:
        raise WrongState(f"“{recipe.name}” is still a draft and has no version yet.")
    return recipe.current.number


def usable_version(recipe: Recipe) -> RecipeVersion:
    """Return the version that plans follow; refuses a draft and what is retired."""
    return usable(recipe, recipe.current)

"""The form of the recipe editor, as a browser without a script would send it."""

import html
import re

from django.urls import reverse

from synthesis.models import Recipe, RecipeDraft
from synthesis.services import recipe_writing as writing


def fork(mira, project, slug="cspbi3-seed-core-shell") -> Recipe:
    version = Recipe.objects.get(slug=slug).current
    return writing.fork_recipe(by=mira, version=version, project=project, name="Ours")


def edit_url(recipe):
    return reverse("synthesis:recipe-edit", args=[recipe.slug])


FIELD = re.compile(
    r"<input(?P<input>[^>]*)>|<textarea(?P<area>[^>]*)>(?P<text>.*?)</textarea>"
    r"|<select(?P<select>[^>]*)>(?P<options>.*?)</select>",
    re.DOTALL,
)


def attribute(tag, name):
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else None


def fields_of(page: str) -> dict[str, list[str]]:
    """What a browser without a script would send for the editor's form."""
    form = page[page.index('id="editor"') : page.index("</form>", page.index('id="editor"'))]
    sent: dict[str, list[str]] = {}
    for match in FIELD.finditer(form):
        tag = match["input"] or match["area"] or match["select"] or ""
        name = attribute(tag, "name")
        if not name or attribute(tag, "type") == "file":
            continue
        if attribute(tag, "type") == "checkbox" and "checked" not in tag:
            continue
        if match["select"] is not None:
            options = re.findall(r"<option([^>]*)>([^<]*)", match["options"])
            chosen = next(
                (o for o in options if "selected" in o[0]), options[0] if options else None
            )
            value = "" if chosen is None else attribute(chosen[0], "value")
            value = html.unescape(chosen[1].strip()) if value is None and chosen else value
        else:
            value = (
                html.unescape(match["text"]) if match["area"] else attribute(tag, "value") or "on"
            )
            value = "" if match["input"] and attribute(tag, "value") == "" else value
            if match["input"] and attribute(tag, "value") is None:
                value = "on" if attribute(tag, "type") == "checkbox" else ""
        sent.setdefault(name, []).append(value)
    return sent


def without_nothing(value):
    """Leave out what is empty: it says the same as no entry."""
    if isinstance(value, dict):
        kept = {k: without_nothing(v) for k, v in value.items()}
        return {k: v for k, v in kept.items() if v not in ({}, [], "", None)}
    return [without_nothing(one) for one in value] if isinstance(value, list) else value


def saved(visitor, recipe, fields):
    """Send the form with these fields changed; return the draft and the page that then shows it."""
    sent = fields_of(visitor.get(edit_url(recipe)).content.decode())
    visitor.post(edit_url(recipe), sent | fields | {"do": "save"})
    page = visitor.get(edit_url(recipe)).content.decode()
    return RecipeDraft.objects.get(recipe=recipe).definition, page

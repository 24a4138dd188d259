"""Filters and tags of the recipe editor."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from synthesis.recipe_form.parts import IngredientPart, Part
from synthesis.recipe_form.posted import RULE_UNITS

register = template.Library()


@register.filter
def as_json(value: Any) -> str:
    """Return a value as JSON for a hidden field."""
    return json.dumps(value)


@register.filter
def species(side: Any) -> str:
    """Return one side of a ratio as it is typed: ``Pb+Mn``."""
    return "+".join(side) if isinstance(side, list | tuple) else str(side or "")


@register.filter
def called(key: Any, part: Part) -> str:
    """Return how a part calls another one, by its key; ``input:`` before it is left away."""
    bare = str(key or "").removeprefix("input:")
    return part.names.get(bare, bare)


@register.filter
def target(key: Any, part: Part) -> str:
    """Return how a part calls the input that it carries: ``Pb`` for an amount of lead."""
    return called(key, part).rpartition(" ")[2] if str(key).endswith("mol") else called(key, part)


@register.simple_tag
def rule_unit(rule: str) -> str:
    """Return the unit behind the number of an amount rule."""
    unit = RULE_UNITS.get(rule, "")
    return "eq" if rule == "equivalents" else unit


@register.simple_tag
def part_text(part: Part, name: str) -> str:
    """Return what a part says under a name; its key is empty while it follows its name."""
    return part.key if name == "key" else str(part.data.get(name, ""))


@register.simple_tag
def purity_text(part: IngredientPart, name: str) -> str:
    """Return a number of the purity that the source prints."""
    return str(part.purity.get(name, ""))


@register.simple_tag
def part_options(parts: list[Part], chosen: Any, kinds: str) -> SafeString:
    """Return the parts that another part can refer to, as options; ``kinds`` keeps some inputs only."""
    wanted = kinds.split()
    found = [part for part in parts if not wanted or part.data.get("kind") in wanted]
    rows = ((part.was, _selected(part.was == chosen), _words(part)) for part in found)
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


def _selected(is_chosen: bool) -> SafeString:
    return SafeString(" selected" if is_chosen else "")


def _words(part: Part) -> str:
    return str(part.data.get("name") or getattr(part, "short", "") or part.was)

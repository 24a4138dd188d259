"""What two versions of a recipe say differently, part by part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

NOUNS = {
    "inputs": "input",
    "vessels": "vessel",
    "ingredients": "ingredient",
    "layers": "layer",
    "steps": "step",
    "flags": "flag",
    "outcomes": "outcome",
}
AS_ASKED = "as asked"  # what a step's number is whose input has no default


@dataclass(frozen=True, slots=True)
class RecipeChange:
    """One difference: ``path`` by keys (``steps[heat].parameters.temperature_c``), ``before`` and ``after``.

    Empty where one of the versions says nothing; ``kind`` is added, removed, changed or moved.
    """

    path: str
    where: str
    kind: str
    before: str
    after: str

    def as_dict(self) -> dict[str, str]:
        """Return the change as the API tells it."""
        return {
            "path": self.path,
            "where": self.where,
            "kind": self.kind,
            "before": self.before,
            "after": self.after,
        }


def recipe_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[RecipeChange]:
    """Return what differs between two plain definitions; parts are matched by their keys.

    A part that is new or gone is told once, not entry by entry.
    """
    old, new = with_settings(old), with_settings(new)
    changes: list[RecipeChange] = []
    for name in [*old, *(name for name in new if name not in old)]:
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        if name in NOUNS and all(isinstance(v, list | None) for v in (before, after)):
            changes += _parts(name, before or [], after or [])
        else:
            changes += _leaves(name, name.replace("_", " "), before, after)
    return changes


def with_settings(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return a definition whose step numbers that an input gives say so, with its default."""
    said = definition.get("inputs")
    tables = [one for one in said if isinstance(one, Mapping)] if isinstance(said, list) else []
    defaults = {str(one.get("key")): _default_of(one) for one in tables}

    def told(value: Any) -> Any:
        if isinstance(value, Mapping):
            if set(value) == {"input"}:
                asked = str(value["input"])
                return f"{defaults.get(asked, AS_ASKED)}, varied by {asked}"
            return {name: told(inner) for name, inner in value.items()}
        return [told(inner) for inner in value] if isinstance(value, list) else value

    return {**definition, "steps": told(definition.get("steps"))}


def _default_of(one: Mapping[str, Any]) -> str:
    if one.get("default") is None:
        return AS_ASKED
    unit = one.get("unit", "1")
    return str(one["default"]) if unit == "1" else f"{one['default']} {unit}"


def _parts(name: str, old: list[Any], new: list[Any]) -> Iterable[RecipeChange]:
    noun = NOUNS[name]
    before, after = _by_key(old), _by_key(new)
    for key in [*before, *(key for key in after if key not in before)]:
        path, where = f"{name}[{key}]", f"{noun} {key}"
        if key not in after:
            yield RecipeChange(path, where, "removed", _summary(before[key]), "")
        elif key not in before:
            yield RecipeChange(path, where, "added", "", _summary(after[key]))
        else:
            yield from _leaves(path, where, before[key], after[key])
    kept_before = [key for key in before if key in after]
    kept_after = [key for key in after if key in before]
    if kept_before != kept_after:
        yield RecipeChange(
            name, f"order of the {name}", "moved", ", ".join(kept_before), ", ".join(kept_after)
        )


def _by_key(parts: list[Any]) -> dict[str, Any]:
    """Return parts by key; those without one (flags, outcomes) by what they say of themselves."""
    found: dict[str, Any] = {}
    for index, part in enumerate(parts, start=1):
        named = part.get("key") or part.get("code") if isinstance(part, Mapping) else None
        if named is None and isinstance(part, Mapping) and isinstance(part.get("when"), Mapping):
            named = ", ".join(f"{k} {v}" for k, v in part["when"].items())
        name = str(named or index)
        found[name if name not in found else f"{name} ({index})"] = part
    return found


def _leaves(path: str, where: str, before: Any, after: Any) -> Iterable[RecipeChange]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in [*before, *(name for name in after if name not in before)]:
            yield from _leaves(
                f"{path}.{name}",
                f"{where}, {str(name).replace('_', ' ')}",
                before.get(name),
                after.get(name),
            )
        return
    kind = "added" if before is None else "removed" if after is None else "changed"
    yield RecipeChange(path, where, kind, _summary(before), _summary(after))


def _summary(value: Any) -> str:
    """Return a value in one line."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(f"{str(k).replace('_', ' ')} {_summary(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_summary(item) for item in value)
    return str(value)

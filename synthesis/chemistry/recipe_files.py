"""A recipe as one file that people read and write: YAML or TOML, in and out."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any

import tomli_w
import yaml

from .documents import LONGEST_SHOWN, InvalidDocument

FORMATS = ("yaml", "toml", "json")
LONGEST_FILE = 500_000
DEEPEST = 12
TOO_DEEP = f"This file nests more than {DEEPEST} tables; no recipe does."


class _PlainLoader(yaml.SafeLoader):
    """YAML without aliases and without a name said twice.

    A recipe needs no aliases, and they can make a small file a huge document; of two entries with
    one name the first would be silently lost.
    """

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse what refers to another part of the file."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(
                problem="a recipe file has no aliases (*name); write the value out",
                problem_mark=self.peek_event().start_mark,  # type: ignore[no-untyped-call]
            )
        return super().compose_node(parent, index)

    def compose_mapping_node(self, anchor: Any) -> Any:
        """Refuse a table that says one name twice."""
        table = super().compose_mapping_node(anchor)
        seen: set[str] = set()
        for key, _value in table.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"“{key.value[:LONGEST_SHOWN]}” stands twice in one table; keep one",
                    problem_mark=key.start_mark,
                )
            seen.add(str(key.value))
        return table


def write_recipe(definition: Mapping[str, Any], form: str) -> str:
    """Return a plain definition as text in one of FORMATS."""
    if form == "toml":
        return tomli_w.dumps(definition)
    if form == "json":
        return json.dumps(definition, ensure_ascii=False, indent=2) + "\n"
    return yaml.safe_dump(dict(definition), sort_keys=False, allow_unicode=True, width=100)


def read_recipe_file(text: str, form: str = "") -> dict[str, Any]:
    """Return the plain document in a file; the format is found out when it is not said.

    Raises InvalidDocument with the line where reading stopped.
    """
    if len(text) > LONGEST_FILE:
        raise InvalidDocument(
            f"This file is {len(text)} characters long; a recipe has at most {LONGEST_FILE}."
        )
    tries = [form] if form in FORMATS else ["toml", "yaml"]  # JSON is YAML too
    refusals = []
    for one in tries:
        try:
            data = _read(text, one)
        except RecursionError:
            raise InvalidDocument(TOO_DEEP) from None
        except (yaml.YAMLError, ValueError) as error:
            refusals.append(f"Read as {one.upper()}: {_one_line(error)}.")
            continue
        if isinstance(data, dict):
            _check_depth(data)
            return data
        refusals.append(f"Read as {one.upper()}, it is no table of names and values.")
    raise InvalidDocument(" ".join(refusals))


def _read(text: str, form: str) -> Any:
    if form == "toml":
        return tomllib.loads(text)
    return yaml.load(text, Loader=_PlainLoader)  # noqa: S506  (derived from the safe loader)


def _check_depth(value: Any, depth: int = 0) -> None:
    if depth > DEEPEST:
        raise InvalidDocument(TOO_DEEP)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in inner:
        _check_depth(item, depth + 1)


def _one_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    said = str(getattr(error, "problem", None) or error).split("\n")[0]
    return f"{said}, line {mark.line + 1}" if mark is not None else said

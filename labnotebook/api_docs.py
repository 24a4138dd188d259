"""What the API offers, as one page drawn from its own OpenAPI description."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from labnotebook.records.api.schema import OneAtATimeGenerator

PREFIX = "/api/v1/"
METHODS = ("get", "post", "put", "patch", "delete")
DEEPEST = 3

# Values that make the examples runnable in a notebook that has the shipped recipes; by name.
EXAMPLES: dict[str, Any] = {
    "project": "first-project",
    "recipe": "cspbi3-seed-core-shell",
    "chemical": "calcium-iodide",
    "ratio_ca_pb": 0.5,
    "lead_mmol": 0.376,
    "injection_temperature_c": 170,
    "architecture": "fret",
    "technique": "xrd",
    "batch": "NC-0001",
    "phase": "gamma",
    "name": "Red LEDs",
    "username": "maria",
    "quantity": "plqy_percent",
    "value": "79.3",
    "file": "pattern.xy",
    "area_mm2": "4",
}
# Bodies whose fields belong together, by operation.
BODIES: dict[str, Any] = {
    "batches_events_create": [
        {
            "id": "7f8a2c1e-5b60-4c1e-9d0a-3f1b2c4d5e6f",
            "kind": "weighing",
            "target": "pbi2",
            "value": "173.9 mg",
        }
    ],
    "batches_create": {
        "recipe": "cspbi3-seed-core-shell",
        "ratio_ca_pb": 0.5,
        "lead_mmol": 0.376,
    },
    "recipes_plan_create": {"ratio_ca_pb": 0.5, "lead_mmol": 0.376},
    "recipes_series_create": {"vary": {"ratio_ca_pb": [0, 0.25, 0.5]}},
    "batches_abandon_create": {"reason": "the flask broke"},
    "batches_finish_create": {"unrecorded_reason": "volumes as in the recipe"},
    "runs_create": {"architecture": "fret", "substrates": 8},
    "runs_sources_create": {"sources": {"ncs": "NC-0001"}},
    "analyses_accept_create": {},
    "analyses_reject_create": {"reason": "the lamp was on"},
    "lots_create": {"project": "first-project", "chemical": "calcium-iodide", "place": "glovebox"},
    "lots_partial_update": {"place": "desiccator", "reason": "moved"},
    "phases_create": {
        "batch": "NC-0001",
        "phase": "gamma",
        "evidence": "hrtem",
        "reason": "lattice fringes of 0.31 nm on ten particles",
    },
    "structure_evidence_create": {
        "batch": "NC-0001",
        "part": "shell",
        "verdict": "confirms",
        "analysis": 31,
    },
    "structure_evidence_withdraw_create": {"reason": "the grid was another batch's"},
}
PATH_EXAMPLES = {
    "projects": "first-project",
    "recipes": "cspbi3-seed-core-shell",
    "chemicals": "calcium-iodide",
    "lots": "L-0001",
    "batches": "NC-0001",
    "devices": "D-0001",
    "runs": "RUN-0001",
    "architectures": "fret",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter, or one field of a body: its name with its parents, type in words, remark."""

    name: SafeString
    kind: str
    is_required: bool
    note: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: status, what it means, its content type and its fields."""

    status: str
    meaning: str
    content: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One call of the API."""

    anchor: str
    method: str
    path: SafeString
    summary: str
    description: str
    parameters: tuple[Field, ...]
    fields: tuple[Field, ...]
    answers: tuple[Answer, ...]
    refusals: tuple[str, ...]  # the statuses
    curl: SafeString


@dataclass(frozen=True, slots=True)
class Group:
    """The calls about one noun."""

    name: str
    operations: tuple[Operation, ...]


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """Show every call with its parameters, fields, answers and a curl line. Needs no script."""
    groups, refusals = described()
    address = f"{request.scheme}://{request.get_host()}"
    return render(
        request,
        "api_docs_page.html",
        {"groups": groups, "refusals": refusals, "address": address, "prefix": PREFIX},
    )


@cache
def described() -> tuple[tuple[Group, ...], tuple[Answer, ...]]:
    """Return the calls by noun and the refusals they share; the schema is made once a process."""
    schema = OneAtATimeGenerator().get_schema(request=None, public=True)
    words = _Schema(schema)
    groups: dict[str, list[Operation]] = {}
    refusals: dict[str, Answer] = {}
    for path, operations in schema["paths"].items():
        for method in METHODS:
            if method not in operations:
                continue
            noun = path.removeprefix(PREFIX).split("/")[0].split(".")[0]
            groups.setdefault(noun, []).append(_operation(words, method, path, operations[method]))
            for status, answer in operations[method]["responses"].items():
                if int(status) >= 400:
                    refusals.setdefault(status, words.answer(status, answer))
    ordered = tuple(Group(noun, tuple(groups[noun])) for noun in sorted(groups))
    return ordered, tuple(refusals[status] for status in sorted(refusals))


class _Schema:
    """Reads an OpenAPI 3.1 description, following its references."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema

    def resolve(self, part: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what a reference points at, or the part itself."""
        while "$ref" in part:
            found: Any = self._schema
            for step in part["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            part = found
        if len(part.get("allOf", [])) == 1:
            return {**self.resolve(part["allOf"][0]), **part}
        return part

    def kind(self, part: Mapping[str, Any]) -> str:
        """Return a type in words: ``text``, ``number or null``, ``one of a, b``, ``list of number``."""
        part = self.resolve(part)
        choices = part.get("oneOf") or part.get("anyOf")
        if choices:
            return " or ".join(dict.fromkeys(self.kind(one) for one in choices))
        if "enum" in part:
            return self._enum(part["enum"])
        kinds = part.get("type", "any")
        named = [self._named(one, part) for one in ([kinds] if isinstance(kinds, str) else kinds)]
        return " or ".join(named)

    @staticmethod
    def _enum(values: list[Any]) -> str:
        shown = [json.dumps(v) if v in ("", None) else str(v) for v in values]
        return shown[0] if len(shown) == 1 else "one of " + ", ".join(shown)

    def _named(self, kind: str, part: Mapping[str, Any]) -> str:
        if kind == "array":
            return f"list of {self.kind(part.get('items', {}))}"
        if kind == "string":
            return {"date-time": "time", "date": "date", "uuid": "UUID", "binary": "file"}.get(
                part.get("format", ""), "text"
            )
        return {"integer": "whole number", "boolean": "true or false"}.get(kind, kind)

    def fields(self, part: Mapping[str, Any], parents: str = "", depth: int = 0) -> Iterator[Field]:
        """Yield the fields of an object, those of objects inside it with their parents' names."""
        part = self.resolve(part)
        required = set(part.get("required", ()))
        for name, inner in part.get("properties", {}).items():
            found = self.resolve(inner)
            whole = f"{parents}{name}"
            note = inner.get("description") or found.get("description") or ""
            yield Field(_breakable(whole), self.kind(inner), name in required, note)
            if depth < DEEPEST:
                yield from self.fields(found, f"{whole}.", depth + 1)
                if "items" in found:
                    yield from self.fields(found["items"], f"{whole}[].", depth + 1)
        others = part.get("additionalProperties")
        if depth == 0 and isinstance(others, Mapping) and part.get("description"):
            yield Field(_breakable("…"), self.kind(others), False, part["description"])

    def answer(self, status: str, answer: Mapping[str, Any]) -> Answer:
        """Return one answer of a call."""
        content = next(iter(answer.get("content", {})), "")
        part = answer["content"][content].get("schema", {}) if content else {}
        part = self.resolve(part)
        of_list = tuple(self.fields(part["items"], "[].")) if "items" in part else ()
        fields = (*self.fields(part), *of_list)
        return Answer(status, answer.get("description", ""), content, fields)

    def example(self, part: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
        """Return a value that fits; objects carry what is required and what is known by name."""
        if name in EXAMPLES:
            return EXAMPLES[name]
        part = self.resolve(part)
        for given in ("example", "default"):
            if part.get(given) is not None:
                return part[given]
        if "enum" in part:
            return part["enum"][0]
        kinds = part.get("type", "object")
        kind = kinds if isinstance(kinds, str) else kinds[0]
        if kind == "array":
            return [self.example(part.get("items", {}), name, depth + 1)] if depth < 2 else []
        if kind == "object":
            return self._object(part, depth)
        return {"integer": 1, "number": 1.0, "boolean": True}.get(kind, "…")

    def _object(self, part: Mapping[str, Any], depth: int) -> dict[str, Any]:
        required = set(part.get("required", ()))
        return {
            name: self.example(inner, name, depth + 1)
            for name, inner in part.get("properties", {}).items()
            if name in required or (depth == 0 and name in EXAMPLES)
        }


def _operation(words: _Schema, method: str, path: str, said: Mapping[str, Any]) -> Operation:
    description = (said.get("description") or "").strip()
    summary = said.get("summary") or description.split("\n")[0]
    content, body = _body(words, said)
    return Operation(
        anchor=said["operationId"],
        method=method.upper(),
        path=_breakable(path),
        summary=summary,
        description="" if description == summary else description,
        parameters=tuple(_parameters(words, said)),
        fields=tuple(words.fields(body)) or _list_fields(words, body),
        answers=tuple(
            words.answer(status, one)
            for status, one in said["responses"].items()
            if int(status) < 400
        ),
        refusals=tuple(status for status in said["responses"] if int(status) >= 400),
        curl=_breakable(_curl(words, method, path, said, content, body)),
    )


def _list_fields(words: _Schema, body: Mapping[str, Any]) -> tuple[Field, ...]:
    items = body.get("items")
    return tuple(words.fields(items, "[].")) if items else ()


def _parameters(words: _Schema, said: Mapping[str, Any]) -> Iterator[Field]:
    for one in said.get("parameters", ()):
        place = {"path": "in the path", "header": "header", "query": ""}[one["in"]]
        note = ", ".join(filter(None, (place, one.get("description", ""))))
        yield Field(
            _breakable(one["name"]), words.kind(one["schema"]), one.get("required", False), note
        )


def _body(words: _Schema, said: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return content type and schema of the body; JSON where the call takes it."""
    offered = said.get("requestBody", {}).get("content", {})
    content = "application/json" if "application/json" in offered else next(iter(offered), "")
    body = words.resolve(offered[content].get("schema", {})) if content else {}
    return content, words.resolve(body["oneOf"][0]) if "oneOf" in body else body


def _curl(
    words: _Schema,
    method: str,
    path: str,
    said: Mapping[str, Any],
    content: str,
    body: Mapping[str, Any],
) -> str:
    noun = path.removeprefix(PREFIX).split("/")[0]
    parts = ['curl -H "Authorization: Bearer $TOKEN"']
    if method != "get":
        parts.append(f"-X {method.upper()}")
    if any(one["name"] == "If-Match" for one in said.get("parameters", ())):
        parts.append('-H "If-Match: $ETAG"')
    example = BODIES.get(said["operationId"])
    if content and example is None:
        example = words.example({**body, "default": None})
    if content == "application/json":
        sent = json.dumps(example, ensure_ascii=False)
        parts.append(f"-H 'Content-Type: application/json' -d '{sent}'")
    elif content == "multipart/form-data":
        parts += [f"-F {k}={'@' if k == 'file' else ''}{v}" for k, v in example.items()]
    for place in [part for part in path.split("/") if part.startswith("{")]:
        path = path.replace(place, PATH_EXAMPLES.get(noun, "1"))
    return " ".join([*parts, f"$NOTEBOOK{path}"])


def _breakable(line: str) -> SafeString:
    """Let a long line break behind slashes, commas, dots and underscores, so that it fits a phone."""
    parts = re.split(r"(?<=[/,._])", line)
    return format_html_join("", "{}<wbr>", ((part,) for part in parts))

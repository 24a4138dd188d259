"""Every address of the notebook, found by asking the URL resolver, with keys filled in."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# What the first word of an address is about.
KINDS = {
    "b": "batch",
    "d": "device",
    "runs": "run",
    "m": "measurement",
    "q": "batch",
    "lots": "lot",
    "files": "file",
    "inbox": "inbox",
    "projects": "project",
    "recipes": "recipe",
    "batches": "batch",
    "devices": "device",
    "chemicals": "chemical",
    "instruments": "instrument",
    "measuring": "measuring_instrument",
    "measuring-instruments": "measuring_instrument",
    "architectures": "architecture",
    "pixels": "pixel",
    "measurements": "measurement",
    "analyses": "analysis",
    "outcomes": "outcome",
    "phases": "phase",
    "structure-evidence": "structure_evidence",
    "forecasts": "forecast",
    "models": "model_version",
    "label-sources": "label_source",
    "guesses": "guess",
    "explore": "saved_question",
    "questions": "saved_question",
    "boards": "board",
    "people": "person",
    "join": "link",
    "security-events": "security_event",
    "comments": "comment",
    "webhooks": "webhook",
    "notices": "notice",
    "tasks": "task",
}


@dataclass(frozen=True)
class Route:
    """One named address."""

    name: str
    pattern: str
    parameters: tuple[str, ...]

    @property
    def is_api(self) -> bool:
        return self.pattern.startswith("api/v1/") and self.name != "api-docs"  # that is a page

    def address(self, lab: dict[str, Any]) -> str:
        """Fill in the keys of a lab."""
        words = self.pattern.removeprefix("api/v1/").lstrip("^").split("/")
        given = {"label": "P1", "index": 1, "form": "yaml", "kind": "balance"}
        given["place"] = "finish"
        kind = KINDS.get(words[0], "")
        if words[0] == "accounts":
            given |= {"pk": 1, "uidb36": "1", "key": "made-up", "provider_id": "lab"}
        if self.name == "help-page":
            given |= {"section": "how-to", "slug": "add-a-bottle"}
        if "titrat" in self.name:  # only a stock is titrated
            kind, given["number"] = "stock", lab.get("titration")
        if "withdraw" in self.name and kind == "lot":
            given["number"] = lab.get("certificate")
        if self.name == "analysis:batch-structure-withdraw":
            given["number"] = lab.get("structure_evidence")
        if self.name == "synthesis:material-export":
            given["form"] = "csv"
        if self.name == "analysis:label-source-end":
            kind = "label_source"
        keys = {p: given.get(p) or lab[kind] for p in self.parameters}
        return reverse(self.name, kwargs=keys)


def all_routes() -> list[Route]:
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list[Any], prefix: str, namespace: str) -> Iterator[Route]:
    for pattern in patterns:
        text = prefix + str(pattern.pattern).replace("^", "")
        if isinstance(pattern, URLResolver):
            inner = ":".join(filter(None, (namespace, pattern.namespace)))
            yield from _walk(pattern.url_patterns, text, inner)
        elif isinstance(pattern, URLPattern):
            name = ":".join(filter(None, (namespace, pattern.name or text)))
            yield Route(name, text, tuple(pattern.pattern.regex.groupindex))

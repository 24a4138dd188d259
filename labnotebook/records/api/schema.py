"""What the OpenAPI document says of every operation: its headers, the refusals it may answer with."""

from __future__ import annotations

import inspect
from threading import Lock
from types import SimpleNamespace
from typing import Any

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiFilterExtension,
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
    OpenApiViewExtension,
)
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_serializer_context
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from labnotebook.records.api.changed import CHANGED_SINCE
from labnotebook.records.api.waiting import WAIT

_MAKING = Lock()
IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Any text; the same key again gives the first answer, and nothing is made twice.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag that you read; 428 without it, 412 when somebody changed it since.",
)
MAY_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag that you read, when it should count only if nobody changed it since.",
)
EXTENSIONS = (
    OpenApiAuthenticationExtension,
    OpenApiFilterExtension,
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
    OpenApiViewExtension,
)
MEDIA_TYPE = "application/problem+json"
MEANINGS = {
    400: "What was sent makes no sense; `errors` names the fields.",
    401: "Not signed in, or the token is not valid.",
    403: "The role in the project, or the token, does not allow this.",
    404: "There is nothing here for this person.",
    409: "The record is in a state in which this cannot happen.",
    412: "Somebody changed the record since it was read; `current` is what it says now.",
    413: "The file is larger than the notebook takes.",
    415: "The content type is not understood here.",
    422: "The Idempotency-Key was used for another request.",
    428: "The change came without If-Match.",
    507: "The disk of the notebook is nearly full.",
}


class ProblemErrorSerializer(serializers.Serializer):
    """What is wrong with one field."""

    field = serializers.CharField(allow_blank=True, help_text="Empty: the request as a whole.")
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """A refusal (RFC 9457); ``detail`` is a sentence for a person."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(allow_blank=True)
    errors = ProblemErrorSerializer(many=True)
    current = serializers.DictField(
        required=False, help_text="The record as it stands, after a stale write."
    )


class OneAtATimeGenerator(SchemaGenerator):
    """Makes one document at a time: the inspectors of the views are shared by the threads of a process."""

    def get_schema(self, *args: Any, **kwargs: Any) -> Any:
        """Return the OpenAPI document."""
        with _MAKING:
            return super().get_schema(*args, **kwargs)


class ProblemAutoSchema(AutoSchema):
    """Document the key of a POST and the refusals beside the answers, for every resource alike."""

    def get_override_parameters(self) -> list[Any]:
        """Add ``changed_since``, ``wait`` and the Idempotency-Key where the operation takes them."""
        said = super().get_override_parameters()
        if getattr(self.view, "tells_changes", False):
            said = [*said, CHANGED_SINCE]
        if getattr(self.view, "waits", False) and self.view.action == "retrieve":
            said = [*said, WAIT]
        handler = getattr(self.view, "action", None) or self.method.lower()
        takes_key = self.method == "POST" and answers_once(type(self.view), handler)
        return [*said, IDEMPOTENCY] if takes_key else said

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        answers = super()._get_response_bodies(direction)
        for status in self._refusals():
            answers.setdefault(str(status), self._problem(MEANINGS[status]))
        return dict(sorted(answers.items()))

    def _refusals(self) -> list[int]:
        """Return the statuses with which this operation may refuse."""
        statuses = [400, 401, 404]
        if self.method in ("POST", "PUT", "PATCH", "DELETE"):
            statuses += [403, 409, 415]
        elif getattr(self.view, "needs_a_state", False):  # a read of what only some records have
            statuses += [409]
        if self.method == "POST":
            statuses += [422]
        if self.method in ("PUT", "PATCH", "DELETE"):
            statuses += [412, 428]
        elif self.method == "POST" and "{" in self.path:
            statuses += [
                412,
                428,
            ]  # decisions take an If-Match, and ask for it where they undo another's
        if "multipart/form-data" in self.map_parsers():
            statuses += [413, 507]
        return statuses

    def _problem(self, meaning: str) -> dict[str, Any]:
        serializer = ProblemSerializer(context=build_serializer_context(self.view))
        component = self.resolve_serializer(serializer, "response")
        return {"content": {MEDIA_TYPE: {"schema": component.ref}}, "description": meaning}


def answers_once(view: type, handler: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a method of a view, or one that it calls, calls `answer_once`: read from its code.

    Said by the code itself, so that no operation takes the key without its document saying so.
    """
    method = inspect.unwrap(getattr(view, handler, lambda: None))
    names = set(getattr(getattr(method, "__code__", None), "co_names", ()))
    if "answer_once" in names:
        return True
    own = {name for name in names - seen if inspect.isfunction(getattr(view, name, None))}
    return any(answers_once(view, name, seen | own | {handler}) for name in own)


def load_extensions() -> None:
    """Load what drf-spectacular would load for its first document: two threads at once fail at it."""
    for kind in EXTENSIONS:
        kind.get_match(SimpleNamespace(cls=object))

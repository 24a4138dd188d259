"""Every refusal of the API as RFC 9457 problem JSON."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from psycopg import errors as postgres
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import set_rollback

from labnotebook.records.api.rendering import dumps
from labnotebook.records.refusals import NotPermitted, Refusal

CONTENT_TYPE = "application/problem+json"
AWAY_S = 3


@dataclass(frozen=True, slots=True)
class DatabaseFailure:
    """What people are told when the database did not do what was asked."""

    status: int
    code: str
    sentence: str
    wait_s: int | None = None

    @property
    def headers(self) -> dict[str, str]:
        """When to try again, where that helps."""
        return {"Retry-After": str(self.wait_s)} if self.wait_s else {}


AWAY = DatabaseFailure(
    503,
    "database-away",
    "The notebook's database is starting again. What was saved is safe; try again in a moment.",
    AWAY_S,
)
TOO_LONG = DatabaseFailure(
    503,
    "took-too-long",
    "This took too long and was stopped. Nothing was changed; try again, or ask for less at once.",
    AWAY_S,
)
HELD = DatabaseFailure(
    503,
    "held-by-another",
    "Somebody else is changing the same at this moment. Nothing of yours was changed; try again.",
    AWAY_S,
)
UNSTORABLE = DatabaseFailure(
    400,
    "invalid",
    "Something in it cannot be stored: a NUL character, half of a character (a lone surrogate), or a"
    " number that is too large. Nothing was changed.",
)
FAILURES: dict[type[BaseException], DatabaseFailure] = {
    postgres.QueryCanceled: TOO_LONG,
    postgres.LockNotAvailable: HELD,
    postgres.DeadlockDetected: HELD,
    postgres.SerializationFailure: HELD,
}
FAULT = "This is a fault of the notebook, not of yours, and it is in its log. What was saved before is safe."


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer what was refused; anything else is a bug and surfaces as 500."""
    refused_upload = getattr(
        getattr(context.get("request"), "_request", None), "upload_refusal", None
    )
    if refused_upload is not None:
        exc = refused_upload
    if isinstance(exc, Refusal | NotPermitted):
        set_rollback()
        return _refusal(exc)
    if isinstance(exc, DjangoValidationError):
        exc = serializers.ValidationError(serializers.as_serializer_error(exc))
    elif failure := failure_of(exc):
        if failure is not UNSTORABLE:
            set_rollback()
            return problem(
                failure.status, failure.sentence, code=failure.code, headers=failure.headers
            )
        exc = serializers.ValidationError({"non_field_errors": [failure.sentence]})
    elif isinstance(exc, IntegrityError) and (sentence := _constraint_sentence(exc)):
        exc = serializers.ValidationError({"non_field_errors": [sentence]})
    elif isinstance(exc, Http404):
        exc = exceptions.NotFound("There is nothing here for you under this address.")
    elif isinstance(exc, DjangoPermissionDenied):
        exc = exceptions.PermissionDenied()
    if not isinstance(exc, exceptions.APIException):
        return None
    set_rollback()
    headers = {}
    if getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = exc.auth_header
    if getattr(exc, "wait", None):
        headers["Retry-After"] = f"{exc.wait:.0f}"
    errors = list(_flatten(exc.detail)) if isinstance(exc, exceptions.ValidationError) else []
    detail = " ".join(_told(e) for e in errors) if errors else str(exc.detail)
    return problem(
        exc.status_code,
        detail,
        code=getattr(exc, "default_code", "error"),
        errors=errors,
        headers=headers,
    )


def failure_of(exc: BaseException | None) -> DatabaseFailure | None:
    """Return what to tell of an error of the database; None when it is none of these."""
    if isinstance(exc, OperationalError | InterfaceError):
        kinds = (kind for kind in FAILURES if isinstance(exc.__cause__, kind))
        return FAILURES.get(next(kinds, BaseException), AWAY)
    return UNSTORABLE if isinstance(exc, DataError | UnicodeEncodeError) else None


def problem(
    status: int,
    detail: str,
    *,
    code: str,
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> Response:
    """Return one problem document."""
    body = {
        "type": f"about:blank#{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "errors": errors or [],
        **more,
    }
    return Response(body, status=status, headers=headers, content_type=CONTENT_TYPE)


def api_problem(
    status: int, sentence: str, code: str, headers: dict[str, str] | None = None
) -> HttpResponse:
    """Return a problem document where no API view is at work."""
    told = problem(status, sentence, code=code)
    return HttpResponse(dumps(told.data), status=status, content_type=CONTENT_TYPE, headers=headers)


def _refusal(refusal: Refusal | NotPermitted) -> Response:
    more = {} if refusal.current is None else {"current": _body_of(refusal.current)}
    wait_s = getattr(refusal, "wait_s", None)
    return problem(
        refusal.status,
        refusal.sentence,
        code=refusal.code,
        errors=refusal.errors,
        headers={"Retry-After": str(wait_s)} if wait_s else None,
        **more,
    )


def _body_of(current: Any) -> Any:
    """Return a record as its own API body when it has one, else its columns."""
    if isinstance(current, dict):
        return current
    return {f.attname: getattr(current, f.attname) for f in current._meta.concrete_fields}


def _constraint_sentence(exc: IntegrityError) -> str:
    """Return the readable message of the constraint that the database enforced, if it has one."""
    from django.apps import apps

    name = getattr(getattr(exc.__cause__, "diag", None), "constraint_name", None)
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name:
                return str(constraint.get_violation_error_message())
    return ""


def _flatten(detail: Any, path: str = "") -> list[dict[str, str]]:
    """Return [{field, message}] for DRF's nested error shapes."""
    if isinstance(detail, dict):
        return [
            error
            for key, value in detail.items()
            for error in _flatten(value, path if key == "non_field_errors" else _join(path, key))
        ]
    if isinstance(detail, list | tuple):
        found = []
        for index, value in enumerate(detail):
            nested = isinstance(value, dict)
            found += _flatten(value, _join(path, index) if nested else path)
        return found
    return [{"field": path, "message": str(detail)}]


def _join(path: str, key: Any) -> str:
    return f"{path}.{key}" if path else str(key)


def _told(error: dict[str, str]) -> str:
    return f"{error['field']}: {error['message']}" if error["field"] else error["message"]

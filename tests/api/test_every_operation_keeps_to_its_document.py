"""Fuzz every operation of the API: no crash, and only answers that the OpenAPI document names.

SCHEMATHESIS_EXAMPLES sets how many requests are made up for each operation (default 4; a release is
tried with 100). The draws are derandomised: a failure comes back.
"""

import os
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from analysis.exports.forms import FORMS

pytestmark = pytest.mark.django_db  # beside the one lab of the module, which outlives each test
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "4"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
    ignored_auth,
]
# Which of the lab's keys a path parameter takes, by the first word of the path.
KINDS = {
    "projects": "project",
    "recipes": "recipe",
    "batches": "batch",
    "devices": "device",
    "runs": "run",
    "lots": "lot",
    "chemicals": "chemical",
    "architectures": "architecture",
    "pixels": "pixel",
    "measurements": "measurement",
    "analyses": "analysis",
    "outcomes": "outcome",
    "phases": "phase",
    "forecasts": "forecast",
    "files": "file",
    "people": "person",
    "security-events": "security_event",
    "comments": "comment",
    "webhooks": "webhook",
    "notices": "notice",
    "tasks": "task",
}
SUMMED = (
    "history/groups/",
    "history/groups.csv",
    "history/pivot/",
    "history/pivot.csv",
    "explore/",
)
real: dict[str, object] = {}


def document() -> dict[str, Any]:
    """Return the document; of the history's numbers, which are all asked alike, only one stays.

    Values made up for some 45 of them, each with its bounds, took half of this module's time.
    """
    whole = SchemaGenerator().get_schema(request=None, public=True)
    asked = [
        whole["paths"][f"/api/v1/{path}"]["get"]["parameters"]
        for path in ("history/", *(f"history.{form}" for form in FORMS), *SUMMED)
    ]
    for parameters in asked:
        names = {one["name"] for one in parameters}
        numbers = {name for name in names if f"{name}__gte" in names} - {"pl_peak_nm"}
        parameters[:] = [one for one in parameters if one["name"].partition("__")[0] not in numbers]
    for operations in whole["paths"].values():
        for one in operations.get("get", {}).get("parameters", ()):
            if one["name"] == "wait":  # for a worker that does not run here
                one["schema"]["maximum"] = 0.01
    return whole


schema = schemathesis.openapi.from_dict(document())
schema.app = get_wsgi_application()


@schema.hook
def before_generate_path_parameters(context, strategy):
    """Ask for things that exist in three of four requests."""

    def found(made_up):
        if not isinstance(made_up, dict):
            return made_up
        kind = KINDS.get(context.operation.path.split("/")[3], "")
        return {name: real.get(kind, value) for name, value in made_up.items()}

    return st.one_of(strategy.map(found), strategy.map(found), strategy.map(found), strategy)


@schema.hook
def before_generate_body(context, strategy):
    """Name things that exist in half of the bodies."""

    def found(made_up):
        if not isinstance(made_up, dict):
            return made_up
        return {name: real.get(name, value) for name, value in made_up.items()}

    return st.one_of(strategy.map(found), strategy)


@schema.hook
def before_generate_query(context, strategy):
    """Ask without made-up query parameters in half of the requests: those are refused at once."""
    return st.one_of(st.just({}), strategy)


@pytest.fixture
def key(standing):
    """The header that opens the lab, whose keys the made-up requests take."""
    real.update(standing.lab)
    token = standing.api.client.defaults["HTTP_AUTHORIZATION"]
    # Without a server in between nobody unpacks what is compressed for who says that it may be.
    yield {"Authorization": token, "Accept-Encoding": "identity"}
    real.clear()


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_an_operation_answers_as_documented(case, key):
    with transaction.atomic():
        case.call_and_validate(headers=key, checks=CHECKS)
        transaction.set_rollback(True)

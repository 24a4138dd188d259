"""The OpenAPI document: valid, without warnings, and what the notebook serves."""

import io
import subprocess
import sys

import pytest
import yaml
from django.core.management import call_command

REFUSALS = {"400", "401", "404"}


@pytest.fixture(scope="module")
def document():
    out = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    return yaml.safe_load(out.getvalue())


def test_the_document_is_valid_and_nothing_in_it_is_guessed(document):
    assert document["openapi"].startswith("3.1")
    assert len(document["paths"]) > 30


def test_every_operation_says_how_it_refuses(document):
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            answers = operation["responses"]
            assert set(answers) >= REFUSALS, f"{method} {path}"
            for status in set(answers) - {"200", "201", "202", "204", "304"}:
                assert "application/problem+json" in answers[status]["content"], f"{method} {path}"


@pytest.mark.django_db
def test_the_served_document_is_this_one(client, document):
    served = client.get("/api/v1/schema/", headers={"accept": "application/json"}).json()
    assert served["paths"].keys() == document["paths"].keys()
    assert served["components"].keys() == document["components"].keys()


def test_two_who_ask_first_at_once_both_get_it():
    """Loaded while threads ask, an extension of drf-spectacular fails in the second one."""
    script = (
        "import django; django.setup()\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "from labnotebook.records.api.schema import EXTENSIONS\n"
        "print(*(one.__name__ for kind in EXTENSIONS for one in kind._registry"
        " if isinstance(one.target_class, str)))"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (said.returncode, said.stdout.strip()) == (0, ""), said.stderr[-500:]


# POSTs that make nothing, or that say of a record what it then is: sent twice, they say the same again. Lines of
# the bench and readings of the air carry their own keys.
WITHOUT_KEY = """
batches/{code}/abandon/ batches/{code}/archive/ batches/{code}/attachments/ batches/{code}/events/
batches/{code}/finish/ batches/{code}/recompute/ batches/{code}/sign/ batches/{code}/start/ conditions/
devices/{code}/archive/ projects/{slug}/members/ projects/{slug}/reanalysis/cancel/
recipes/check/ recipes/{slug}/bring-back/ recipes/{slug}/plan/ recipes/{slug}/publish/ recipes/{slug}/retire/
recipes/{slug}/series/ recipes/{slug}/share/
"""


def test_every_post_that_makes_something_takes_an_idempotency_key_and_says_so(document):
    without = {
        path.removeprefix("/api/v1/")
        for path, operations in document["paths"].items()
        if "post" in operations
        and all(p["name"] != "Idempotency-Key" for p in operations["post"].get("parameters", ()))
    }
    assert without == set(WITHOUT_KEY.split())


def test_every_list_of_records_can_be_asked_for_what_changed_since(document):
    without = {
        path.removeprefix("/api/v1/")
        for path, operations in document["paths"].items()
        if "next" in str(operations.get("get", {}).get("responses", {}))
        or "cursor" in {p["name"] for p in operations.get("get", {}).get("parameters", ())}
        if "changed_since" not in {p["name"] for p in operations["get"].get("parameters", ())}
    }
    assert without == {"history/"}  # of no one record: ask batches/ or changes/

"""The page that explains the API: drawn from the schema, for people who are signed in."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from tests.factories import make_person

ADDRESS = "/api/v1/docs/"


@pytest.fixture
def html(client) -> str:
    client.force_login(make_person(), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    return unescape(answer.content.decode()).replace("<wbr>", "")


@pytest.mark.django_db
def test_every_call_of_the_schema_is_on_the_page(html):
    schema = SchemaGenerator().get_schema(request=None, public=True)
    calls = [
        (method.upper(), path)
        for path, operations in schema["paths"].items()
        for method in operations
        if method in ("get", "post", "put", "patch", "delete")
    ]
    assert len(calls) > 40
    for method, path in calls:
        assert re.search(rf"{method} <code>{re.escape(path)}</code>", html), (method, path)


@pytest.mark.django_db
def test_a_call_says_what_to_send_and_how(html):
    part = html[html.index('id="batches_create"') :]
    part = part[: part.index("</article>")]
    for words in ("Idempotency-Key", "own inputs by key (ratio_ca_pb, lead_mmol", "Answer 201"):
        assert words in part
    line = part[part.index("curl") : part.index("</code></p>")]
    assert line.startswith('curl -H "Authorization: Bearer $TOKEN" -X POST')
    assert line.endswith("$NOTEBOOK/api/v1/batches/")
    sent = json.loads(line.split(" -d '")[1].split("' ")[0])
    assert sent["recipe"] == "cspbi3-seed-core-shell"
    assert sent["ratio_ca_pb"] == 0.5


@pytest.mark.django_db
def test_a_stranger_is_asked_to_sign_in():
    answer = Client().get(ADDRESS)
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


@pytest.mark.django_db
def test_the_page_needs_neither_inline_script_nor_inline_style(html):
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", html)
    assert not re.search(r"\sstyle=|<style|\son\w+=", html)

"""A chemist with a project, and a stranger with another."""

from types import SimpleNamespace

import pytest
from django.test import Client

from tests.analysis.history import factories
from tests.factories import shipped_recipe


@pytest.fixture
def lab(db) -> SimpleNamespace:
    shipped_recipe()  # a test before may have emptied the tables
    mira, stranger = factories.make_person("mira"), factories.make_person("stefan")
    return SimpleNamespace(
        mira=mira,
        stranger=stranger,
        project=factories.make_project(mira, slug="red-leds"),
        other=factories.make_project(stranger, slug="secret"),
    )


@pytest.fixture
def visitor(lab) -> Client:
    client = Client()
    client.force_login(lab.mira)
    return client


@pytest.fixture
def ask(visitor):
    """Ask the API; return the answer."""

    def ask(**query):
        return visitor.get("/api/v1/history/", query)

    return ask


@pytest.fixture
def found(ask):
    """Ask the API; return the codes of the rows."""

    def found(**query) -> list[str]:
        answer = ask(**query)
        assert answer.status_code == 200, answer.json()
        return [row["code"] for row in answer.json()["results"]]

    return found

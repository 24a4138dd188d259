"""A chemist with a project, and a stranger with another."""

import re
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


@pytest.fixture
def look(visitor):
    """Open the explorer; return its text with white space made plain."""

    def look(status: int = 200, **query) -> str:
        answer = visitor.get("/explore/", query)
        assert answer.status_code == status
        return re.sub(r"\s+", " ", answer.content.decode())

    return look


@pytest.fixture
def some(lab):
    """Six batches: four gamma, a delta and one that failed; two of them without a PLQY."""
    for number, phase in enumerate(["gamma"] * 4 + ["delta", "failed"]):
        batch = factories.make_batch(
            lab.project,
            lab.mira,
            code=f"NC-{number:04d}",
            ratio_ca_pb_weighed=0.1 * number,
            ratio_ca_pb_weighed_uncertainty=0.004,
            planned_at=factories.at(f"2026-{number + 1:02d}-15"),
        )
        factories.assign(batch, phase)
        if number not in (1, 2):
            outcome = factories.accept(batch, "plqy_percent", 90.0 - 10 * number)
            type(outcome).objects.filter(pk=outcome.pk).update(
                uncertainty=2.0 if number == 0 else None
            )
    factories.make_batch(lab.other, lab.stranger, code="NC-0666", ratio_ca_pb_weighed=0.2)

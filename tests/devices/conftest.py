"""A lab with one project, an editor, a viewer and a stranger."""

from types import SimpleNamespace

import pytest

from tests.devices import factories


@pytest.fixture
def lab(db) -> SimpleNamespace:
    mira, viewer, stranger = map(factories.make_person, ["mira", "vera", "stefan"])
    project = factories.make_project(mira, vera="viewer")
    factories.load_architectures()
    return SimpleNamespace(mira=mira, viewer=viewer, stranger=stranger, project=project)

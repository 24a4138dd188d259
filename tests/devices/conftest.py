"""A lab with one project, an editor, a viewer and a stranger."""

from types import SimpleNamespace

import pytest

from tests.devices.factories import make_project
from tests.factories import make_person


@pytest.fixture
def lab(db) -> SimpleNamespace:
    mira, viewer, stranger = map(make_person, ["mira", "vera", "stefan"])
    project = make_project(mira, vera="viewer")
    return SimpleNamespace(mira=mira, viewer=viewer, stranger=stranger, project=project)

"""A lab with one project, an owner, an editor, a viewer and a stranger."""

from types import SimpleNamespace

import pytest

from tests.synthesis.factories import make_lab


@pytest.fixture(autouse=True)
def _passwords_are_hashed_quickly(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def lab(db) -> SimpleNamespace:
    return make_lab()

"""A chemist who may write recipes, and her browser."""

import pytest
from django.test import Client

from tests.factories import make_person, make_project


@pytest.fixture
def mira():
    return make_person("mira")


@pytest.fixture
def project(mira):
    return make_project(mira, "Perovskites")


@pytest.fixture
def visitor(mira, project):
    client = Client()
    client.force_login(mira, backend="django.contrib.auth.backends.ModelBackend")
    return client

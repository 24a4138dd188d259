"""One lab for all tests of a module; what each test does to it is undone."""

from types import SimpleNamespace

import pytest

from tests.api.lab import make_lab
from tests.factories import Api, make_person, make_project


@pytest.fixture(scope="module")
def standing(made_once):
    """A person who owns one of everything: ``person``, ``lab`` (keys), ``api``."""
    person = make_person()
    lab = make_lab(person, make_project(person))
    return SimpleNamespace(person=person, lab=lab, api=Api(person))


def pytest_itemcollected(item):
    """Tell the operations apart: schemathesis gives all of them the same id under pytest 9.2."""
    operation = getattr(item, "operation_label", None)
    if operation and item.id.params is None:
        item._id = item.id.with_params(operation)

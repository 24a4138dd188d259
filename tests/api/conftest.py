"""One lab for all tests of a module; what each test does to it is undone."""

from types import SimpleNamespace

import pytest
from django.db import transaction

from tests.api.lab import make_lab, one_connection
from tests.factories import Api, make_person, make_project


@pytest.fixture(scope="module")
def standing(django_db_setup, django_db_blocker):
    """A person who owns one of everything: ``person``, ``lab`` (keys), ``api``."""
    with django_db_blocker.unblock(), one_connection(), transaction.atomic():
        person = make_person()
        lab = make_lab(person, make_project(person))
        yield SimpleNamespace(person=person, lab=lab, api=Api(person))
        transaction.set_rollback(True)


def pytest_itemcollected(item):
    """Tell the operations apart: schemathesis gives all of them the same id under pytest 9.2."""
    operation = getattr(item, "operation_label", None)
    if operation and item.id.params is None:
        item._id = item.id.with_params(operation)

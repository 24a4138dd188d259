"""One lab for all tests of a module; what each test does to it is undone."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction

from tests.api.lab import make_lab
from tests.factories import Api, make_person, make_project


@contextmanager
def _one_connection():
    """Keep the connection of the test through the requests, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def standing(django_db_setup, django_db_blocker):
    """A person who owns one of everything: ``person``, ``lab`` (keys), ``api``."""
    with django_db_blocker.unblock(), _one_connection(), transaction.atomic():
        person = make_person()
        lab = make_lab(person, make_project(person))
        yield SimpleNamespace(person=person, lab=lab, api=Api(person))
        transaction.set_rollback(True)

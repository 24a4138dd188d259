"""People who sign in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password

from labnotebook.records.history import recorded
from labnotebook.records.models import Project
from labnotebook.records.services.projects import create_project
from labnotebook.records.services.security import Kind, note

FIRST_USERNAME = "chemist"
FIRST_PROJECT = "First project"


def ensure_first_user(password: str) -> tuple[Any, bool]:
    """Make the person ``chemist`` with a first project when there is nobody yet.

    Returns (user, created). An existing person's password is left alone.
    """
    people = get_user_model().objects
    existing = people.order_by("pk").first()
    if existing is not None:
        return existing, False
    with recorded("manage.py", "first start"):
        user = people.create_user(
            username=FIRST_USERNAME, password=password, is_staff=True, is_superuser=True
        )
    if not Project.objects.exists():
        create_project(by=user, name=FIRST_PROJECT)
    return user, True


def create_person(*, username: str, password: str) -> Any:
    """Create somebody who can sign in; projects are joined through their owners."""
    validate_password(password)
    with recorded("manage.py", "person created"):
        person = get_user_model().objects.create_user(username=username, password=password)
        note(Kind.ACCOUNT, person=person, by="manage.py", about="made")
    return person

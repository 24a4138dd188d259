"""Small functions that make what tests need, through the real services."""

from __future__ import annotations

import itertools
import json
import uuid
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from labnotebook.records.history import recorded
from labnotebook.records.models import Membership, Project, Role
from labnotebook.records.services.projects import create_project
from labnotebook.records.services.tokens import create_token
from synthesis.models import Batch, Recipe
from synthesis.services.batches import create_batch
from synthesis.services.bench import record_events
from synthesis.services.finishing import finish_batch
from synthesis.services.recipe_writing import fork_recipe, publish_draft, save_draft
from synthesis.services.recipes import load_shipped

PASSWORD = "correct horse battery"
NANOCRYSTALS = "cspbi3-seed-core-shell"
_numbers = itertools.count(1)


def make_person(username: str = "") -> Any:
    """Make somebody who can sign in with PASSWORD."""
    name = username or f"person{next(_numbers)}"
    with recorded("test", "person made"):
        return get_user_model().objects.create_user(username=name, password=PASSWORD)


def make_project(owner: Any = None, name: str = "") -> Project:
    """Make a project with an owner."""
    return create_project(by=owner or make_person(), name=name or f"Project {next(_numbers)}")


def join(project: Project, role: str = Role.EDITOR, person: Any = None) -> Any:
    """Make somebody a member; return the person."""
    person = person or make_person()
    with recorded("test", "joins"):
        Membership.objects.create(project=project, user=person, role=role)
    return person


def owner_of(project: Project) -> Any:
    """Return the first owner."""
    return project.memberships.filter(role=Role.OWNER).order_by("pk").first().user


def shipped_recipe(slug: str = NANOCRYSTALS) -> Recipe:
    """Return a recipe that ships, loading them when they are not there."""
    recipe = Recipe.objects.filter(slug=slug).first()
    if recipe is None:
        load_shipped()
        recipe = Recipe.objects.get(slug=slug)
    return recipe


def make_recipe(project: Project, *, by: Any = None, name: str = "Ours") -> Recipe:
    """Fork the paper's nanocrystals, publish the fork, and begin its next version."""
    by = by or owner_of(project)
    recipe = fork_recipe(by=by, version=shipped_recipe().current, project=project, name=name)
    version = publish_draft(by=by, recipe=recipe, note="as shipped")
    save_draft(by=by, recipe=recipe, definition=version.definition, version=None)
    return Recipe.objects.get(pk=recipe.pk)


def make_batch(
    project: Project | None = None, *, by: Any = None, ratio: str = "0.5", **more: Any
) -> Batch:
    """Plan a batch of the paper's nanocrystals."""
    project = project or make_project()
    return create_batch(
        by=by or owner_of(project),
        project=project,
        version=shipped_recipe().current,
        targets={"ratio_ca_pb": ratio, "lead_mmol": "0.376"},
        **more,
    )


def entry(kind: str, target: str = "", value: Any = None, **more: Any) -> dict[str, Any]:
    """Return one bench entry with an id of its own."""
    return {"id": str(uuid.uuid4()), "kind": kind, "target": target, "value": value, **more}


def make_made_batch(project: Project | None = None, *, by: Any = None, ratio: str = "0.5") -> Batch:
    """Plan, weigh and finish a batch as in the story: 173.9 mg, and CaI2 for the ratio."""
    batch = make_batch(project, by=by, ratio=ratio)
    by = by or owner_of(batch.project)
    planned = batch.additions.get(key="cai2").planned_value
    weighed = "55.1 mg" if ratio == "0.5" else f"{planned:f} mg"
    record_events(
        by=by,
        batch=batch,
        events=[
            entry("weighing", "pbi2", "173.9 mg"),
            entry("weighing", "cai2", weighed),
            entry("observation", "observe_precursor", "colloidal"),
            entry("parameter", "react.duration_s", "5.6"),
        ],
    )
    return finish_batch(by=by, batch=batch, unrecorded_reason="volumes as in the recipe")


class Api:
    """Talk to the API as somebody, with a token."""

    def __init__(self, person: Any, scope: str = "write") -> None:
        self.person = person
        _token, text = create_token(user=person, name="test", scope=scope)
        self.client = Client(headers={"authorization": f"Bearer {text}"})

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send JSON; header names with underscores. Returns Django's response."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        data = None if body is None else json.dumps(body)
        return self.client.generic(
            method,
            path if path.startswith("/") else f"/api/v1/{path}",
            data or "",
            content_type="application/json",
            headers=sent,
        )

    def get(self, path: str, **headers: str) -> Any:
        """GET."""
        return self("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """POST JSON."""
        return self("POST", path, {} if body is None else body, **headers)

"""People and bottles for the tests of planning and making, through the real services."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.test import Client

from labnotebook.records.models import Role
from synthesis.models import Batch, Chemical, Material
from synthesis.services.batches import create_batch, start_batch
from synthesis.services.finishing import finish_batch
from synthesis.services.materials import add_bottle, add_stock
from tests.factories import join, make_person, make_project, shipped_recipe

HTMX = {"HX-Request": "true"}


def browser(person: Any) -> Client:
    """Return a browser in which somebody is signed in."""
    client = Client()
    client.force_login(person)
    return client


def make_lab() -> SimpleNamespace:
    """Make a project with an owner, an editor and a viewer, a stranger, and the paper's recipes."""
    mira = make_person("mira")
    project = make_project(mira, "Red LEDs")
    shipped_recipe()
    return SimpleNamespace(
        mira=mira,
        project=project,
        jonas=join(project, Role.EDITOR, make_person("jonas")),
        vera=join(project, Role.VIEWER, make_person("vera")),
        stranger=make_person("stefan"),
    )


def make_bottle(lab: SimpleNamespace, chemical: str = "calcium-iodide", **said: Any) -> Material:
    """Enter a bought bottle."""
    shipped_recipe()
    return add_bottle(
        by=lab.mira, project=lab.project, chemical=Chemical.objects.get(slug=chemical), **said
    )


def make_cs_oleate(lab: SimpleNamespace) -> Batch:
    """Make the caesium stock, nothing of it weighed in the notebook."""
    batch = create_batch(
        by=lab.mira,
        project=lab.project,
        version=shipped_recipe("cs-oleate").current,
        targets={},
    )
    batch = start_batch(by=lab.mira, batch=batch)
    return finish_batch(by=lab.mira, batch=batch, unrecorded_reason="made before the notebook")


def make_stock(lab: SimpleNamespace, **said: Any) -> Material:
    """Enter the caesium stock as a material."""
    said = {"concentration_mol_l": "0.154", "amount_received": 30, "amount_unit": "ml"} | said
    return add_stock(by=lab.mira, batch=make_cs_oleate(lab), **said)

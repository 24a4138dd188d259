"""People, projects and batches for the tests of the devices room, through the real services."""

from rest_framework.test import APIClient

from devices.models import Device
from devices.services.devices import build_device
from labnotebook.records.models import Project
from labnotebook.records.services.projects import set_member
from synthesis.models import Batch, Recipe
from synthesis.services.batches import abandon_batch, create_batch, start_batch
from synthesis.services.finishing import finish_batch
from synthesis.services.recipe_writing import create_recipe, publish_draft, save_draft
from tests.factories import NANOCRYSTALS, shipped_recipe
from tests.factories import make_project as plain_project

BARE = {
    "name": "Bare electrode",
    "kind": "device",
    "layers": [{"key": "ito", "role": "electrode", "material": "ITO"}],
}
TARGETS = {"ratio_ca_pb": "0.5", "lead_mmol": "0.376"}


def make_project(owner, name: str = "Red LEDs", **members) -> Project:
    """Make a project; members are username=role of people who exist."""
    project = plain_project(owner, name)
    for username, role in members.items():
        set_member(by=owner, project=project, username=username, role=role)
    return project


def make_batch(by, project: Project, state: str = "made", recipe: str = NANOCRYSTALS) -> Batch:
    """Make a batch in the given state, with nothing weighed."""
    version = shipped_recipe(recipe).current
    targets = TARGETS if recipe == NANOCRYSTALS else {"scale": "1"}
    batch = create_batch(by=by, project=project, version=version, targets=targets)
    if state == "abandoned":
        return abandon_batch(by=by, batch=batch, reason="flask broke")
    if state in {"running", "made"}:
        batch = start_batch(by=by, batch=batch)
    if state == "made":
        batch = finish_batch(by=by, batch=batch, unrecorded_reason="test")
    return batch


def publish(by, project: Project, definition: dict, recipe: Recipe | None = None) -> Recipe:
    """Write a recipe and publish it, or its next version."""
    if recipe is None:
        recipe = create_recipe(by=by, project=project, definition=definition)
    else:
        save_draft(by=by, recipe=recipe, definition=definition, version=None)
    publish_draft(by=by, recipe=recipe, note="as tried")
    return recipe


def make_device(by, project: Project, architecture: str = "fret", **said) -> Device:
    return build_device(by=by, project=project, architecture_slug=architecture, **said)


def api(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client

"""People, projects and batches for the tests of the devices room, through the real services."""

from django.contrib.auth import get_user_model
from django.test import Client
from rest_framework.test import APIClient

from devices.models import Device
from devices.services.architectures import load_shipped_architectures
from devices.services.devices import build_device
from labnotebook.records.models import Project
from labnotebook.records.services.projects import create_project, set_member
from synthesis.models import Batch, Recipe
from synthesis.services.batches import abandon_batch, create_batch, finish_batch, start_batch
from synthesis.services.recipes import load_shipped

RECIPE = "cspbi3-seed-core-shell"
TARGETS = {"ratio_ca_pb": "0.5", "lead_mmol": "0.376"}


def make_person(username: str):
    return get_user_model().objects.create_user(username=username)


def make_project(owner, name: str = "Red LEDs", **members) -> Project:
    """Make a project; members are username=role of people who exist."""
    project = create_project(by=owner, name=name)
    for username, role in members.items():
        set_member(by=owner, project=project, username=username, role=role)
    return project


def load_architectures():
    return load_shipped_architectures()


def make_batch(by, project: Project, state: str = "made", recipe: str = RECIPE) -> Batch:
    """Make a batch in the given state, with nothing weighed."""
    if not Recipe.objects.filter(slug=recipe).exists():
        load_shipped()
    version = Recipe.objects.get(slug=recipe).current
    targets = TARGETS if recipe == RECIPE else {"scale": "1"}
    batch = create_batch(by=by, project=project, version=version, targets=targets)
    if state == "abandoned":
        return abandon_batch(by=by, batch=batch, reason="flask broke")
    if state in {"running", "made"}:
        batch = start_batch(by=by, batch=batch)
    if state == "made":
        batch = finish_batch(by=by, batch=batch, unrecorded_reason="test")
    return batch


def make_device(by, project: Project, architecture: str = "fret", **said) -> Device:
    return build_device(by=by, project=project, architecture_slug=architecture, **said)


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def api(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client

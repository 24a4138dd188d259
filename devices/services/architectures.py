"""The architectures that come with the product."""

from __future__ import annotations

from typing import Any

from devices.models import Architecture
from devices.stacks import Stack, shipped_stacks
from labnotebook.records.history import recorded
from labnotebook.records.refusals import Refusal

ACTOR = "load_reference"


def load_shipped_architectures() -> list[Architecture]:
    """Make the shipped architectures, and those that changed in the file as they are there.

    Safe to run again: what is as in the file is not written. Devices keep the layers that they were
    built with.
    """
    with recorded(ACTOR, "shipped architectures"):
        return [_load(stack) for stack in shipped_stacks()]


def _load(stack: Stack) -> Architecture:
    wanted = _columns(stack)
    known = Architecture.objects.filter(slug=stack.slug).first()
    if known is None:
        return Architecture.objects.create(slug=stack.slug, project=None, **wanted)
    if known.project_id is not None:
        raise Refusal(
            f"The architecture {stack.slug} belongs to a project, yet one with that slug ships with the"
            " notebook. Rename the project's own."
        )
    changed = {name: value for name, value in wanted.items() if getattr(known, name) != value}
    if changed:
        known.set_fields(**changed)
    return known


def _columns(stack: Stack) -> dict[str, Any]:
    return {
        "name": stack.name,
        "polarity": stack.polarity,
        "source": stack.source,
        "note": stack.note,
        "layers": [layer.as_dict() for layer in stack.layers],
        "shared_with_lab": True,
    }

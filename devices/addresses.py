"""Where the page of a record is that may be one of this room."""

from __future__ import annotations

from django.urls import reverse

from synthesis.models import Recipe
from synthesis.services.batches import CODE_PREFIX


def page_of_batch(code: str) -> str:
    """Return the address of a batch's page; a run, which is one, has a page of its own."""
    is_run = code.startswith(CODE_PREFIX[Recipe.Kind.DEVICE])
    return reverse("devices:run-detail" if is_run else "synthesis:batch-detail", args=[code])

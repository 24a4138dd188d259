"""The batches that are like one: of its recipe, planned for the same ratio, as ordinary conditions."""

from __future__ import annotations

from typing import Any

from analysis.history.catalogue import Catalogue
from labnotebook.records.refusals import Refusal
from synthesis.models import Batch


def conditions_like(user: Any, code: str, catalogue: Catalogue) -> dict[str, str]:
    """Return what a question asks of batches that repeat this one; refuse a code that nobody here knows."""
    rows = Batch.objects.visible_to(user).select_related("recipe_version__recipe")
    batch = rows.filter(code__iexact=code.strip()).first()
    if batch is None:
        raise Refusal(f"There is no batch called {code.strip()[:40]!r} here.", field="like")
    asked = {"recipe": batch.recipe_version.recipe.slug}
    planned = batch.quantities.filter(basis="planned", position=0).first()
    if planned is not None and catalogue.find(planned.key) is not None:
        asked[planned.key] = repr(planned.value)
    return asked

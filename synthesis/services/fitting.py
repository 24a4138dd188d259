"""Which bottle may be poured where, and which would do instead of one that may not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection

from labnotebook.records.refusals import Refusal
from synthesis.chemistry.element_names import listed
from synthesis.chemistry.recipe_parts import Ingredient
from synthesis.models import Batch, Material

MOST_NAMED = 3

# From a bottle up: what it was filled from, and what went into the batch that made it.
DESCENDS = """
WITH RECURSIVE above (id) AS (
  SELECT %s::bigint
  UNION
  SELECT next.id FROM above JOIN synthesis_material m ON m.id = above.id
    CROSS JOIN LATERAL (
      SELECT m.aliquot_of_id AS id WHERE m.aliquot_of_id IS NOT NULL
      UNION ALL
      SELECT a.material_id FROM synthesis_addition a
        WHERE a.batch_id = m.produced_by_id AND a.material_id IS NOT NULL
    ) next
)
SELECT m.code FROM above JOIN synthesis_material m ON m.id = above.id
WHERE m.produced_by_id = %s ORDER BY m.id LIMIT 1
"""


def check_pourable(
    material: Material, *, field: str, batch: Batch | None = None, reason: str = ""
) -> None:
    """Refuse an archived bottle, an empty one unless a reason is given, and what this batch made.

    Whether it holds the right substance is the calculator's to say (`synthesis.chemistry.pouring`).
    """
    if material.archived_at is not None:
        raise Refusal(
            f"{material.code} is archived ({material.archived_reason}). Take it out of the archive"
            " with a reason, or choose another bottle.",
            field=field,
        )
    if material.emptied_at is not None and not reason.strip():
        raise Refusal(
            f"{material.code} was said to be empty. Is it this bottle? Say why in the reason of the"
            " entry at the bench, or choose another bottle.",
            field=field,
        )
    if batch is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(DESCENDS, [material.pk, batch.pk])
        made = cursor.fetchone()
    if made is not None:
        how = "" if made[0] == material.code else f", by way of {made[0]},"
        raise Refusal(
            f"{material.code} comes{how} from {batch.code} itself: a stock cannot go into the batch"
            " that made it. Choose one that another batch made.",
            field=field,
        )


def would_do(user: Any, chemicals: Iterable[str], stock: str = "") -> str:
    """Name the person's own bottles that could be poured instead; empty when there is none.

    chemicals: slugs of the substance and its other forms. stock: slug of the recipe that makes it.
    """
    rows = Material.objects.visible_to(user).fitting(chemicals, [stock]).filter(emptied_at=None)
    codes = list(rows.order_by("-pk").values_list("code", flat=True)[: MOST_NAMED + 1])
    if not codes:
        return ""
    named = codes[:MOST_NAMED]
    words = ", ".join(named) + " and others" if len(codes) > MOST_NAMED else listed(named)
    return f" {words} would do."


def would_do_for(user: Any, ingredient: Ingredient | None) -> str:
    """Name the bottles that fit an ingredient of a recipe."""
    if ingredient is None:
        return ""
    substances = (ingredient.substance, *ingredient.options.values())
    return would_do(user, [s.chemical for s in substances if s], ingredient.stock)

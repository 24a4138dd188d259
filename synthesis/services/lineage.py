"""Where a flask comes from and where it went: bottles, stocks and batches, with amounts.

One recursive query walks up from a batch or bottle to what went into it, another down to what it
went into. The database refuses a ring (a trigger on additions), so both end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

# A node is (kind, id). An edge leads from what was poured to what it went into.
EDGES = """
SELECT 'lot' AS from_kind, a.material_id AS from_id, 'batch' AS to_kind, a.batch_id AS to_id,
       a.key AS label, a.weighed_value::float8 AS amount, a.unit AS unit,
       a.planned_value::float8 AS planned
FROM synthesis_addition a WHERE a.material_id IS NOT NULL
UNION ALL
SELECT 'batch', m.produced_by_id, 'lot', m.id, 'made', m.amount_received::float8, m.amount_unit, NULL
FROM synthesis_material m WHERE m.produced_by_id IS NOT NULL
UNION ALL
SELECT 'lot', m.aliquot_of_id, 'lot', m.id, 'aliquot', m.amount_received::float8, m.amount_unit, NULL
FROM synthesis_material m WHERE m.aliquot_of_id IS NOT NULL
"""
WALK = """
WITH RECURSIVE edges AS NOT MATERIALIZED ({edges}),
reached (kind, id) AS (
  SELECT %s::text, %s::bigint
  UNION
  SELECT e.{near}_kind, e.{near}_id FROM edges e
    JOIN reached r ON (r.kind, r.id) = (e.{far}_kind, e.{far}_id)
)
SELECT e.* FROM edges e JOIN reached r ON (r.kind, r.id) = (e.{far}_kind, e.{far}_id)
"""
NAMES = """
SELECT 'batch', b.id, b.code, r.name, b.state, b.project_id FROM synthesis_batch b
  JOIN synthesis_recipeversion v ON v.id = b.recipe_version_id JOIN synthesis_recipe r ON r.id = v.recipe_id
  WHERE b.id = ANY(%s)
UNION ALL
SELECT CASE WHEN m.produced_by_id IS NULL THEN 'lot' ELSE 'stock' END, m.id, m.code, m.name, '', m.project_id
  FROM synthesis_material m WHERE m.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Node:
    """One bottle, stock or batch."""

    kind: str  # lot, stock, batch; the rooms above add layer and device
    code: str
    name: str
    state: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return a plain dict."""
        return {"kind": self.kind, "code": self.code, "name": self.name, "state": self.state}


@dataclass(frozen=True, slots=True)
class Edge:
    """What of one went into the other. ``amount`` is what was recorded, None when nothing was."""

    source: str
    target: str
    label: str
    amount: float | None
    unit: str
    planned: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return a plain dict."""
        return {
            "from": self.source,
            "to": self.target,
            "label": self.label,
            "amount": self.amount,
            "planned": self.planned,
            "unit": "mL" if self.unit == "ml" else self.unit,
        }


@dataclass(frozen=True, slots=True)
class Lineage:
    """What went into something, and what it went into."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def batches(self) -> list[str]:
        """The codes of its batches."""
        return [node.code for node in self.nodes if node.kind == "batch"]

    def as_dict(self) -> dict[str, Any]:
        """Return the graph ready for JSON."""
        return {
            "nodes": [node.as_dict() for node in self.nodes],
            "edges": [edge.as_dict() for edge in self.edges],
        }


def lineage_of(user: Any, kind: str, pk: int) -> Lineage:
    """Return the graph around a batch or bottle, as far as ``user`` may see it."""
    rows: dict[tuple[Any, ...], None] = {}
    with connection.cursor() as cursor:
        for near, far in (("from", "to"), ("to", "from")):
            cursor.execute(WALK.format(edges=EDGES, near=near, far=far), [kind, pk])
            rows |= dict.fromkeys(cursor.fetchall())
        ends = {(kind, pk)} | {end for row in rows for end in (row[:2], row[2:4])}
        named = dict(_named(cursor, user, ends))
    return Lineage(
        tuple(named[end] for end in sorted(named, key=lambda end: named[end].code)),
        tuple(
            Edge(named[row[:2]].code, named[row[2:4]].code, *row[4:])
            for row in rows
            if row[:2] in named and row[2:4] in named
        ),
    )


def _named(
    cursor: Any, user: Any, ends: Iterable[tuple[str, int]]
) -> Iterable[tuple[tuple[str, int], Node]]:
    """Yield what the person may see of the graph, by kind and id."""
    cursor.execute("SELECT project_id FROM records_membership WHERE user_id = %s", [user.pk])
    mine = {project for (project,) in cursor.fetchall()}
    ids = {kind: [pk for one, pk in ends if one == kind] for kind in ("batch", "lot")}
    cursor.execute(NAMES, [ids["batch"], ids["lot"]])
    for kind, pk, code, name, state, project in cursor.fetchall():
        if project in mine:
            yield ("batch" if kind == "batch" else "lot", pk), Node(kind, code, name, state)

"""Where a flask comes from and where it went: bottles, stocks and batches, with amounts.

One recursive query walks up from batches and bottles to what went into them, another down to what
they went into. The database refuses a ring (a trigger on additions), so both end; a walk that is
longer than asked for is cut, the nearest kept, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from labnotebook.records.models.role import READS
from synthesis.chemistry.bottles import SHOWN_UNIT
from synthesis.models import Material
from synthesis.services import movements

MOST_NODES = 2000
_MINE = f"SELECT project_id FROM records_membership WHERE user_id = %s AND {READS}"  # noqa: S608  (our own words)
ORIGIN, SELF, PRODUCT = "origin", "self", "product"

# A node is (kind, id). An edge leads from what was poured to what it went into; both ends with the
# project that they belong to.
EDGES = """
SELECT 'lot' AS from_kind, a.material_id AS from_id, m.project_id AS from_project,
       'batch' AS to_kind, a.batch_id AS to_id, b.project_id AS to_project,
       a.key AS label, a.weighed_value::float8 AS amount, a.unit AS unit, a.planned_value::float8 AS planned,
       (SELECT used.uncertainty::float8 FROM synthesis_movement used
          LEFT JOIN synthesis_movement back ON back.reverses_id = used.id
          WHERE used.addition_id = a.id AND used.kind = 'used' AND back.id IS NULL LIMIT 1) AS uncertainty
FROM synthesis_addition a JOIN synthesis_material m ON m.id = a.material_id
  JOIN synthesis_batch b ON b.id = a.batch_id
UNION ALL
SELECT 'batch', m.produced_by_id, b.project_id, 'lot', m.id, m.project_id, 'made',
       m.amount_received::float8, m.amount_unit, NULL, NULL
FROM synthesis_material m JOIN synthesis_batch b ON b.id = m.produced_by_id
UNION ALL
SELECT 'lot', m.aliquot_of_id, o.project_id, 'lot', m.id, m.project_id, 'aliquot',
       m.amount_received::float8, m.amount_unit, NULL, NULL
FROM synthesis_material m JOIN synthesis_material o ON o.id = m.aliquot_of_id
"""
# PostgreSQL makes rows of a recursion one by one, so that the limit ends the walk. OFFSET 0 has each
# step look along its index.
WALK = """
WITH RECURSIVE reached (kind, id) AS (
  SELECT * FROM unnest(%(kinds)s::text[], %(ids)s::bigint[])
  UNION
  SELECT step.kind, step.id FROM reached r CROSS JOIN LATERAL (
    SELECT e.{near}_kind AS kind, e.{near}_id AS id FROM ({edges}) e
      WHERE e.{far}_kind = r.kind AND e.{far}_id = r.id AND e.{near}_project = ANY(%(mine)s)
      OFFSET 0) step
),
kept AS MATERIALIZED (SELECT kind, id FROM reached LIMIT %(most)s)
SELECT n.kind, n.id, f.kind, f.id, e.label, e.amount, e.unit, e.planned, e.uncertainty
FROM kept n CROSS JOIN LATERAL (
    SELECT * FROM ({edges}) e WHERE e.{near}_kind = n.kind AND e.{near}_id = n.id OFFSET 0) e
  JOIN kept f ON f.kind = e.{far}_kind AND f.id = e.{far}_id
UNION ALL
SELECT kind, id, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM kept
"""
NAMES = """
SELECT 'batch', b.id, b.code, r.name, b.state FROM synthesis_batch b
  JOIN synthesis_recipeversion v ON v.id = b.recipe_version_id JOIN synthesis_recipe r ON r.id = v.recipe_id
  WHERE b.id = ANY(%(batch)s) AND b.project_id = ANY(%(mine)s)
UNION ALL
SELECT CASE m.kind WHEN 'purchased' THEN 'lot' ELSE 'stock' END, m.id, m.code, m.name, ''
  FROM synthesis_material m WHERE m.id = ANY(%(lot)s) AND m.project_id = ANY(%(mine)s)
"""
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in ``unit`` (mg, mL) with its standard uncertainty, None where nobody said one."""

    value: float
    unit: str
    uncertainty: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return a plain dict."""
        return {"value": self.value, "unit": self.unit, "uncertainty": self.uncertainty}


@dataclass(frozen=True, slots=True)
class Node:
    """One bottle, stock or batch; ``side`` says on which side of what was asked for it lies."""

    kind: str  # lot, stock, batch; the rooms above add layer and device
    code: str
    name: str
    state: str = ""
    side: str = PRODUCT
    held: Amount | None = None  # of a bottle: at first, and now
    left: Amount | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return a plain dict."""
        return {
            "kind": self.kind,
            "code": self.code,
            "name": self.name,
            "state": self.state,
            "side": self.side,
            "held": self.held.as_dict() if self.held else None,
            "left": self.left.as_dict() if self.left else None,
        }


@dataclass(frozen=True, slots=True)
class Edge:
    """What of one went into the other. ``amount`` is what was recorded, None when nothing was."""

    source: str
    target: str
    label: str
    amount: float | None = None
    unit: str = ""
    planned: float | None = None
    uncertainty: float | None = None  # standard, of the amount

    def as_dict(self) -> dict[str, Any]:
        """Return a plain dict."""
        return {
            "from": self.source,
            "to": self.target,
            "label": self.label,
            "amount": self.amount,
            "uncertainty": self.uncertainty,
            "planned": self.planned,
            "unit": self.unit,
        }


@dataclass(frozen=True, slots=True)
class Lineage:
    """What went into something, and what it went into; ``cut`` says when that is not all of it."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    cut: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the graph ready for JSON."""
        return {
            "nodes": [node.as_dict() for node in self.nodes],
            "edges": [edge.as_dict() for edge in self.edges],
            "cut": self.cut,
        }


def lineage_of(
    user: Any,
    starts: Sequence[Key],
    *,
    sides: Sequence[str] = (ORIGIN, PRODUCT),
    most: int = MOST_NODES,
) -> Lineage:
    """Return the graph around batches and bottles, as far as ``user`` may see it.

    starts: ``("batch", id)`` or ``("lot", id)``. most: the nodes kept on each side.
    """
    asked: dict[str, Any] = {
        "kinds": [kind for kind, _pk in starts],
        "ids": [pk for _kind, pk in starts],
        "most": most + 1,
    }
    found: dict[Key, str] = {}
    edges: dict[tuple[Key, Key, str], Sequence[Any]] = {}
    cut = False
    with connection.cursor() as cursor:
        cursor.execute(_MINE, [user.pk])
        asked["mine"] = [project for (project,) in cursor.fetchall()]
        for side in sides:
            reached, ways = _walk(cursor, side, asked)
            cut = cut or len(reached) > most
            for key in reached[:most]:
                found.setdefault(key, SELF if key in starts else side)
            edges |= ways
        named = _named(cursor, asked["mine"], found)
    codes = {key: node.code for key, node in named.items()}
    return Lineage(
        tuple(sorted(named.values(), key=lambda node: node.code)),
        tuple(
            Edge(codes[source], codes[target], label, *said)
            for (source, target, label), said in edges.items()
            if source in codes and target in codes
        ),
        f"This is not all: on each side the {most} nearest are told, and there are more."
        if cut
        else "",
    )


def _walk(
    cursor: Any, side: str, asked: Mapping[str, Any]
) -> tuple[list[Key], dict[tuple[Key, Key, str], Sequence[Any]]]:
    """Return what lies on one side, the nearest first, and what leads from one to the other."""
    near, far = ("from", "to") if side == ORIGIN else ("to", "from")
    cursor.execute(WALK.format(edges=EDGES, near=near, far=far), asked)
    reached, edges = [], {}
    for row in cursor.fetchall():
        here, there = row[:2], row[2:4]
        if there[0] is None:
            reached.append(here)
            continue
        source, target = (here, there) if side == ORIGIN else (there, here)
        label, amount, unit, planned, uncertainty = row[4:]
        edges[source, target, label] = (amount, SHOWN_UNIT.get(unit, ""), planned, uncertainty)
    return reached, edges


def _named(cursor: Any, mine: list[int], found: Mapping[Key, str]) -> dict[Key, Node]:
    """Return what the person may see of the graph, by kind and id."""
    ids = {kind: [pk for one, pk in found if one == kind] for kind in ("batch", "lot")}
    cursor.execute(NAMES, {**ids, "mine": mine})
    amounts = _amounts(ids["lot"])
    named = {}
    for kind, pk, code, name, state in cursor.fetchall():
        key = ("batch" if kind == "batch" else "lot", pk)
        held, left = amounts.get(pk, (None, None)) if key[0] == "lot" else (None, None)
        named[key] = Node(kind, code, name, state, found[key], held, left)
    return named


def _amounts(ids: Iterable[int]) -> dict[int, tuple[Amount | None, Amount | None]]:
    """Return what bottles held at first and hold now, by id."""
    bottles = list(Material.objects.filter(pk__in=ids).select_related("chemical", "aliquot_of"))
    now = movements.lefts(bottles)
    told = {}
    for bottle in bottles:
        held = left = None
        if bottle.amount_received is not None:
            held = Amount(float(bottle.amount_received), SHOWN_UNIT[bottle.amount_unit])
        rest = now[bottle.pk]
        if rest is not None and rest.value is not None:
            spread = None if rest.uncertainty is None else float(rest.uncertainty)
            left = Amount(float(rest.value), SHOWN_UNIT[rest.unit], spread)
        told[bottle.pk] = held, left
    return told
